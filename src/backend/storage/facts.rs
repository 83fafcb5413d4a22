//! What the rules have to know about a list to decide about one command, as a transaction sees it.

mod done;

use std::collections::{BTreeMap, HashSet};

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log;
use crate::backend::storage::placeholders::chunks;
use crate::backend::storage::rows::{TODO_COLUMNS, parse, parse_position, read_todo};
use crate::backend::storage::streams::Locked;
use crate::domain::command::Scope;
use crate::domain::{
    Change, Command, Done, Facts, ListId, OpId, Placed, Position, Seq, Todo, TodoId, Undone, is_tight,
};

/// The facts of one list for one command.
#[derive(Debug, Default)]
pub(crate) struct ListFacts {
    size: usize,
    first: Option<Position>,
    last: Option<Position>,
    /// By id.
    todos: Vec<Todo>,
    trash: Vec<Todo>,
    /// Those of the trash that went to another list.
    moved: Vec<TodoId>,
    /// In the list's order, where all of a kind were asked for.
    every: Vec<TodoId>,
    order: Vec<Placed>,
    behind: Option<Todo>,
    /// The event that shall be undone, and the command it came from.
    event: Option<(Done, OpId)>,
    /// The events that have touched its todos since.
    since: BTreeMap<Seq, Option<Done>>,
}

impl Facts for ListFacts {
    fn size(&self) -> usize {
        self.size
    }

    fn todo(&self, id: TodoId) -> Option<&Todo> {
        by_id(&self.todos, id)
    }

    fn in_trash(&self, id: TodoId) -> Option<&Todo> {
        by_id(&self.trash, id)
    }

    fn first(&self) -> Option<&Position> {
        self.first.as_ref()
    }

    fn last(&self) -> Option<&Position> {
        self.last.as_ref()
    }

    fn every(&self, _completed: bool) -> Vec<TodoId> {
        self.every.clone()
    }

    fn order(&self) -> Vec<Placed> {
        self.order.clone()
    }

    fn behind(&self, _place: Option<TodoId>, _but: TodoId) -> Option<&Todo> {
        self.behind.as_ref()
    }

    fn event(&self, _which: Undone) -> Option<&Done> {
        self.event.as_ref().map(|(done, _)| done)
    }

    fn done(&self, seq: Seq) -> Option<&Done> {
        self.since.get(&seq).and_then(Option::as_ref)
    }
}

impl ListFacts {
    /// What a list that is locked says of itself, without its todos.
    fn of(locked: &Locked) -> Self {
        let size = usize::try_from(locked.counts.size).unwrap_or(0);
        Self { size, last: locked.last.clone(), ..Self::default() }
    }

    /// The number of the event that shall be undone, and the command it came from.
    pub(crate) fn undone(&self) -> Option<(Seq, OpId)> {
        self.event.as_ref().map(|(done, op)| (done.seq, *op))
    }

    /// Takes in what is not known yet of the todos of a change: what only makes room moves todos that the command does
    /// not name.
    pub(crate) async fn learn_of(&mut self, tx: &mut Tx, list: &ListId, change: &Change) -> Result<(), ServerError> {
        let missing: Vec<_> = change.todos().iter().filter(|it| self.todo(**it).is_none()).copied().collect();
        self.learn(tx, list, &missing).await
    }

