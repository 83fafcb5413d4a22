//! `/ws`: its handshake, and what one socket does from then on.

pub(crate) mod handshake;
mod limits;
mod read_limit;
mod socket;
