//! How the servers on one PostgreSQL tell each other what they have committed. A notice only says where to look: what
//! is lost of it costs time, and never a change.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{AnyPool, query};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::domain::ListId;

/// What the channel is called. Each database has its own.
const CHANNEL: &str = "todoapp";

/// The longest notice: PostgreSQL takes less than 8000 bytes.
const NOTICE_BYTES_MAX: usize = 7000;

/// How long to wait before listening is tried again. Meanwhile the state of all streams is read from time to time.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Stands between the ids of a notice. No id has it.
const SEPARATOR: char = ' ';

/// What a server has heard.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// These streams have changed.
    Streams(Vec<ListId>),
    /// Something may have been missed.
    Anything,
}

/// Tells the other servers that these streams have changed. `from` is the name of this server, which does not listen
/// to itself.
pub(super) async fn tell(pool: &AnyPool, from: &str, streams: &[ListId]) -> Result<(), sqlx::Error> {
    query("SELECT CAST(pg_notify($1, $2) AS TEXT)").bind(CHANNEL).bind(notice(from, streams)).fetch_one(pool).await?;
    Ok(())
}

/// The text of a notice. One about too many streams names none.
fn notice(from: &str, streams: &[ListId]) -> String {
    let mut text = from.to_owned();
    for stream in streams {
        text.push(SEPARATOR);
        text.push_str(stream.as_str());
    }
    if text.len() > NOTICE_BYTES_MAX { from.to_owned() } else { text }
}

/// What a notice says; `None` if it is our own.
fn heard(own: &str, text: &str) -> Option<Heard> {
    let mut words = text.split(SEPARATOR);
    if words.next() == Some(own) {
        return None;
    }
    let streams: Vec<_> = words.filter_map(|it| ListId::from_str(it).ok()).collect();
    Some(if streams.is_empty() { Heard::Anything } else { Heard::Streams(streams) })
}

/// Listens for as long as someone takes what is heard, and connects again when the connection is lost.
pub(super) async fn listen(url: &str, own: &str, hear: mpsc::Sender<Heard>) {
    while !hear.is_closed() {
        if let Err(error) = listen_once(url, own, &hear).await {
            tracing::debug!(%error, "Could not listen to the other servers, and will try again: {error}");
        }
        sleep(RETRY_DELAY).await;
    }
}

async fn listen_once(url: &str, own: &str, hear: &mpsc::Sender<Heard>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // What was committed before this moment was not heard, also after the connection was lost.
    let mut next = Some(Heard::Anything);
    loop {
        if let Some(it) = next
            && hear.send(it).await.is_err()
        {
            return Ok(());
        }
        next = match listener.try_recv().await? {
            Some(notice) => heard(own, notice.payload()),
            None => Some(Heard::Anything),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_names_the_streams_of_others_or_says_that_there_are_many() {
        let streams: Vec<ListId> = vec![ListId::home(), ListId::index()];
        let text = notice("one", &streams);
        assert_eq!(heard("two", &text), Some(Heard::Streams(streams)));
        assert_eq!(heard("one", &text), None);
        let many: Vec<_> = (0..1000).map(|n| format!("list{n:04}").parse().unwrap()).collect();
        let text = notice("one", &many);
        assert!(text.len() <= NOTICE_BYTES_MAX);
        assert_eq!(heard("two", &text), Some(Heard::Anything));
        assert_eq!(heard("two", ""), Some(Heard::Anything), "of an unknown program");
    }
}
