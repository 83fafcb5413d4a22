//! The one writer. It takes the commands that are waiting and puts them all into one transaction, so
//! that one sync of the disk serves many callers; each command is answered on its own, after the
//! commit, and only then are the feeds woken.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Part, Stage};
use crate::backend::feed::Feeds;
use crate::backend::grant::{create_list, grant};
use crate::backend::storage::database::{Database, Tx};
use crate::backend::storage::lists;
use crate::backend::storage::lists::LockedList;
use crate::backend::storage::ops::CommandHash;
use crate::domain::{Command, EventId, ListId, OpId, Receipt, ShortText};

/// Commands in one transaction: enough to make the sync cheap for each, few enough to stay within
/// some milliseconds.
const BATCH_COMMANDS_MAX: usize = 256;

/// Commands that may wait for the writer. Beyond that callers are told to try again, which is better
/// than a queue that nobody gets to the end of.
const WAITING_COMMANDS_MAX: usize = 4096;

/// What may be asked of the writer.
#[derive(Debug)]
pub(crate) enum Ask {
    /// A command about the todos of a list.
    Command {
        /// The list.
        list: ListId,
        /// The command's name.
        op: OpId,
        /// What the client sent under that name.
        hash: CommandHash,
        /// What is asked.
        command: Command,
    },
    /// A new list.
    NewList {
        /// The command's name.
        op: OpId,
        /// What the client sent under that name.
        hash: CommandHash,
        /// What the list shall be called.
        name: ShortText,
    },
    /// Whether the writer can write. Nothing is changed, and the receipt says nothing.
    Check,
}

type Answer = Result<Receipt, ServerError>;

#[derive(Debug)]
struct Job {
    ask: Ask,
    reply: oneshot::Sender<Answer>,
}

/// The way to the writer. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Makes the writer; the future is its work. Told to stop, it takes no more commands, accepts those
    /// that wait, and ends.
    pub(crate) fn new(
        database: Database,
        feeds: Feeds,
        fail: Failpoint,
        stop: CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (jobs, waiting) = mpsc::channel(WAITING_COMMANDS_MAX);
        (Self { jobs }, run(waiting, Work { database, feeds, fail }, stop))
    }

    /// Asks, and waits until the answer is durable.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { ask, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ServerError::Busy,
            mpsc::error::TrySendError::Closed(_) => ServerError::Stopping,
        })?;
        answer.await.unwrap_or(Err(ServerError::NotWritten))
    }
}

/// What the writer works with.
struct Work {
    database: Database,
    feeds: Feeds,
    fail: Failpoint,
}

async fn run(mut waiting: mpsc::Receiver<Job>, work: Work, stop: CancellationToken) {
    let mut jobs = Vec::with_capacity(BATCH_COMMANDS_MAX);
    loop {
        let taken = tokio::select! {
            biased;
            () = stop.cancelled(), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
            taken = waiting.recv_many(&mut jobs, BATCH_COMMANDS_MAX) => taken,
        };
        if taken == 0 {
            return;
        }
        match commit(&work, &jobs).await {
            Ok(answers) => reply(&mut jobs, answers, &work),
            // A disk that is full is full for each of them, and for those who queued up meanwhile: they
            // have waited as long, and must not wait once more.
            Err(error) if !error.is_about_one_command() => {
                while let Ok(job) = waiting.try_recv() {
                    jobs.push(job);
                }
                refuse(&mut jobs, &error);
            }
            Err(error) if jobs.len() == 1 => refuse(&mut jobs, &error),
            // One of them has spoilt it for all: each gets a transaction of its own.
            Err(_) => {
                for job in std::mem::take(&mut jobs) {
                    let mut one = vec![job];
                    match commit(&work, &one).await {
                        Ok(answers) => reply(&mut one, answers, &work),
                        Err(error) => refuse(&mut one, &error),
                    }
                }
            }
        }
    }
}

/// Nobody waiting for an answer any more is no reason to worry: the client asks again by its op.
fn reply(jobs: &mut Vec<Job>, answers: Answers, work: &Work) {
    work.fail.reach(Stage::Committed);
    for (job, answer) in jobs.drain(..).zip(answers.each) {
        let _ = job.reply.send(answer);
    }
    work.fail.reach(Stage::Answered);
    for list in answers.moved {
        work.feeds.wake(&list);
    }
}

/// Answers the jobs with an error that is about all of them.
fn refuse(jobs: &mut Vec<Job>, error: &ServerError) {
    tracing::error!(%error, "Could not write: {error}");
    for job in jobs.drain(..) {
        let told = if matches!(error, ServerError::FileGone) { ServerError::FileGone } else { ServerError::NotWritten };
        let _ = job.reply.send(Err(told));
    }
}

struct Answers {
    /// One for each job, in order.
    each: Vec<Answer>,
    /// The lists that have new events.
    moved: Vec<ListId>,
}

/// Grants the jobs in one transaction. An `Err` means that nothing of it happened, or that it can't be
/// known.
async fn commit(work: &Work, jobs: &[Job]) -> Result<Answers, ServerError> {
    work.database.check_file()?;
    let mut tx = work.database.begin_write().await?;
    let mut lists = lock_lists(&mut tx, jobs).await?;
    work.fail.reach(Stage::Locked);
    work.fail.pass(Part::Writer);
    let before: Vec<_> = lists.values().map(|it| it.head).collect();
    let mut each = Vec::with_capacity(jobs.len());
    for job in jobs {
        each.push(match &job.ask {
            Ask::Check => Ok(Receipt::new(ListId::home(), EventId::START)),
            Ask::NewList { op, hash, name } => own(create_list(&mut tx, *op, *hash, name).await)?,
            Ask::Command { list, op, hash, command } => match lists.get_mut(list) {
                None => Err(ServerError::ListNotFound),
                Some(locked) => {
                    let accepted = grant(&mut tx, work.fail, list, locked, (*op, *hash), command).await;
                    own(accepted.and_then(|it| it.map_err(ServerError::Refused)))?
                }
            },
        });
    }
    let mut moved = Vec::new();
    for ((list, locked), before) in lists.into_iter().zip(before) {
        if locked.head != before {
            lists::advance_list(&mut tx, &list, &locked).await?;
            moved.push(list);
        }
    }
    work.fail.reach(Stage::Written);
    tx.commit().await?;
    // What was committed into a file that nobody can find any more must not be answered.
    work.database.check_file()?;
    Ok(Answers { each, moved })
}

/// Tells an error that is the answer to one command, which has written nothing by then, from one that
/// ends the whole transaction.
fn own(accepted: Answer) -> Result<Answer, ServerError> {
    match accepted {
        Err(error @ (ServerError::Refused(_) | ServerError::OpReused)) => Ok(Err(error)),
        Err(error) => Err(error),
        Ok(receipt) => Ok(Ok(receipt)),
    }
}

/// Locks in the order of ids, so that two nodes never wait for each other in a circle.
async fn lock_lists(tx: &mut Tx, jobs: &[Job]) -> Result<BTreeMap<ListId, LockedList>, ServerError> {
    let wanted: BTreeSet<_> = jobs
        .iter()
        .filter_map(|job| match &job.ask {
            Ask::Command { list, .. } => Some(list),
            Ask::NewList { .. } | Ask::Check => None,
        })
        .collect();
    let mut lists = BTreeMap::new();
    for list in wanted {
        if let Some(locked) = lists::lock_list(tx, list).await? {
            lists.insert(list.clone(), locked);
        }
    }
    Ok(lists)
}
