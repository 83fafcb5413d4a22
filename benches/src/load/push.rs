//! One change, and when it has reached everyone. A change has arrived at a client when the system says that there is
//! something to read. It is read and checked only after everyone has it, so that a thousand clients on the same
//! machine take as little as possible from the server.

use std::io::ErrorKind;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::stream::{FuturesUnordered, StreamExt, TryStreamExt, iter};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::net::http::Http;
use crate::net::{find, sse, ws};
use crate::servers::Subject;
use crate::servers::data::List;
use crate::threads::on_each;

/// The pause before each change, so that everyone sleeps when it comes, as in real life.
const PAUSE: Duration = Duration::from_millis(10);

/// How many clients connect at one time.
const CONNECTING: usize = 32;

/// Room for what one client is sent.
const BUFFER_BYTES: usize = 16 << 10;

/// How many seconds one change took to arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrivals {
    /// At the first client.
    pub(crate) first: f64,
    /// At half of them.
    pub(crate) half: f64,
    /// At the last one.
    pub(crate) last: f64,
}

/// Sends changes to a list that this many clients follow. The list may be at several servers: both the clients and
/// the changes are spread over them.
pub(crate) async fn run(list: &[List], clients: usize, changes: usize) -> Result<Vec<Arrivals>> {
    let lists = list.to_vec();
    let made = on_each(1, move |_| {
        let lists = lists.clone();
        async move {
            let followers = follow_all(&lists, 0..clients).await?;
            let mut writers = Vec::with_capacity(lists.len());
            for list in &lists {
                writers.push((Http::connect(0, list.port).await?, list));
            }
            let mut times = Vec::with_capacity(changes);
            // The first one at each server only warms up.
            for number in 0..changes + writers.len() {
                sleep(PAUSE).await;
                let at = number % writers.len();
                let (http, list) = &mut writers[at];
                let arrivals = one(http, &followers, list, &format!("change {number}.")).await?;
                if number >= writers.len() {
                    times.push(arrivals);
                }
            }
            Ok(times)
        }
    });
    Ok(made.await?.concat())
}

/// Opens connections with these numbers that follow a list, spread over the servers that it is at.
pub(super) async fn follow_all(lists: &[List], numbers: Range<usize>) -> Result<Vec<TcpStream>> {
    let connecting = iter(numbers).map(|number| follow(number, &lists[number % lists.len()]));
    connecting.buffer_unordered(CONNECTING).try_collect().await
}

async fn follow(number: usize, list: &List) -> Result<TcpStream> {
    if list.subject == Subject::PocketBase {
        return sse::open(number, list.port, &list.id).await;
    }
    let (stream, first) = ws::open(number, list.port, &format!("/ws?list={}", list.id)).await?;
    // The head says that the socket follows.
    if find(&first, b"\"head\"").is_none() {
        read_until(&stream, b"\"head\"").await?;
    }
    Ok(stream)
}

async fn one(http: &mut Http, followers: &[TcpStream], list: &List, title: &str) -> Result<Arrivals> {
    let request = list.create(title);
    let since = Instant::now();
    let arriving = async {
        let mut waiting: FuturesUnordered<_> = followers.iter().map(TcpStream::readable).collect();
        let mut times = Vec::with_capacity(followers.len());
        while let Some(ready) = waiting.next().await {
            ready?;
            times.push(since.elapsed());
        }
        Ok(times)
    };
    let asking = async { http.ask(&request, list.created()).await.map(drop) };
    let (mut times, ()) = futures_util::future::try_join(arriving, asking).await?;
    for follower in followers {
        // If something else had come first, it arrives only now.
        if read_until(follower, title.as_bytes()).await? {
            times.push(since.elapsed());
        }
    }
    let at = |place: usize| times.get(place).map_or(f64::NAN, Duration::as_secs_f64);
    Ok(Arrivals { first: at(0), half: at(followers.len() / 2), last: at(times.len().saturating_sub(1)) })
}

/// Reads until this text has come and nothing more is there. Says whether it had to wait.
async fn read_until(stream: &TcpStream, text: &[u8]) -> Result<bool> {
    let mut buffer = Vec::with_capacity(BUFFER_BYTES);
    let mut has_waited = false;
    loop {
        match stream.try_read_buf(&mut buffer) {
            Ok(read) => ensure!(read > 0, "the server ended a connection"),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if find(&buffer, text).is_some() {
                    return Ok(has_waited);
                }
                has_waited = true;
                stream.readable().await.context("a follower broke")?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
