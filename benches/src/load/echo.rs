//! Messages over sockets, and their echoes. Each socket has the same number of messages under way all the time, and
//! sends as many new ones as it got answers.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Measured, Part, Window, measure};
use crate::net::{connect, ws};
use crate::servers::{Server, Subject};
use crate::threads::{on_each, shares};

/// What is said: as long as a short message in a chat.
const MESSAGE: &str = "Shall I buy bread on the way home?";

/// What stands in front of every echo, by the contract.
const ECHO_PREFIX: &str = "This is the message received by the server: ";

/// Room for all answers that can be under way.
const BUFFER_BYTES: usize = 16 << 10;

/// Who talks, and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
    /// How many sockets.
    pub(crate) sockets: usize,
    /// How many messages each has under way.
    pub(crate) in_flight: usize,
}

/// What is sent, and the only right answer to it.
#[derive(Clone)]
struct Words {
    question: Vec<u8>,
    answer: Vec<u8>,
}

/// Talks to a server for this time.
pub(crate) async fn run(server: &Server, talk: Talk, time: Duration) -> Result<Measured> {
    let question = ws::sent(MESSAGE)?;
    let is_bare = server.subject == Subject::Tcp;
    let answer = if is_bare { question.clone() } else { ws::received(&format!("{ECHO_PREFIX}{MESSAGE}"))? };
    let (words, port) = (Words { question, answer }, server.port);
    let shares = shares(talk.sockets);
    let threads = shares.len();
    let load = on_each(threads, move |thread| {
        let (words, share) = (words.clone(), shares[thread]);
        async move {
            let mut streams = Vec::with_capacity(share);
            for number in 0..share {
                streams.push(if is_bare {
                    connect(number, port).await?
                } else {
                    ws::open(number, port, "/ws").await?.0
                });
            }
            let window = Window::of(time);
            let mut talking = JoinSet::new();
            for stream in streams {
                talking.spawn(one(stream, words.clone(), talk.in_flight, window));
            }
            let mut latencies = Vec::new();
            while let Some(done) = talking.join_next().await {
                latencies.append(&mut done??);
            }
            Ok(Part::new(window, latencies))
        }
    });
    measure(&[server], load).await
}

async fn one(mut stream: TcpStream, words: Words, in_flight: usize, window: Window) -> Result<Vec<u32>> {
    let (question, answer) = (words.question.len(), words.answer.len());
    let burst = words.question.repeat(in_flight);
    let mut sent: VecDeque<Instant> = std::iter::repeat_n(Instant::now(), in_flight).collect();
    stream.write_all(&burst).await?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let (mut filled, mut latencies) = (0, Vec::new());
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        ensure!(read > 0, "the server ended a socket");
        filled += read;
        let now = Instant::now();
        let whole = filled / answer;
        for got in buffer[..whole * answer].chunks_exact(answer) {
            ensure!(got == words.answer, "not the echo: {}", got.escape_ascii());
            latencies.extend(sent.pop_front().and_then(|since| window.latency(since, now)));
        }
        buffer.copy_within(whole * answer..filled, 0);
        filled -= whole * answer;
        if window.is_over(now) {
            // What is still under way does not count, but closing now would be an error for the server.
            if sent.is_empty() {
                return Ok(latencies);
            }
            continue;
        }
        stream.write_all(&burst[..whole * question]).await?;
        sent.extend(std::iter::repeat_n(now, whole));
    }
}
