//! What happened, in words: a sentence about each kind of change. A title stands apart in it, so that one in
//! another direction of writing does not turn the sentence around.

use leptos::prelude::*;

use crate::domain::past::{ENTRY_TITLES_MAX, HistoryEntry, HistoryPage, Undid};
use crate::domain::{Change, ListId, TodoId};

/// A sentence, in parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Ours(String),
    Title(String),
}

impl Sentence {
    /// What an entry of a page says.
    pub(crate) fn of(entry: &HistoryEntry, page: &HistoryPage) -> Self {
        let mut sentence = Self::default();
        if let Some(actor) = &entry.actor {
            sentence.0.push(Part::Title(actor.clone()));
            sentence.say(": ");
        }
        let change = match &entry.undid {
            None => &entry.change,
            Some(Undid::Change(undone)) => {
                sentence.say("Undone: ");
                undone
            }
            Some(Undid::Forgotten) => {
                sentence.say("An earlier change was undone: ");
                &entry.change
            }
        };
        sentence.tell(change, page);
        sentence
    }

    fn tell(&mut self, change: &Change, page: &HistoryPage) {
        match change {
            Change::Created { title, .. } => self.quote(title).say(" was added"),
            Change::Renamed { title, was: Some(was), .. } => self.quote(was).say(" was renamed to ").quote(title),
            Change::Renamed { title, was: None, .. } => self.say("A todo was renamed to ").quote(title),
            Change::Completed { todos } => self.these(todos, "completed", None, page),
            Change::Reopened { todos } => self.these(todos, "reopened", None, page),
            Change::Deleted { todos, to } => {
                self.these(todos, if to.is_some() { "moved to" } else { "deleted" }, to.as_ref(), page)
            }
            Change::Restored { from, .. } => {
                let became = if from.is_some() { "moved here from" } else { "restored" };
                self.these(&change.todos(), became, from.as_ref(), page)
            }
            Change::Moved { todo, .. } => self.these(&[*todo], "moved to another place", None, page),
            Change::Named { name, was: None } => self.say("The list was named ").quote(name),
            Change::Named { name, was: Some(was) } => {
                self.say("The list was renamed from ").quote(was).say(" to ").quote(name)
            }
            Change::Spaced { .. } => self.say("Todos made room"),
            // These are in the log of the index only, which has no such page.
            Change::ListCreated { .. }
            | Change::ListRenamed { .. }
            | Change::ListDeleted { .. }
            | Change::ListRestored { .. }
            | Change::ListMoved { .. }
            | Change::ListsSpaced { .. } => self,
        };
    }

    /// Says what became of todos, in which other list, and the titles of the first few.
    fn these(&mut self, todos: &[TodoId], became: &str, list: Option<&ListId>, page: &HistoryPage) -> &mut Self {
        let title = |id| page.titles.get(id);
        match todos {
            [one] => match title(one) {
                Some(title) => self.quote(title).say(" was "),
                None => self.say("A todo was "),
            },
            many => self.say(&format!("{} todos were ", many.len())),
        };
        self.say(became);
        match list.map(|it| page.lists.get(it)) {
            None => {}
            Some(None) => _ = self.say(" another list"),
            Some(Some(name)) => _ = self.say(" the list ").quote(name),
        }
        let titles: Vec<_> = todos.iter().take(ENTRY_TITLES_MAX).filter_map(title).collect();
        if todos.len() == 1 || titles.is_empty() {
            return self;
        }
        for (n, title) in titles.iter().enumerate() {
            self.say(if n == 0 { ": " } else { ", " }).quote(title);
        }
        let others = todos.len() - titles.len();
        if others > 0 { self.say(&format!(" and {others} more")) } else { self }
    }

    fn say(&mut self, text: &str) -> &mut Self {
        if let Some(Part::Ours(last)) = self.0.last_mut() {
            last.push_str(text);
        } else {
            self.0.push(Part::Ours(text.to_owned()));
        }
        self
    }

    fn quote(&mut self, title: &impl ToString) -> &mut Self {
        self.say("“");
        self.0.push(Part::Title(title.to_string()));
        self.say("”")
    }

    /// The sentence without its parts, for those who can't see them.
    pub(crate) fn text(&self) -> String {
        self.0
            .iter()
            .map(|it| match it {
                Part::Ours(text) | Part::Title(text) => text.as_str(),
            })
            .collect()
    }

    /// The sentence on the page.
    pub(crate) fn view(self) -> impl IntoView {
        let part = |it| match it {
            Part::Ours(text) => leptos::either::Either::Left(text),
            Part::Title(text) => leptos::either::Either::Right(view! { <bdi>{text}</bdi> }),
        };
        self.0.into_iter().map(part).collect_view()
    }
}
