//! How long each piece of work takes, in seconds. Measured on a machine with two processors, where each was the
//! fastest of several rounds, as the others were disturbed. docs/scaling.md says how.

/// To send one frame to one socket, of a machine that does nothing else: of `one change to 1000 sockets`.
pub(crate) const SEND: f64 = 16e-6;

/// To send one more frame with it: of `as fast as all sockets get each`, where some thirty go together.
pub(crate) const SEND_MORE: f64 = 0.8e-6;

/// The database's work for a transaction that writes, and for each command in it: what PostgreSQL says of each
/// statement with `log_min_duration_statement = 0`.
pub(crate) const WRITE: f64 = 1.2e-3;
pub(crate) const WRITE_MORE: f64 = 0.1e-3;

/// How often such a transaction goes to the database and back.
pub(crate) const WRITE_WAYS: f64 = 9.0;

/// To bring it to the disk: `pg_test_fsync`.
pub(crate) const SYNC: f64 = 0.9e-3;

/// How many commands are put into one transaction at most: `BATCH_COMMANDS_MAX` in src/backend/writer.rs.
pub(crate) const BATCH_MAX: usize = 256;

/// To read the head of a list as a socket does when it begins, and the ways: `pgbench` with these statements, as all
/// below.
pub(crate) const READ_HEAD: f64 = 0.14e-3;
pub(crate) const READ_HEAD_WAYS: f64 = 3.0;

/// To read events from the log, and the ways.
pub(crate) const READ_LOG: f64 = 0.35e-3;
pub(crate) const READ_LOG_WAYS: f64 = 5.0;

/// To tell the others, and the pause after it: `TELL_PAUSE` in src/backend/others.rs.
pub(crate) const NOTICE: f64 = 0.24e-3;
pub(crate) const NOTICE_PAUSE: f64 = 10e-3;

/// To look at the streams that a notice names.
pub(crate) const LOOK: f64 = 0.09e-3;

/// How many connections a server reads the log with, and how long is waited for one: `LOG_READERS_MAX` and `LOCK_WAIT`
/// in src/backend/storage/database.rs.
pub(crate) const READERS: usize = 2;
pub(crate) const READER_WAIT: f64 = 5.0;

/// A server's work for a new socket: of `Sockets that follow one list`, to open ten thousand. It includes what the load
/// program does for it.
pub(crate) const HANDSHAKE: f64 = 0.16e-3;
