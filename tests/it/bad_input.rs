//! What comes from outside and is wrong.
