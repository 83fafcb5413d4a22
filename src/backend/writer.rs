//! The only writer. It puts all waiting commands into one transaction, so that one sync of the disk serves
//! many callers. Each caller is answered after the commit, and only then are the feeds told.

mod batches;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::backend::accept::{Accept, Batch, Sent, accept_together, questions};
use crate::backend::counts::AllCounts;
use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Part, Stage};
use crate::backend::feed::Feeds;
use crate::backend::ids;
use crate::backend::metrics;
use crate::backend::others::Others;
use crate::backend::storage::database::{Database, Tx};
use crate::backend::storage::frame::Growth;
use crate::backend::storage::known::Known;
use crate::backend::storage::script::Script;
use crate::backend::storage::streams::Locked;
use crate::backend::storage::{event_log, known, ops, streams};
use crate::domain::command::Scope;
use crate::domain::{Command, Event, EventId, ListId, Receipt};

/// About how many commands are put into one transaction: enough to make the sync cheap for each, and few
/// enough to take only some milliseconds.
const BATCH_COMMANDS_MAX: usize = 256;

/// How long to wait before something is written again whose transaction was broken off. Each further wait is twice as
/// long.
const RETRY_DELAY: Duration = Duration::from_millis(20);

/// How long that is tried: long enough for a database that is started again, and short enough for who waits.
const RETRY_WAIT: Duration = Duration::from_secs(6);

/// How many commands may wait for the writer. Beyond that callers are told to try again, which is better
/// than a very long wait.
const WAITING_COMMANDS_MAX: usize = 4096;

/// What may be asked of the writer.
#[derive(Debug)]
pub(crate) enum Ask {
    /// A command.
    Command(Sent),
    /// Whether the writer can write. Nothing is changed, and the receipt says nothing.
    Check,
    /// Whether something can be written. It writes and leaves everything as it was, so a full disk is noticed.
    CheckWriting,
}

impl Ask {
    fn command(&self) -> Option<&Sent> {
        if let Self::Command(sent) = self { Some(sent) } else { None }
    }

    /// Whether it can be accepted together with others.
    fn is_simple(&self) -> bool {
        self.command().is_some_and(Sent::is_simple)
    }
}

type Answer = Result<Receipt, ServerError>;

/// What one caller asks, in order. It is written in one transaction, or none of it is.
#[derive(Debug)]
struct Job {
    asks: Vec<Ask>,
    reply: oneshot::Sender<Vec<Answer>>,
    _room: OwnedSemaphorePermit,
}

/// Sends commands to the writer. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    jobs: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
}

impl Writer {
    /// Makes the writer; the future does its work. When told to stop, it takes no new commands, finishes
    /// those that wait, and ends.
    pub(crate) fn new(
        database: Database,
        feeds: Feeds,
        counts: AllCounts,
        others: Others,
        fail: Failpoint,
        stop: CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(WAITING_COMMANDS_MAX));
        (Self { jobs, room }, run(waiting, Work { database, feeds, counts, others, fail }, stop))
    }

    /// Asks, and waits until the answer is durable.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        self.ask_all(vec![ask]).await?.pop().unwrap_or(Err(ServerError::NotWritten))
    }

    /// Asks for several things in order, and waits until the answers are durable. There is one for each.
    pub(crate) async fn ask_all(&self, asks: Vec<Ask>) -> Result<Vec<Answer>, ServerError> {
        let places = u32::try_from(asks.len()).map_err(|_| ServerError::Busy)?;
        let room = self.room.clone().try_acquire_many_owned(places).map_err(|_| ServerError::Busy)?;
        let (reply, answers) = oneshot::channel();
        self.jobs.send(Job { asks, reply, _room: room }).map_err(|_| ServerError::Stopping)?;
        answers.await.map_err(|_| ServerError::NotWritten)
    }
}

/// What the writer works with.
struct Work {
    database: Database,
    feeds: Feeds,
    counts: AllCounts,
    others: Others,
    fail: Failpoint,
}

