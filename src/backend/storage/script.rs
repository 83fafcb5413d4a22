//! Several statements that go to the database together. Each way to the database's thread and back takes as long as
//! some statements do.

use sqlx::any::AnyArguments;
use sqlx::error::BoxDynError;
use sqlx::{Any, Arguments as _, Encode, Type};

/// Statements in order, with their parameters. SQLite takes them as one text. An engine that takes only one statement
/// at a time would get them one after the other.
#[derive(Default)]
pub(crate) struct Script {
    sql: String,
    parameters: AnyArguments,
    /// How many statements there are.
    count: usize,
    /// Why a parameter can't be sent.
    error: Option<BoxDynError>,
}

impl Script {
    /// Adds a statement. Its own parameters, `$1 …`, stand in it in order, each once, and are bound next.
    pub(super) fn add(&mut self, sql: &str) -> &mut Self {
        if !self.sql.is_empty() {
            self.sql.push_str("; ");
        }
        push_without_numbers(sql, &mut self.sql);
        self.count += 1;
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
        self.count += 1;
    }

    /// How many statements there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The text and the parameters.
    pub(super) fn into_parts(self) -> Result<(String, AnyArguments), sqlx::Error> {
        self.error.map_or(Ok((self.sql, self.parameters)), |error| Err(sqlx::Error::Encode(error)))
    }
}

/// Copies a statement, with `?` for each parameter: `$1` would be that of the first statement, and SQLite looks for a
/// number among all of them. No statement has a `$` for anything else.
fn push_without_numbers(sql: &str, out: &mut String) {
    let mut parts = sql.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for (before, part) in parts.enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        debug_assert_eq!(part[..digits].parse(), Ok(before + 1), "in order: {sql}");
        out.push('?');
        out.push_str(&part[digits..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_has_its_own_parameters_in_one_text() {
        let mut script = Script::default();
        script.add("SELECT $1, $2").bind("a").bind(7_i64);
        script.add("SELECT 1");
        script.add("SELECT $1 + $2").bind(1_i64).bind(None::<String>);
        script.add_first("BEGIN");
        assert_eq!(script.count(), 4);
        let (sql, parameters) = script.into_parts().unwrap();
        assert_eq!(sql, "BEGIN; SELECT ?, ?; SELECT 1; SELECT ? + ?");
        assert_eq!(parameters.len(), 4);
    }
}
