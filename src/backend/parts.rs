//! The parts of a running server that work by themselves: the writer, what prunes the log, what answers whether
//! something has changed, and what hears of other servers. Started and stopped together.

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::counts::AllCounts;
use crate::backend::error::ServerError;
use crate::backend::essential;
use crate::backend::failpoint::Failpoint;
use crate::backend::feed::Feeds;
use crate::backend::others::Others;
use crate::backend::retention::{self, Retention};
use crate::backend::service::Todos;
use crate::backend::stamps::Stamps;
use crate::backend::storage::database::Database;
use crate::backend::writer::Writer;

/// What the rest of the server uses of them.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) todos: Todos,
    pub(crate) feeds: Feeds,
    pub(crate) counts: AllCounts,
    pub(crate) stamps: Stamps,
    /// What runs until it is stopped.
    pub(crate) running: Running,
}

/// The tasks themselves.
#[derive(Debug)]
pub(crate) struct Running {
    database: Database,
    writing: JoinHandle<()>,
    stop_writing: CancellationToken,
    others: Vec<JoinHandle<()>>,
}

impl Parts {
    /// Starts them. The tasks of the feeds are among `tasks`, because they end with their readers.
    pub(crate) async fn start(
        database: Database,
        retention: Retention,
        fail: Failpoint,
        tasks: TaskTracker,
    ) -> Result<Self, ServerError> {
        let feeds = Feeds::new(database.clone(), tasks, fail);
        // Before the writer begins, and before other servers are heard.
        let counts = AllCounts::load(&database).await?;
        let (others, stop_writing) = (Others::default(), CancellationToken::new());
        let (writer, writing) =
            Writer::new(database.clone(), feeds.clone(), counts.clone(), others.clone(), fail, stop_writing.clone());
        let (stamps, answering) = Stamps::new(database.clone());
        let hearing = others.run(database.clone(), feeds.clone(), counts.clone());
        let pruning = retention::run(database.clone(), retention, fail);
        let writing = tokio::spawn(essential::watch("The writer", writing));
        let others = vec![
            tokio::spawn(essential::watch("What prunes the log", pruning)),
            tokio::spawn(essential::watch("What says whether lists have changed", answering)),
            tokio::spawn(essential::watch("What hears of other servers", hearing)),
        ];
        let todos = Todos::new(database.clone(), writer);
        let running = Running { database, writing, stop_writing, others };
        Ok(Self { todos, feeds, counts, stamps, running })
    }
}

impl Running {
    /// Writes what waits to be written, ends, and closes the database.
    pub(crate) async fn stop(self) {
        for task in &self.others {
            task.abort();
        }
        self.stop_writing.cancel();
        // This can't be a panic, which would have ended the process.
        let _ = self.writing.await;
        self.database.close().await;
    }
}
