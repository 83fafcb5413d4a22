//! Random numbers from a seed, so that a test that failed can be repeated.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ops::Range;

use todoapp::domain::{OpId, TodoId};

/// Sebastiano Vigna's `SplitMix64`: short, and random enough for these tests.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// Starts from this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed from the variable `TODOAPP_SEED`, or a new one.
    pub(crate) fn seed() -> u64 {
        let given = std::env::var_os("TODOAPP_SEED").and_then(|it| it.to_str()?.parse().ok());
        given.unwrap_or_else(|| RandomState::new().hash_one(0_u8))
    }

    /// Another generator, for another task.
    pub(crate) fn branch(&mut self) -> Self {
        Self(self.next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in a range.
    pub(crate) fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// `true` once in this many times, on average.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// One of these.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.within(0..all.len() as u64);
        &all[usize::try_from(at).unwrap()]
    }

    /// This many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    fn id_bytes(&mut self) -> [u8; 10] {
        self.bytes(10).try_into().unwrap()
    }

    /// The op of a new command.
    pub(crate) fn op(&mut self) -> OpId {
        OpId::new(1_700_000_000_000, &self.id_bytes())
    }

    /// The id of a new todo.
    pub(crate) fn todo_id(&mut self) -> TodoId {
        TodoId::new(1_700_000_000_000, &self.id_bytes())
    }
}
