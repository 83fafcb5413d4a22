//! Answers that are kept until something changes: pages of todos, and boards. Whether something has changed is asked of
//! the database each time, in one statement, so nobody ever gets an old one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::http::Method;
use leptos::server_fn::ServerFn;

use crate::api::LoadBoard;
use crate::backend::stamps::Stamp;
use crate::domain::ListId;
use crate::ui::route::{Filter, Route, Showing};
use crate::web::http::encoding::Encoding;
use crate::web::http::finished::Answer;

/// How much memory kept answers may take: a thousand compressed pages or more.
const KEPT_BYTES_MAX: usize = 16 << 20;

/// A longer answer would push out too many others: a board of 10 000 todos has half of it, compressed.
const ANSWER_BYTES_MAX: usize = KEPT_BYTES_MAX / 8;

/// What an entry takes besides its text: its headers and keys.
const ENTRY_BYTES: usize = 1 << 10;

/// Which answer it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) list: ListId,
    what: What,
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Board,
    Page(Filter),
}

impl Key {
    /// What a request asks for; `None` if answers to it are not kept, as with pages that say what went wrong.
    pub(super) fn of(request: &Request, encoding: Encoding) -> Option<Self> {
        if request.method() != Method::GET {
            return None;
        }
        let query = request.uri().query().unwrap_or_default();
        let (list, what) = if request.uri().path() == LoadBoard::PATH {
            let fields: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
            let [(name, list)] = &fields[..] else { return None };
            (list.parse().ok().filter(|_| name == "list")?, What::Board)
        } else {
            match Route::parse(request.uri().path())? {
                Route { list, showing: Showing::Todos(filter) } if query.is_empty() => (list, What::Page(filter)),
                _ => return None,
            }
        };
        Some(Self { list, what, encoding })
    }

    /// Whether it says something of all lists, as the side bar of a page does.
    pub(super) fn is_about_all(&self) -> bool {
        matches!(self.what, What::Page(_))
    }
}

/// The answers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    answers: Arc<Mutex<Answers>>,
}

#[derive(Debug, Default)]
struct Answers {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    /// Counts the uses, so that it is known which entry was used last.
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    stamp: Stamp,
    answer: Arc<Answer>,
    used: u64,
}

impl Kept {
    /// The answer, if there is one that was made from this.
    pub(super) fn get(&self, key: &Key, stamp: Stamp) -> Option<Arc<Answer>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.uses += 1;
        let now = answers.uses;
        let entry = answers.entries.get_mut(key).filter(|it| it.stamp == stamp)?;
        entry.used = now;
        Some(entry.answer.clone())
    }

    /// Keeps an answer that was made after the stamp was read.
    pub(super) fn put(&self, key: Key, stamp: Stamp, answer: Arc<Answer>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.remove(&key);
        let bytes = answer.len() + ENTRY_BYTES;
        if bytes > ANSWER_BYTES_MAX {
            return;
        }
        while answers.bytes + bytes > KEPT_BYTES_MAX {
            let oldest = answers.entries.iter().min_by_key(|(_, it)| it.used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            answers.remove(&oldest);
        }
        answers.bytes += bytes;
        answers.uses += 1;
        let used = answers.uses;
        answers.entries.insert(key, Entry { stamp, answer, used });
    }
}

impl Answers {
    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.answer.len() + ENTRY_BYTES;
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn answer(bytes: usize) -> Arc<Answer> {
        Arc::new(
            Answer::of(axum::response::Response::new(Body::from(vec![b'a'; bytes])), Encoding::Identity).await.unwrap(),
        )
    }

    fn key(list: usize) -> Key {
        Key { list: format!("list{list}").parse().unwrap(), what: What::Board, encoding: Encoding::Identity }
    }

    #[tokio::test]
    async fn only_an_answer_that_was_made_from_the_same_is_found() {
        let (kept, one) = (Kept::default(), answer(10).await);
        kept.put(key(1), Stamp::of_head(1), one.clone());
        assert!(Arc::ptr_eq(&kept.get(&key(1), Stamp::of_head(1)).unwrap(), &one));
        assert!(kept.get(&key(1), Stamp::of_head(2)).is_none());
        assert!(kept.get(&key(2), Stamp::of_head(1)).is_none());
        assert!(kept.get(&Key { encoding: Encoding::Gzip, ..key(1) }, Stamp::of_head(1)).is_none());
        assert!(kept.get(&Key { what: What::Page(Filter::All), ..key(1) }, Stamp::of_head(1)).is_none());
    }

    #[tokio::test]
    async fn what_was_not_used_for_longest_goes_first_and_the_memory_stays_bounded() {
        let (kept, stamp) = (Kept::default(), Stamp::of_head(1));
        let most = ANSWER_BYTES_MAX - ENTRY_BYTES;
        kept.put(key(0), stamp, answer(most + 1).await);
        assert!(kept.get(&key(0), stamp).is_none(), "it is too long");
        for list in 1..=8 {
            kept.put(key(list), stamp, answer(most).await);
        }
        assert!(kept.get(&key(1), stamp).is_some());
        for time in 0..20 {
            kept.put(key(9), Stamp::of_head(time), answer(most).await);
        }
        assert!(kept.get(&key(2), stamp).is_none(), "it was not used for longest");
        assert!([1, 3, 8].iter().all(|it| kept.get(&key(*it), stamp).is_some()));
        assert_eq!(kept.answers.lock().unwrap().bytes, KEPT_BYTES_MAX);
    }

    #[test]
    fn only_pages_of_todos_and_boards_without_other_parameters_are_kept() {
        let key = |method: &str, address: &str| {
            let request = Request::builder().method(method).uri(address).body(Body::empty()).unwrap();
            Key::of(&request, Encoding::Identity).map(|it| (it.list.to_string(), it.what))
        };
        let home = || "home".to_owned();
        assert_eq!(key("GET", "/"), Some((home(), What::Page(Filter::All))));
        assert_eq!(key("GET", "/completed"), Some((home(), What::Page(Filter::Completed))));
        assert_eq!(key("GET", "/api/board?list=home"), Some((home(), What::Board)));
        for address in ["/?edit=1", "/trash", "/history", "/api/board", "/api/board?list=home&x=1", "/api/lists", "/x"]
        {
            assert_eq!(key("GET", address), None, "{address}");
        }
        assert_eq!(key("POST", "/"), None);
    }
}
