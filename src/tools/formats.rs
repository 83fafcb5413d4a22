//! The forms in which a list leaves and comes in: JSON, CSV and todo.txt. Pure: text in, text out. What comes in may
//! be anything; it is read as a whole, or there is a sentence that says where it can't be.

mod csv;
mod json;
mod todo_txt;

use std::path::Path;

use clap::ValueEnum;

use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::{Board, ShortText};

/// A form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As `GET /api/board` gives it.
    Json,
    /// Lines with a title and whether it is done.
    Csv,
    /// See <http://todotxt.org>.
    #[value(name = "todo.txt")]
    TodoTxt,
}

/// What was read of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    /// What it is called, if that was said.
    pub(super) name: Option<ShortText>,
    /// Its todos, in order.
    pub(super) todos: Vec<Entry>,
}

/// A todo that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) title: ShortText,
    pub(super) completed: bool,
}

impl Format {
    /// The form that a file with this name usually has.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "txt" => Some(Self::TodoTxt),
            _ => None,
        }
    }

    /// Writes a board.
    pub(super) fn write(self, board: &Board) -> Result<String, String> {
        match self {
            Self::Json => json::write(board),
            Self::Csv => Ok(csv::write(board)),
            Self::TodoTxt => Ok(todo_txt::write(board)),
        }
    }

    /// Reads what someone has written.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Incoming, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].split(|it| *it == b'\n').count();
            format!("line {line} is not text in UTF-8")
        })?;
        // Some programs begin each file with this mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let incoming = match self {
            Self::Json => json::read(text),
            Self::Csv => csv::read(text).map(|todos| Incoming { name: None, todos }),
            Self::TodoTxt => todo_txt::read(text).map(|todos| Incoming { name: None, todos }),
        }?;
        let count = incoming.todos.len();
        if count > LIST_TODOS_MAX {
            return Err(format!("there are {count} todos, and a list has {LIST_TODOS_MAX} at most"));
        }
        Ok(incoming)
    }
}

/// Reads a title.
fn title(line: usize, text: &str) -> Result<ShortText, String> {
    ShortText::parse(text).map_err(|error| format!("line {line}: {error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{EventId, Head, Index, List, ListId, Position, Todo, TodoId};

    /// A board with these todos.
    fn board(todos: &[Entry]) -> Board {
        let home = Index::start().lists.remove(0);
        let list = List { id: ListId::home(), name: home.name };
        let todo = |(n, it): (usize, &Entry)| {
            let id = TodoId::new(i64::try_from(n).unwrap(), &[0; 10]);
            Todo {
                completed: it.completed,
                ..Todo::new(id, it.title.clone(), Position::after(None), 1, 1_700_000_000_000)
            }
        };
        Board { list, head: Head(EventId::START), todos: todos.iter().enumerate().map(todo).collect() }
    }

    fn title() -> impl Strategy<Value = ShortText> {
        let shaped =
            "(x |\\([A-Z]\\) ?|[0-9]{4}-[0-9]{2}-[0-9]{2} ?|[,;\"'=\\[{ ]| [a-z]+:[a-z]|[+@]a |ä|👋|\u{200b}){0,5}";
        prop_oneof![shaped, "\\PC{1,30}", "[ -~]{1,20}"]
            .prop_filter_map("no title", |it: String| ShortText::parse(&it).ok())
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(
            todos in prop::collection::vec((title(), any::<bool>()), 0..12)
        ) {
            let todos: Vec<_> = todos.into_iter().map(|(title, completed)| Entry { title, completed }).collect();
            for format in [Format::Json, Format::Csv, Format::TodoTxt] {
                let text = format.write(&board(&todos)).unwrap();
                let back = format.read(text.as_bytes()).unwrap();
                prop_assert_eq!(&back.todos, &todos, "{:?}: {}", format, text);
            }
        }

        #[test]
        fn anything_is_read_or_refused_with_a_sentence(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in "(\"|,|\r|\n|x|[{}:]|title|completed|todos|\\PC){0,60}",
        ) {
            for format in [Format::Json, Format::Csv, Format::TodoTxt] {
                for input in [&bytes[..], text.as_bytes(), format!("title,completed\n{text}").as_bytes()] {
                    if let Err(sentence) = format.read(input) {
                        prop_assert!(sentence.len() > 10, "{}", sentence);
                    }
                }
            }
        }
    }

    #[test]
    fn the_sentence_names_the_line() {
        let long = format!("title\r\nshort\r\n{}\r\n", "a".repeat(501));
        for (format, text, expected) in [
            (Format::Csv, &b"title\nfine\n\xff\n"[..], "line 3 is not text"),
            (Format::Csv, long.as_bytes(), "line 3: That is longer than 500"),
            (Format::Csv, b"name,done\nmilk,yes\n", "line 1"),
            (Format::Csv, b"title,completed\nmilk,perhaps\n", "line 2: \"perhaps\""),
            (Format::Csv, b"title,completed\nmilk\n", "line 2 has 1 field"),
            (Format::Csv, b"title\n\"a\nb", "line 2: the quotes"),
            (Format::Csv, b"title\nmilk\n\"a\nb\"\n", "line 3: The text has a line break"),
            (Format::Csv, b"title\nsay \"hi\"\n", "line 2"),
            (Format::Csv, b"title\n\"a\"b\n", "line 2"),
            (Format::Csv, b"", "line 1"),
            (Format::TodoTxt, b"milk\n\n(A) \nx \n", "line 4: Write something"),
            (Format::TodoTxt, b"a\tb\n", "line 1: The text has"),
            (Format::Json, b"{\n \"todos\": [\n {\"title\": \" \"}]}", "line 3: Write something"),
            (Format::Json, b"{\n\"todos\": [", "line 2"),
            (Format::Json, b"[]", "line 1"),
        ] {
            let sentence = format.read(text).unwrap_err();
            assert!(sentence.contains(expected), "{format:?}: {sentence}");
        }
        let many = format!("title\n{}", "a\n".repeat(LIST_TODOS_MAX + 1));
        assert!(Format::Csv.read(many.as_bytes()).unwrap_err().contains("10001 todos"));
    }

    #[test]
    fn what_other_programs_write_is_read() {
        let entry = |title: &str, completed| Entry { title: ShortText::parse(title).unwrap(), completed };
        for (format, text, expected) in [
            (
                Format::TodoTxt,
                "(A) 2026-01-02 Call Mum +Family @phone\n",
                vec![entry("(A) Call Mum +Family @phone", false)],
            ),
            (
                Format::TodoTxt,
                "x 2026-01-03 2026-01-02 Milk due:2026-01-04\r\n\r\nxylophone",
                vec![entry("Milk due:2026-01-04", true), entry("xylophone", false)],
            ),
            (
                Format::TodoTxt,
                "X milk\n2026-13-99 tea\n(a) tea",
                vec![entry("X milk", false), entry("2026-13-99 tea", false), entry("(a) tea", false)],
            ),
            (
                Format::Csv,
                "\u{feff}Completed,Note,Title\nTRUE,,\"a \"\"b\"\", c\"\n,x,d",
                vec![entry("a \"b\", c", true), entry("d", false)],
            ),
            (
                Format::Json,
                r#"{"list":{"name":"Any"},"todos":[{"title":"a","completed":true,"id":7},{"title":"b"}]}"#,
                vec![entry("a", true), entry("b", false)],
            ),
        ] {
            assert_eq!(format.read(text.as_bytes()).unwrap().todos, expected, "{text}");
        }
    }
}
