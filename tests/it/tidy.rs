//! The rules of the code base, executable.
