//! What a simulated cluster is made of: lists with their events, and servers with their feeds.

use std::collections::{BTreeMap, VecDeque};

use super::costs;
use super::engine::Station;

/// A command, and where its event has yet to arrive.
pub(super) struct Event {
    pub(super) asked: f64,
    pub(super) missing: usize,
    pub(super) half: f64,
}

/// A list.
#[derive(Default)]
pub(super) struct List {
    /// What is committed.
    pub(super) events: Vec<Event>,
    pub(super) is_locked: bool,
    pub(super) locked: f64,
}

/// What a server has of a list.
#[derive(Default, Clone, Copy)]
pub(super) struct Feed {
    pub(super) known: usize,
    pub(super) sent: usize,
    pub(super) sending: usize,
    pub(super) began: f64,
    pub(super) is_reading: bool,
    pub(super) is_woken: bool,
}

/// A server.
pub(super) struct Server {
    /// The commands that wait: for which list, and since when.
    pub(super) waiting: VecDeque<(usize, f64)>,
    /// Those of its transaction, by list.
    pub(super) batch: BTreeMap<usize, Vec<f64>>,
    pub(super) began: f64,
    pub(super) changed: Vec<usize>,
    pub(super) is_telling: bool,
    pub(super) readers: Station,
    pub(super) feeds: BTreeMap<usize, Feed>,
}

impl Server {
    /// One that nobody has asked for anything.
    pub(super) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            batch: BTreeMap::new(),
            began: 0.0,
            changed: Vec::new(),
            is_telling: false,
            readers: Station::new(costs::READERS),
            feeds: BTreeMap::new(),
        }
    }
}
