//! What more machines would do than there are: a simulation of discrete events, whose times of service were measured.
//! The same seed gives the same answer.

/// Changes: from a command to the last socket.
mod changes;
/// How long each piece of work takes.
mod costs;
/// Time, chance, and who waits for whom.
mod engine;
/// What a simulated cluster is made of.
mod parts;
/// Sockets that come back after their server was lost.
mod returning;

/// The real waits of the browser, so that they can't differ.
#[path = "../../src/ui/live/backoff.rs"]
mod backoff;

use crate::figures::{Figures, Series, Unit};
use crate::report::{say, table};
use crate::servers::Subject;
use changes::{Changes, Setup};

const MILLION: usize = 1_000_000;

/// How many processors the database has, and how far away it is: in the simulated cluster, and on this machine.
const DATABASE_PROCESSORS: usize = 16;
const DISTANCE: f64 = 0.000_2;
const HERE: (usize, f64) = (2, 0.000_03);

/// Prints all tables.
pub(crate) fn run(seed: u64, figures: Option<&Figures>) {
    for series in [checked(seed, figures), one_list(seed), many_lists(seed, 20), many_lists(seed, 1), returned(seed)] {
        say(&table::of_series(&series));
    }
}

fn columns(columns: &[(&str, Unit)]) -> Vec<(String, Unit)> {
    columns.iter().map(|(name, unit)| ((*name).to_owned(), *unit)).collect()
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// The simulation beside what `make bench` has measured: 1000 sockets, one change at a time.
fn checked(seed: u64, figures: Option<&Figures>) -> Series {
    let measured = |row: usize, subject| Some(figures?.nodes.as_ref()?.rows.get(row)?.of(subject)?.median());
    let lines = [(1, Subject::Postgres), (3, Subject::PostgresThree)].map(|(servers, subject)| {
        let setup =
            Setup { servers, sockets: 1_000, lists: 1, spread: servers, rate: 10.0, one_machine: true, database: HERE };
        let simulated = Changes::run(&setup, seed);
        // In the order of the rows in src/nodes.rs.
        let [half, last] =
            [(1, simulated.half), (2, simulated.last)].map(|(row, it)| [measured(row, subject), Some(it)]);
        [&[Some(float(servers))], &half[..], &last[..]].concat()
    });
    let columns = columns(&[
        ("servers", Unit::Count),
        ("half of the sockets, measured", Unit::Seconds),
        ("simulated", Unit::Seconds),
        ("the last socket, measured", Unit::Seconds),
        ("simulated", Unit::Seconds),
    ]);
    Series {
        title: "The simulation beside the measurement: 1000 sockets on this machine".to_owned(),
        columns,
        lines: lines.to_vec(),
    }
}

fn line(setup: &Setup, seed: u64) -> [Option<f64>; 6] {
    let it = Changes::run(setup, seed);
    let last = |time: f64| Some(time).filter(|_| it.keeps_up);
    [last(it.last), last(it.last_p99), Some(it.line), Some(it.database), Some(it.sender), Some(it.statements)]
}

const OF_CHANGES: [(&str, Unit); 6] = [
    ("the last socket, median", Unit::Seconds),
    ("p99", Unit::Seconds),
    ("the busiest list is locked", Unit::Share),
    ("database busy", Unit::Share),
    ("a server sends", Unit::Share),
    ("statements", Unit::PerSecond),
];

/// Everyone follows one list.
fn one_list(seed: u64) -> Series {
    let mut lines = Vec::new();
    for servers in [10, 20, 50, 100] {
        for rate in [0.1, 1.0, 10.0, 100.0] {
            let setup = Setup {
                servers,
                sockets: MILLION,
                lists: 1,
                spread: servers,
                rate,
                one_machine: false,
                database: (DATABASE_PROCESSORS, DISTANCE),
            };
            lines.push([&[Some(float(servers)), Some(rate * 60.0)], &line(&setup, seed)[..]].concat());
        }
    }
    let columns = columns(&[&[("servers", Unit::Count), ("changes a minute", Unit::Count)], &OF_CHANGES[..]].concat());
    Series { title: "A million sockets that follow one list".to_owned(), columns, lines }
}

/// A hundred people on each list: at which rate of changes one database is not enough.
fn many_lists(seed: u64, spread: usize) -> Series {
    let mut lines = Vec::new();
    for rate in [100.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0] {
        let database = (DATABASE_PROCESSORS, DISTANCE);
        let setup = Setup { servers: 20, sockets: MILLION, lists: 10_000, spread, rate, one_machine: false, database };
        lines.push([&[Some(rate)], &line(&setup, seed)[..]].concat());
    }
    let columns = columns(&[&[("changes a second", Unit::Count)], &OF_CHANGES[..]].concat());
    let where_they_are = if spread == 1 { "on one server for each list" } else { "spread over all servers" };
    let title = format!("A million sockets on 20 servers, 100 on each of 10 000 lists, {where_they_are}");
    Series { title, columns, lines }
}

/// One of many servers is lost.
fn returned(seed: u64) -> Series {
    let mut lines = Vec::new();
    for processors in [2, 4, DATABASE_PROCESSORS] {
        for far_behind in [false, true] {
            let it = returning::run(20, MILLION / 20, processors, DISTANCE, far_behind, seed);
            let behind = if far_behind { 300.0 } else { 0.0 };
            lines.push(vec![
                Some(float(processors)),
                Some(behind),
                Some(it.half),
                Some(it.all),
                Some(it.asked),
                Some(it.refused),
                Some(it.change_waits),
            ]);
        }
    }
    let columns = columns(&[
        ("database processors", Unit::Count),
        ("events missed", Unit::Count),
        ("half are back", Unit::Seconds),
        ("all are back", Unit::Seconds),
        ("reads", Unit::PerSecond),
        ("sent away once more", Unit::Count),
        ("a change waits for, at most", Unit::Seconds),
    ]);
    Series { title: "One of 20 servers is lost, and its 50 000 sockets go to the others".to_owned(), columns, lines }
}
