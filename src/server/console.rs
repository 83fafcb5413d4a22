//! The console lines about the socket. They are written by a thread of their own, many in one
//! write: a slow terminal must never slow an echo down.

use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What may wait for a terminal that does not keep up; lines beyond it are counted instead.
const WAITING_BYTES_MAX: usize = 1 << 20;

/// How long the end of the program waits for the last lines.
const FLUSH_WAIT: Duration = Duration::from_secs(1);

/// The console. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    shared: Arc<Shared>,
    is_json: bool,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    grown: Condvar,
    written: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    text: String,
    lost: u64,
    is_writing: bool,
}

impl Console {
    /// Starts the thread that writes. With `is_json`, each line is a JSON object.
    pub(crate) fn new(is_json: bool) -> Self {
        let shared = Arc::new(Shared::default());
        let thread = Arc::clone(&shared);
        std::thread::spawn(move || thread.write());
        Self { shared, is_json }
    }

    /// Something about the server itself, for the person who started it.
    pub(crate) fn say(&self, text: &str) {
        self.write(&text);
    }

    /// A text message came in. The line end that a terminal sends with it ends our line as well.
    pub(crate) fn received(&self, message: &str) {
        let message = message.strip_suffix('\n').map_or(message, |it| it.strip_suffix('\r').unwrap_or(it));
        self.line("Message received", &Escaped(message));
    }

    /// Reading failed.
    pub(crate) fn read_failed(&self, error: &impl Display) {
        self.line("Error reading message", error);
    }

    /// Writing failed.
    pub(crate) fn write_failed(&self, error: &impl Display) {
        self.line("Error writing message", error);
    }

    fn line(&self, what: &str, detail: &impl Display) {
        self.write(&format_args!("[SERVER LOG] {what}: {detail}"));
    }

    fn write(&self, line: &impl Display) {
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.text.len() > WAITING_BYTES_MAX {
            waiting.lost += 1;
            return;
        }
        let was_empty = waiting.text.is_empty();
        // Writing to a string can't fail.
        let _ = if self.is_json {
            writeln!(waiting.text, "{}", serde_json::json!({ "message": line.to_string() }))
        } else {
            writeln!(waiting.text, "{line}")
        };
        drop(waiting);
        if was_empty {
            self.shared.grown.notify_one();
        }
    }

    /// Waits until what was said so far stands on the console, within reason.
    pub(crate) fn flush(&self) {
        let waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let unwritten = |it: &mut Waiting| it.is_writing || !it.text.is_empty();
        drop(self.shared.written.wait_timeout_while(waiting, FLUSH_WAIT, unwritten));
    }
}

impl Shared {
    fn write(&self) {
        let mut text = String::new();
        loop {
            let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let mut waiting =
                self.grown.wait_while(waiting, |it| it.text.is_empty()).unwrap_or_else(PoisonError::into_inner);
            std::mem::swap(&mut text, &mut waiting.text);
            let lost = std::mem::take(&mut waiting.lost);
            waiting.is_writing = true;
            drop(waiting);
            if lost > 0 {
                let _ = writeln!(text, "[SERVER LOG] {lost} lines left out: the console did not keep up");
            }
            // A console that is gone is nothing to end the server for.
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
            text.clear();
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_writing = false;
            self.written.notify_all();
        }
    }
}

/// Text with its control characters escaped, so that a message can't write lines of its own or
/// colour the terminal.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut plain = 0;
        for (at, c) in self.0.char_indices().filter(|(_, c)| c.is_control()) {
            f.write_str(&self.0[plain..at])?;
            Display::fmt(&c.escape_default(), f)?;
            plain = at + c.len_utf8();
        }
        f.write_str(&self.0[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_write_a_line_of_its_own() {
        assert_eq!(Escaped("a\n[SERVER LOG] b\u{1b}[31m").to_string(), "a\\n[SERVER LOG] b\\u{1b}[31m");
        assert_eq!(Escaped("grüße 👋 \"x\" \\ '").to_string(), "grüße 👋 \"x\" \\ '");
    }
}
