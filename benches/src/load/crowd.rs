//! A crowd: many follow a list and get every event, while others add to it. Both are spread over its servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Barrier, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::push;
use crate::figures::median;
use crate::net::http::Http;
use crate::net::{find, ws};
use crate::servers::data::List;
use crate::servers::own_processor_time;
use crate::threads::{THREADS_MAX, on_each, shares};

/// What each new todo is called. It is once in each event, so events are counted by it.
const TITLE: &str = "Buy bread";

/// Room for what one follower is sent at one time.
const BUFFER_BYTES: usize = 16 << 10;

/// How many events the followers may be behind on average before the writers wait for them. Without that the writers
/// would be far ahead, and their rate would be one that nobody can follow.
const BEHIND_MAX: usize = 32;

/// How long a writer waits before it looks again whether the followers have caught up.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// How many clients there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) followers: usize,
    pub(crate) writers: usize,
    /// How many todos are added at most.
    pub(crate) todos_max: usize,
}

/// What a crowd has shown.
pub(crate) struct Measured {
    /// How many todos were added in a second, until everyone had all of them.
    pub(crate) rate: f64,
    /// How long half of the writers waited for each, in seconds.
    pub(crate) p50: f64,
    /// How many events arrived in a second, at all followers together.
    pub(crate) delivered: f64,
    /// Which part of the machine's processor time the load program took.
    pub(crate) own_share: f64,
}

/// What the threads of the load share.
struct Shared {
    lists: Vec<List>,
    size: Size,
    all_follow: Barrier,
    all_wrote: Barrier,
    created: AtomicUsize,
    delivered: AtomicUsize,
}

impl Shared {
    /// Whether the followers are so far behind that writers should wait.
    fn is_behind(&self) -> bool {
        let everywhere = self.delivered.load(Ordering::Relaxed) / self.size.followers;
        self.created.load(Ordering::Relaxed) > everywhere + BEHIND_MAX
    }
}

/// Writes for this time, and waits until every follower has every event.
pub(crate) async fn run(lists: &[List], size: Size, time: Duration) -> Result<Measured> {
    let shared = Arc::new(Shared {
        lists: lists.to_vec(),
        size,
        all_follow: Barrier::new(THREADS_MAX),
        all_wrote: Barrier::new(THREADS_MAX),
        created: AtomicUsize::new(0),
        delivered: AtomicUsize::new(0),
    });
    let of_threads = {
        let shared = shared.clone();
        on_each(THREADS_MAX, move |thread| one(thread, shared.clone(), time)).await?
    };
    let took = of_threads.iter().map(|it| it.took).max().unwrap_or_default().as_secs_f64();
    // Each thread has looked at the time of the whole process.
    let own_share = of_threads.iter().map(|it| it.own_share).fold(0.0, f64::max);
    let latencies: Vec<_> = of_threads.into_iter().flat_map(|it| it.latencies).collect();
    let a_second = |count: &AtomicUsize| Ok(f64::from(u32::try_from(count.load(Ordering::Relaxed))?) / took);
    let (rate, delivered): (Result<f64>, Result<f64>) = (a_second(&shared.created), a_second(&shared.delivered));
    Ok(Measured { rate: rate?, p50: median(&latencies), delivered: delivered?, own_share })
}

/// What one thread has done.
struct Thread {
    latencies: Vec<f64>,
    took: Duration,
    own_share: f64,
}

