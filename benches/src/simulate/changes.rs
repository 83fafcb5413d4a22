//! Changes: from a command to the last socket. Each server puts the commands that wait into one transaction, which
//! holds the locks of its lists from its first statement to its end. It sends the events to its own sockets and tells
//! the others, which look, read the log and send.

use std::collections::VecDeque;

use super::costs;
use super::engine::{Agenda, Chance, Station};
use super::float;
use super::parts::{Event, List, Server};
use crate::figures::median;

/// For how long commands come, in seconds, and how many at most.
const TIME: f64 = 60.0;
const COMMANDS_MAX: f64 = 50_000.0;

/// Whoever waits this long, in seconds, is not kept up with.
const WAIT_MAX: f64 = 10.0;

/// A cluster.
pub(crate) struct Setup {
    pub(crate) servers: usize,
    pub(crate) sockets: usize,
    /// How many lists there are. Each has as many sockets.
    pub(crate) lists: usize,
    /// Over how many servers the sockets of a list are spread.
    pub(crate) spread: usize,
    /// How many commands come in a second, at any server, for any list.
    pub(crate) rate: f64,
    /// Whether all servers are on one machine, and share what it can send.
    pub(crate) one_machine: bool,
    /// The database's processors, and how long it takes to it and back.
    pub(crate) database: (usize, f64),
}

/// What came of it.
pub(crate) struct Changes {
    /// From a command to half of the sockets, and to the last one: the median of all commands.
    pub(crate) half: f64,
    pub(crate) last: f64,
    pub(crate) last_p99: f64,
    /// Which part of the time the list that is locked most is locked.
    pub(crate) line: f64,
    /// Which part of the database's processor time is used.
    pub(crate) database: f64,
    /// Which part of its time the busiest server sends.
    pub(crate) sender: f64,
    /// How many transactions and statements there are a second, at the database.
    pub(crate) statements: f64,
    /// Whether the sockets keep up with the changes.
    pub(crate) keeps_up: bool,
}

/// What happens.
enum Next {
    Command,
    /// A server's transaction has its locks.
    Written {
        server: usize,
    },
    Committed {
        server: usize,
    },
    Tell {
        server: usize,
    },
    Heard {
        server: usize,
        lists: Vec<usize>,
    },
    Looked {
        server: usize,
        list: usize,
    },
    Read {
        server: usize,
        list: usize,
        upto: usize,
    },
    Sent {
        server: usize,
        list: usize,
    },
}

struct World<'a> {
    setup: &'a Setup,
    chance: Chance,
    agenda: Agenda<Next>,
    lists: Vec<List>,
    servers: Vec<Server>,
    senders: Vec<Station>,
    database: Station,
    waiting_for_locks: VecDeque<usize>,
    statements: f64,
    commands: usize,
    times: Vec<(f64, f64)>,
}

impl Changes {
    /// Simulates a minute.
    pub(crate) fn run(setup: &Setup, seed: u64) -> Self {
        let mut world = World {
            setup,
            chance: Chance::new(seed),
            agenda: Agenda::new(),
            lists: std::iter::repeat_with(List::default).take(setup.lists).collect(),
            servers: std::iter::repeat_with(Server::new).take(setup.servers).collect(),
            senders: vec![Station::new(1); setup.servers],
            database: Station::new(setup.database.0),
            waiting_for_locks: VecDeque::new(),
            statements: 0.0,
            commands: 0,
            times: Vec::new(),
        };
        let time = TIME.min(COMMANDS_MAX / setup.rate).max(200.0 / setup.rate);
        world.agenda.at(0.0, Next::Command);
        while let Some(next) = world.agenda.next() {
            if world.agenda.now > time + WAIT_MAX {
                break;
            }
            world.take(next, time);
        }
        world.outcome(time)
    }
}

