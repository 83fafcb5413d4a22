//! `todoapp import`: reads a list and makes the commands for it, by the same rules as any other.
//!
//! The whole file is read and checked before anything is written. Up to some thousand todos are one transaction;
//! more are several, and if a later one is refused, the earlier ones are taken back.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::failpoint::Failpoint;
use crate::backend::storage::database::Database;
use crate::backend::storage::ops::CommandHash;
use crate::backend::{counts, feed, ids, others, service::Todos, writer};
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::{Command, ListId, Receipt, ShortText, TodoId};
use crate::tools::formats::{Entry, Format, Incoming};

/// The longest file: a full list of the longest titles, each character written as two escapes of JSON.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// How many commands go into one transaction. The writer takes 4096 at one time.
const COMMANDS_MAX: usize = 4000;

/// What to import, and where to.
#[derive(Args, Debug)]
pub struct Import {
    /// The file to read, or - for standard input
    file: PathBuf,
    /// Its form; by default what the ending of its name says
    #[arg(long)]
    format: Option<Format>,
    /// The list to add the todos to; without it a new list is made
    #[arg(long)]
    list: Option<ListId>,
    /// The name of the new list; by default what the file says, or its name
    #[arg(long, conflicts_with = "list")]
    name: Option<String>,
}

/// Imports a list.
pub(super) async fn run(url: &str, import: Import) -> anyhow::Result<()> {
    let shown = import.file.display();
    let format = import.format.or_else(|| Format::of_file(&import.file));
    let format = format.with_context(|| format!("say with --format whether {shown} is json, csv or todo.txt"))?;
    let bytes = read(&import.file).with_context(|| format!("{shown} can't be read"))?;
    ensure!(
        bytes.len() as u64 <= FILE_BYTES_MAX,
        "{shown} has more than {} MiB, which no list has",
        FILE_BYTES_MAX >> 20
    );
    let incoming = format.read(&bytes).map_err(|what| anyhow!("nothing was imported from {shown}: {what}"))?;
    let target = match import.list {
        Some(list) => Target::List(list),
        None => Target::New(name(import.name, &incoming, &import.file)?),
    };
    let database = Database::open(url).await?;
    let imported = write(&database, &incoming, target).await;
    let place = database.place();
    database.close().await;
    let (list, created) = imported.map_err(|what| what.context(format!("nothing was imported from {shown}")))?;
    super::say(&format!("{shown} is in the list {list} of {place}. Todos: {created}."));
    Ok(())
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let from: Box<dyn Read> =
        if file == Path::new("-") { Box::new(io::stdin()) } else { Box::new(std::fs::File::open(file)?) };
    let mut bytes = Vec::new();
    // One more than may be, to notice that there are more.
    from.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn name(given: Option<String>, incoming: &Incoming, file: &Path) -> anyhow::Result<ShortText> {
    if let Some(given) = given {
        return ShortText::parse(&given).map_err(|error| anyhow!("--name {given:?} can't be used: {error}"));
    }
    let stem = file.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let name = incoming.name.clone().or_else(|| ShortText::parse(&stem).ok());
    name.context("say with --name what the new list is called")
}

/// Where the todos go.
enum Target {
    List(ListId),
    New(ShortText),
}

/// Writes all of it, or nothing. Returns the list, and how many todos were created.
async fn write(database: &Database, incoming: &Incoming, target: Target) -> anyhow::Result<(ListId, usize)> {
    let feeds = feed::Feeds::new(database.clone(), TaskTracker::new(), Failpoint::default());
    let counts = counts::AllCounts::load(database).await.context("the lists can't be read")?;
    let (others, stop) = (others::Others::default(), CancellationToken::new());
    let (writer, writing) =
        writer::Writer::new(database.clone(), feeds, counts, others, Failpoint::default(), stop.clone());
    let todos = Todos::new(database.clone(), writer);
    let importing = async {
        let imported = into(&todos, incoming, target).await;
        stop.cancel();
        imported
    };
    tokio::join!(importing, writing).0
}

async fn into(todos: &Todos, incoming: &Incoming, target: Target) -> anyhow::Result<(ListId, usize)> {
    let (list, is_new) = match target {
        Target::List(list) => {
            let board = todos.board(&list).await.with_context(|| format!("the list {list} can't be read"))?;
            let (there, more) = (board.todos.len(), incoming.todos.len());
            ensure!(
                there + more <= LIST_TODOS_MAX,
                "the list {list} has {there} todos, and {more} more would be over the limit of {LIST_TODOS_MAX}"
            );
            (list, false)
        }
        Target::New(name) => (ask(todos, &ListId::index(), vec![Command::CreateList { name }]).await?.list, true),
    };
    let created: Vec<_> = incoming.todos.iter().map(|it| (ids::todo_id(), it)).collect();
    let done: Vec<_> = created.iter().filter(|(_, it)| it.completed).map(|(id, _)| *id).collect();
    let mut commands: Vec<_> = created.iter().map(|(id, it)| create(*id, it)).collect();
    if !done.is_empty() {
        commands.push(Command::Complete { ids: done });
    }
    for part in commands.chunks(COMMANDS_MAX) {
        if let Err(error) = ask(todos, &list, part.to_vec()).await {
            let take_back = if is_new {
                Command::DeleteList
            } else {
                Command::Delete { ids: created.iter().map(|it| it.0).collect() }
            };
            if let Err(again) = ask(todos, &list, vec![take_back]).await {
                bail!("{error}, and what was imported already into the list {list} could not be taken back: {again}");
            }
            return Err(error);
        }
    }
    Ok((list, created.len()))
}

fn create(id: TodoId, entry: &Entry) -> Command {
    Command::Create { id, title: entry.title.clone(), at_top: false }
}

/// Has all these commands accepted. Returns the last receipt.
async fn ask(todos: &Todos, list: &ListId, commands: Vec<Command>) -> anyhow::Result<Receipt> {
    let sent = commands.into_iter().map(|command| {
        let hash = CommandHash::of(list, &command, command.todos());
        (list.clone(), ids::op(), hash, command)
    });
    let mut receipt = None;
    for answer in todos.commands(sent.collect(), None).await? {
        receipt = Some(answer?);
    }
    receipt.context("there was no command")
}
