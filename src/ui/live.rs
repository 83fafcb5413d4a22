//! How the screen follows the list: what is shown of it, the connection, and what is sent.

/// How long to wait before the next try.
pub mod backoff;

/// The connection: connects, follows, and connects again.
pub mod connection;

/// The state of the connection to the server.
pub mod connection_state;

/// Gives up on an answer that takes too long.
pub mod in_time;

/// All lists, as the side bar follows them.
pub mod lists;

/// One signal for each row.
pub mod rows;

/// Sends the commands of the outbox in order, until each is answered.
pub mod sender;

/// The list on screen, and its signals.
pub mod store;
