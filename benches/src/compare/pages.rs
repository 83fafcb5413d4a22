//! Pages, boards, and what someone waits for at first: the start of the server and the first load.

use anyhow::Result;

use crate::figures::{Budget, Group, Row, Unit};
use crate::load::requests::{self, Asking};
use crate::options::Options;
use crate::servers::{Server, Subject};

const SUBJECTS: [Subject; 2] = [Subject::Todoapp, Subject::PocketBase];

/// How many todos the list has.
const TODOS: usize = 100;

/// How many clients ask.
const CLIENTS: usize = 16;

/// What shall be reached: pages and boards a second, the start in seconds, the first load in bytes.
const PAGES: Budget = Budget::Fixed(3_000.0);
const BOARDS: Budget = Budget::Fixed(10_000.0);
const START: Budget = Budget::Fixed(0.1);
const FIRST_LOAD: Budget = Budget::Fixed(150_000.0);

/// Takes the figures of this group.
pub(crate) async fn run(options: &Options) -> Result<Group> {
    let mut page = Row::new(format!("a page of {TODOS} todos, whole HTML"), Unit::PerSecond, &[PAGES]);
    let mut board = Row::new(format!("a list of {TODOS} todos, JSON"), Unit::PerSecond, &[BOARDS]);
    let mut start = Row::new("start with no data, to the first answer", Unit::Seconds, &[START]);
    let mut first_load = Row::new("first load: script, program and style, brotli", Unit::Bytes, &[FIRST_LOAD]);
    let mut stores = Vec::new();
    for store in super::stores(&SUBJECTS, options).await? {
        let list = store.new_list().await?;
        store.fill(&list, TODOS).await?;
        stores.push((store, list));
    }
    let last_todo = "todo 99";
    for _ in 0..options.rounds {
        for (store, list) in &stores {
            let subject = store.server.subject;
            let asking = Asking::same(list.json(), last_todo, CLIENTS);
            board.add(subject, requests::run(&[&store.server], asking, options.seconds).await?.rate);
            if subject == Subject::Todoapp {
                let asking = Asking::same(list.page(), last_todo, CLIENTS);
                page.add(subject, requests::run(&[&store.server], asking, options.seconds).await?.rate);
            }
        }
    }
    for _ in 0..options.rounds {
        for subject in SUBJECTS {
            if let Some(server) = Server::start(subject, options).await? {
                start.add(subject, server.start.as_secs_f64());
            }
        }
    }
    if let Some(bytes) = options.first_load {
        first_load.add(Subject::Todoapp, f64::from(bytes));
    }
    let rows = vec![page, board, start, first_load];
    Ok(Group { title: "Pages".to_owned(), subjects: SUBJECTS.to_vec(), rows })
}
