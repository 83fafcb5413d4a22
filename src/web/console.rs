//! The lines about the socket on the console, worded as the contract requires.

use std::fmt::{Display, Write};

use crate::backend::output;

/// The console. Cheap to clone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    is_json: bool,
}

impl Console {
    /// With `is_json`, each line is a JSON object.
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    /// Writes something about the server itself, for the person who started it.
    pub(crate) fn say(self, text: &str) {
        if self.is_json {
            output::stdout().say(&format!("{}\n", serde_json::json!({ "message": text })));
        } else {
            output::stdout().say(&format!("{text}\n"));
        }
    }

    /// A text message came in. Terminals send a line end with it, which is not repeated.
    pub(crate) fn received(self, message: &str) {
        let message = message.strip_suffix('\n').map_or(message, |it| it.strip_suffix('\r').unwrap_or(it));
        self.line("Message received", message);
    }

    /// Reading failed.
    pub(crate) fn read_failed(self, error: &impl Display) {
        self.line("Error reading message", &error.to_string());
    }

    /// Writing failed.
    pub(crate) fn write_failed(self, error: &impl Display) {
        self.line("Error writing message", &error.to_string());
    }

    fn line(self, what: &str, detail: &str) {
        let detail = Escaped(detail);
        if self.is_json {
            self.say(&format!("[SERVER LOG] {what}: {detail}"));
        } else {
            output::stdout().say(&format!("[SERVER LOG] {what}: {detail}\n"));
        }
    }
}

/// Text in which everything is escaped that moves the cursor, ends the line or changes the direction of
/// writing. So a message can't write its own lines, colour the terminal or look like another message.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Most messages, where no letter has to be looked at.
        if self.0.bytes().all(|it| (b' '..=b'~').contains(&it)) {
            return f.write_str(self.0);
        }
        let mut plain = 0;
        for (at, c) in self.0.char_indices().filter(|(_, c)| must_be_escaped(*c)) {
            f.write_str(&self.0[plain..at])?;
            for escaped in c.escape_default() {
                f.write_char(escaped)?;
            }
            plain = at + c.len_utf8();
        }
        f.write_str(&self.0[plain..])
    }
}

/// Control characters, Unicode's line and paragraph separators, and its marks for the direction of
/// writing (Unicode Standard Annex 9).
fn must_be_escaped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_write_a_line_of_its_own() {
        assert_eq!(Escaped("a\n[SERVER LOG] b\u{1b}[31m").to_string(), "a\\n[SERVER LOG] b\\u{1b}[31m");
        assert_eq!(Escaped("a\u{2028}b\u{2029}c\u{85}").to_string(), "a\\u{2028}b\\u{2029}c\\u{85}");
        assert_eq!(Escaped("\u{202e}abc\u{2069}\u{200f}").to_string(), "\\u{202e}abc\\u{2069}\\u{200f}");
        assert_eq!(Escaped("grüße 👋 \"x\" \\ ' שלום").to_string(), "grüße 👋 \"x\" \\ ' שלום");
    }
}
