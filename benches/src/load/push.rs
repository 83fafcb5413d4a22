//! One change, and when it has reached everyone. A change has arrived at a client when the system says that there is
//! something to read. It is read and checked only after everyone has it, so that a thousand clients on the same
//! machine take as little as possible from the server.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::stream::{FuturesUnordered, StreamExt, TryStreamExt, iter};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::net::http::Http;
use crate::net::{find, sse, ws};
use crate::servers::data::List;
use crate::servers::{Server, Subject};
use crate::threads::on_each;

/// The pause before each change, so that everyone sleeps when it comes, as in real life.
const PAUSE: Duration = Duration::from_millis(10);

/// How many clients connect at one time.
const CONNECTING: usize = 32;

/// Room for what one client is sent.
const BUFFER_BYTES: usize = 16 << 10;

/// Sends changes to a list that this many clients follow, and returns how many seconds each took until the last
/// client had it.
pub(crate) async fn run(server: &Server, list: &List, clients: usize, changes: usize) -> Result<Vec<f64>> {
    let (subject, port, list) = (server.subject, server.port, list.clone());
    let made = on_each(1, move |_| {
        let list = list.clone();
        async move {
            let connecting = iter(0..clients).map(|number| follow(number, subject, port, &list.id));
            let followers: Vec<_> = connecting.buffer_unordered(CONNECTING).try_collect().await?;
            let mut http = Http::connect(0, port).await?;
            let mut times = Vec::with_capacity(changes);
            // The first one only warms up.
            for number in 0..=changes {
                sleep(PAUSE).await;
                let time = one(&mut http, &followers, &list, &format!("change {number}.")).await?;
                if number > 0 {
                    times.push(time.as_secs_f64());
                }
            }
            Ok(times)
        }
    });
    Ok(made.await?.concat())
}

async fn follow(number: usize, subject: Subject, port: u16, list: &str) -> Result<TcpStream> {
    if subject == Subject::PocketBase {
        return sse::open(number, port, list).await;
    }
    let (stream, first) = ws::open(number, port, &format!("/ws?list={list}")).await?;
    // The head says that the socket follows.
    if find(&first, b"\"head\"").is_none() {
        read_until(&stream, b"\"head\"").await?;
    }
    Ok(stream)
}

async fn one(http: &mut Http, followers: &[TcpStream], list: &List, title: &str) -> Result<Duration> {
    let request = list.create(title);
    let since = Instant::now();
    let arriving = async {
        let mut waiting: FuturesUnordered<_> = followers.iter().map(TcpStream::readable).collect();
        while let Some(ready) = waiting.next().await {
            ready?;
        }
        Ok(since.elapsed())
    };
    let asking = async { http.ask(&request, list.created()).await.map(drop) };
    let (mut arrived, ()) = futures_util::future::try_join(arriving, asking).await?;
    for follower in followers {
        // If something else had come first, it arrives only now.
        if read_until(follower, title.as_bytes()).await? {
            arrived = since.elapsed();
        }
    }
    Ok(arrived)
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
