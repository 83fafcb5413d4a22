//! The state of the connection to the server.

/// The state of the connection to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Connecting for the first time, or catching up.
    Connecting,
    /// Everything that happens is shown as it happens.
    Live,
    /// There is no socket, but the server answers: the page asks every few seconds.
    Asking,
    /// Not connected; the page tries again by itself.
    Offline,
}
