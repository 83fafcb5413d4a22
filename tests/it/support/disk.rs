//! A small disk that can be filled, and emptied again.

use std::process::Command;

use tempfile::TempDir;

use super::skipped;

/// What is written at once to fill it: the last piece fails, and has then taken what there was.
const PIECE_BYTES: usize = 1 << 20;

/// A small disk, taken away at the end.
pub(crate) struct SmallDisk(TempDir);

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

impl SmallDisk {
    /// A disk of this size, as in `size=1m`. `None`, and a word why, where none can be made.
    pub(crate) fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("mount").args(["-t", "tmpfs", "-o", size, "none"]).arg(folder.path()).output();
        if made.is_ok_and(|it| it.status.success()) {
            return Some(Self(folder));
        }
        skipped("only root in a container with CAP_SYS_ADMIN can make a small disk");
        None
    }

    /// A folder on it.
    pub(crate) fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.0.path()).unwrap()
    }

    /// Takes all the room there is.
    pub(crate) fn fill(&self) {
        let mut ballast = std::fs::File::create(self.0.path().join("ballast")).unwrap();
        let piece = vec![0; PIECE_BYTES];
        while std::io::Write::write_all(&mut ballast, &piece).is_ok() {}
    }

    /// Gives it back.
    pub(crate) fn empty(&self) {
        let _ = std::fs::remove_file(self.0.path().join("ballast"));
    }
}
