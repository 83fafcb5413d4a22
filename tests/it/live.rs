//! The socket: echo, push, resume, and how it ends.