    /// Takes in what is known of these todos, in the list or in its trash.
    async fn learn(&mut self, tx: &mut Tx, list: &ListId, ids: &[TodoId]) -> Result<(), ServerError> {
        for (ids, places) in chunks(ids, 2) {
            let sql = format!(
                "SELECT {TODO_COLUMNS}, deleted_ms, moved_to FROM todos WHERE list_id = $1 AND id IN ({places})"
            );
            let found = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str());
            let rows = ids.iter().fold(found, |found, id| found.bind(id.to_string())).fetch_all(&mut **tx).await?;
            for row in &rows {
                let todo = read_todo(row)?;
                if row.try_get::<Option<String>, _>("moved_to")?.is_some() {
                    self.moved.push(todo.id);
                }
                let is_deleted = row.try_get::<Option<i64>, _>("deleted_ms")?.is_some();
                if is_deleted { &mut self.trash } else { &mut self.todos }.push(todo);
            }
        }
        self.todos.sort_unstable_by_key(|it| it.id);
        self.trash.sort_unstable_by_key(|it| it.id);
        Ok(())
    }

    async fn learn_every(&mut self, tx: &mut Tx, list: &ListId, completed: bool) -> Result<(), ServerError> {
        let sql = format!(
            "SELECT {TODO_COLUMNS} FROM todos WHERE list_id = $1 AND completed = $2 AND deleted_ms IS NULL \
             ORDER BY position, id"
        );
        let rows =
            query(sqlx::AssertSqlSafe(sql)).bind(list.as_str()).bind(i64::from(completed)).fetch_all(&mut **tx).await?;
        self.todos = rows.iter().map(read_todo).collect::<Result<_, _>>()?;
        self.every = self.todos.iter().map(|it| it.id).collect();
        self.todos.sort_unstable_by_key(|it| it.id);
        Ok(())
    }

    /// Takes in the places around the one where a todo shall stand, and the whole order where it is tight.
    async fn learn_place(
        &mut self,
        tx: &mut Tx,
        list: &ListId,
        id: TodoId,
        after: Option<TodoId>,
    ) -> Result<(), ServerError> {
        let ids: Vec<_> = after.into_iter().filter(|it| *it != id).chain([id]).collect();
        self.learn(tx, list, &ids).await?;
        let low = after.and_then(|it| self.todo(it)).cloned();
        let sql = format!(
            "SELECT {TODO_COLUMNS} FROM todos WHERE list_id = $1 AND deleted_ms IS NULL AND id <> $2 \
             AND (position, id) > ($3, $4) ORDER BY position, id LIMIT 1"
        );
        let row = query(sqlx::AssertSqlSafe(sql))
            .bind(list.as_str())
            .bind(id.to_string())
            .bind(low.as_ref().map(|it| it.position.to_string()).unwrap_or_default())
            .bind(low.as_ref().map(|it| it.id.to_string()).unwrap_or_default())
            .fetch_optional(&mut **tx)
            .await?;
        self.behind = row.as_ref().map(read_todo).transpose()?;
        if is_tight(low.as_ref(), self.behind.as_ref()) {
            self.order = order(tx, list).await?;
        }
        Ok(())
    }

    /// Takes in the event that shall be undone, its todos, and what has touched them since.
    async fn learn_event(&mut self, tx: &mut Tx, list: &ListId, which: Undone) -> Result<(), ServerError> {
        let Some((done, op)) = event_log::done(tx, list, which).await? else { return Ok(()) };
        self.learn_what_was_done(tx, list, std::slice::from_ref(&done)).await?;
        self.event = Some((done, op));
        Ok(())
    }
}

/// Reads what a command is decided by.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    locked: &Locked,
    command: &Command,
) -> Result<ListFacts, ServerError> {
    let mut facts = ListFacts::of(locked);
    match command.scope() {
        Scope::These(ids) => facts.learn(tx, list, ids).await?,
        Scope::Every { completed } => facts.learn_every(tx, list, completed).await?,
        Scope::Place { id, after } => facts.learn_place(tx, list, id, after).await?,
        Scope::Event(which) => facts.learn_event(tx, list, which).await?,
    }
    match command {
        Command::Create { at_top: true, .. } => facts.first = first(tx, list).await?,
        // What went to another list is not in the trash of this one.
        Command::Restore { .. } => {
            let moved: HashSet<_> = facts.moved.drain(..).collect();
            facts.trash.retain(|it| !moved.contains(&it.id));
        }
        _ => {}
    }
    Ok(facts)
}

fn by_id(todos: &[Todo], id: TodoId) -> Option<&Todo> {
    todos.binary_search_by_key(&id, |it| it.id).ok().map(|at| &todos[at])
}

async fn first(tx: &mut Tx, list: &ListId) -> Result<Option<Position>, ServerError> {
    let row = query("SELECT MIN(position) FROM todos WHERE list_id = $1 AND deleted_ms IS NULL")
        .bind(list.as_str())
        .fetch_one(&mut **tx)
        .await?;
    row.try_get::<Option<String>, _>(0)?.map(parse_position).transpose()
}

async fn order(tx: &mut Tx, list: &ListId) -> Result<Vec<Placed>, ServerError> {
    let rows = query("SELECT id, position FROM todos WHERE list_id = $1 AND deleted_ms IS NULL ORDER BY position, id")
        .bind(list.as_str())
        .fetch_all(&mut **tx)
        .await?;
    let placed =
        |row: &AnyRow| Ok(Placed { todo: parse(row.try_get(0)?)?, position: parse_position(row.try_get(1)?)? });
    rows.iter().map(placed).collect()
}