async fn run(mut waiting: mpsc::UnboundedReceiver<Job>, work: Work, stop: CancellationToken) {
    loop {
        let first = tokio::select! {
            biased;
            () = stop.cancelled(), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
            first = waiting.recv() => first,
        };
        let Some(first) = first else { return };
        // Commands that have come in by now are read first, and are in the same transaction.
        tokio::task::yield_now().await;
        let mut count = first.asks.len();
        let mut jobs = vec![first];
        while count < BATCH_COMMANDS_MAX
            && let Ok(job) = waiting.try_recv()
        {
            count += job.asks.len();
            jobs.push(job);
        }
        let asks: Vec<_> = jobs.iter().flat_map(|it| &it.asks).collect();
        match commit(&work, &asks).await {
            Ok(answers) => reply(jobs, answers, &work),
            // For example a full disk, which affects all commands. Those that came in meanwhile are answered
            // too, so that they do not wait for the same error again.
            Err(error) if !error.is_about_one_command() => {
                while let Ok(job) = waiting.try_recv() {
                    jobs.push(job);
                }
                refuse(jobs, &error);
            }
            Err(error) if asks.len() == 1 => refuse(jobs, &error),
            // One of them made the transaction fail for all.
            Err(_) => write_one_by_one(&work, jobs).await,
        }
    }
}

/// Gives each command its own transaction. If one is not written, the later commands of the same caller are
/// not written either: they may be about what that command would have made.
async fn write_one_by_one(work: &Work, jobs: Vec<Job>) {
    for job in jobs {
        let mut each = Vec::with_capacity(job.asks.len());
        for ask in &job.asks {
            match commit(work, &[ask]).await {
                Ok(answers) => {
                    each.extend(answers.each);
                    tell_feeds(answers.moved, work);
                }
                Err(error) => {
                    tracing::error!(%error, "Could not write: {error}");
                    each.resize_with(job.asks.len(), || Err(told(&error)));
                    break;
                }
            }
        }
        let _ = job.reply.send(each);
    }
}

/// It does not matter if a caller waits no more: the client sends the command again with the same op.
fn reply(jobs: Vec<Job>, answers: Answers, work: &Work) {
    work.fail.reach(Stage::Committed);
    let mut each = answers.each.into_iter();
    for job in jobs {
        let own = each.by_ref().take(job.asks.len()).collect();
        let _ = job.reply.send(own);
    }
    work.fail.reach(Stage::Answered);
    tell_feeds(answers.moved, work);
}

fn tell_feeds(moved: Vec<(ListId, Growth)>, work: &Work) {
    work.others.tell(moved.iter().map(|(list, _)| list.clone()));
    for (list, growth) in moved {
        work.feeds.grown(&list, growth);
    }
}

/// Answers the jobs with an error that is about all of them.
fn refuse(jobs: Vec<Job>, error: &ServerError) {
    tracing::error!(%error, "Could not write: {error}");
    for job in jobs {
        let each = job.asks.iter().map(|_| Err(told(error))).collect();
        let _ = job.reply.send(each);
    }
}

/// The error that a caller gets after the cause was logged.
fn told(error: &ServerError) -> ServerError {
    if matches!(error, ServerError::FileGone) { ServerError::FileGone } else { ServerError::NotWritten }
}

struct Answers {
    /// One for each command, in order.
    each: Vec<Answer>,
    /// The streams that have new events, and which; none where a list only came or went.
    moved: Vec<(ListId, Growth)>,
}

/// Accepts the commands in one transaction. Where the cause of an error may pass, it is tried again: it does not matter
/// whether the first try has changed something, because each command has its op. An `Err` means that nothing was
/// changed, or that it is not known whether something was.
async fn commit(work: &Work, asks: &[&Ask]) -> Result<Answers, ServerError> {
    let (began, mut delay) = (Instant::now(), RETRY_DELAY);
    loop {
        match commit_once(work, asks).await {
            Err(error) if error.may_pass() && began.elapsed() + delay < RETRY_WAIT => {
                tracing::warn!(%error, "Could not write, and will try again: {error}");
                sleep(delay).await;
                delay *= 2;
            }
            done => return done,
        }
    }
}

async fn commit_once(work: &Work, asks: &[&Ask]) -> Result<Answers, ServerError> {
    work.database.check_file()?;
    let (mut tx, mut batch, known) = begin(work, asks).await?;
    work.fail.reach(Stage::Locked);
    work.fail.pass(Part::Writer);
    let each = accept_all(&mut tx, work.fail, &mut batch, asks, known).await?;
    let grown = batch.streams.iter().filter(|(_, it)| it.has_grown()).map(|(id, it)| (id.clone(), it));
    streams::advance(&mut batch.script, &grown.collect::<Vec<_>>());
    batch.reach(&mut tx, work.fail, Stage::Written).await?;
    let Batch { streams, written: entries, script } = batch;
    let since = asks.iter().filter_map(|it| it.command()).map(|it| it.since).min();
    let (commands, events) = (asks.iter().filter_map(|it| it.command()).count(), entries.len());
    let mut written = BTreeMap::<ListId, Vec<Event>>::new();
    for entry in entries {
        written.entry(entry.event.list.clone()).or_default().push(entry.event);
    }
    let mut moved = Vec::new();
    let mut counted = Vec::new();
    for (stream, locked) in streams {
        if locked.counts_moved() && stream != ListId::index() {
            counted.push((stream.clone(), (!locked.is_deleted).then_some(locked.counts)));
        }
        if locked.has_grown() || locked.came_or_went() {
            let events = written.remove(&stream).unwrap_or_default();
            moved.push((stream, Growth::new(locked.after, events).since(since)));
        }
    }
    tx.commit_after(script).await?;
    // If the file was deleted or replaced meanwhile, the commit is lost and must not be acknowledged.
    work.database.check_file()?;
    work.counts.set(counted);
    metrics::committed(commands, events);
    Ok(Answers { each, moved })
}

