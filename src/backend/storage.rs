//! All SQL. The same text works for both engines (SQLite and PostgreSQL), so columns are TEXT or BIGINT, times
//! are milliseconds since 1970, flags are 0 and 1, placeholders are `$1 …`, and nothing is used that only one
//! engine has.

pub(crate) mod board;
pub(crate) mod changes;
pub(crate) mod check;
pub(crate) mod database;
pub(crate) mod event_log;
pub(crate) mod facts;
pub(crate) mod frame;
pub(crate) mod history;
pub(crate) mod known;
pub(crate) mod lists;
pub(crate) mod ops;
mod placeholders;
mod rows;
pub(crate) mod script;
pub(crate) mod stamp;
pub(crate) mod streams;
pub(crate) mod todos;
pub(crate) mod transfer;
pub(crate) mod trash;
pub(crate) mod window;
