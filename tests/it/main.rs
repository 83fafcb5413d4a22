//! Integration tests: each starts the real program on a free port with a database of its own, and
//! sees only what a client can see.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

/// The harness: the only files that know how the program is started and spoken to.
mod support;

/// Push: every screen hears of every change, in order, at once.
mod live;

/// Readers that do not read: they cost bounded memory, delay no one else, and are let go.
mod slow_readers;

/// Resume: a reader that was cut anywhere, any number of times, has applied exactly the log.
mod resume;

/// Many commands in one request: in order, each on its own, each once.
mod commands;

/// The log over HTTP, for who can't have a socket.
mod events;

/// The echo: what a person with a terminal sees of the socket, and what the console shows of it.
mod echo;

/// Frames that are too long, not text or not the protocol.
mod frames;

/// RFC 6455 by Autobahn's cases.
mod conformance;

/// Limits: sockets, messages without end, requests without end, and a log that is kept for a while.
mod limits;

/// Another program holds the database's lock: writes are refused in time, everything else goes on.
mod locked;

/// The end: goodbyes, requests that finish, a log that is folded in, an exit code.
mod closing;

/// `kill -9` at any moment: what was answered is there, and what is there is whole.
mod crash;

/// A power cut after each stage of a write.
mod crash_points;

/// A bad network, one fault at a time: whoever follows comes back to the same list, once it is well.
mod faults;

/// Everything at once: many write, many follow, the network breaks, the server is killed.
mod chaos;

/// What checks all that can fail.
mod checker;

/// Several browsers with their outboxes against a model of the server, in any order of events.
mod sessions;

/// A torn copy of the data, and a backup put back.
mod copies;

/// Noise: whatever comes in, parsers and server stand.
mod noise;

/// Figures about many sockets and long absences, for `make soak`.
mod measure;

/// Figures about the server under strain, for `make soak`.
mod strain;

/// How the program is started: what it says, and what it says to a wrong value.
mod command_line;

/// The file with the data: what can't be used is refused with a sentence, and left as it was.
mod database_file;

/// A disk that is full: nothing is half done, and room is all it takes to heal.
mod full_disk;

/// The log: it holds nobody up, ends nobody, and does not fill a disk.
mod logging;

/// Parts that everything depends on: one that breaks takes the process with it.
mod broken_parts;

/// Answers that are not read: they cost bounded memory, for a bounded time.
mod unread;

/// Answered commands are remembered by their op: sent again, they do nothing.
mod old_versions;
mod ops;

/// The log is pruned while it is read.
mod pruning;

/// The use cases over HTTP: every server function, good and bad, and what the log says of it.
mod todos;

/// Lists: how they are made, and that each keeps to itself.
mod lists;

/// The log, replayed, is the table, after any sequence of commands.
mod replay;

/// The page without JavaScript: every action is a plain form, and whoever sends one is sent back.
mod forms;

/// Pages: complete without a script, safe with any title, strict about what a browser may do.
mod pages;

/// The history of a list: what happened in words, with a button where an undo is accepted.
mod history;

/// The pages of a list's past: its trash, and what it has in common with its history.
mod past;

/// The files of the site: what kind each is, and that none is sent again to a browser that has it.
mod assets;

/// Long lists: a page has one window of them, and is small.
mod windows;

/// Who may talk to the server: its own pages by its own names, on every route alike.
mod origins;

/// Fields that are wrong: each is refused for what is wrong with it, and nothing changes.
mod bad_input;

/// Requests that are wrong, whatever stands in their fields: methods, bodies, and noise on the port.
mod bad_requests;

/// The HTTP half of `/ws`: what is no handshake is answered with a sentence that says what is wrong.
mod handshake;

/// The mission, with the real `websocat`: what a person at a terminal sees.
mod transcript;
mod trash;

/// The rules of the code base, executable.
mod tidy;
