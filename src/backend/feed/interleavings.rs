//! Writes, prunes, reads and resumes in random order, one step at a time. In any order a reader gets
//! exactly the log after its cursor, or is told that it can't go on.

#![cfg(test)]

use std::collections::VecDeque;

use futures_util::FutureExt;
use proptest::prelude::*;
use tokio::time::{Duration, timeout};

use crate::backend::failpoint::Failpoint;
use crate::backend::feed::{Feeds, Reader, Step};
use crate::backend::storage::database::Database;
use crate::backend::storage::event_log;
use crate::backend::storage::frame::Growth;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::script::Script;
use crate::backend::storage::streams;
use crate::domain::{Change, Event, EventId, ListId, OpId, Seq, ShortText};
use crate::protocol::ResetReason;

/// One random step.
#[derive(Clone, Debug)]
enum Act {
    /// This many events are written and handed over to the feed.
    Write(u8),
    /// This many are written, and will be handed over later.
    WriteFirst(u8),
    /// What was written first is handed over.
    HandOver,
    /// This many are written by another process, so the feed is not told.
    WriteElsewhere(u8),
    /// All but this many of the newest are pruned.
    Prune(u8),
    /// A new reader starts at this part of the log: 0 is the start and 255 the end.
    Subscribe(u8),
    /// This reader takes what it can get now.
    Read(u8),
    /// This reader asks whether it has everything.
    Ask(u8),
    /// This reader is cut off, and resumes from its cursor.
    Resume(u8),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1..90_u8).prop_map(Act::Write),
        2 => (1..90_u8).prop_map(Act::WriteFirst),
        2 => Just(Act::HandOver),
        1 => (1..90_u8).prop_map(Act::WriteElsewhere),
        2 => any::<u8>().prop_map(Act::Prune),
        3 => any::<u8>().prop_map(Act::Subscribe),
        6 => any::<u8>().prop_map(Act::Read),
        1 => any::<u8>().prop_map(Act::Ask),
        2 => any::<u8>().prop_map(Act::Resume),
    ]
}

/// A reader and its cursor.
struct Follower {
    reader: Reader,
    cursor: EventId,
    /// The head of the log when it first asked.
    asked_at: Seq,
}

struct World {
    database: Database,
    feeds: Feeds,
    /// The ids of all events ever written, in order.
    log: Vec<EventId>,
    pruned: Seq,
    /// What was committed and is not handed over yet, in order.
    committed: VecDeque<Growth>,
    followers: Vec<Follower>,
    _folder: tempfile::TempDir,
}

