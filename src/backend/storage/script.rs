//! Several statements that go to the database together. Each way to the database's thread and back takes as long as
//! some statements do.

use std::fmt::Write as _;

use sqlx::any::AnyArguments;
use sqlx::error::BoxDynError;
use sqlx::{Any, Arguments as _, Encode, Type};

/// Statements in order, with their parameters. SQLite takes them as one text. An engine that takes only one statement
/// at a time would get them one after the other.
#[derive(Default)]
pub(crate) struct Script {
    sql: String,
    parameters: AnyArguments,
    /// Why a parameter can't be sent.
    error: Option<BoxDynError>,
}

impl Script {
    /// Adds a statement. Its own parameters, `$1 …`, are bound next.
    pub(super) fn add(&mut self, sql: &str) -> &mut Self {
        if !self.sql.is_empty() {
            self.sql.push_str("; ");
        }
        push_with_later_places(sql, self.parameters.len(), &mut self.sql);
        self
    }

    /// Binds the next parameter of the statement that was added last.
    pub(super) fn bind<'t>(&mut self, value: impl Encode<'t, Any> + Type<Any>) -> &mut Self {
        self.error = self.error.take().or(self.parameters.add(value).err());
        self
    }

    /// Puts a statement without parameters before all others.
    pub(super) fn add_first(&mut self, sql: &str) {
        let others = std::mem::replace(&mut self.sql, sql.to_owned());
        if !others.is_empty() {
            self.sql.push_str("; ");
            self.sql.push_str(&others);
        }
    }

    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.sql.is_empty()
    }

    /// The text and the parameters.
    pub(super) fn into_parts(self) -> Result<(String, AnyArguments), sqlx::Error> {
        self.error.map_or(Ok((self.sql, self.parameters)), |error| Err(sqlx::Error::Encode(error)))
    }
}

/// Copies a statement, with `$1` as the place after the first `before` ones. No statement has a `$` for anything else.
fn push_with_later_places(sql: &str, before: usize, out: &mut String) {
    let mut parts = sql.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let place = part[..digits].parse::<usize>().unwrap_or(0) + before;
        // Writing to a string can't fail.
        let _ = write!(out, "${place}");
        out.push_str(&part[digits..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_has_its_own_places_in_one_text() {
        let mut script = Script::default();
        script.add("SELECT $1, $2").bind("a").bind(7_i64);
        script.add("SELECT 1");
        script.add("SELECT $2 + $1, $10").bind(None::<String>);
        script.add_first("BEGIN");
        let (sql, parameters) = script.into_parts().unwrap();
        assert_eq!(sql, "BEGIN; SELECT $1, $2; SELECT 1; SELECT $4 + $3, $12");
        assert_eq!(parameters.len(), 3);
    }
}
