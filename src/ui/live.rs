//! How the screen follows the list: what is shown of it, the socket, and what is sent.

/// How long to wait before the next try.
pub mod backoff;

/// The socket: connects, follows, and connects again.
pub mod connection;

/// How the page stands with the server.
pub mod connection_state;

/// An answer that comes in time, or none.
pub mod in_time;

/// One signal for each row.
pub mod rows;

/// Sends the commands of the outbox in order, until each is answered.
pub mod sender;

/// The list on screen, and the signals it moves.
pub mod store;
