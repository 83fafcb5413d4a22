//! Several statements that go to the database together. Each way to SQLite's thread and back takes as long as some
//! statements do.

use sqlx::any::AnyArguments;
use sqlx::error::BoxDynError;
use sqlx::{Arguments as _, Error};

/// Statements in order, with their parameters.
#[derive(Debug, Default)]
pub(crate) struct Script {
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    sql: String,
    parameters: Vec<Parameter>,
    /// Whether PostgreSQL shall keep it prepared, with the plan that it made for it.
    is_kept: bool,
}

/// A parameter: all columns are text or numbers.
#[derive(Clone, Debug)]
pub(crate) enum Parameter {
    Text(Option<String>),
    Number(Option<i64>),
}

impl From<Option<String>> for Parameter {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Parameter {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<i64>> for Parameter {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl Parameter {
    fn add(self, to: &mut AnyArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Text(text) => to.add(text),
            Self::Number(number) => to.add(number),
        }
    }
}

impl Script {
    /// Adds a statement. Its own parameters, `$1 …`, stand in it in order, each once, and are bound next.
    pub(super) fn add(&mut self, sql: impl Into<String>) -> &mut Self {
        self.statements.push(Statement { sql: sql.into(), parameters: Vec::new(), is_kept: true });
        self
    }

    /// The same for a statement whose best plan depends on how long the tables are. A plan that is kept stays as it
    /// was made while they were short, until they are analysed: then each command would read whole tables.
    pub(super) fn add_planned_anew(&mut self, sql: impl Into<String>) -> &mut Self {
        self.statements.push(Statement { sql: sql.into(), parameters: Vec::new(), is_kept: false });
        self
    }

    /// Binds the next parameter of the statement that was added last.
    pub(super) fn bind(&mut self, parameter: impl Into<Parameter>) -> &mut Self {
        if let Some(last) = self.statements.last_mut() {
            last.parameters.push(parameter.into());
        }
        self
    }

    /// Puts a statement without parameters before all others.
    pub(super) fn add_first(&mut self, sql: &str) {
        self.statements.insert(0, Statement { sql: sql.to_owned(), parameters: Vec::new(), is_kept: true });
    }

    /// How many statements there are.
    pub(super) fn count(&self) -> usize {
        self.statements.len()
    }

    /// All statements as one text with all parameters, as SQLite takes them.
    pub(super) fn joined(self) -> Result<(String, AnyArguments), Error> {
        let (mut text, mut arguments) = (String::new(), AnyArguments::default());
        for Statement { sql, parameters, .. } in self.statements {
            if !text.is_empty() {
                text.push_str("; ");
            }
            push_without_numbers(&sql, &mut text);
            for parameter in parameters {
                parameter.add(&mut arguments).map_err(Error::Encode)?;
            }
        }
        Ok((text, arguments))
    }

    /// The statements one by one, as PostgreSQL takes them, and whether each shall be kept prepared.
    pub(super) fn each(self) -> impl Iterator<Item = Result<(String, AnyArguments, bool), Error>> {
        self.statements.into_iter().map(|Statement { sql, parameters, is_kept }| {
            let mut arguments = AnyArguments::default();
            for parameter in parameters {
                parameter.add(&mut arguments).map_err(Error::Encode)?;
            }
            Ok((sql, arguments, is_kept))
        })
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

    fn script() -> Script {
        let mut script = Script::default();
        script.add("SELECT $1, $2").bind(Some("a")).bind(Some(7));
        script.add_planned_anew("SELECT 1");
        script.add("SELECT $1 + $2").bind(Some(1)).bind(None::<String>);
        script.add_first("BEGIN");
        assert_eq!(script.count(), 4);
        script
    }

    #[test]
    fn each_statement_has_its_own_parameters_in_one_text() {
        let (sql, parameters) = script().joined().unwrap();
        assert_eq!(sql, "BEGIN; SELECT ?, ?; SELECT 1; SELECT ? + ?");
        assert_eq!(parameters.len(), 4);
    }

    #[test]
    fn each_statement_has_its_own_parameters_one_by_one() {
        let each: Vec<_> =
            script().each().map(|it| it.map(|(sql, of_it, is_kept)| (sql, of_it.len(), is_kept)).unwrap()).collect();
        let expected =
            [("BEGIN", 0, true), ("SELECT $1, $2", 2, true), ("SELECT 1", 0, false), ("SELECT $1 + $2", 2, true)];
        assert_eq!(each, expected.map(|(sql, count, is_kept)| (sql.to_owned(), count, is_kept)));
    }
}
