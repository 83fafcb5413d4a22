//! What a visit has brought: messages with their echoes, changes by others, errors. It is on the page only while
//! someone reads it.

use leptos::prelude::*;

use crate::protocol::frames::ECHO_PREFIX;
use crate::ui::browser::dom;
use crate::ui::notices::{Kind, shortened};
use crate::ui::one_kind::{RwSignal, StoredValue, attribute, changing, flag, on};

/// The most entries that are kept: more than anyone reads again.
const ENTRIES_MAX: usize = 100;

/// One entry.
#[derive(Clone)]
struct Entry {
    kind: Kind,
    text: String,
    at: String,
}

/// The entries, and what is measured of them. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Log {
    entries: RwSignal<Vec<Entry>>,
    /// The messages without an echo, and when they were sent.
    sent: StoredValue<Vec<(String, i64)>>,
    /// How long the last echo took, in milliseconds.
    pub(crate) round_trip: RwSignal<Option<i64>>,
    /// Whether someone reads it.
    pub(crate) is_open: RwSignal<bool>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            entries: RwSignal::new(Vec::new()),
            sent: StoredValue::new(Vec::new()),
            round_trip: RwSignal::new(None),
            is_open: RwSignal::new(false),
        }
    }

    /// A message was given to the socket.
    pub(crate) fn sent(self, message: &str) {
        self.sent.update_value(|it| it.push((message.to_owned(), dom::now_ms())));
        self.add(Kind::Sent, message);
    }

    pub(super) fn add(self, kind: Kind, text: &str) {
        if kind == Kind::Echo {
            self.measure(text);
        }
        self.entries.update(|entries| {
            if entries.len() == ENTRIES_MAX {
                entries.remove(0);
            }
            entries.push(Entry { kind, text: shortened(text), at: dom::time_of_day() });
        });
    }

    fn measure(self, echo: &str) {
        let message = echo.strip_prefix(ECHO_PREFIX);
        self.sent.update_value(|sent| {
            // The last one, because one that was sent before may have been lost.
            if let Some(at) = sent.iter().rposition(|(text, _)| Some(text.as_str()) == message) {
                self.round_trip.set(Some(dom::now_ms() - sent.remove(at).1));
            }
        });
    }
}

/// The entries, the newest first. There are none on the page until they are asked for: a notice stands there once.
#[component]
pub(crate) fn VisitLog(
    /// Which.
    log: Log,
) -> impl IntoView {
    let row = |Entry { kind, text, at }| {
        let (class, word) = match kind {
            Kind::Sent => ("said-sent", "You: "),
            Kind::Echo => ("said-echo", ""),
            Kind::Error => ("said-error", ""),
            Kind::Change => ("said-change", ""),
        };
        view! {
            <li class=class>
                <p dir="auto">{word}{text}</p>
                <time>{at}</time>
            </li>
        }
    };
    let rows = move || {
        log.is_open.get().then(|| {
            let rows: Vec<_> = log.entries.get().into_iter().rev().map(row).collect();
            view! { <ol class="said">{rows}</ol> }
        })
    };
    view! {
        <button
            type="button"
            class="said-toggle"
            aria-expanded=attribute(move || log.is_open.get().to_string())
            hidden=flag(move || log.entries.read().is_empty())
            on:click=on(move |_| log.is_open.update(|it| *it = !*it))
        >
            "What came in so far"
        </button>
        {changing(rows)}
    }
}
