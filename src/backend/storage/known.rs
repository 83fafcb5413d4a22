//! What is known while several commands about todos are accepted together: how they were answered, if they were, and
//! the todos that they name. One statement reads it for all of them, and each event of theirs is applied to it, so that
//! the next command sees what those before it have done.

use std::collections::{BTreeSet, HashMap};

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::backend::error::ServerError;
use crate::backend::storage::database::{Answers, Tx};
use crate::backend::storage::ops::{Answered, CommandHash};
use crate::backend::storage::placeholders::{table_count, tables};
use crate::backend::storage::rows::{parse, read_todo};
use crate::backend::storage::script::Script;
use crate::backend::storage::streams::{Counts, Locked};
use crate::backend::storage::todos::TodoRow;
use crate::domain::{Change, Done, Event, EventId, Facts, ListId, OpId, Placed, Position, Seq, Todo, TodoId, Undone};

/// What is known of each list.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<ListId, KnownTodos>);

/// What is known of the todos of one list, in the list or in its trash, and of commands about them.
#[derive(Debug, Default)]
pub(crate) struct KnownTodos {
    rows: HashMap<TodoId, TodoRow>,
    /// The rows that the table does not have yet as they are here.
    changed: BTreeSet<TodoId>,
    answered: HashMap<OpId, Answered>,
}

/// A command that something must be known for, and one of the todos that it names, if it names any.
pub(crate) type Question<'a> = (&'a ListId, OpId, Option<TodoId>);

