//! Several servers that share one PostgreSQL, beside one server on either engine and beside PocketBase. All their
//! sockets follow one list, which is the hardest case: every server must send every change.

use anyhow::{Context, Result};

use crate::compare::{self, TODOS_MAX};
use crate::figures::{Figures, Group, Row, Unit, median};
use crate::load::crowd::{self, Size};
use crate::load::push;
use crate::options::Options;
use crate::report::{complain, say, table};
use crate::servers::data::{List, Store};
use crate::servers::postgres::Postgres;
use crate::servers::{Server, Subject};

const SUBJECTS: [Subject; 4] = [Subject::Todoapp, Subject::Postgres, Subject::PostgresThree, Subject::PocketBase];

/// How many servers there are where there are several.
const SERVERS: usize = 3;

/// How many sockets follow the list, at all servers together.
const SOCKETS: usize = 1_000;

/// How many changes are timed in a round.
const CHANGES: usize = 20;

/// How many clients write while the sockets follow, and how many where nobody follows.
const WRITERS: usize = 32;
const WRITERS_ALONE: [usize; 3] = [1, 8, WRITERS];

/// Servers that have the same data.
struct Nodes {
    subject: Subject,
    stores: Vec<Store>,
}

impl Nodes {
    /// A new list, at each of them.
    async fn new_list(&self) -> Result<Vec<List>> {
        let first = self.stores.first().context("no server")?.new_list().await?;
        Ok(self.stores.iter().map(|it| first.at(&it.server)).collect())
    }
}

/// Takes all figures, and prints them.
pub(crate) async fn run(options: &Options, figures: &mut Figures) -> Result<()> {
    // Declared before the servers that use it, so it ends after them.
    let postgres = database().await;
    let all = start(postgres.as_ref(), options).await?;
    let mut rows = Vec::new();
    rows.extend(arrivals(&all, options).await?);
    rows.extend(crowds(&all, options).await?);
    rows.extend(writes(&all, options).await?);
    let title = format!(
        "{SOCKETS} sockets that follow one list, at one server or at {SERVERS} (todoapp: SQLite synchronous=FULL, \
         PostgreSQL fsync=on and synchronous_commit=on; PocketBase: synchronous=NORMAL)"
    );
    let group = Group { title, subjects: SUBJECTS.to_vec(), rows };
    say(&table::of_group(&group));
    figures.nodes = Some(group);
    Ok(())
}

/// A PostgreSQL, or a sentence that says why there is none.
async fn database() -> Option<Postgres> {
    match Postgres::start().await {
        Ok(Some(postgres)) => return Some(postgres),
        Ok(None) => complain("SKIPPED: todoapp on PostgreSQL, because PostgreSQL is not installed.\n"),
        Err(error) => complain(&format!("SKIPPED: todoapp on PostgreSQL: {error:#}\n")),
    }
    None
}

async fn start(postgres: Option<&Postgres>, options: &Options) -> Result<Vec<Nodes>> {
    let mut all = Vec::new();
    for subject in SUBJECTS {
        let mut stores = Vec::new();
        match (subject, postgres) {
            (Subject::Postgres | Subject::PostgresThree, None) => {}
            (Subject::Postgres | Subject::PostgresThree, Some(postgres)) => {
                let count = if subject == Subject::Postgres { 1 } else { SERVERS };
                let url = postgres.make(&format!("of_{count}"))?;
                while stores.len() < count {
                    let server = Server::start_on(&url, subject, options).await?;
                    stores.push(Store::of(server.context("todoapp is not built")?));
                }
            }
            _ => stores.extend(Store::start(subject, options).await?),
        }
        if !stores.is_empty() {
            all.push(Nodes { subject, stores });
        }
    }
    Ok(all)
}

/// How long it takes from a request to the sockets.
async fn arrivals(all: &[Nodes], options: &Options) -> Result<[Row; 3]> {
    let row = |what: &str| Row::new(format!("one durable create, {what}"), Unit::Seconds, &[]);
    let (mut first, mut half, mut last) = (row("at the first socket"), row("at half of them"), row("at the last one"));
    for _ in 0..options.rounds {
        for nodes in all {
            let times = push::run(&nodes.new_list().await?, SOCKETS, CHANGES).await?;
            let of = |time: fn(&push::Arrivals) -> f64| median(&times.iter().map(time).collect::<Vec<_>>());
            first.add(nodes.subject, of(|it| it.first));
            half.add(nodes.subject, of(|it| it.half));
            last.add(nodes.subject, of(|it| it.last));
        }
    }
    Ok([first, half, last])
}

/// How many changes there are in a second while every socket gets all of them.
async fn crowds(all: &[Nodes], options: &Options) -> Result<[Row; 4]> {
    let what = format!("durable creates, {WRITERS} clients, as fast as all sockets get each");
    let mut rate = Row::new(what, Unit::PerSecond, &[]);
    let mut half = Row::new("  p50", Unit::Seconds, &[]);
    let mut delivered = Row::new("  events that arrive", Unit::PerSecond, &[]);
    let mut share = Row::new("  of the machine's processor time, for the load", Unit::Share, &[]);
    let size = Size { followers: SOCKETS, writers: WRITERS, todos_max: TODOS_MAX };
    for _ in 0..options.rounds {
        for nodes in all {
            let measured = crowd::run(&nodes.new_list().await?, size, options.seconds).await;
            let measured = measured.with_context(|| format!("of {}", nodes.subject.name()))?;
            rate.add(nodes.subject, measured.rate);
            half.add(nodes.subject, measured.p50);
            delivered.add(nodes.subject, measured.delivered);
            share.add(nodes.subject, measured.own_share);
        }
    }
    Ok([rate, half, delivered, share])
}

/// How many changes there are in a second while nobody follows.
async fn writes(all: &[Nodes], options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for clients in WRITERS_ALONE {
        let plural = if clients == 1 { "client" } else { "clients" };
        let mut rate = Row::new(format!("durable creates, {clients} {plural}, no sockets"), Unit::PerSecond, &[]);
        let mut half = Row::new("  p50", Unit::Seconds, &[]);
        for _ in 0..options.rounds {
            for nodes in all {
                let stores: Vec<_> = nodes.stores.iter().collect();
                let measured = compare::creates(&stores, clients, options).await?;
                rate.add(nodes.subject, measured.rate);
                half.add(nodes.subject, measured.p50);
            }
        }
        rows.extend([rate, half]);
    }
    Ok(rows)
}
