//! `todoapp export`: writes one list to standard output.

use std::io::Write;

use anyhow::{Context, anyhow};

use crate::backend::storage::board;
use crate::backend::storage::database::Reader;
use crate::domain::ListId;
use crate::tools::formats::Format;

/// Writes a list. All of it is written, however slowly it is read, so this does not go through the program's log.
pub(super) async fn run(url: &str, list: &ListId, format: Format) -> anyhow::Result<()> {
    let reader = Reader::open(url).await?;
    let reading = async { board::board(&mut reader.begin().await?, list).await };
    let board = reading.await.with_context(|| format!("{} can't be read", reader.place()))?;
    reader.close().await;
    let board = board.with_context(|| {
        format!(
            "there is no list {list} in {}: the address of its page ends with what a list is called here",
            reader.place()
        )
    })?;
    let text = format.write(&board).map_err(|error| anyhow!("the list can't be written: {error}"))?;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the list could not be written to the end")
}
