//! The pages of a list's past, read as a person reads them.

/// What one row of such a page says, and the form in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) text: String,
    pub(crate) when: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Row {
    /// The value of a field of its form.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// The rows of a page of the past: the todos of a trash, or the changes of a history.
pub(crate) fn past(page: &str) -> Vec<Row> {
    let kind = if page.contains("history-list") { "history-list" } else { "trash-list" };
    rows_of(page, kind)
}

/// The deleted lists of a trash.
pub(crate) fn deleted_lists(page: &str) -> Vec<Row> {
    rows_of(page, "deleted-lists")
}

fn rows_of(page: &str, kind: &str) -> Vec<Row> {
    let Some((_, list)) = page.split_once(&format!("<ul class=\"past-list {kind}\">")) else { return Vec::new() };
    let list = list.split_once("</ul>").unwrap().0;
    let read = |row: &str| {
        let mut paragraphs = row.split("<p").skip(1).map(|it| without_tags(it.split_once('>').unwrap().1, "</p>"));
        let inputs = row.split("<input ").skip(1);
        Row {
            text: paragraphs.next().unwrap(),
            when: paragraphs.next().unwrap(),
            fields: inputs.map(|it| (attribute(it, "name"), attribute(it, "value"))).collect(),
        }
    };
    list.split("<li").skip(1).map(read).collect()
}

/// The text of markup up to this end.
fn without_tags(markup: &str, end: &str) -> String {
    let markup = markup.split_once(end).unwrap().0;
    let (first, rest) = markup.split_once('<').unwrap_or((markup, ""));
    let rest: String = rest.split('<').map(|it| it.split_once('>').map_or("", |(_, text)| text)).collect();
    format!("{first}{rest}")
}

fn attribute(tag: &str, name: &str) -> String {
    tag.split_once(&format!("{name}=\"")).unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// What each row says.
pub(crate) fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|it| it.text.as_str()).collect()
}
