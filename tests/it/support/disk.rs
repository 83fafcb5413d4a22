//! A small disk that can be filled, and emptied again.

use std::process::Command;

use tempfile::TempDir;

use super::skipped;

/// How much is written at once to fill it. The last write fails after it has taken the rest of the room.
const PIECE_BYTES: usize = 1 << 20;

/// A small disk, removed at the end.
pub(crate) struct SmallDisk(TempDir);

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

impl SmallDisk {
    /// A disk of this size, as in `size=1m`. If none can be made, says why and returns `None`.
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

    /// Fills the disk.
    pub(crate) fn fill(&self) {
        let mut ballast = std::fs::File::create(self.0.path().join("ballast")).unwrap();
        let piece = vec![0; PIECE_BYTES];
        while std::io::Write::write_all(&mut ballast, &piece).is_ok() {}
    }

    /// Frees the disk again.
    pub(crate) fn empty(&self) {
        let _ = std::fs::remove_file(self.0.path().join("ballast"));
    }
}
