//! Puts a backup in the place of the file with the data. What was there is kept beside it.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use sqlx::any::install_default_drivers;

use crate::backend::storage::database::file::{Locks, beside, path_of};
use crate::backend::storage::database::reader::Reader;
use crate::backend::storage::database::{backup, postgres, sqlite};

/// How many files that were replaced are kept beside the data. Nobody needs more, and each is as large as the data.
const REPLACED_MAX: usize = 100;

/// A backup that is about to be put in its place. Until then nothing has changed.
#[derive(Debug)]
pub(crate) struct Restoring {
    path: PathBuf,
    /// The copy of the backup beside the data.
    copy: PathBuf,
    /// Held until it is in its place, so that no server starts meanwhile.
    _locks: Locks,
}

impl Drop for Restoring {
    fn drop(&mut self) {
        // After it was put in its place there is none.
        let _ = fs::remove_file(&self.copy);
    }
}

impl Restoring {
    /// Copies a backup beside the data. No server may be running.
    ///
    /// # Errors
    /// A sentence that says what can't be restored and what to do.
    pub(crate) async fn begin(url: &str, from: &Path, replace: bool) -> anyhow::Result<Self> {
        install_default_drivers();
        if postgres::is_meant(url) {
            bail!("this data is not in a file: bring it back with pg_restore from what pg_dump has written");
        }
        let path = path_of(url)?;
        ensure!(from.is_file(), "there is no {}: name the file that `todoapp backup` has written", from.display());
        ensure!(fs::canonicalize(from)? != path, "{} is the file with the data itself", from.display());
        let locks = Locks::take(&path)?;
        ensure!(
            replace || !path.exists(),
            "{} is there already: with --replace it is kept beside the restored one",
            path.display()
        );
        let restoring = Self { copy: path.with_added_extension("restoring"), path, _locks: locks };
        let reader = sqlite::open_file_to_read(from).await?;
        let copied = backup::copy(&reader.pool, from, &restoring.copy).await;
        reader.close().await;
        copied.with_context(|| format!("{} can't be copied to {}", from.display(), restoring.copy.display()))?;
        Ok(restoring)
    }

    /// The copy, to look at it before it is put in its place. `None` if an older version has written it, so that it is
    /// brought up to date when a server starts on it.
    pub(crate) async fn look(&self) -> anyhow::Result<Option<Reader>> {
        let reader = sqlite::open_file_to_read(&self.copy).await?;
        match reader.is_older().await {
            Ok(false) => Ok(Some(reader)),
            older => {
                reader.close().await;
                older.map(|_| None)
            }
        }
    }

    /// Puts it in its place. Returns where that is, and where that is kept which was there before.
    ///
    /// # Errors
    /// If a file can't be renamed. What was there is then where it was, or beside it.
    pub(crate) async fn finish(self) -> anyhow::Result<(PathBuf, Option<PathBuf>)> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let there = fs::metadata(&self.path).ok();
        let like = there.as_ref().map_or_else(|| fs::metadata(folder), |it| Ok(it.clone()))?;
        if let Some(there) = &there {
            fs::set_permissions(&self.copy, there.permissions())?;
        }
        give(&self.copy, &like);
        give(&beside(&self.path, ".lock"), &like);
        let kept = if there.is_some() { Some(keep(&self.path).await?) } else { None };
        for ending in ["-wal", "-shm"] {
            // What was left of a file that is gone does not belong to this one.
            let _ = fs::remove_file(beside(&self.path, ending));
            let _ = fs::remove_file(beside(&self.copy, ending));
        }
        backup::rename(&self.copy, &self.path)
            .with_context(|| format!("{} could not get its name", self.copy.display()))?;
        Ok((self.path.clone(), kept))
    }
}

/// Who may write the data shall be able to write this file. Only root can give files away, and only root needs to.
fn give(file: &Path, like: &Metadata) {
    let _ = chown(file, Some(like.uid()), Some(like.gid()));
}

/// Renames a file with data, with all that belongs to it. Returns its new name.
async fn keep(path: &Path) -> anyhow::Result<PathBuf> {
    // Opened and closed, it is one file. If it is damaged, it stays as it is.
    if let Ok(pool) = sqlite::connect(path, "rwc", 1).await {
        pool.close().await;
    }
    let kept = (1..=REPLACED_MAX).map(|n| path.with_added_extension(format!("replaced-{n}"))).find(|it| !it.exists());
    let kept = kept
        .with_context(|| format!("there are {REPLACED_MAX} replaced files beside {}: remove some", path.display()))?;
    let renamed = || {
        fs::rename(path, &kept)?;
        let log = beside(path, "-wal");
        if log.exists() { fs::rename(log, beside(&kept, "-wal")) } else { Ok(()) }
    };
    renamed().with_context(|| format!("{} can't be renamed to {}", path.display(), kept.display()))?;
    Ok(kept)
}
