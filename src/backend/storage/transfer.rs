//! The SQL that copies every row from one database into another one, of either engine: `todoapp copy`. It knows the
//! columns, and nothing of what they mean.

use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::tables;
use crate::backend::storage::script::{Parameter, Script};

/// How many rows are read and written at one time. The change of an event may have megabytes.
const ROWS_MAX: i64 = 64;

/// The kind of a column: there are only two in all tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

use Kind::{Number, Text};

/// A table; its key comes first.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    columns: &'static [(&'static str, Kind)],
    /// How many columns the key has.
    key: usize,
}

/// All tables, each after those that its rows refer to. A test compares them with the migrations.
pub(crate) const TABLES: [Table; 5] = [
    Table {
        name: "streams",
        columns: &[("id", Text), ("kind", Text), ("head", Number), ("created_ms", Number)],
        key: 1,
    },
    Table {
        name: "lists",
        columns: &[
            ("id", Text),
            ("name", Text),
            ("size", Number),
            ("open", Number),
            ("position", Text),
            ("deleted_ms", Number),
            ("op", Text),
        ],
        key: 1,
    },
    Table {
        name: "todos",
        columns: &[
            ("list_id", Text),
            ("id", Text),
            ("title", Text),
            ("completed", Number),
            ("position", Text),
            ("touched_seq", Number),
            ("deleted_ms", Number),
            ("moved_to", Text),
            ("created_ms", Number),
            ("updated_ms", Number),
        ],
        key: 2,
    },
    Table {
        name: "events",
        columns: &[
            ("stream_id", Text),
            ("seq", Number),
            ("tag", Text),
            ("at_ms", Number),
            ("actor", Text),
            ("op", Text),
            ("command_hash", Number),
            ("change", Text),
            ("undoes", Number),
            ("touched", Text),
        ],
        key: 2,
    },
    Table {
        name: "ops",
        columns: &[
            ("stream_id", Text),
            ("op", Text),
            ("command_hash", Number),
            ("seq", Number),
            ("tag", Text),
            ("at_ms", Number),
        ],
        key: 2,
    },
];

/// What a table has: the number of its rows, and a sum of their hashes. It does not depend on their order, because the
/// engines sort texts in different ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) rows: u64,
    sum: u128,
}

type Values = Vec<Parameter>;

impl Table {
    /// Copies all rows. Returns what was read.
    pub(crate) async fn copy(&self, from: &mut Tx, to: &mut Tx) -> Result<Content, ServerError> {
        let (mut content, mut after) = (Content::default(), None);
        loop {
            let rows = self.read(from, after.as_deref()).await?;
            let Some(last) = rows.last() else { return Ok(content) };
            after = Some(last[..self.key].to_vec());
            content.add_all(&rows);
            self.insert(to, &rows).await?;
        }
    }

