//! Sockets that come back after their server was lost: each waits as the browser does, goes to any other server, and
//! needs one of that server's connections to the database for a moment. Whoever gets none in time is sent away.

use std::collections::VecDeque;

use super::backoff::Backoff;
use super::costs;
use super::engine::{Agenda, Chance, Station};

/// What came of it, in seconds unless it says otherwise.
pub(crate) struct Returned {
    pub(crate) half: f64,
    pub(crate) all: f64,
    /// How many reads of the database there were in the busiest second.
    pub(crate) asked: f64,
    /// How often a socket had to come back once more.
    pub(crate) refused: f64,
    /// How long the read of a change had to wait for a connection at most.
    pub(crate) change_waits: f64,
}

enum Next {
    /// A socket comes to a server.
    Comes { socket: usize },
    /// A server has done its part of the handshake.
    Asks { socket: usize, server: usize },
    /// A read is over; the connection can be used by the next one.
    Read { server: usize },
}

struct Socket {
    backoff: Backoff,
    reads: usize,
}

struct Server {
    handshakes: Station,
    free: usize,
    waiting: VecDeque<(usize, f64)>,
}

/// One of these servers, each with so many sockets, is lost. If they are far behind, each of them reads the log.
pub(crate) fn run(
    servers: usize,
    sockets: usize,
    processors: usize,
    distance: f64,
    far_behind: bool,
    seed: u64,
) -> Returned {
    let (mut chance, mut agenda, mut database) = (Chance::new(seed), Agenda::new(), Station::new(processors));
    let server = || Server { handshakes: Station::new(1), free: costs::READERS, waiting: VecDeque::new() };
    let mut others: Vec<_> = std::iter::repeat_with(server).take(servers - 1).collect();
    let mut all: Vec<_> =
        (0..sockets).map(|_| Socket { backoff: Backoff::default(), reads: if far_behind { 2 } else { 1 } }).collect();
    for (number, socket) in all.iter_mut().enumerate() {
        socket.backoff.lived(i64::MAX);
        agenda.at(wait(socket, &mut chance), Next::Comes { socket: number });
    }
    let (mut back, mut refused, mut change_waits) = (Vec::with_capacity(sockets), 0.0, 0.0_f64);
    let mut seconds: Vec<f64> = Vec::new();
    while let Some(next) = agenda.next() {
        let now = agenda.now;
        let server = match next {
            Next::Comes { socket } => {
                let server = chance.one_of(others.len());
                let (_, done) = others[server].handshakes.work(now, costs::HANDSHAKE);
                agenda.at(done, Next::Asks { socket, server });
                continue;
            }
            Next::Asks { socket, server } => {
                others[server].waiting.push_back((socket, now));
                server
            }
            Next::Read { server } => {
                others[server].free += 1;
                server
            }
        };
        let it = &mut others[server];
        while it.free > 0
            && let Some((number, since)) = it.waiting.pop_front()
        {
            let socket = &mut all[number];
            if now - since > costs::READER_WAIT {
                refused += 1.0;
                agenda.at(since + costs::READER_WAIT + wait(socket, &mut chance), Next::Comes { socket: number });
                continue;
            }
            // A change that came at the same moment stands in the same line.
            change_waits = change_waits.max(now - since);
            let second = second(now);
            seconds.resize(seconds.len().max(second + 1), 0.0);
            seconds[second] += 1.0;
            it.free -= 1;
            socket.reads -= 1;
            let is_log = far_behind && socket.reads == 0;
            let (work, ways) = if is_log {
                (costs::READ_LOG, costs::READ_LOG_WAYS)
            } else {
                (costs::READ_HEAD, costs::READ_HEAD_WAYS)
            };
            let done = database.work(now, work).1 + ways * distance;
            agenda.at(done, Next::Read { server });
            if socket.reads == 0 {
                back.push(done);
            } else {
                agenda.at(done, Next::Asks { socket: number, server });
            }
        }
    }
    back.sort_by(f64::total_cmp);
    let at = |place: usize| back.get(place).copied().unwrap_or(f64::INFINITY);
    Returned {
        half: at(sockets / 2),
        all: at(sockets - 1),
        asked: seconds.into_iter().fold(0.0, f64::max),
        refused,
        change_waits,
    }
}

/// How long the browser waits before it comes again, in seconds.
fn wait(socket: &mut Socket, chance: &mut Chance) -> f64 {
    f64::from(socket.backoff.next_ms(chance.part())) / 1000.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a short simulation")]
fn second(time: f64) -> usize {
    time as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::float;

    #[test]
    fn everyone_comes_back_and_not_sooner_than_the_database_can_read() {
        let it = run(4, 3_000, 1, 0.0, false, 1);
        assert!(it.all.is_finite() && it.half < it.all);
        assert!(it.all >= 3_000.0 * costs::READ_HEAD, "{}", it.all);
        assert!(it.asked <= 1.0 / costs::READ_HEAD + float(3 * costs::READERS));
        let far = run(4, 3_000, 1, 0.0, true, 1);
        assert!(far.all > it.all, "two reads take longer than one");
    }
}