async fn one(thread: usize, shared: Arc<Shared>, time: Duration) -> Result<Thread> {
    let (followers, writers) = (shares(shared.size.followers), shares(shared.size.writers));
    let before: usize = followers[..thread].iter().sum();
    let streams = push::follow_all(&shared.lists, before..before + followers[thread]).await?;
    let mut clients = Vec::with_capacity(writers[thread]);
    for number in 0..writers[thread] {
        let list = shared.lists[number % shared.lists.len()].clone();
        clients.push((Http::connect(number, list.port).await?, list));
    }
    shared.all_follow.wait().await;

    let (since, own_before) = (Instant::now(), own_processor_time()?);
    let (tell, goal) = watch::channel(None);
    let (mut following, mut writing) = (JoinSet::new(), JoinSet::new());
    for stream in streams {
        following.spawn(follow(stream, shared.clone(), goal.clone()));
    }
    for (http, list) in clients {
        writing.spawn(write(http, list, shared.clone(), since + time));
    }
    let mut latencies = Vec::new();
    while let Some(done) = writing.join_next().await {
        latencies.append(&mut done??);
    }
    shared.all_wrote.wait().await;
    tell.send_replace(Some(shared.created.load(Ordering::SeqCst)));
    while let Some(done) = following.join_next().await {
        done??;
    }
    let took = since.elapsed();
    let own = own_processor_time()?.saturating_sub(own_before).as_secs_f64();
    let processors = f64::from(u32::try_from(available_parallelism()?.get())?);
    Ok(Thread { latencies, took, own_share: own / took.as_secs_f64() / processors })
}

/// Adds todos until the time is over, and returns how many seconds each took.
async fn write(mut http: Http, list: List, shared: Arc<Shared>, end: Instant) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    while Instant::now() < end && shared.created.load(Ordering::Relaxed) < shared.size.todos_max {
        if shared.is_behind() {
            sleep(LOOK_AGAIN).await;
            continue;
        }
        let request = list.create(TITLE);
        let since = Instant::now();
        http.ask(&request, list.created()).await?;
        latencies.push(since.elapsed().as_secs_f64());
        shared.created.fetch_add(1, Ordering::SeqCst);
    }
    Ok(latencies)
}

/// Counts events until there are as many as the goal says, once it is known.
async fn follow(mut stream: TcpStream, shared: Arc<Shared>, mut goal: watch::Receiver<Option<usize>>) -> Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER_BYTES);
    let mut count = 0;
    loop {
        let goal_now = *goal.borrow_and_update();
        if let Some(goal) = goal_now
            && count >= goal
        {
            ensure!(count == goal, "a follower got {count} events and not {goal}");
            return Ok(());
        }
        tokio::select! {
            read = stream.read_buf(&mut buffer) => {
                ensure!(read? > 0, "a follower's connection was ended after {count} events");
            }
            changed = goal.changed(), if goal_now.is_none() => changed?,
        }
        let taken = take(&mut buffer);
        count += taken.events;
        shared.delivered.fetch_add(taken.events, Ordering::Relaxed);
        // todoapp sends no more than a little ahead of the last ping that was answered.
        if taken.is_asked {
            stream.write_all(&ws::PONG).await?;
        }
    }
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
struct Taken {
    events: usize,
    /// Whether there was a ping.
    is_asked: bool,
}

/// Takes everything from the buffer but what may be the beginning of another title or of a ping.
fn take(buffer: &mut Vec<u8>) -> Taken {
    let (mut events, mut from) = (0, 0);
    while let Some(at) = find(&buffer[from..], TITLE.as_bytes()) {
        (events, from) = (events + 1, from + at + TITLE.len());
    }
    let ping = find(buffer, &ws::PING);
    from = from.max(ping.map_or(0, |at| at + ws::PING.len()));
    let rest = (buffer.len() - from).min(TITLE.len() - 1);
    buffer.drain(..buffer.len() - rest);
    Taken { events, is_asked: ping.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_or_a_ping_that_comes_in_two_pieces_is_counted_once() {
        let mut buffer = b"{Buy bread}{Buy bre".to_vec();
        assert_eq!(take(&mut buffer), Taken { events: 1, is_asked: false });
        buffer.extend(b"ad}{Buy bread}\x89");
        assert_eq!(take(&mut buffer), Taken { events: 2, is_asked: false });
        buffer.push(0);
        assert_eq!(take(&mut buffer), Taken { events: 0, is_asked: true });
        assert_eq!(take(&mut buffer), Taken { events: 0, is_asked: false });
    }
}