    /// What there is.
    pub(crate) async fn content(&self, of: &mut Tx) -> Result<Content, ServerError> {
        let (mut content, mut after) = (Content::default(), None);
        loop {
            let rows = self.read(of, after.as_deref()).await?;
            let Some(last) = rows.last() else { return Ok(content) };
            after = Some(last[..self.key].to_vec());
            content.add_all(&rows);
        }
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The rows right after a key, in the order of their keys.
    async fn read(&self, tx: &mut Tx, after: Option<&[Parameter]>) -> Result<Vec<Values>, ServerError> {
        let key = self.columns[..self.key].iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let places = (1..=self.key).map(|it| format!("${it}")).collect::<Vec<_>>().join(", ");
        let begin = after.map_or_else(String::new, |_| format!("WHERE ({key}) > ({places})"));
        let sql = format!("SELECT {} FROM {} {begin} ORDER BY {key} LIMIT {ROWS_MAX}", self.names(), self.name);
        let mut script = Script::default();
        script.add(sql);
        for value in after.unwrap_or_default() {
            script.bind(value.clone());
        }
        let rows = tx.run(script).await?.next().unwrap_or_default();
        rows.iter().map(|row| self.values(row)).collect()
    }

    fn values(&self, row: &AnyRow) -> Result<Values, ServerError> {
        let value = |(at, (_, kind)): (usize, &(&str, Kind))| match kind {
            Text => row.try_get(at).map(Parameter::Text),
            Number => row.try_get(at).map(Parameter::Number),
        };
        Ok(self.columns.iter().enumerate().map(value).collect::<Result<_, _>>()?)
    }

    async fn insert(&self, tx: &mut Tx, rows: &[Values]) -> Result<(), ServerError> {
        let (mut script, names, key) = (Script::default(), self.names(), self.columns[0].0);
        for table in tables(rows, self.columns.len()) {
            let (name, values) = (self.name, &table.values);
            script.add(format!(
                "WITH new ({names}) AS ({values}) INSERT INTO {name} ({names}) SELECT {names} FROM new \
                 WHERE {key} IS NOT NULL"
            ));
            for row in table.rows() {
                for (at, (_, kind)) in self.columns.iter().enumerate() {
                    let absent = if *kind == Text { Parameter::Text(None) } else { Parameter::Number(None) };
                    script.bind(row.map_or(absent, |it| it[at].clone()));
                }
            }
        }
        tx.run(script).await?;
        Ok(())
    }
}

impl Content {
    fn add_all(&mut self, rows: &[Values]) {
        for row in rows {
            self.add(row);
        }
    }

    fn add(&mut self, row: &[Parameter]) {
        let mut hash = Sha256::new();
        for value in row {
            // With its length, so that no two rows give the same bytes.
            let text = match value {
                Parameter::Text(None) | Parameter::Number(None) => "-".to_owned(),
                Parameter::Text(Some(text)) => format!("{}:{text}", text.len()),
                Parameter::Number(Some(number)) => format!("{number};"),
            };
            hash.update(text);
        }
        let digest = hash.finalize();
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(first));
    }
}

/// Whether nothing was ever written: there is only what the migrations make.
pub(crate) async fn is_unused(tx: &mut Tx) -> Result<bool, ServerError> {
    let sql = "SELECT (SELECT COUNT(*) FROM streams WHERE head > 0) + (SELECT COUNT(*) FROM lists WHERE id <> 'home') \
               + (SELECT COUNT(*) FROM todos) + (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM ops)";
    Ok(query(sql).fetch_one(&mut **tx).await?.try_get::<i64, _>(0)? == 0)
}

/// Removes what the migrations have made.
pub(crate) async fn clear(tx: &mut Tx) -> Result<(), ServerError> {
    for table in TABLES.iter().rev() {
        query(AssertSqlSafe(format!("DELETE FROM {}", table.name))).execute(&mut **tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::storage::database::Database;

    #[tokio::test]
    async fn every_column_of_every_table_is_copied() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&format!("sqlite:{}", folder.path().join("a.db").display())).await.unwrap();
        let mut tx = database.begin_write().await.unwrap();
        let found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
        let mut names: Vec<String> =
            query(found).fetch_all(&mut *tx).await.unwrap().iter().map(|it| it.get(0)).collect();
        names.sort();
        let mut known = TABLES.each_ref().map(|it| it.name);
        known.sort_unstable();
        assert_eq!(names, known);
        for table in &TABLES {
            let sql = format!("SELECT name || ' ' || type FROM pragma_table_info('{}')", table.name);
            let rows = query(AssertSqlSafe(sql)).fetch_all(&mut *tx).await.unwrap();
            let mut columns: Vec<String> = rows.iter().map(|it| it.get(0)).collect();
            let ours = table.columns.iter().map(|(name, kind)| match kind {
                Text => format!("{name} TEXT"),
                Number => format!("{name} BIGINT"),
            });
            let mut ours: Vec<_> = ours.collect();
            columns.sort();
            ours.sort();
            assert_eq!(columns, ours, "{}", table.name);
        }
    }
}
