//! What happened, in words: a sentence about each kind of change, and who did it where that is known. A title or
//! a name stands apart in it, so that one in another direction of writing does not turn the sentence around.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::domain::past::{ENTRY_TITLES_MAX, HistoryEntry, HistoryPage, Undid};
use crate::domain::{Change, ListId, ShortText, TodoId};

/// A sentence, in parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Ours(String),
    Title(String),
    Actor(String),
}

/// What something has happened to.
#[derive(Debug, Clone, Copy)]
enum Object<'a> {
    Titled(&'a ShortText),
    /// One whose title is not known any more.
    Todo,
    Todos(usize),
    List,
}

impl Sentence {
    /// What an entry of a page says.
    pub(crate) fn of(entry: &HistoryEntry, page: &HistoryPage) -> Self {
        let mut sentence = Self::default();
        let actor = entry.actor.as_deref();
        let change = match (&entry.undid, actor) {
            (None, _) => {
                sentence.tell(actor, &entry.change, page);
                return sentence;
            }
            (Some(Undid::Change(undone)), None) => {
                sentence.say("Undone: ");
                undone
            }
            (Some(Undid::Change(undone)), Some(actor)) => {
                sentence.name(actor).say(" undid: ");
                undone
            }
            (Some(Undid::Forgotten), None) => {
                sentence.say("An earlier change was undone: ");
                &entry.change
            }
            (Some(Undid::Forgotten), Some(actor)) => {
                sentence.name(actor).say(" undid an earlier change: ");
                &entry.change
            }
        };
        // Who did what was undone is said where that happened.
        sentence.tell(None, change, page);
        sentence
    }

    fn tell(&mut self, actor: Option<&str>, change: &Change, page: &HistoryPage) {
        match change {
            Change::Created { title, .. } => self.became(actor, "added", Object::Titled(title)),
            Change::Renamed { title, was, .. } => {
                let object = was.as_ref().map_or(Object::Todo, Object::Titled);
                self.became(actor, "renamed", object).say(" to ").quote(title)
            }
            Change::Completed { todos } => self.todos_became(actor, "completed", todos, "", None, page),
            Change::Reopened { todos } => self.todos_became(actor, "reopened", todos, "", None, page),
            Change::Deleted { todos, to: None } => self.todos_became(actor, "deleted", todos, "", None, page),
            Change::Deleted { todos, to } => self.todos_became(actor, "moved", todos, " to", to.as_ref(), page),
            Change::Restored { from: None, .. } => {
                self.todos_became(actor, "restored", &change.todos(), "", None, page)
            }
            Change::Restored { from, .. } => {
                self.todos_became(actor, "moved", &change.todos(), " here from", from.as_ref(), page)
            }
            Change::Moved { todo, .. } => self.todos_became(actor, "moved", &[*todo], " to another place", None, page),
            Change::Named { name, was: None } => self.became(actor, "named", Object::List).say(" ").quote(name),
            Change::Named { name, was: Some(was) } => {
                self.became(actor, "renamed", Object::List).say(" from ").quote(was).say(" to ").quote(name)
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

    /// Says who did what to something, or only what was done to it.
    fn became(&mut self, actor: Option<&str>, done: &str, object: Object<'_>) -> &mut Self {
        if let Some(actor) = actor {
            return self.name(actor).say(&format!(" {done} ")).object(object, false);
        }
        let be = if matches!(object, Object::Todos(_)) { "were" } else { "was" };
        self.object(object, true).say(&format!(" {be} {done}"))
    }

    /// Says what became of todos, where they went or came from, and the titles of the first few.
    fn todos_became(
        &mut self,
        actor: Option<&str>,
        done: &str,
        todos: &[TodoId],
        way: &str,
        list: Option<&ListId>,
        page: &HistoryPage,
    ) -> &mut Self {
        let title = |id| page.titles.get(id);
        let object = match todos {
            [one] => title(one).map_or(Object::Todo, Object::Titled),
            many => Object::Todos(many.len()),
        };
        self.became(actor, done, object).say(way);
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

    fn object(&mut self, object: Object<'_>, is_first: bool) -> &mut Self {
        match (object, is_first) {
            (Object::Titled(title), _) => self.quote(title),
            (Object::Todo, true) => self.say("A todo"),
            (Object::Todo, false) => self.say("a todo"),
            (Object::Todos(count), _) => self.say(&format!("{count} todos")),
            (Object::List, true) => self.say("The list"),
            (Object::List, false) => self.say("the list"),
        }
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

    fn name(&mut self, actor: &str) -> &mut Self {
        self.0.push(Part::Actor(actor.to_owned()));
        self
    }

    /// The sentence without its parts, for those who can't see them.
    pub(crate) fn text(&self) -> String {
        self.0
            .iter()
            .map(|it| match it {
                Part::Ours(text) | Part::Title(text) | Part::Actor(text) => text.as_str(),
            })
            .collect()
    }

    /// The sentence on the page. A name looks different from our own words, because it may have any words in it.
    pub(crate) fn view(self) -> impl IntoView {
        let part = |it| match it {
            Part::Ours(text) => EitherOf3::A(text),
            Part::Title(text) => EitherOf3::B(view! { <bdi>{text}</bdi> }),
            Part::Actor(text) => EitherOf3::C(view! { <bdi class="actor">{text}</bdi> }),
        };
        self.0.into_iter().map(part).collect_view()
    }
}
