//! Integration tests: each starts the real program on a free port with a database of its own, and
//! sees only what a client can see.

/// The harness: the only file that knows how the program is started and spoken to.
mod support;

/// The use cases over HTTP: every server function, good and bad, and what the log says of it.
mod todos;

/// What comes from outside and is wrong.
mod bad_input;

/// The socket: echo, push, resume, and how it ends.
mod live;

/// The rules of the code base, executable.
mod tidy;
