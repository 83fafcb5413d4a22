//! A list as JSON, as `GET /api/board` gives it. Of what comes in, only names, titles and what is done count.

use serde::Deserialize;

use crate::domain::{Board, ShortText};
use crate::tools::formats::{Entry, Incoming};

#[derive(Deserialize)]
struct Read {
    list: Option<ReadList>,
    todos: Vec<ReadTodo>,
}

#[derive(Deserialize)]
struct ReadList {
    name: Option<ShortText>,
}

#[derive(Deserialize)]
struct ReadTodo {
    title: ShortText,
    #[serde(default)]
    completed: bool,
}

/// Writes a board.
pub(super) fn write(board: &Board) -> Result<String, String> {
    serde_json::to_string_pretty(board).map(|it| it + "\n").map_err(|error| error.to_string())
}

/// Reads a board, or as much of one as there must be.
pub(super) fn read(text: &str) -> Result<Incoming, String> {
    let Read { list, todos } = serde_json::from_str(text).map_err(|error| {
        let (said, place) = (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
        let what = said.strip_suffix(&place).unwrap_or(&said);
        format!("line {}: {what}", error.line())
    })?;
    let todos = todos.into_iter().map(|it| Entry { title: it.title, completed: it.completed });
    Ok(Incoming { name: list.and_then(|it| it.name), todos: todos.collect() })
}
