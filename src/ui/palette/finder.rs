//! Finds texts by words, and writes what was found. Without a browser, so that it can be tested anywhere.

use crate::domain::{ListId, ShortText, TodoId};
use crate::ui::page::escaped;
use crate::ui::palette::action::Action;

/// How many results are shown: as many as fit on a phone above its keyboard, and a person reads.
const FOUND_MAX: usize = 12;

/// Where a result leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// To a list.
    List(ListId),
    /// To a todo of this list.
    Todo(TodoId),
    /// To something that is done.
    Action(&'static Action),
    /// To a new todo with this title.
    Add(ShortText),
}

impl Target {
    /// What stands beside the text.
    fn kind(&self) -> &'static str {
        match self {
            Self::List(_) => "List",
            Self::Todo(_) => "Todo",
            Self::Action(action) => action.keys,
            Self::Add(_) => "New todo",
        }
    }
}

/// One result.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) target: Target,
}

/// The best of all, those first that are nearest to what was typed, and at the end the new todo that this can be.
/// `lowered` has a line for each of them and one for what was typed, in lower case: the browser makes it at once,
/// because Rust's tables for it would be more to load than all of the palette.
pub(super) fn best(all: Vec<Found>, typed: &str, lowered: &str) -> Vec<Found> {
    let (texts, words) = lowered.rsplit_once('\n').unwrap_or(("", lowered));
    let words: Vec<_> = words.split(' ').filter(|it| !it.is_empty()).collect();
    let mut best = Vec::<(usize, Found)>::new();
    for (found, text) in all.into_iter().zip(texts.split('\n')) {
        let Some(distance) = distance(text, &words) else { continue };
        // The earlier one of two that are equally near comes first.
        let at = best.iter().position(|it| it.0 > distance).unwrap_or(best.len());
        if at < FOUND_MAX {
            best.truncate(FOUND_MAX - 1);
            best.insert(at, (distance, found));
        }
    }
    let new = ShortText::parse(typed).ok();
    let new = new.map(|it| Found { text: it.to_string(), target: Target::Add(it) });
    best.into_iter().map(|it| it.1).chain(new).collect()
}

/// How far a text is from the words, or `None` if it does not have them all.
fn distance(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().map(|it| distance_of_word(text.as_bytes(), it.as_bytes())).sum()
}

/// The beginning of a text is nearer than that of another word, and that is nearer than the middle of a word.
fn distance_of_word(text: &[u8], word: &[u8]) -> Option<usize> {
    let places = text.windows(word.len()).enumerate().filter(|it| it.1 == word);
    let each = places.map(|(at, _)| match at.checked_sub(1).map(|it| text[it]) {
        None => 0,
        Some(before) => 1 + usize::from(before.is_ascii_alphanumeric() || !before.is_ascii()),
    });
    each.min()
}

/// The results as the options of a listbox: as text, because elements would be more for every browser to load.
pub(super) fn as_html(found: &[Found], chosen: usize) -> String {
    let option = |(at, it): (usize, &Found)| {
        let (id, is_chosen) = (option_id(at), at == chosen);
        let (text, kind) = (escaped(&it.text), it.target.kind());
        format!("<li role=option id={id} aria-selected={is_chosen}><bdi>{text}</bdi><small>{kind}</small></li>")
    };
    found.iter().enumerate().map(option).collect()
}

/// The id of an option.
pub(super) fn option_id(at: usize) -> String {
    format!("found-{at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(typed: &str, texts: &[&str]) -> Vec<Found> {
        let found = |it: &&str| Found { text: (*it).to_owned(), target: Target::List(ListId::home()) };
        let lines: String = texts.iter().map(|it| it.to_lowercase() + "\n").collect();
        best(texts.iter().map(found).collect(), typed, &(lines + &typed.to_lowercase()))
    }

    fn found(typed: &str, texts: &[&str]) -> Vec<String> {
        let lists = all(typed, texts).into_iter().filter(|it| matches!(it.target, Target::List(_)));
        lists.map(|it| it.text).collect()
    }

    #[test]
    fn every_word_has_to_be_there_in_any_order_and_case() {
        let texts = ["Buy oat milk", "Milk the cow", "Buy bread", "ÖL kaufen"];
        assert_eq!(found("milk buy", &texts), ["Buy oat milk"]);
        assert_eq!(found("öl", &texts), ["ÖL kaufen"]);
        assert!(found("milk tea", &texts).is_empty());
    }

    #[test]
    fn the_beginning_of_a_text_is_better_than_that_of_a_word_and_that_than_its_middle() {
        let texts = ["the unread", "to read", "read", "a readme"];
        assert_eq!(found("read", &texts), ["read", "to read", "a readme", "the unread"]);
    }

    #[test]
    fn without_a_word_the_first_ones_are_found() {
        let many: Vec<_> = (0..30).map(|it| it.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(found(" ", &many), many[..FOUND_MAX]);
    }

    #[test]
    fn what_is_typed_can_become_a_todo() {
        let new = |typed| all(typed, &[]).pop().map(|it| it.target);
        assert_eq!(new(" buy  milk "), ShortText::parse("buy  milk").ok().map(Target::Add));
        assert_eq!(new("  "), None);
        assert_eq!(new(&"x".repeat(10_000)), None);
    }

    #[test]
    fn a_text_can_not_become_markup() {
        let found = [Found { text: "<img src=x>".to_owned(), target: Target::List(ListId::home()) }];
        let html = as_html(&found, 0);
        assert!(html.contains("&lt;img src=x&gt;") && html.contains("id=found-0 aria-selected=true"), "{html}");
    }
}
