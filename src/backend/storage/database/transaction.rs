//! Transactions. The connection that writes goes from one to the next without being checked by its pool, which would
//! take as long as two statements. It goes back to the pool only if it did not commit, and is rolled back there.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use sqlx::any::AnyRow;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Database, Either, Executor, Postgres, Transaction, query_with};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::backend::storage::database::LOCK_WAIT;
use crate::backend::storage::script::Script;

/// One transaction, for writing or for reading several things as of one moment. One that is not committed changes
/// nothing.
#[derive(Debug)]
pub(crate) enum Tx {
    /// It only reads.
    Reading(Transaction<'static, Any>),
    /// It writes.
    Writing(Writing),
}

/// A transaction that writes.
#[derive(Debug)]
pub(crate) struct Writing {
    connection: PoolConnection<Any>,
    kept: Kept,
    /// Held to the end, so that the next one begins after it.
    turn: OwnedSemaphorePermit,
}

/// The connection that writes, while nobody uses it.
type Kept = Arc<Mutex<Option<PoolConnection<Any>>>>;

/// The rows of each statement of a script, in order.
pub(crate) type Answers = std::vec::IntoIter<Vec<AnyRow>>;

impl Tx {
    /// Runs a script. If one of its statements fails, those after it are not run.
    pub(crate) async fn run(&mut self, script: Script) -> Result<Answers, sqlx::Error> {
        run(self, script).await
    }

    /// Commits. If this fails, it is not known whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        self.commit_after(Script::default()).await
    }

    /// Runs a script and commits, in the same way.
    pub(crate) async fn commit_after(self, mut script: Script) -> Result<(), sqlx::Error> {
        match self {
            Self::Reading(mut tx) => {
                run(&mut tx, script).await?;
                tx.commit().await
            }
            Self::Writing(Writing { mut connection, kept, turn }) => {
                script.add("COMMIT");
                run(&mut connection, script).await?;
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
                drop(turn);
                Ok(())
            }
        }
    }
}

async fn run(connection: &mut AnyConnection, script: Script) -> Result<Answers, sqlx::Error> {
    let mut answers = Vec::with_capacity(script.count());
    if script.count() == 0 {
        return Ok(answers.into_iter());
    }
    if connection.backend_name() == Postgres::NAME {
        for statement in script.each() {
            let (sql, parameters, is_kept) = statement?;
            let query = query_with(AssertSqlSafe(sql), parameters).persistent(is_kept);
            answers.push(query.fetch_all(&mut *connection).await?);
        }
        return Ok(answers.into_iter());
    }
    let count = script.count();
    let (sql, parameters) = script.joined()?;
    let mut steps = connection.fetch_many(query_with(AssertSqlSafe(sql), parameters));
    let mut rows = Vec::new();
    // Nothing comes after the last answer, and to wait for that would be one more switch of threads.
    while answers.len() < count
        && let Some(step) = steps.next().await
    {
        match step? {
            Either::Right(row) => rows.push(row),
            Either::Left(_) => answers.push(std::mem::take(&mut rows)),
        }
    }
    Ok(answers.into_iter())
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Self::Reading(tx) => tx,
            Self::Writing(writing) => &writing.connection,
        }
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::Reading(tx) => tx,
            Self::Writing(writing) => &mut writing.connection,
        }
    }
}

/// Begins the transactions that write, one at a time, in the order in which they are asked for.
#[derive(Debug)]
pub(super) struct WriteTurns {
    pool: AnyPool,
    /// What begins a transaction.
    begin: &'static str,
    kept: Kept,
    turns: Arc<Semaphore>,
}

impl WriteTurns {
    /// Those of a pool that rolls back each connection that comes back.
    pub(super) fn new(pool: AnyPool, begin: &'static str) -> Self {
        Self { pool, begin, kept: Kept::default(), turns: Arc::new(Semaphore::new(1)) }
    }

    /// Begins a transaction and runs a script in it.
    pub(super) async fn begin(&self, mut script: Script) -> Result<(Tx, Answers), sqlx::Error> {
        let turn = timeout(LOCK_WAIT, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let kept = self.take();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        script.add_first(self.begin);
        let mut answers = run(&mut connection, script).await?;
        answers.next();
        Ok((Tx::Writing(Writing { connection, kept: self.kept.clone(), turn }), answers))
    }

    /// Waits for the last transaction, and closes the connection.
    pub(super) async fn close(&self) {
        let _turn = self.turns.acquire().await;
        drop(self.take());
        self.pool.close().await;
    }

    fn take(&self) -> Option<PoolConnection<Any>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Row, query};

    use super::*;
    use crate::backend::storage::database::Database;

    async fn count(tx: &mut Tx) -> i64 {
        query("SELECT COUNT(*) FROM lists").fetch_one(&mut **tx).await.unwrap().get(0)
    }

    #[tokio::test]
    async fn what_is_not_committed_is_rolled_back_and_its_connection_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&format!("sqlite:{}", folder.path().join("a.db").display())).await.unwrap();
        let mut tx = database.begin_write().await.unwrap();
        query("DELETE FROM lists").execute(&mut *tx).await.unwrap();
        assert_eq!(count(&mut tx).await, 0);
        drop(tx);
        let mut tx = database.begin_write().await.unwrap();
        assert_eq!(count(&mut tx).await, 1);
        let mut script = Script::default();
        script.add("DELETE FROM lists WHERE id = $1").bind(Some("home"));
        script.add("INSERT INTO streams (id) VALUES ($1)").bind(Some("home"));
        tx.commit_after(script).await.unwrap_err();
        let mut script = Script::default();
        script.add("SELECT COUNT(*) FROM lists");
        let (tx, mut answers) = database.begin_write_with(script).await.unwrap();
        assert_eq!(answers.next().unwrap()[0].get::<i64, _>(0), 1);
        tx.commit().await.unwrap();
        // If the connection had been closed, its files would have been removed with it.
        database.check_file().unwrap();
    }
}