/// Begins a transaction, and locks every stream that the commands may change. Where all of them are simple, what must
/// be known of them is read on the same way to the database.
async fn begin(work: &Work, asks: &[&Ask]) -> Result<(Tx, Batch, Option<Known>), ServerError> {
    if !asks.iter().all(|it| it.is_simple()) {
        let mut tx = work.database.begin_write().await?;
        let streams = lock_streams(&mut tx, asks).await?;
        if asks.iter().any(|it| matches!(it, Ask::CheckWriting)) {
            ops::write_and_undo(&mut tx, ids::op()).await?;
        }
        return Ok((tx, Batch { streams, ..Batch::default() }, None));
    }
    let commands: Vec<_> = asks.iter().filter_map(|it| it.command()).collect();
    let (wanted, questions) = (commands.iter().map(|it| it.list.clone()).collect(), questions(&commands));
    let mut script = Script::default();
    streams::add_locks(&mut script, &wanted);
    known::add_questions(&mut script, &questions);
    let (tx, mut answers) = work.database.begin_write_with(script).await?;
    let streams = streams::read_locks(&wanted, &mut answers)?;
    let known = Known::of_answers(&questions, &mut answers)?;
    Ok((tx, Batch { streams, ..Batch::default() }, Some(known)))
}

/// Accepts the commands in order; simple ones that follow each other are accepted together. `known` is what must be
/// known of all of them, where that was read.
async fn accept_all(
    tx: &mut Tx,
    fail: Failpoint,
    batch: &mut Batch,
    asks: &[&Ask],
    mut known: Option<Known>,
) -> Result<Vec<Answer>, ServerError> {
    let mut each = Vec::with_capacity(asks.len());
    for part in asks.chunk_by(|one, next| one.is_simple() && next.is_simple()) {
        let commands: Vec<_> = part.iter().filter_map(|it| it.command()).collect();
        // What comes next reads what those before have written.
        batch.write(tx).await?;
        match commands[..] {
            // Only a check.
            [] => each.push(Ok(Receipt::new(ListId::home(), EventId::START))),
            [sent] if !sent.is_simple() => {
                let accepted = Accept { fail, sent, batch }.command(tx).await;
                each.push(accepted.map_or_else(ServerError::of_one_command, |it| Ok(Ok(it)))?);
            }
            _ => {
                let known = match known.take() {
                    Some(known) => known,
                    None => known::read(tx, &questions(&commands)).await?,
                };
                each.extend(accept_together(tx, fail, batch, &commands, known).await?);
            }
        }
    }
    Ok(each)
}

/// Locks every stream that the commands may change.
async fn lock_streams(tx: &mut Tx, asks: &[&Ask]) -> Result<BTreeMap<ListId, Locked>, ServerError> {
    let mut wanted = BTreeSet::new();
    for Sent { list, command, .. } in asks.iter().filter_map(|it| it.command()) {
        wanted.extend(other_stream(tx, list, command).await?);
        wanted.insert(list.clone());
    }
    streams::lock_all(tx, &wanted).await
}

/// The stream that a command changes beside that of its list.
async fn other_stream(tx: &mut Tx, list: &ListId, command: &Command) -> Result<Option<ListId>, ServerError> {
    if let Command::MoveTo { to, .. } = command {
        return Ok(Some(to.clone()));
    }
    if command.is_about_lists() {
        return Ok(Some(ListId::index()));
    }
    let Scope::Event(which) = command.scope() else { return Ok(None) };
    let done = event_log::done(tx, list, which).await?;
    Ok(done.and_then(|(done, _)| done.change.other_list().or(done.change.indexed()).cloned()))
}
