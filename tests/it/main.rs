//! Integration tests: each starts the real program on a free port with its own database, and sees only what
//! a client can see.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

/// The test tools: the only files that know how to start the program and how to talk to it.
mod support;

/// Push: every screen gets every change, in order and at once.
mod live;

/// Readers that do not read: they cost limited memory, delay nobody, and are closed in the end.
mod slow_readers;

/// Resume: a reader that was cut anywhere, any number of times, has applied exactly the log in the end.
mod resume;

/// Many commands in one request: they take effect in order, independently, and only once.
mod commands;

/// The log over HTTP, for clients that can't have a socket.
mod events;

/// The echo: what a person with a terminal gets from the socket, and what the console shows.
mod echo;

/// Frames that are too long, not text or not the protocol.
mod frames;

/// RFC 6455 tested with Autobahn's cases.
mod conformance;

/// The worst moments of several servers on one database, one at a time.
mod interleavings;

/// Answers that are kept in memory are never old.
mod kept_answers;

/// Limits: on sockets, endless messages, endless requests, and the length of the log.
mod limits;

/// Another program holds the database's lock: writes are refused in time, everything else goes on.
mod locked;

/// How the server stops: sockets are closed, requests finish, and the exit code is right.
mod closing;

/// `kill -9` at any moment: what was acknowledged is there, and nothing is half done.
mod crash;

/// A power cut after each stage of a write.
mod crash_points;

/// A bad network, one fault at a time: once it works again, every follower has the same list.
mod faults;

/// Everything at once: many write, many follow, the network breaks, the server is killed.
mod chaos;

/// The checker of these tests finds every error.
mod checker;

/// Several browsers with their outboxes and a model of the server, with steps in any order.
mod sessions;

/// Changes too long to be sent: readers load the board instead.
mod long_changes;

/// Broken copies of the data, and a restored backup.
mod copies;

/// Several servers on one database promise the same as one.
mod nodes;

/// Random input: no parser and no request makes the program fail.
mod noise;

/// Encrypted connections to PostgreSQL.
mod encryption;

/// Measurements with many sockets and long absences, for `make soak`.
mod measure;

/// Measurements of the server under load, for `make soak`.
mod strain;

/// Costs that are counts: statements, waits for the disk, calls to the system.
mod costs;

/// How the program is started: what it prints, and what it answers to a wrong value.
mod command_line;

/// The tool `check`: every damage to the data is found.
mod check;

/// The tools `backup` and `restore`.
mod backup;

/// The tool `copy`: from one engine to the other and back.
mod copy;

/// The tool `doctor`: what a proxy breaks.
mod doctor;

/// The tools `export` and `import`.
mod import;

/// The file with the data: a file that can't be used is refused with a sentence, and left as it was.
mod database_file;

/// A full disk: nothing is half done, and writing works again once there is room.
mod full_disk;

/// The metrics: Prometheus can read them, and each number moves when its cause happens.
mod metrics;

/// What a load balancer and an operator see: probes, and the ids of requests in the log.
mod operating;

/// The log: it delays nobody, can't stop the server, and does not fill the disk.
mod logging;

/// Parts that everything depends on: if one of them breaks, the process ends.
mod broken_parts;

/// Answers that nobody reads: they cost limited memory, for a limited time.
mod unread;

/// Databases of older versions are brought up to date, and their ops are still known.
mod old_versions;

/// Answered commands are remembered by their op: sent again, they change nothing.
mod ops;

/// The log is pruned while it is read.
mod pruning;

/// The use cases over HTTP: every server function, with good and bad input, and the events in the log.
mod todos;

/// Lists: how they are made, and that they are independent of each other.
mod lists;

/// The index: which lists there are, and in which order.
mod index;

/// The log of the index, replayed, is what the lists are.
mod index_replay;

/// One socket for a list and the index, and the numbers of all lists.
mod counts;

/// The log, replayed, is the table, after any sequence of commands.
mod replay;

/// The page without JavaScript: every action is a plain form, and leads back to its page.
mod forms;

/// Pages: complete without a script, safe with any title, strict about what a browser may do.
mod pages;

/// The history of a list: what happened in words, with a button where an undo is accepted.
mod history;

/// The pages of a list's past: its trash, and what it has in common with its history.
mod past;

/// Deleted lists: where they are found, and the way back.
mod deleted_lists;

/// Who changed what: the name that a person gives goes with what they do, and nowhere else.
mod actors;

/// The files of the site: their types, and that no file is sent again to a browser that has it.
mod assets;

/// Long lists: a page has one window of them, and is small.
mod windows;

/// Who may talk to the server: only its own pages, under its own names, on every route.
mod origins;

/// Wrong fields: each is refused with the right code, and nothing changes.
mod bad_input;

/// Requests that are wrong, whatever their fields are: wrong methods, wrong bodies, and random bytes.
mod bad_requests;

/// The HTTP part of `/ws`: a request that is not a handshake is answered with a sentence that says why.
mod handshake;

/// The socket with the real `websocat`: what a person at a terminal sees.
mod transcript;

/// The trash: a deleted todo is not in the list any more, but is kept for a while.
mod trash;

/// Todos go to another list, and come back by an undo from either side.
mod move_to;

/// Moving a todo without JavaScript, within its list and to another one.
mod move_forms;

/// The rules of the code base, executable.
mod tidy;
