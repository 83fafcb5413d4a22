//! The file with the data: which file an address means, the lock that keeps a second server out, and
//! whether the file is still the one that was opened.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// The characters of a path that are written as `%xx` in an address: all but the simplest ones.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'_').remove(b'-');

/// How many symbolic links are followed to the file: as many as Linux follows.
const LINKS_MAX: usize = 40;

/// The absolute path of the file that a `sqlite:` address means, without symbolic links.
pub(super) fn path_of(url: &str) -> anyhow::Result<PathBuf> {
    let Some(path) = url.strip_prefix("sqlite:") else {
        bail!("--database-url must look like sqlite:todos.db or postgres://user@localhost/todoapp, not \"{url}\"");
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') || path.contains('?') {
        bail!("--database-url must name a file, as in sqlite:todos.db, not \"{url}\"");
    }
    let path = std::path::absolute(path).with_context(|| format!("--database-url \"{url}\" is not a path"))?;
    let path = real_path(&path).with_context(|| {
        let folder = path.parent().unwrap_or(&path);
        format!("the folder {} does not exist: make it, or name another file with --database-url", folder.display())
    })?;
    if path.is_dir() {
        bail!("{} is a folder: name a file with --database-url", path.display());
    }
    Ok(path)
}

/// Follows symbolic links, even to a file that does not exist yet.
fn real_path(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        let folder = fs::canonicalize(path.parent().unwrap_or(Path::new("/")))?;
        path = path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name));
        match fs::read_link(&path) {
            Ok(target) => path = folder.join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Locks that keep a second server out while they are held. Two servers on one file would not corrupt it,
/// but the windows of one would not see the changes of the other.
#[derive(Debug)]
pub(super) struct Locks {
    /// A file beside the data. It can be locked before the data exists, and if the data can't be locked.
    _beside: File,
    /// The file itself, so that it is locked under each of its names.
    itself: Option<File>,
}

impl Locks {
    /// Locks the file beside the data, and the data if it exists.
    pub(super) fn take(path: &Path) -> anyhow::Result<Self> {
        let name = beside(path, ".lock");
        let beside = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&name)
            .with_context(|| format!("{} can't be written: check who owns the folder", name.display()))?;
        lock(&beside, path)?;
        let mut locks = Self { _beside: beside, itself: None };
        locks.take_file(path)?;
        Ok(locks)
    }

    /// Locks the file itself, once it exists. This lock is independent of those that SQLite takes. The file
    /// stays open, because by the rules of POSIX closing it would release SQLite's locks.
    pub(super) fn take_file(&mut self, path: &Path) -> anyhow::Result<()> {
        if self.itself.is_none() && path.exists() {
            // SQLite would open a file that it may not write, and fail only at the first change.
            let file = File::options().read(true).write(true).open(path).with_context(|| {
                format!(
                    "{} can't be written: check who owns it, or name another file with --database-url",
                    path.display()
                )
            })?;
            lock(&file, path)?;
            self.itself = Some(file);
        }
        Ok(())
    }
}

fn lock(file: &File, path: &Path) -> anyhow::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            bail!("another todoapp is using {}: stop it, or name another file with --database-url", path.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} can't be locked", path.display())),
    }
}

/// The files with the data: the database and those that SQLite keeps beside it while it is open.
#[derive(Debug)]
pub(super) struct Identity(Vec<(PathBuf, Option<FileId>)>);

/// A file's device and its number on that device, which do not depend on its name.
type FileId = (u64, u64);

impl Identity {
    /// The files as they are now that the database is open.
    pub(super) fn of(path: &Path) -> Self {
        let files = ["", "-wal", "-shm"].map(|ending| beside(path, ending));
        Self(files.into_iter().map(|path| (file_id(&path), path)).map(|(id, path)| (path, id)).collect())
    }

    /// Whether each name still means the same file. After a file was deleted, writing still works without an
    /// error, but nobody can find what is written.
    pub(super) fn is_unchanged(&self) -> bool {
        self.0.iter().all(|(path, id)| file_id(path) == *id)
    }
}

fn file_id(path: &Path) -> Option<FileId> {
    fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
}

/// The file whose name has this ending in addition.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The address by which the database is opened.
pub(super) fn url(path: &Path, mode: &str) -> String {
    format!("sqlite://{}?mode={mode}", percent_encode(path.as_os_str().as_encoded_bytes(), ESCAPED))
}

pub(super) fn cannot_open(path: &Path) -> String {
    format!("{} can't be used as a database: it must be a file that todoapp made and may write", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_not_a_file_is_refused_with_a_sentence() {
        for url in [
            "",
            "todos.db",
            "mysql://x",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:/",
            "sqlite:/no/such/folder/x.db",
            "sqlite:a?mode=ro",
        ] {
            let error = path_of(url).unwrap_err().to_string();
            assert!(error.len() > 20, "{url}: {error}");
        }
    }

    #[test]
    fn a_file_of_any_name_can_be_opened_by_its_address() {
        for (name, expected) in
            [("/a/b-c_1.db", "/a/b-c_1.db"), ("/50%?#x y.db", "/50%25%3F%23x%20y.db"), ("/ä", "/%C3%A4")]
        {
            assert_eq!(url(Path::new(name), "rwc"), format!("sqlite://{expected}?mode=rwc"));
        }
    }

    #[test]
    fn a_symbolic_link_is_followed_even_to_a_file_that_does_not_exist_yet() {
        let folder = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir(folder.join("sub")).unwrap();
        std::os::unix::fs::symlink("sub/todos.db", folder.join("link.db")).unwrap();
        std::os::unix::fs::symlink(folder.join("link.db"), folder.join("sub/again.db")).unwrap();
        std::os::unix::fs::symlink("loop.db", folder.join("loop.db")).unwrap();
        for name in ["link.db", "sub/again.db", "sub/../sub/again.db", "sub/todos.db"] {
            assert_eq!(real_path(&folder.join(name)).unwrap(), folder.join("sub/todos.db"), "{name}");
        }
        assert!(real_path(&folder.join("loop.db")).is_err());
        assert!(real_path(&folder.join("missing/todos.db")).is_err());
    }
}