/// Reads what must be known for these commands. The caller has locked their lists.
pub(crate) async fn read(tx: &mut Tx, asked: &[Question<'_>]) -> Result<Known, ServerError> {
    let mut script = Script::default();
    add_questions(&mut script, asked);
    Known::of_answers(asked, &mut tx.run(script).await?)
}

/// Adds what reads it.
pub(crate) fn add_questions(script: &mut Script, asked: &[Question<'_>]) {
    for table in tables(asked, 3) {
        // Each joined table has one row at most for a row of `asked`.
        let sql = format!(
            "WITH asked (list, op, todo) AS ({}) \
             SELECT todos.id, title, completed, position, touched_seq, created_ms, updated_ms, deleted_ms, \
             asked.list, asked.op, COALESCE(events.seq, ops.seq), COALESCE(events.tag, ops.tag), \
             COALESCE(events.command_hash, ops.command_hash) FROM asked \
             LEFT JOIN events ON events.stream_id = asked.list AND events.op = asked.op \
             LEFT JOIN ops ON ops.stream_id = asked.list AND ops.op = asked.op \
             LEFT JOIN todos ON todos.list_id = asked.list AND todos.id = asked.todo AND moved_to IS NULL \
             WHERE todos.id IS NOT NULL OR events.seq IS NOT NULL OR ops.seq IS NOT NULL",
            table.values
        );
        script.add_planned_anew(&sql);
        for row in table.rows() {
            script
                .bind(row.map(|(list, ..)| list.as_str()))
                .bind(row.map(|(_, op, _)| op.to_string()))
                .bind(row.and_then(|(.., todo)| *todo).map(|it| it.to_string()));
        }
    }
}

impl Known {
    /// What is known from the answers to [`add_questions`].
    pub(crate) fn of_answers(asked: &[Question<'_>], answers: &mut Answers) -> Result<Self, ServerError> {
        let mut known = Self::default();
        for row in answers.take(table_count(asked)).flatten() {
            known.learn(&row)?;
        }
        Ok(known)
    }

    fn learn(&mut self, row: &AnyRow) -> Result<(), ServerError> {
        let list: ListId = parse(row.try_get(8)?)?;
        let known = self.of(&list);
        if row.try_get::<Option<&str>, _>(0)?.is_some() {
            let todo = read_todo(row)?;
            known.rows.insert(todo.id, TodoRow { list, todo, deleted_ms: row.try_get(7)? });
        }
        if let Some(seq) = row.try_get(10)? {
            let op: OpId = parse(row.try_get(9)?)?;
            let broken = |_| ServerError::Corrupt(format!("the receipt of {op}"));
            let event = EventId::from_parts(seq, row.try_get(11)?).map_err(broken)?;
            let hash = row.try_get::<Option<i64>, _>(12)?.map(CommandHash);
            known.answered.insert(op, Answered { event, hash });
        }
        Ok(())
    }

    /// What is known of this list.
    pub(crate) fn of(&mut self, list: &ListId) -> &mut KnownTodos {
        self.0.entry(list.clone()).or_default()
    }

    /// Takes the rows that must be written to the table.
    pub(crate) fn take_changed(&mut self) -> Vec<TodoRow> {
        let mut rows = Vec::new();
        for known in self.0.values_mut() {
            let changed = std::mem::take(&mut known.changed);
            rows.extend(changed.iter().filter_map(|id| known.rows.get(id)).cloned());
        }
        rows
    }
}

impl KnownTodos {
    /// How a command was answered; `None` if it was not answered yet.
    pub(crate) fn answered(&self, op: OpId) -> Option<Answered> {
        self.answered.get(&op).copied()
    }

    /// Remembers how a command was answered.
    pub(crate) fn remember(&mut self, op: OpId, answered: Answered) {
        self.answered.insert(op, answered);
    }

    /// Applies an event to the rows, as it is applied to a board, and to the list's counts and head.
    pub(crate) fn apply(&mut self, event: &Event, locked: &mut Locked) {
        locked.head = event.seq;
        match &event.change {
            Change::Created { todo, title, position } => {
                locked.last = locked.last.take().max(Some(position.clone()));
                let todo = Todo::new(*todo, title.clone(), position.clone(), event.seq, event.at_ms);
                self.put(event, todo, None, &mut locked.counts);
            }
            Change::Restored { todos, .. } => {
                for todo in todos {
                    locked.last = locked.last.take().max(Some(todo.position.clone()));
                    self.put(event, todo.clone(), None, &mut locked.counts);
                }
            }
            Change::Renamed { todo, title, .. } => {
                self.each(event, std::slice::from_ref(todo), locked, |it| it.todo.title = title.clone());
            }
            Change::Completed { todos } => self.each(event, todos, locked, |it| it.todo.completed = true),
            Change::Reopened { todos } => self.each(event, todos, locked, |it| it.todo.completed = false),
            Change::Deleted { todos, .. } => {
                self.each(event, todos, locked, |it| it.deleted_ms = Some(event.at_ms));
            }
            // No command that is accepted together with others makes these.
            Change::Moved { .. }
            | Change::Spaced { .. }
            | Change::Named { .. }
            | Change::ListCreated { .. }
            | Change::ListRenamed { .. }
            | Change::ListDeleted { .. }
            | Change::ListRestored { .. }
            | Change::ListMoved { .. }
            | Change::ListsSpaced { .. } => {}
        }
    }

    fn each(&mut self, event: &Event, ids: &[TodoId], locked: &mut Locked, act: impl Fn(&mut TodoRow)) {
        for id in ids {
            if let Some(mut row) = self.rows.get(id).cloned() {
                act(&mut row);
                self.put(event, row.todo, row.deleted_ms, &mut locked.counts);
            }
        }
    }

    /// Puts in a row that an event has touched.
    fn put(&mut self, event: &Event, mut todo: Todo, deleted_ms: Option<i64>, counts: &mut Counts) {
        (todo.touched_seq, todo.updated_ms) = (event.seq, event.at_ms);
        let id = todo.id;
        let row = TodoRow { list: event.list.clone(), todo, deleted_ms };
        *counts += row.counts();
        if let Some(before) = self.rows.insert(id, row) {
            *counts -= before.counts();
        }
        self.changed.insert(id);
    }
}

/// The facts of one list for commands whose [`Scope`](crate::domain::command::Scope) is some todos.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownFacts<'a> {
    pub(crate) known: &'a KnownTodos,
    pub(crate) locked: &'a Locked,
}

impl KnownFacts<'_> {
    /// Whether a change takes away the last todo in the list's order.
    pub(crate) fn takes_last(&self, change: &Change) -> bool {
        let Change::Deleted { todos, .. } = change else { return false };
        todos.iter().filter_map(|id| self.todo(*id)).any(|it| Some(&it.position) >= self.last())
    }
}

impl Facts for KnownFacts<'_> {
    fn size(&self) -> usize {
        usize::try_from(self.locked.counts.size).unwrap_or(0)
    }

    fn todo(&self, id: TodoId) -> Option<&Todo> {
        self.known.rows.get(&id).filter(|it| it.deleted_ms.is_none()).map(|it| &it.todo)
    }

    fn in_trash(&self, id: TodoId) -> Option<&Todo> {
        self.known.rows.get(&id).filter(|it| it.deleted_ms.is_some()).map(|it| &it.todo)
    }

    fn last(&self) -> Option<&Position> {
        self.locked.last.as_ref()
    }

    // Nothing else is asked for by such a command.

    fn first(&self) -> Option<&Position> {
        None
    }

    fn every(&self, _completed: bool) -> Vec<TodoId> {
        Vec::new()
    }

    fn order(&self) -> Vec<Placed> {
        Vec::new()
    }

    fn behind(&self, _place: Option<TodoId>, _but: TodoId) -> Option<&Todo> {
        None
    }

    fn event(&self, _which: Undone) -> Option<&Done> {
        None
    }

    fn done(&self, _seq: Seq) -> Option<&Done> {
        None
    }
}
