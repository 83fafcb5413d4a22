//! What is answered over HTTP: pages, files, and the HTTP side of the server functions.

pub(crate) mod assets;
pub(crate) mod functions;
pub(crate) mod own_name;
pub(crate) mod pages;
mod redirect;
pub(crate) mod responses;
