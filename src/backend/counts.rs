//! How many todos each list has, for who follows the index. One table serves the whole process: it is read at the
//! start, and the writer notes in it what it has committed. A reader has no queue, but a number: up to which
//! change of the table it has been told. Whatever moves in between is told once, as it is then.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::backend::error::ServerError;
use crate::backend::storage::database::Database;
use crate::backend::storage::{lists, streams};
use crate::domain::ListId;
use crate::protocol::{Counts, Push};

/// How often a reader is told of one list at most: four times a second looks like at once.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// How many frames a reader is given at one time: 20 kB, so that it is found out early that it does not read.
const STEP_FRAMES_MAX: usize = 256;

/// The numbers of all lists. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct AllCounts {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    table: Mutex<Table>,
    /// The number of the table's last change.
    last: watch::Sender<u64>,
}

/// The lists that are not deleted. Each stands once, under the number of its last change.
#[derive(Debug, Default)]
struct Table {
    last: u64,
    changed: HashMap<ListId, u64>,
    frames: BTreeMap<u64, Utf8Bytes>,
}

impl Table {
    /// Notes a list's numbers; `None` where it is gone.
    fn set(&mut self, list: &ListId, counts: Option<(u64, u64)>) {
        let frame = counts.map(|(open, total)| {
            let frame = Push::Counts(Counts { list: list.clone(), open, total });
            Utf8Bytes::from(serde_json::to_string(&frame).unwrap_or_default())
        });
        let before = self.changed.get(list).copied();
        // With several servers, the same numbers are noted more than once.
        if frame.is_some() && before.and_then(|it| self.frames.get(&it)) == frame.as_ref() {
            return;
        }
        if let Some(before) = before {
            self.changed.remove(list);
            self.frames.remove(&before);
        }
        if let Some(frame) = frame {
            self.last += 1;
            self.frames.insert(self.last, frame);
            self.changed.insert(list.clone(), self.last);
        }
    }
}

impl AllCounts {
    /// Reads the numbers as they are now. The writer must not have begun.
    pub(crate) async fn load(database: &Database) -> Result<Self, ServerError> {
        let mut tx = database.begin_board_read().await?;
        let mut table = Table::default();
        for list in lists::index(&mut tx).await?.lists {
            table.set(&list.id, Some((list.open, list.total)));
        }
        let last = watch::Sender::new(table.last);
        Ok(Self { shared: Arc::new(Shared { table: Mutex::new(table), last }) })
    }

    /// Notes what was committed; `None` for a list that is deleted.
    pub(crate) fn set(&self, lists: Vec<(ListId, Option<streams::Counts>)>) {
        if lists.is_empty() {
            return;
        }
        let count = |it: i64| u64::try_from(it).unwrap_or(0);
        let mut table = locked(&self.shared.table);
        for (list, counts) in lists {
            table.set(&list, counts.map(|it| (count(it.open), count(it.size))));
        }
        let last = table.last;
        drop(table);
        self.shared.last.send_replace(last);
    }

    /// A reader, who is told the numbers of every list first.
    pub(crate) fn reader(&self) -> CountsReader {
        let last = self.shared.last.subscribe();
        CountsReader { shared: self.shared.clone(), last, told: 0, telling: 0, due: Instant::now() }
    }
}

/// Someone who is told the numbers of the lists.
#[derive(Debug)]
pub(crate) struct CountsReader {
    shared: Arc<Shared>,
    last: watch::Receiver<u64>,
    /// The changes of the table up to this one were told.
    told: u64,
    /// Those up to this one are being told. Later ones wait until it is time again.
    telling: u64,
    /// When it is time again.
    due: Instant,
}

impl CountsReader {
    /// The next frames, waiting for them if need be. Safe to give up on.
    pub(crate) async fn next(&mut self) -> Vec<Utf8Bytes> {
        loop {
            let frames = self.step();
            if !frames.is_empty() {
                return frames;
            }
            let telling = self.telling;
            // The sender lives in what this reader holds: waiting can't fail.
            let _ = self.last.wait_for(|it| *it > telling).await;
            sleep_until(self.due).await;
            self.telling = *self.last.borrow();
            self.due = Instant::now() + TELL_EVERY;
        }
    }

