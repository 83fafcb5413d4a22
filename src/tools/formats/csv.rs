//! A list as CSV (RFC 4180): the first line names the columns, of which `title` must be there and `completed` may be.
//! Fields that need it are in quotes, and quotes within them are doubled.

use crate::domain::Board;
use crate::tools::formats::{Entry, title};

/// Writes the todos of a board.
pub(super) fn write(board: &Board) -> String {
    let line = |title: &str, completed: &str| format!("{},{completed}\r\n", quoted(title));
    let todos = board.todos.iter().map(|it| line(it.title.as_str(), if it.completed { "true" } else { "false" }));
    std::iter::once(line("title", "completed")).chain(todos).collect()
}

fn quoted(field: &str) -> String {
    // A space at the beginning of a field would be lost in some programs, but titles have none.
    let is_plain = !field.contains(['"', ',', ';', '\r', '\n']);
    if is_plain { field.to_owned() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
}

/// Reads what any program may have written; other columns are left out.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, String> {
    let mut records = Records { rest: text, line: 1 };
    let header = records.next()?.unwrap_or(Record { line: 1, fields: Vec::new() });
    let column = |name: &str| header.fields.iter().position(|it| it.trim().eq_ignore_ascii_case(name));
    let titles = column("title").ok_or("line 1 must name the columns, as in: title,completed")?;
    let states = column("completed");
    let mut entries = Vec::new();
    while let Some(Record { line, fields }) = records.next()? {
        if fields.len() == 1 && fields[0].trim().is_empty() {
            continue;
        }
        if fields.len() != header.fields.len() {
            let (found, wanted) = (fields.len(), header.fields.len());
            return Err(format!("line {line} has {found} fields, but line 1 names {wanted} columns"));
        }
        let completed = states.map_or(Ok(false), |at| state(line, &fields[at]))?;
        entries.push(Entry { title: title(line, &fields[titles])?, completed });
    }
    Ok(entries)
}

fn state(line: usize, field: &str) -> Result<bool, String> {
    match field.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" | "x" | "done" => Ok(true),
        "" | "false" | "no" | "0" | "open" => Ok(false),
        _ => Err(format!("line {line}: {:?} is neither true nor false", field.chars().take(40).collect::<String>())),
    }
}

struct Record {
    /// The line that it begins in.
    line: usize,
    fields: Vec<String>,
}

struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl Records<'_> {
    /// The next record; `None` at the end.
    fn next(&mut self) -> Result<Option<Record>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut record = Record { line: self.line, fields: Vec::new() };
        loop {
            let field = if self.take("\"") { self.in_quotes()? } else { self.plain()? };
            record.fields.push(field);
            if self.take(",") {
                continue;
            }
            if self.take("\r\n") || self.take("\n") {
                self.line += 1;
            } else if !self.rest.is_empty() {
                return Err(format!("line {}: a comma must follow the quotes at the end of a field", self.line));
            }
            return Ok(Some(record));
        }
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn plain(&mut self) -> Result<String, String> {
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        if field.contains('"') {
            return Err(format!(
                "line {}: a field with quotes in it must be in quotes, and they must be doubled",
                self.line
            ));
        }
        let ends_line = rest.is_empty() || rest.starts_with('\n');
        let (field, rest) = match field.strip_suffix('\r') {
            Some(field) if ends_line => (field, rest),
            _ => (field, rest),
        };
        self.rest = rest;
        Ok(field.to_owned())
    }

    fn in_quotes(&mut self) -> Result<String, String> {
        let (mut field, begin) = (String::new(), self.line);
        loop {
            let Some((part, rest)) = self.rest.split_once('"') else {
                return Err(format!("line {begin}: the quotes that open here are never closed"));
            };
            field.push_str(part);
            self.line += part.matches('\n').count();
            self.rest = rest;
            if !self.take("\"") {
                return Ok(field);
            }
            field.push('"');
        }
    }
}
