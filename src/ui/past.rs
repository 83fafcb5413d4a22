//! The pages about a list's past, its trash and its history. They are whole as the server sends them and stay so:
//! nothing of them is in the script of the live page, and no socket follows them. Their side bar is that of the live
//! page, as plain links and forms. `public/past.js` shows times as the reader writes them.

/// What both pages begin with, and how they end.
pub mod document;

/// What has happened to a list.
pub mod history;

/// What a person is called.
pub mod own_name;

/// Times, for people and for machines.
pub mod time;

/// What was deleted from a list.
pub mod trash;

/// What happened, in words.
pub mod words;