fn event(id: EventId) -> Event {
    let change = Change::Named { name: ShortText::parse(&"x".repeat(400)).unwrap(), was: None };
    let op = OpId::new(id.seq, &[0; 10]);
    Event { list: ListId::home(), id, seq: id.seq, at_ms: 0, op, change, undoes: None }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("todos.db").display());
        let database = Database::open(&url).await.unwrap();
        let feeds = Feeds::new(database.clone(), tokio_util::task::TaskTracker::new(), Failpoint::default());
        let (log, committed, followers) = Default::default();
        Self { database, feeds, log, pruned: 0, committed, followers, _folder: folder }
    }

    fn head(&self) -> EventId {
        self.log.last().copied().unwrap_or(EventId::START)
    }

    async fn write(&mut self, count: u8) -> Growth {
        let list = ListId::home();
        let mut tx = self.database.begin_write().await.unwrap();
        let mut locked = streams::lock(&mut tx, &list).await.unwrap().unwrap();
        let (mut events, mut script) = (Vec::new(), Script::default());
        for _ in 0..count {
            locked.head += 1;
            let id = EventId { seq: locked.head, tag: 7 };
            let entry = event_log::Entry::new(event(id), Vec::new(), Some(CommandHash(0)), None).unwrap();
            event_log::append(&mut script, std::slice::from_ref(&entry)).unwrap();
            events.push(entry.event);
            self.log.push(id);
        }
        streams::advance(&mut script, &[(list, &locked)]);
        tx.commit_after(script).await.unwrap();
        Growth::new(locked.after, events)
    }

    fn hand_over(&mut self, count: usize) {
        for growth in self.committed.drain(..count.min(self.committed.len())) {
            self.feeds.grown(&ListId::home(), growth);
        }
    }

    async fn prune(&mut self, keep: u8) {
        let up_to = self.head().seq - Seq::from(keep.max(1));
        let mut tx = self.database.begin_write().await.unwrap();
        event_log::prune(&mut tx, &ListId::home(), up_to).await.unwrap();
        tx.commit().await.unwrap();
        self.pruned = self.pruned.max(up_to);
    }

    async fn subscribe(&mut self, cursor: EventId) {
        let reader = self.feeds.subscribe(&ListId::home(), Some(cursor)).await.unwrap().unwrap();
        self.followers.push(Follower { reader, cursor, asked_at: self.head().seq });
    }

    /// Takes and checks what a follower can get now, without waiting for something that may never happen.
    async fn read(&mut self, n: usize) {
        let (head, pruned) = (self.head(), self.pruned);
        let Some(follower) = self.followers.get_mut(n) else { return };
        // The feed's task needs a moment. What comes later is taken by a later step.
        let Ok(step) = timeout(Duration::from_millis(3), follower.reader.next()).await else { return };
        match step.unwrap() {
            Step::Frames(frames) => {
                assert!(!frames.is_empty());
                for frame in frames {
                    let next = usize::try_from(follower.cursor.seq).unwrap();
                    assert_eq!(frame.id, self.log[next], "the very next one");
                    follower.cursor = frame.id;
                }
                follower.reader.advance(follower.cursor);
            }
            Step::Head(told) => {
                assert_eq!(told, follower.cursor, "a reader that is told it has everything has everything");
                assert!(told.seq >= follower.asked_at && told.seq <= head.seq, "{told} since {}", follower.asked_at);
            }
            Step::Reset(reason) => {
                assert_eq!(reason, ResetReason::Pruned);
                // The event of the cursor itself is needed too: its tag shows that it is the same log.
                assert!(follower.cursor.seq <= pruned && pruned > 0, "{} was still there", follower.cursor);
                self.followers.remove(n);
            }
            Step::NoSuchList => panic!("the list is there"),
        }
    }

    async fn act(&mut self, act: &Act) {
        let pick = |n: &u8, count: usize| if count == 0 { 0 } else { usize::from(*n) % count };
        match act {
            Act::Write(count) => {
                let growth = self.write(*count).await;
                self.committed.push_back(growth);
                self.hand_over(usize::MAX);
            }
            Act::WriteFirst(count) => {
                let growth = self.write(*count).await;
                self.committed.push_back(growth);
            }
            Act::HandOver => self.hand_over(1),
            Act::WriteElsewhere(count) => drop(self.write(*count).await),
            Act::Prune(keep) => self.prune(*keep).await,
            Act::Subscribe(part) => {
                let at = self.log.len() * usize::from(*part) / 255;
                let cursor = if at == 0 { EventId::START } else { self.log[at - 1] };
                self.subscribe(cursor).await;
            }
            Act::Read(n) => self.read(pick(n, self.followers.len())).await,
            Act::Ask(n) => {
                let at = pick(n, self.followers.len());
                if let Some(follower) = self.followers.get_mut(at) {
                    follower.reader.ask();
                }
            }
            Act::Resume(n) => {
                let at = pick(n, self.followers.len());
                if at < self.followers.len() {
                    let cursor = self.followers.swap_remove(at).cursor;
                    self.subscribe(cursor).await;
                }
            }
        }
    }

    /// Checks that finally every reader reaches the end of the log, or is told that it can't.
    async fn finish(&mut self) {
        self.hand_over(usize::MAX);
        while let Some(follower) = self.followers.first_mut() {
            follower.reader.ask();
            let step = timeout(Duration::from_secs(10), follower.reader.next()).await.expect("something comes");
            if matches!(&step, Ok(Step::Head(told)) if *told == *self.log.last().unwrap_or(&EventId::START)) {
                self.followers.remove(0);
                continue;
            }
            match step.unwrap() {
                Step::Frames(frames) => {
                    for frame in frames {
                        assert_eq!(frame.id, self.log[usize::try_from(follower.cursor.seq).unwrap()]);
                        follower.cursor = frame.id;
                    }
                    follower.reader.advance(follower.cursor);
                }
                Step::Head(told) => assert_eq!(told, follower.cursor),
                Step::Reset(_) => {
                    assert!(follower.cursor.seq <= self.pruned && self.pruned > 0);
                    self.followers.remove(0);
                }
                Step::NoSuchList => panic!("the list is there"),
            }
        }
    }
}

#[tokio::test]
async fn what_is_exactly_next_is_passed_on_without_reading_the_log() {
    let mut world = World::new().await;
    drop(world.write(3).await);
    let head = world.head();
    world.subscribe(head).await;
    let reader = &mut world.followers[0].reader;
    assert!(matches!(reader.next().await.unwrap(), Step::Head(told) if told == head));
    // It is not in the log, so it can only come from here.
    world.feeds.grown(&ListId::home(), Growth::new(head, vec![event(EventId { seq: 4, tag: 8 })]));
    assert!(matches!(reader.next().await.unwrap(), Step::Frames(frames) if frames.len() == 1));
}

#[tokio::test]
async fn who_locks_a_stream_knows_which_event_its_own_will_follow() {
    let mut world = World::new().await;
    for count in [2, 3] {
        let head = world.head();
        let run = world.write(count).await.into_run(usize::MAX).unwrap();
        assert_eq!((run.after(), run.end()), (head, world.head()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_reader_gets_exactly_the_log_or_a_reset(acts in prop::collection::vec(any_act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for act in &acts {
                world.act(act).await;
            }
            world.finish().await;
            world.database.close().now_or_never();
        });
    }
}
