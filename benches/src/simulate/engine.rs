//! Time, chance, and who waits for whom.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What happens next, in the order of time; at the same time, in the order in which it was noted.
pub(crate) struct Agenda<E> {
    pub(crate) now: f64,
    noted: u64,
    waiting: BinaryHeap<Reverse<Noted<E>>>,
}

struct Noted<E> {
    time: f64,
    number: u64,
    what: E,
}

impl<E> Ord for Noted<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then(self.number.cmp(&other.number))
    }
}

impl<E> PartialOrd for Noted<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Noted<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Noted<E> {}

impl<E> Agenda<E> {
    pub(crate) fn new() -> Self {
        Self { now: 0.0, noted: 0, waiting: BinaryHeap::new() }
    }

    /// Notes what happens at a time, which is not before now.
    pub(crate) fn at(&mut self, time: f64, what: E) {
        self.noted += 1;
        self.waiting.push(Reverse(Noted { time: time.max(self.now), number: self.noted, what }));
    }

    /// What happens next; then it is that time.
    pub(crate) fn next(&mut self) -> Option<E> {
        let Reverse(next) = self.waiting.pop()?;
        self.now = next.time;
        Some(next.what)
    }
}

/// Some that do the same work, and one line before them.
#[derive(Clone)]
pub(crate) struct Station {
    /// When each has nothing more to do.
    free: Vec<f64>,
    /// How long all of them have worked.
    pub(crate) busy: f64,
}

impl Station {
    pub(crate) fn new(count: usize) -> Self {
        Self { free: vec![0.0; count.max(1)], busy: 0.0 }
    }

    /// Adds work at the end of the line, and says when it begins and when it is done. Must be called in the order of
    /// time.
    pub(crate) fn work(&mut self, now: f64, time: f64) -> (f64, f64) {
        let first = self.free.iter_mut().min_by(|a, b| a.total_cmp(b));
        self.busy += time;
        first.map_or((now, now), |free| {
            let begin = free.max(now);
            *free = begin + time;
            (begin, *free)
        })
    }

    /// The part of the time until then that they have worked.
    pub(crate) fn load(&self, until: f64) -> f64 {
        self.busy / until / super::float(self.free.len())
    }
}

/// Numbers that look like chance, the same for the same seed (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1.
    pub(crate) fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// One of so many.
    pub(crate) fn one_of(&mut self, count: usize) -> usize {
        usize::try_from(self.bits() % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// The time to the next of what happens by chance, so many times a second.
    pub(crate) fn pause(&mut self, rate: f64) -> f64 {
        -(1.0 - self.part()).ln() / rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean wait of a million customers who come by chance.
    fn mean_wait(rate: f64, stations: usize, mut service: impl FnMut(&mut Chance) -> f64) -> f64 {
        let (mut chance, mut station, mut now, mut waited) = (Chance::new(1), Station::new(stations), 0.0, 0.0);
        for _ in 0..1_000_000 {
            now += chance.pause(rate);
            let time = service(&mut chance);
            waited += station.work(now, time).0 - now;
        }
        waited / 1e6
    }

    #[test]
    fn who_waits_for_a_fixed_time_waits_as_long_as_pollaczek_and_khinchine_say() {
        for load in [0.3, 0.5, 0.8] {
            let known = load / (2.0 * (1.0 - load));
            let waited = mean_wait(load, 1, |_| 1.0);
            assert!((waited / known - 1.0).abs() < 0.03, "M/D/1 at {load}: {waited}, and not {known}");
        }
    }

    #[test]
    fn who_waits_for_a_time_by_chance_waits_as_long_as_erlang_says() {
        // M/M/1: load / (1 - load). M/M/2: load² / (1 - load²), with the load of each of the two.
        let alone = mean_wait(0.8, 1, |it| it.pause(1.0));
        assert!((alone / 4.0 - 1.0).abs() < 0.05, "{alone}");
        let two = mean_wait(1.6, 2, |it| it.pause(1.0));
        assert!((two / (0.64 / 0.36) - 1.0).abs() < 0.05, "{two}");
    }

    #[test]
    fn what_happens_at_one_time_happens_in_the_order_of_notes() {
        let mut agenda = Agenda::new();
        for (time, what) in [(2.0, 'c'), (1.0, 'a'), (1.0, 'b')] {
            agenda.at(time, what);
        }
        assert_eq!(std::iter::from_fn(|| agenda.next()).collect::<String>(), "abc");
    }
}
