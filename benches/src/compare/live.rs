//! Pushes and durable writes, beside PocketBase.

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::figures::{Budget, Group, Row, Unit, median};
use crate::load::requests::{self, Asking};
use crate::load::{Measured, push};
use crate::options::Options;
use crate::servers::Subject;
use crate::servers::data::Store;

const SUBJECTS: [Subject; 2] = [Subject::Todoapp, Subject::PocketBase];

/// How many follow a list, and when the last one shall have a change.
const PUSHES: [(usize, &[Budget]); 2] =
    [(100, &[Budget::Fixed(0.001)]), (1_000, &[Budget::Fixed(0.005), Budget::Times(0.25, Subject::PocketBase)])];

/// How many changes there are in a round.
const CHANGES: usize = 30;

/// How many clients write, and what they shall reach.
const WRITES: [(usize, &[Budget]); 2] = [
    (1, &[Budget::Times(1.0, Subject::PocketBase)]),
    (32, &[Budget::Fixed(12_000.0), Budget::Times(2.0, Subject::PocketBase)]),
];

/// How many todos are added in one load: nearly as many as a list of todoapp may have.
pub(crate) const TODOS_MAX: usize = 9_600;

/// Takes the figures of this group.
pub(crate) async fn run(options: &Options) -> Result<Group> {
    let stores = super::stores(&SUBJECTS, options).await?;
    let mut rows = Vec::new();
    for (clients, budgets) in PUSHES {
        let mut row = Row::new(format!("one change to {clients} sockets, the last arrival"), Unit::Seconds, budgets);
        for _ in 0..options.rounds {
            for store in &stores {
                let list = store.new_list().await?;
                let times = push::run(&[list], clients, CHANGES).await?;
                row.add(store.server.subject, median(&times.iter().map(|it| it.last).collect::<Vec<_>>()));
            }
        }
        rows.push(row);
    }
    for (clients, budgets) in WRITES {
        let plural = if clients == 1 { "client" } else { "clients" };
        let mut rate = Row::new(format!("durable creates, {clients} {plural}"), Unit::PerSecond, budgets);
        let mut most = Row::new("  p99", Unit::Seconds, &[]);
        for _ in 0..options.rounds {
            for store in &stores {
                let measured = creates(&[store], clients, options).await?;
                rate.add(store.server.subject, measured.rate);
                most.add(store.server.subject, measured.p99);
            }
        }
        rows.extend([rate, most]);
    }
    let title = "Push and writes (todoapp synchronous=FULL, PocketBase synchronous=NORMAL)".to_owned();
    Ok(Group { title, subjects: SUBJECTS.to_vec(), rows })
}

/// Adds todos to a new list, until the time is over or the list is full. The clients are spread over the servers.
pub(crate) async fn creates(stores: &[&Store], clients: usize, options: &Options) -> Result<Measured> {
    let first = stores.first().context("no server")?.new_list().await?;
    let expected = first.created();
    let servers: Vec<_> = stores.iter().map(|it| &it.server).collect();
    let lists: Vec<_> = servers.iter().map(|it| first.at(it)).collect();
    let request = Arc::new(move |server: usize| lists[server].create("Buy bread"));
    let asking = Asking { request, expected, clients, requests_max: TODOS_MAX };
    requests::run(&servers, asking, options.seconds).await
}
