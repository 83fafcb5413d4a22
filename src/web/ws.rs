//! `/ws`: its handshake, and what a socket does after that.

pub(crate) mod handshake;
mod limits;
mod socket;
mod wire;
