//! The use cases, without HTTP: what can be done with lists and todos, whoever asks for it.

mod accept;
pub(crate) mod certificates;
pub(crate) mod check;
pub(crate) mod counts;
pub(crate) mod error;
pub(crate) mod essential;
pub(crate) mod failpoint;
pub(crate) mod feed;
pub(crate) mod ids;
pub(crate) mod metrics;
pub(crate) mod others;
pub(crate) mod output;
pub(crate) mod parts;
pub(crate) mod requests;
pub(crate) mod retention;
pub(crate) mod service;
pub(crate) mod stamps;
pub(crate) mod storage;
pub(crate) mod writer;
