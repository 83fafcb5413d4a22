//! `todoapp check`: says whether the data is as it must be.

use anyhow::{Context, bail};

use crate::backend::check::{Figures, Finding, check};
use crate::backend::storage::database::{Reader, Tx};

/// Checks a database.
pub(super) async fn run(url: &str) -> anyhow::Result<()> {
    let reader = Reader::open(url).await?;
    let mut tx = reader.begin().await.with_context(|| format!("{} can't be read", reader.place()))?;
    let figures = expect_well(&mut tx, reader.place()).await?;
    drop(tx);
    reader.close().await;
    super::say(&figures.to_string());
    Ok(())
}

/// Checks what a transaction sees, and fails at the first difference.
pub(super) async fn expect_well(tx: &mut Tx, place: &str) -> anyhow::Result<Figures> {
    match check(tx).await {
        Ok(figures) => Ok(figures),
        Err(Finding::Differs(what)) => bail!("{place} is not as it must be: {what}"),
        Err(Finding::Failed(error)) => Err(error).with_context(|| format!("{place} can't be read")),
    }
}
