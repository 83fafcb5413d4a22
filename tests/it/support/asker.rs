//! A client that sends commands, each again with the same op until it is answered, as the page does.

use std::time::Duration;

use todoapp::domain::{Command, OpId, Receipt, ShortText, TodoId};
use tokio::time::sleep;

use super::{Asked, Chance};

/// How long it waits for an answer, and before it sends the command again.
const ANSWER_WAIT: Duration = Duration::from_secs(2);
const RETRY_DELAY: Duration = Duration::from_millis(20);

/// About how many todos it keeps on the list.
const TODOS: usize = 12;

/// A client that sends commands about the home list.
pub(crate) struct Asker {
    http: reqwest::Client,
    port: u16,
    host: String,
    chance: Chance,
    todos: Vec<TodoId>,
    /// Every command, with its answer.
    pub(crate) asked: Vec<Asked>,
    /// How often anything was sent.
    pub(crate) tries: usize,
    /// How often an answered command was sent once more.
    pub(crate) repeats: usize,
    /// The last command that was answered with a receipt.
    answered: Option<(OpId, Command, Receipt)>,
}

impl Asker {
    /// A client that uses this port, and sends the server's own port in `Host`.
    pub(crate) fn new(port: u16, host_port: u16, chance: Chance) -> Self {
        let http = reqwest::Client::builder().timeout(ANSWER_WAIT).build().unwrap();
        let host = format!("localhost:{host_port}");
        Self { http, port, host, chance, todos: Vec::new(), asked: Vec::new(), tries: 0, repeats: 0, answered: None }
    }

    /// Sends a random command, and waits for the answer, however long it takes.
    pub(crate) async fn command(&mut self) {
        sleep(Duration::from_millis(self.chance.within(0..30))).await;
        if self.chance.once_in(4) {
            self.repeat().await;
        }
        let (op, command) = (self.chance.op(), self.any_command());
        let receipt = self.insist(op, &command).await;
        let must_change = matches!(command, Command::Create { .. });
        assert!(!must_change || receipt.is_some(), "there is room, and the id is new: {command:?}");
        if let (None, Some(gone)) = (&receipt, command.todos().first()) {
            // Someone else has deleted it.
            self.todos.retain(|it| it != gone);
        }
        self.answered = receipt.clone().map(|receipt| (op, command, receipt)).or(self.answered.take());
        self.asked.push(Asked { op, must_change, receipt });
    }

    /// Sends an answered command once more, as if its answer had been lost: it must get the same one.
    async fn repeat(&mut self) {
        let Some((op, command, receipt)) = self.answered.clone() else { return };
        self.repeats += 1;
        assert_eq!(self.insist(op, &command).await.as_ref(), Some(&receipt), "{command:?} was answered before");
    }

    fn any_command(&mut self) -> Command {
        let title = ShortText::parse(&format!("Buy {}", self.chance.within(0..9))).unwrap();
        if self.todos.len() < TODOS / 2 || (self.todos.len() < TODOS && self.chance.once_in(2)) {
            let id = self.chance.todo_id();
            self.todos.push(id);
            return Command::Create { id, title, at_top: false };
        }
        let id = *self.chance.one_of(&self.todos);
        match self.chance.within(0..40) {
            0 => Command::CompleteAll,
            1 => Command::ReopenAll,
            2 => Command::ClearCompleted,
            3..=12 => Command::Complete { ids: vec![id] },
            13..=19 => Command::Reopen { ids: vec![id] },
            20..=26 => Command::Rename { id, title },
            _ => {
                self.todos.retain(|it| *it != id);
                Command::Delete { ids: vec![id] }
            }
        }
    }

    /// Sends a command with one op until there is an answer: a receipt, or `None` for a rejection.
    async fn insist(&mut self, op: OpId, command: &Command) -> Option<Receipt> {
        loop {
            self.tries += 1;
            match self.ask(op, command).await {
                Some((200, body)) => return Some(serde_json::from_str(&body).unwrap()),
                Some((404 | 409, _)) => return None,
                // A proxy says 502 or 504 where no server could be asked.
                Some((502..=504, _)) | None => sleep(RETRY_DELAY).await,
                Some((status, body)) => panic!("{status} {body} for {command:?}"),
            }
        }
    }

    async fn ask(&self, op: OpId, command: &Command) -> Option<(u16, String)> {
        let (path, others) = address(command);
        let (op, id) = (op.to_string(), command.todos().first().map(ToString::to_string));
        let mut fields = vec![("list", "home"), ("op", op.as_str())];
        fields.extend(id.as_deref().map(|it| ("id", it)));
        fields.extend(others.iter().map(|(name, value)| (*name, value.as_str())));
        let url = format!("http://127.0.0.1:{}/api/{path}", self.port);
        let answer = self.http.post(url).header("host", &self.host).form(&fields).send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }
}

/// The address that accepts a command as a form, and the fields that it has beside the list, the ids and the op.
pub(crate) fn address(command: &Command) -> (&'static str, Vec<(&'static str, String)>) {
    match command {
        Command::Create { title, .. } => ("todos/create", vec![("title", title.to_string())]),
        Command::Rename { title, .. } => ("todos/rename", vec![("title", title.to_string())]),
        Command::Complete { .. } => ("todos/complete", vec![]),
        Command::Reopen { .. } => ("todos/reopen", vec![]),
        Command::Delete { .. } => ("todos/delete", vec![]),
        Command::Restore { .. } => ("todos/restore", vec![]),
        Command::Move { after, .. } => ("todos/move", after.iter().map(|it| ("after", it.to_string())).collect()),
        Command::MoveTo { to, .. } => ("todos/move_to", vec![("to", to.to_string())]),
        Command::CompleteAll => ("todos/complete_all", vec![]),
        Command::ReopenAll => ("todos/reopen_all", vec![]),
        Command::ClearCompleted => ("todos/clear_completed", vec![]),
        Command::Undo { event } => ("events/undo", vec![("event", event.to_string())]),
        Command::CreateList { name } => ("lists/create", vec![("name", name.to_string())]),
        Command::RenameList { name } => ("lists/rename", vec![("name", name.to_string())]),
        Command::MoveList { after } => ("lists/move", after.iter().map(|it| ("after", it.to_string())).collect()),
        Command::DeleteList => ("lists/delete", vec![]),
        Command::RestoreList => ("lists/restore", vec![]),
        Command::UndoOp { .. } => panic!("{command:?} is for programs"),
    }
}
