//! `todoapp copy`: moves everything from one database to another one, of either engine. Heads and tags stay, so that
//! browsers go on from their cursors when a server is started on the new one.

use anyhow::{Context, ensure};

use crate::backend::error::ServerError;
use crate::backend::storage::database::{Database, Reader, Tx};
use crate::backend::storage::transfer::{self, Content, TABLES};
use crate::tools::check::expect_well;

/// Copies everything, in one transaction: either all of it is there and was compared, or the new database is as it was.
pub(super) async fn run(from: &str, to: &str) -> anyhow::Result<()> {
    ensure!(from != to, "FROM and TO are the same database");
    // Opened to be written it would be made if there is none.
    Reader::open(from).await?.close().await;
    let from = Database::open(from).await?;
    let to = Database::open(to).await?;
    let copied = copy(&from, &to).await;
    let places = (from.place(), to.place());
    from.close().await;
    to.close().await;
    let figures = copied.with_context(|| format!("nothing was copied from {} to {}", places.0, places.1))?;
    super::say(&format!("Everything in {} is now in {} as well. {figures}", places.0, places.1));
    super::say(&format!("Start todoapp there with --database-url; no server may write to {} any more.", places.0));
    Ok(())
}

async fn copy(from: &Database, to: &Database) -> anyhow::Result<String> {
    let mut reading = from.begin_board_read().await?;
    expect_well(&mut reading, &from.place()).await?;
    let mut writing = to.begin_write().await?;
    ensure!(transfer::is_unused(&mut writing).await?, "{} has data already: name a new database", to.place());
    let read = fill(&mut reading, &mut writing).await?;
    drop(reading);
    for (table, read) in TABLES.iter().zip(read) {
        let written = table.content(&mut writing).await?;
        ensure!(written == read, "the copy of the table {} has other rows than the table", table.name);
    }
    let figures = expect_well(&mut writing, &to.place()).await?;
    // A server of PostgreSQL can't be noticed by a lock. What it has written meanwhile would be missing.
    let mut again = from.begin_board_read().await?;
    let changed = streams(&mut again).await? != streams(&mut writing).await?;
    ensure!(!changed, "{} was changed meanwhile: stop every server that uses it", from.place());
    writing.commit().await?;
    Ok(figures.to_string())
}

async fn fill(from: &mut Tx, to: &mut Tx) -> Result<Vec<Content>, ServerError> {
    transfer::clear(to).await?;
    let mut read = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        read.push(table.copy(from, to).await?);
    }
    Ok(read)
}

/// What the streams are: each change moves the head of one.
async fn streams(tx: &mut Tx) -> Result<Content, ServerError> {
    TABLES[0].content(tx).await
}
