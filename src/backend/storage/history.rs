//! One page of a list's history: what stands in the log, and which of it can be undone, by the same rule that an
//! undo is accepted by.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::error::ServerError;
use crate::backend::ids;
use crate::backend::storage::board::{Listed, read_list};
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::past::{self, Logged};
use crate::backend::storage::facts::ListFacts;
use crate::backend::storage::lists;
use crate::domain::past::{ENTRY_TITLES_MAX, HistoryEntry, HistoryPage, Undid};
use crate::domain::{Change, Done, Facts, ListId, OpId, Seq, ShortText, TodoId, undo};

/// What happened before an event, or last; `None` where there is no such list. The commands of its forms get
/// names that are made of the page's own.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    before: Option<Seq>,
    op: OpId,
) -> Result<Option<HistoryPage>, ServerError> {
    let Some(Listed { list, .. }) = read_list(tx, list).await? else { return Ok(None) };
    let (logged, is_more) = past::page(tx, &list.id, before).await?;
    let (events, dones): (Vec<_>, Vec<_>) = logged.into_iter().unzip();
    let (facts, undoable) = undoable(tx, &list.id, &events, &dones).await?;
    let oldest = dones.last().map(|it| it.seq);
    let is_cut = !is_more && past::first(tx, &list.id).await?.is_some_and(|first| first > 1);
    let undone = undone(tx, &list.id, &dones).await?;
    let lists: BTreeSet<_> = dones.iter().filter_map(|it| it.change.other_list()).cloned().collect();
    let lists = lists::names(tx, &Vec::from_iter(lists)).await?;
    let titles = titles(&facts, &dones);
    let entries = events.into_iter().zip(dones).map(|(event, done)| HistoryEntry {
        event: event.id,
        at_ms: event.at_ms,
        actor: event.actor,
        undid: done.undoes.map(|seq| undone.get(&seq).cloned().map_or(Undid::Forgotten, Undid::Change)),
        undo: undoable.contains(&event.op).then(|| ids::op_with_text(op, &event.id.to_string())),
        change: done.change,
    });
    let entries = entries.collect();
    Ok(Some(HistoryPage { list, entries, titles, lists, older: oldest.filter(|_| is_more), is_cut }))
}

/// What is known of the todos of these events, and which of them can be undone, by the commands that they came
/// from.
async fn undoable(
    tx: &mut Tx,
    list: &ListId,
    events: &[Logged],
    dones: &[Done],
) -> Result<(ListFacts, BTreeSet<OpId>), ServerError> {
    let size = lists::size(tx, list).await?.unwrap_or(0);
    let facts = ListFacts::of_done(tx, list, size, dones).await?;
    let mut undoable = BTreeSet::new();
    let mut elsewhere: BTreeMap<ListId, Vec<OpId>> = BTreeMap::new();
    for (event, done) in events.iter().zip(dones).filter(|(_, done)| undo(done, &facts).is_ok()) {
        match done.change.other_list() {
            None => _ = undoable.insert(event.op),
            // A move between lists has a half in each, and both are undone or none.
            Some(other) => elsewhere.entry(other.clone()).or_default().push(event.op),
        }
    }
    for (other, ops) in elsewhere {
        let Some(size) = lists::size(tx, &other).await? else { continue };
        let (ops, dones): (Vec<_>, Vec<_>) = past::done_by(tx, &other, &ops).await?.into_iter().unzip();
        let facts = ListFacts::of_done(tx, &other, size, &dones).await?;
        undoable.extend(ops.into_iter().zip(&dones).filter(|(_, it)| undo(it, &facts).is_ok()).map(|(op, _)| op));
    }
    Ok((facts, undoable))
}

/// What was undone by those of the events that are undos.
async fn undone(tx: &mut Tx, list: &ListId, dones: &[Done]) -> Result<BTreeMap<Seq, Change>, ServerError> {
    let seqs: Vec<_> = dones.iter().filter_map(|it| it.undoes).collect();
    Ok(past::done_at(tx, list, &seqs).await?.into_iter().map(|it| (it.seq, it.change)).collect())
}

/// The titles of the todos that are named.
fn titles(facts: &ListFacts, dones: &[Done]) -> BTreeMap<TodoId, ShortText> {
    let ids: Vec<_> = dones
        .iter()
        .flat_map(|it| it.change.todos().iter().copied().take(ENTRY_TITLES_MAX).collect::<Vec<_>>())
        .collect();
    facts.any(&ids).into_iter().flatten().map(|it| (it.id, it.title.clone())).collect()
}
