//! Transactions. The connection that writes goes from one to the next without being checked by its pool, which would
//! take as long as two statements. It goes back to the pool only if it did not commit, and is rolled back there.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::backend::storage::database::LOCK_WAIT;

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

impl Tx {
    /// Commits. If this fails, it is not known whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Reading(tx) => tx.commit().await,
            Self::Writing(Writing { mut connection, kept, turn }) => {
                connection.execute("COMMIT").await?;
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
                drop(turn);
                Ok(())
            }
        }
    }
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

/// Begins the transactions that write, one at a time, in the order in which they are asked for. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct WriteTurns {
    pool: AnyPool,
    kept: Kept,
    turns: Arc<Semaphore>,
}

impl WriteTurns {
    /// Those of a pool that rolls back each connection that comes back.
    pub(super) fn new(pool: AnyPool) -> Self {
        Self { pool, kept: Kept::default(), turns: Arc::new(Semaphore::new(1)) }
    }

    /// Begins a transaction. It takes the write lock at once, because a transaction that first reads and then asks
    /// for the lock would fail without waiting.
    pub(super) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let turn = timeout(LOCK_WAIT, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let kept = self.take();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        connection.execute("BEGIN IMMEDIATE").await?;
        Ok(Tx::Writing(Writing { connection, kept: self.kept.clone(), turn }))
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
