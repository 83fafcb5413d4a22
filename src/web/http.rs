//! What is answered over HTTP: pages, files, and the HTTP side of the server functions.

pub(crate) mod answers;
pub(crate) mod assets;
mod encoding;
mod finished;
pub(crate) mod functions;
pub(crate) mod kept;
pub(crate) mod own_name;
mod own_scripts;
mod packed;
pub(crate) mod pages;
mod redirect;
pub(crate) mod responses;
