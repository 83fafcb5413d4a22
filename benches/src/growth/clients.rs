//! More and more clients: sockets that follow a list, and writers.

use anyhow::Result;

use super::{number, todoapp};
use crate::compare::creates;
use crate::figures::{Series, Unit, median};
use crate::load::{idle, push};
use crate::options::Options;
use crate::servers::data::List;

const SOCKETS: [usize; 4] = [10, 100, 1_000, 10_000];

const WRITERS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// How many changes are sent to all sockets.
const CHANGES: usize = 20;

/// Sockets that follow one list.
pub(crate) async fn sockets(options: &Options) -> Result<Series> {
    let mut lines = Vec::new();
    for count in SOCKETS {
        let store = todoapp(options).await?;
        let idle = idle::run(&store.server, count, "/ws?list=home").await?;
        let times = push::run(&[List::home(store.server.port)], count, CHANGES).await?;
        let times: Vec<_> = times.iter().map(|it| it.last).collect();
        // Of a few sockets, memory says nothing: what else the process does counts more.
        let bytes = (count >= 1_000).then_some(idle.bytes_each);
        lines.push(vec![number(count), bytes, Some(idle.opening.as_secs_f64()), Some(median(&times))]);
    }
    let columns = columns(&[
        ("sockets", Unit::Count),
        ("memory of each", Unit::Bytes),
        ("to open all", Unit::Seconds),
        ("one change, the last arrival", Unit::Seconds),
    ]);
    Ok(Series { title: "Sockets that follow one list".to_owned(), columns, lines })
}

/// Clients that add todos to one list.
pub(crate) async fn writers(options: &Options) -> Result<Series> {
    let store = todoapp(options).await?;
    let mut lines = Vec::new();
    for count in WRITERS {
        let measured = creates(&[&store], count, options).await?;
        lines.push(vec![number(count), Some(measured.rate), Some(measured.p50), Some(measured.p99)]);
    }
    let columns = columns(&[
        ("writers", Unit::Count),
        ("durable creates", Unit::PerSecond),
        ("p50", Unit::Seconds),
        ("p99", Unit::Seconds),
    ]);
    Ok(Series { title: "Clients that add todos to one list at the same time".to_owned(), columns, lines })
}

pub(super) fn columns(columns: &[(&str, Unit)]) -> Vec<(String, Unit)> {
    columns.iter().map(|(name, unit)| ((*name).to_owned(), *unit)).collect()
}
