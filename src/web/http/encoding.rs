//! Which form of an answer a client takes: as it is, or compressed.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// A form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The forms that a client takes, the smallest one first. Browsers take Brotli only over HTTPS and from their own
    /// machine.
    pub(super) fn taken(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let takes = move |encoding: &Self| {
            encoding.name().is_none_or(|name| {
                accepted.split(',').any(|it| {
                    let mut parts = it.split(';').map(str::trim);
                    parts.next() == Some(name) && parts.next().is_none_or(|q| q != "q=0")
                })
            })
        };
        [Self::Brotli, Self::Gzip, Self::Identity].into_iter().filter(takes)
    }

    /// The smallest form that a client takes.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self::taken(headers).next().unwrap_or(Self::Identity)
    }

    /// What it is called in headers; `None` if nothing need be said.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}