    /// Some of what is being told.
    fn step(&mut self) -> Vec<Utf8Bytes> {
        if self.told == self.telling {
            return Vec::new();
        }
        let table = locked(&self.shared.table);
        let (mut frames, mut told) = (Vec::new(), self.telling);
        for (at, frame) in table.frames.range(self.told + 1..=self.telling).take(STEP_FRAMES_MAX) {
            frames.push(frame.clone());
            if frames.len() == STEP_FRAMES_MAX {
                told = *at;
            }
        }
        self.told = told;
        frames
    }
}

/// Nothing that could panic runs under this lock, so a poisoned one still guards whole data.
fn locked(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::time::advance;

    use super::*;

    fn counts(lists: usize) -> AllCounts {
        let all = AllCounts { shared: Arc::new(Shared { table: Mutex::default(), last: watch::Sender::new(0) }) };
        for n in 0..lists {
            set(&all, n, 0);
        }
        all
    }

    fn set(all: &AllCounts, list: usize, open: i64) {
        all.set(vec![(id(list), Some(streams::Counts { size: open, open }))]);
    }

    fn id(n: usize) -> ListId {
        format!("list{n}").parse().unwrap()
    }

    fn told(frames: &[Utf8Bytes]) -> Vec<(String, u64)> {
        let read = |it: &Utf8Bytes| match serde_json::from_str(it) {
            Ok(Push::Counts(counts)) => (counts.list.to_string(), counts.open),
            other => panic!("{other:?}"),
        };
        frames.iter().map(read).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_is_told_every_list_once_and_then_what_moves() {
        let all = counts(3);
        set(&all, 1, 5);
        let mut reader = all.reader();
        let first = told(&reader.next().await);
        assert_eq!(first, [("list0".to_owned(), 0), ("list2".to_owned(), 0), ("list1".to_owned(), 5)]);
        assert!(reader.next().now_or_never().is_none());
        set(&all, 0, 1);
        assert_eq!(told(&reader.next().await), [("list0".to_owned(), 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_told_four_times_a_second_and_the_last_number_always() {
        let all = counts(1);
        let mut reader = all.reader();
        let (mut heard, began) = (vec![told(&reader.next().await)[0].1], Instant::now());
        for open in 1..=1000 {
            set(&all, 0, open);
            heard.extend(reader.next().now_or_never().map(|it| told(&it)[0].1));
            advance(Duration::from_millis(1)).await;
        }
        heard.push(told(&reader.next().await)[0].1);
        assert_eq!(heard.last(), Some(&1000));
        assert!((4..=6).contains(&heard.len()), "{heard:?} in {:?}", began.elapsed());
        assert!(reader.next().now_or_never().is_none(), "and no more than that");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_does_not_read_is_told_each_list_once() {
        let all = counts(2);
        let mut reader = all.reader();
        reader.next().await;
        for open in 0..10_000 {
            set(&all, 0, open);
            set(&all, 1, open);
        }
        assert_eq!(told(&reader.next().await), [("list0".to_owned(), 9_999), ("list1".to_owned(), 9_999)]);
        assert_eq!(locked(&all.shared.table).frames.len(), 2, "and nothing was kept for it");
    }

    #[tokio::test(start_paused = true)]
    async fn many_lists_are_told_in_pieces_and_none_is_left_out() {
        let lists = STEP_FRAMES_MAX * 2 + 7;
        let all = counts(lists);
        let mut reader = all.reader();
        let mut heard = told(&reader.next().await);
        assert_eq!(heard.len(), STEP_FRAMES_MAX);
        // What is deleted is not told any more, and what moves waits for its turn.
        all.set(vec![(id(lists - 1), None)]);
        set(&all, lists - 2, 7);
        while heard.len() < lists - 1 {
            heard.extend(told(&reader.next().await));
        }
        assert_eq!(heard.last(), Some(&(format!("list{}", lists - 2), 7)));
        heard.sort();
        heard.dedup_by(|one, two| one.0 == two.0);
        assert_eq!(heard.len(), lists - 1);
    }
}
