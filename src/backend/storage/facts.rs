//! What the rules have to know about a list to decide about one command, as a transaction sees it.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::chunks;
use crate::backend::storage::rows::{TODO_COLUMNS, parse, read_todo};
use crate::backend::storage::streams::Locked;
use crate::domain::command::Scope;
use crate::domain::{Facts, ListId, Position, Todo, TodoId};

/// The facts of one list in one scope.
#[derive(Debug)]
pub(crate) struct ListFacts {
    size: usize,
    last: Option<Position>,
    /// In the order of ids, if ids were asked for.
    todos: Vec<Todo>,
    /// In the list's order, if all that are done or all that are open were asked for.
    every: Vec<TodoId>,
}

impl Facts for ListFacts {
    fn size(&self) -> usize {
        self.size
    }

    fn todo(&self, id: TodoId) -> Option<&Todo> {
        self.todos.binary_search_by_key(&id, |it| it.id).ok().map(|at| &self.todos[at])
    }

    fn last(&self) -> Option<&Position> {
        self.last.as_ref()
    }

    fn every(&self, _completed: bool) -> Vec<TodoId> {
        self.every.clone()
    }
}

/// Reads what is needed to decide about a command with this scope.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    locked: &Locked,
    scope: Scope<'_>,
) -> Result<ListFacts, ServerError> {
    let size = usize::try_from(locked.counts.size).unwrap_or(0);
    let (mut todos, mut every) = (Vec::new(), Vec::new());
    match scope {
        Scope::These(ids) => todos = these(tx, list, ids).await?,
        Scope::Every { completed } => every = all(tx, list, completed).await?,
    }
    Ok(ListFacts { size, last: locked.last.clone(), todos, every })
}

async fn these(tx: &mut Tx, list: &ListId, ids: &[TodoId]) -> Result<Vec<Todo>, ServerError> {
    let mut todos = Vec::with_capacity(ids.len());
    for (ids, places) in chunks(ids, 2) {
        let sql =
            format!("SELECT {TODO_COLUMNS} FROM todos WHERE list_id = $1 AND id IN ({places}) AND deleted_ms IS NULL");
        let found = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str());
        let rows = ids.iter().fold(found, |found, id| found.bind(id.to_string())).fetch_all(&mut **tx).await?;
        for row in &rows {
            todos.push(read_todo(row)?);
        }
    }
    todos.sort_unstable_by_key(|it| it.id);
    Ok(todos)
}

async fn all(tx: &mut Tx, list: &ListId, completed: bool) -> Result<Vec<TodoId>, ServerError> {
    let rows = query(
        "SELECT id FROM todos WHERE list_id = $1 AND completed = $2 AND deleted_ms IS NULL ORDER BY position, id",
    )
    .bind(list.as_str())
    .bind(i64::from(completed))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| parse(row.try_get(0)?)).collect()
}
