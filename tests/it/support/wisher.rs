//! A client that wishes, and asks again by the same name until it is answered, as the page does.

use std::time::Duration;

use todoapp::domain::{Op, Receipt, Text, TodoId, Wish};
use tokio::time::sleep;

use super::{Asked, Chance};

/// How long it waits for an answer, and before it asks again.
const ANSWER_WAIT: Duration = Duration::from_secs(2);
const RETRY_DELAY: Duration = Duration::from_millis(20);

/// About so many todos are kept on its part of the list.
const TODOS: usize = 12;

/// A client that wishes for changes of the home list.
pub(crate) struct Wisher {
    http: reqwest::Client,
    port: u16,
    host: String,
    chance: Chance,
    todos: Vec<TodoId>,
    /// Every wish, with its answer.
    pub(crate) asked: Vec<Asked>,
    /// How often anything was asked.
    pub(crate) tries: usize,
    /// How often a command that had been answered was sent once more.
    pub(crate) repeats: usize,
    /// The last command that was answered with a receipt.
    answered: Option<(Op, Wish, Receipt)>,
}

impl Wisher {
    /// One that asks through this port, and names the server's own in `Host`.
    pub(crate) fn new(port: u16, host_port: u16, chance: Chance) -> Self {
        let http = reqwest::Client::builder().timeout(ANSWER_WAIT).build().unwrap();
        let host = format!("localhost:{host_port}");
        Self { http, port, host, chance, todos: Vec::new(), asked: Vec::new(), tries: 0, repeats: 0, answered: None }
    }

    /// Wishes for something, and waits for the answer, however long it takes.
    pub(crate) async fn wish(&mut self) {
        sleep(Duration::from_millis(self.chance.within(0..30))).await;
        if self.chance.once_in(4) {
            self.repeat().await;
        }
        let (op, wish) = (self.chance.op(), self.any_wish());
        let receipt = self.insist(op, &wish).await;
        let must_change = matches!(wish, Wish::Create { .. });
        assert!(!must_change || receipt.is_some(), "there is room, and the id is new: {wish:?}");
        if let (None, Some(gone)) = (&receipt, wish.todo()) {
            // Someone else cleared it away.
            self.todos.retain(|it| *it != gone);
        }
        self.answered = receipt.clone().map(|receipt| (op, wish, receipt)).or(self.answered.take());
        self.asked.push(Asked { op, must_change, receipt });
    }

    /// Sends an answered command once more, as if its answer had been lost: it must get the same one.
    async fn repeat(&mut self) {
        let Some((op, wish, receipt)) = self.answered.clone() else { return };
        self.repeats += 1;
        assert_eq!(self.insist(op, &wish).await.as_ref(), Some(&receipt), "{wish:?} was answered before");
    }

    fn any_wish(&mut self) -> Wish {
        let title = Text::parse(&format!("Buy {}", self.chance.within(0..9))).unwrap();
        if self.todos.len() < TODOS / 2 || (self.todos.len() < TODOS && self.chance.once_in(2)) {
            let id = self.chance.todo_id();
            self.todos.push(id);
            return Wish::Create { id, title };
        }
        let id = *self.chance.one_of(&self.todos);
        match self.chance.within(0..40) {
            0 => Wish::CompleteAll,
            1 => Wish::ReopenAll,
            2 => Wish::ClearCompleted,
            3..=12 => Wish::Complete { id },
            13..=19 => Wish::Reopen { id },
            20..=26 => Wish::Rename { id, title },
            _ => {
                self.todos.retain(|it| *it != id);
                Wish::Delete { id }
            }
        }
    }

    /// Asks by one name until there is an answer: a receipt, or `None` for a refusal.
    async fn insist(&mut self, op: Op, wish: &Wish) -> Option<Receipt> {
        loop {
            self.tries += 1;
            match self.ask(op, wish).await {
                Some((200, body)) => return Some(serde_json::from_str(&body).unwrap()),
                Some((404 | 409, _)) => return None,
                Some((503, _)) | None => sleep(RETRY_DELAY).await,
                Some((status, body)) => panic!("{status} {body} for {wish:?}"),
            }
        }
    }

    async fn ask(&self, op: Op, wish: &Wish) -> Option<(u16, String)> {
        let (path, title) = address(wish);
        let (op, id) = (op.to_string(), wish.todo().map(|it| it.to_string()));
        let mut fields = vec![("list", "home"), ("op", op.as_str())];
        fields.extend(id.as_deref().map(|it| ("id", it)));
        fields.extend(title.map(|it| ("title", it)));
        let url = format!("http://127.0.0.1:{}/api/todos/{path}", self.port);
        let answer = self.http.post(url).header("host", &self.host).form(&fields).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }
}

/// The last part of the address that grants a wish, and the title that goes with it.
pub(crate) fn address(wish: &Wish) -> (&'static str, Option<&str>) {
    match wish {
        Wish::Create { title, .. } => ("create", Some(title.as_str())),
        Wish::Rename { title, .. } => ("rename", Some(title.as_str())),
        Wish::Complete { .. } => ("complete", None),
        Wish::Reopen { .. } => ("reopen", None),
        Wish::Delete { .. } => ("delete", None),
        Wish::CompleteAll => ("complete_all", None),
        Wish::ReopenAll => ("reopen_all", None),
        Wish::ClearCompleted => ("clear_completed", None),
    }
}
