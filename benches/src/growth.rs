//! How cost grows with what there is, of todoapp only. One table for each kind of thing that can become many.

/// Sockets and writers.
mod clients;
/// Todos, lists and events in the log.
mod content;
/// Puts a long log into a database.
mod seed;

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use crate::figures::{Figures, Series};
use crate::load::requests::{self, Asking};
use crate::options::Options;
use crate::report::{say, table};
use crate::servers::Subject;
use crate::servers::data::{List, Store, command};

/// How long a single client asks for one figure of a table.
const GLANCE: Duration = Duration::from_millis(400);

/// Takes all tables, and prints each when it is complete.
pub(crate) async fn run(options: &Options, figures: &mut Figures) -> Result<()> {
    keep(clients::sockets(options).await?, figures);
    keep(clients::writers(options).await?, figures);
    keep(content::todos(options).await?, figures);
    keep(content::lists(options).await?, figures);
    keep(content::events(options).await?, figures);
    Ok(())
}

fn keep(series: Series, figures: &mut Figures) {
    say(&table::of_series(&series));
    figures.growth.push(series);
}

async fn todoapp(options: &Options) -> Result<Store> {
    Store::start(Subject::Todoapp, options).await?.context("todoapp is not built")
}

/// The median time of one answer to a single client.
async fn glance(store: &Store, request: Vec<u8>) -> Result<Option<f64>> {
    let asking = Asking::same(request, "", 1);
    Ok(Some(requests::run(&[&store.server], asking, GLANCE).await?.p50))
}

/// The median time of one durable change to a list, which stays as long as it is.
async fn change(store: &Store, list: &List) -> Result<Option<f64>> {
    let renamed = list.clone();
    let request = move |_| renamed.request(&[command(&renamed.id, &json!({ "rename_list": { "name": name() } }))]);
    let asking =
        Asking { request: std::sync::Arc::new(request), expected: "receipt", clients: 1, requests_max: usize::MAX };
    Ok(Some(requests::run(&[&store.server], asking, GLANCE).await?.p50))
}

fn name() -> String {
    format!("List {}", crate::servers::data::new_id())
}

fn number(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}