impl World<'_> {
    /// How many of a list's sockets are at a server, and at how many servers there are any.
    fn sockets(&self) -> (f64, usize) {
        let each = self.setup.sockets / self.setup.lists;
        let at = self.setup.spread.min(self.setup.servers).min(each).max(1);
        (float(each) / float(at), at)
    }

    /// Whether a server has sockets of a list: they are at as many servers, beginning with one for each list.
    fn has(&self, server: usize, list: usize) -> bool {
        let (_, at) = self.sockets();
        (server + self.setup.servers - list % self.setup.servers) % self.setup.servers < at
    }

    fn take(&mut self, next: Next, until: f64) {
        match next {
            Next::Command => {
                let (server, list) = (self.chance.one_of(self.setup.servers), self.chance.one_of(self.setup.lists));
                self.commands += 1;
                self.servers[server].waiting.push_back((list, self.agenda.now));
                let pause = self.chance.pause(self.setup.rate);
                if self.agenda.now + pause < until {
                    self.agenda.at(self.agenda.now + pause, Next::Command);
                }
                self.begin(server);
            }
            Next::Written { server } => {
                let now = self.agenda.now;
                self.agenda.at(now + costs::SYNC + self.setup.database.1, Next::Committed { server });
            }
            Next::Committed { server } => self.committed(server),
            Next::Tell { server } => self.tell(server),
            Next::Heard { server, lists } => {
                self.statements += 1.0;
                let (_, done) = self.database.work(self.agenda.now, costs::LOOK);
                for list in lists.into_iter().filter(|it| self.has(server, *it)).collect::<Vec<_>>() {
                    self.agenda.at(done + self.setup.database.1, Next::Looked { server, list });
                }
            }
            Next::Looked { server, list } => {
                let feed = self.servers[server].feeds.entry(list).or_default();
                if feed.is_reading {
                    feed.is_woken = true;
                } else {
                    self.read(server, list);
                }
            }
            Next::Read { server, list, upto } => {
                let feed = self.servers[server].feeds.entry(list).or_default();
                feed.known = feed.known.max(upto);
                feed.is_reading = false;
                if std::mem::take(&mut feed.is_woken) {
                    self.read(server, list);
                }
                self.send(server, list);
            }
            Next::Sent { server, list } => self.sent(server, list),
        }
    }

    /// Has a server write what waits, if it is not writing.
    fn begin(&mut self, server: usize) {
        let it = &mut self.servers[server];
        if it.batch.is_empty() && !it.waiting.is_empty() {
            for _ in 0..it.waiting.len().min(costs::BATCH_MAX) {
                if let Some((list, asked)) = it.waiting.pop_front() {
                    it.batch.entry(list).or_default().push(asked);
                }
            }
            self.waiting_for_locks.push_back(server);
            self.lock();
        }
    }

    /// Gives locks to those who wait for them, in their order.
    fn lock(&mut self) {
        let waiting = std::mem::take(&mut self.waiting_for_locks);
        for server in waiting {
            let batch = &self.servers[server].batch;
            if batch.keys().any(|it| self.lists[*it].is_locked) {
                self.waiting_for_locks.push_back(server);
                continue;
            }
            let count: usize = batch.values().map(Vec::len).sum();
            for list in batch.keys() {
                self.lists[*list].is_locked = true;
            }
            let now = self.agenda.now;
            self.servers[server].began = now;
            self.statements += costs::WRITE_WAYS;
            let (_, done) = self.database.work(now, costs::WRITE + costs::WRITE_MORE * float(count - 1));
            self.agenda.at(done + (costs::WRITE_WAYS - 1.0) * self.setup.database.1, Next::Written { server });
        }
    }

    fn committed(&mut self, server: usize) {
        let now = self.agenda.now;
        let (batch, missing) = (std::mem::take(&mut self.servers[server].batch), self.sockets().1);
        for (list, asked) in batch {
            let it = &mut self.lists[list];
            it.is_locked = false;
            it.locked += now - self.servers[server].began;
            it.events.extend(asked.into_iter().map(|asked| Event { asked, missing, half: 0.0 }));
            let committed = it.events.len();
            self.servers[server].changed.push(list);
            if self.has(server, list) {
                let feed = self.servers[server].feeds.entry(list).or_default();
                feed.known = committed;
                self.send(server, list);
            }
        }
        if !self.servers[server].is_telling && self.setup.servers > 1 {
            self.servers[server].is_telling = true;
            self.agenda.at(now, Next::Tell { server });
        }
        self.lock();
        self.begin(server);
    }

    fn tell(&mut self, server: usize) {
        let mut lists = std::mem::take(&mut self.servers[server].changed);
        lists.sort_unstable();
        lists.dedup();
        self.servers[server].is_telling = !lists.is_empty();
        if lists.is_empty() {
            return;
        }
        self.statements += 1.0;
        let (_, told) = self.database.work(self.agenda.now, costs::NOTICE);
        let heard = told + self.setup.database.1;
        for other in (0..self.setup.servers).filter(|it| *it != server) {
            self.agenda.at(heard, Next::Heard { server: other, lists: lists.clone() });
        }
        self.agenda.at(heard + costs::NOTICE_PAUSE, Next::Tell { server });
    }

    /// Has a server read what the log has of a list.
    fn read(&mut self, server: usize, list: usize) {
        let (now, upto) = (self.agenda.now, self.lists[list].events.len());
        let it = &mut self.servers[server];
        let feed = it.feeds.entry(list).or_default();
        if feed.known >= upto {
            return;
        }
        feed.is_reading = true;
        self.statements += costs::READ_LOG_WAYS;
        let (begin, held) = it.readers.work(now, costs::READ_LOG + costs::READ_LOG_WAYS * self.setup.database.1);
        let (_, done) = self.database.work(now, costs::READ_LOG);
        self.agenda.at(held.max(done + begin - now), Next::Read { server, list, upto });
    }

    /// Has a server send all that it knows of a list, unless it is sending still.
    fn send(&mut self, server: usize, list: usize) {
        let each = self.sockets().0;
        let (now, sender) = (self.agenda.now, if self.setup.one_machine { 0 } else { server });
        let feed = self.servers[server].feeds.entry(list).or_default();
        if feed.sending > feed.sent || feed.known == feed.sent {
            return;
        }
        feed.sending = feed.known;
        let more = float(feed.known - feed.sent - 1) * costs::SEND_MORE;
        let (begin, done) = self.senders[sender].work(now, each * (costs::SEND + more));
        feed.began = begin;
        self.agenda.at(done, Next::Sent { server, list });
    }

    fn sent(&mut self, server: usize, list: usize) {
        let (now, at) = (self.agenda.now, self.sockets().1);
        let feed = self.servers[server].feeds.entry(list).or_default();
        let half = f64::midpoint(feed.began, now);
        for number in std::mem::replace(&mut feed.sent, feed.sending)..feed.sending {
            let event = &mut self.lists[list].events[number];
            event.half += (half - event.asked) / float(at);
            event.missing -= 1;
            if event.missing == 0 {
                self.times.push((event.half, now - event.asked));
            }
        }
        self.send(server, list);
    }

    fn outcome(self, time: f64) -> Changes {
        let time = time.max(self.agenda.now);
        let of = |it: fn(&(f64, f64)) -> f64| -> Vec<f64> { self.times.iter().map(it).collect() };
        let mut last = of(|it| it.1);
        last.sort_by(f64::total_cmp);
        let last_p99 = last.get(last.len() * 99 / 100).copied().unwrap_or(f64::INFINITY);
        Changes {
            half: median(&of(|it| it.0)),
            last: median(&last),
            last_p99,
            line: self.lists.iter().map(|it| it.locked).fold(0.0, f64::max) / time,
            database: self.database.load(time),
            sender: self.senders.iter().map(|it| it.load(time)).fold(0.0, f64::max),
            statements: self.statements / time,
            keeps_up: self.times.len() == self.commands && last_p99 < WAIT_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One server, which shares a machine with the database, and changes that never meet.
    const QUIET: Setup =
        Setup { servers: 1, sockets: 1_000, lists: 1, spread: 1, rate: 0.5, one_machine: true, database: (2, 0.0) };

    #[test]
    fn a_change_that_meets_no_other_takes_as_long_as_its_parts() {
        let it = Changes::run(&QUIET, 1);
        let written = costs::WRITE + costs::SYNC;
        assert!((it.last - written - 1_000.0 * costs::SEND).abs() < 1e-9, "{}", it.last);
        assert!((it.half - written - 500.0 * costs::SEND).abs() < 1e-9, "{}", it.half);
    }

    #[test]
    fn the_last_socket_of_other_servers_waits_for_the_notice_and_the_log() {
        let apart = Changes::run(&Setup { servers: 2, spread: 2, one_machine: false, ..QUIET }, 1);
        let parts = costs::WRITE + costs::SYNC + costs::NOTICE + costs::LOOK + costs::READ_LOG + 500.0 * costs::SEND;
        assert!((apart.last - parts).abs() < 1e-9, "{} and not {parts}", apart.last);
    }

    #[test]
    fn more_than_can_be_sent_is_not_kept_up_with() {
        let it = Changes::run(&Setup { sockets: 1_000_000, rate: 10.0, ..QUIET }, 1);
        assert!(!it.keeps_up && it.sender > 0.95);
    }
}
