//! More and more content: todos in a list, lists, and events in the log.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::clients::columns;
use super::{change, glance, name, number, seed, todoapp};
use crate::figures::{Series, Unit};
use crate::net::http::get;
use crate::options::Options;
use crate::servers::data::{List, Store, command};
use crate::servers::{Server, Subject};

const TODOS: [usize; 4] = [10, 100, 1_000, 10_000];

const LISTS: [usize; 5] = [1, 10, 100, 1_000, 10_000];

const EVENTS: [usize; 4] = [0, 10_000, 100_000, 1_000_000];

/// Todos in one list.
pub(crate) async fn todos(options: &Options) -> Result<Series> {
    let store = todoapp(options).await?;
    let mut lines = Vec::new();
    for count in TODOS {
        let list = store.new_list().await?;
        store.fill(&list, count).await?;
        let (page, board) = (glance(&store, list.page()).await?, glance(&store, list.json()).await?);
        lines.push(vec![number(count), change(&store, &list).await?, page, board]);
    }
    let columns = columns(&[
        ("todos", Unit::Count),
        ("one change, durable", Unit::Seconds),
        ("the page", Unit::Seconds),
        ("the board, JSON", Unit::Seconds),
    ]);
    Ok(Series { title: "Todos in one list".to_owned(), columns, lines })
}

/// Lists, all of them small.
pub(crate) async fn lists(options: &Options) -> Result<Series> {
    let mut store = todoapp(options).await?;
    let mut lines = Vec::new();
    let mut there = 1;
    for count in LISTS {
        let new: Vec<Value> =
            (there..count).map(|_| command("index", &json!({ "create_list": { "name": name() } }))).collect();
        store.run(&new).await?;
        there = count;
        store = again(store, options).await?;
        let (home, port) = (List::home(store.server.port), store.server.port);
        let page = glance(&store, get(port, "/")).await?;
        let all = glance(&store, get(port, "/api/lists")).await?;
        let start = Some(store.server.start.as_secs_f64());
        lines.push(vec![number(count), change(&store, &home).await?, page, all, start]);
    }
    let columns = columns(&[
        ("lists", Unit::Count),
        ("one change, durable", Unit::Seconds),
        ("a page", Unit::Seconds),
        ("all lists, JSON", Unit::Seconds),
        ("to start", Unit::Seconds),
    ]);
    Ok(Series { title: "Lists".to_owned(), columns, lines })
}

/// Events in the log of a list without todos.
pub(crate) async fn events(options: &Options) -> Result<Series> {
    let mut lines = Vec::new();
    for count in EVENTS {
        let folder = todoapp(options).await?.server.stop().await?;
        seed::events(&folder.path().join("todos.db"), count).await?;
        let store = started(Server::start_in(folder, Subject::Todoapp, options).await?)?;
        let (home, port) = (List::home(store.server.port), store.server.port);
        let board = glance(&store, home.json()).await?;
        let history = glance(&store, get(port, "/history")).await?;
        let start = Some(store.server.start.as_secs_f64());
        lines.push(vec![number(count), change(&store, &home).await?, board, history, start]);
    }
    let columns = columns(&[
        ("events", Unit::Count),
        ("one change, durable", Unit::Seconds),
        ("the board, JSON", Unit::Seconds),
        ("the history", Unit::Seconds),
        ("to start", Unit::Seconds),
    ]);
    Ok(Series { title: "Events in the log".to_owned(), columns, lines })
}

/// Starts todoapp again with the same data.
async fn again(store: Store, options: &Options) -> Result<Store> {
    let folder = store.server.stop().await?;
    started(Server::start_in(folder, Subject::Todoapp, options).await?)
}

fn started(server: Option<Server>) -> Result<Store> {
    Ok(Store::of(server.context("todoapp is not built")?))
}
