//! `todoapp backup` and `todoapp restore`: a copy of the file with the data, and the way back.

use std::path::Path;

use anyhow::Context;

use crate::backend::storage::database::{Reader, Restoring};
use crate::tools::check::expect_well;

/// Copies the data into a file.
pub(super) async fn back_up(url: &str, file: &Path) -> anyhow::Result<()> {
    let reader = Reader::open(url).await?;
    reader.back_up(file).await?;
    reader.close().await;
    let copy = Reader::open_copy(file).await?;
    let checked = look(&copy).await;
    copy.close().await;
    // Something may be wrong with the data itself. Then a copy is wanted all the more.
    let figures = checked.with_context(|| format!("the copy {} is complete, but look at the data", file.display()))?;
    super::say(&format!("The data is in {}. {figures}", file.display()));
    Ok(())
}

/// Brings the data back from a file.
pub(super) async fn restore(url: &str, file: &Path, replace: bool) -> anyhow::Result<()> {
    let restoring = Restoring::begin(url, file, replace).await?;
    let figures = match restoring.look().await? {
        None => "An older todoapp has written it: the next start brings it up to date.".to_owned(),
        Some(copy) => {
            let checked = look(&copy).await;
            copy.close().await;
            checked.with_context(|| format!("{} was not restored, and nothing was changed", file.display()))?
        }
    };
    let (path, kept) = restoring.finish().await?;
    super::say(&format!("{} is as it was in {}. {figures}", path.display(), file.display()));
    if let Some(kept) = kept {
        super::say(&format!("What was there before is in {}.", kept.display()));
    }
    Ok(())
}

async fn look(copy: &Reader) -> anyhow::Result<String> {
    let mut tx = copy.begin().await.with_context(|| format!("{} can't be read", copy.place()))?;
    Ok(expect_well(&mut tx, copy.place()).await?.to_string())
}
