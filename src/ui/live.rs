//! How the screen follows the list: what is shown of it, the socket, and what is sent.

/// How long to wait before the next try.
pub mod backoff;

/// The socket: connects, follows, and connects again.
pub mod connection;

/// One signal for each row.
pub mod rows;

/// Sends the commands of the outbox, one after the other, until each is answered.
pub mod sender;

/// The list on screen: the confirmed board, the commands on top of it, and the signals they move.
pub mod store;
