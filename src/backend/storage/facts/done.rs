//! What the rules have to know to undo events: their todos, and what has touched them since. As many events as
//! there are take as few statements as one.

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::past;
use crate::backend::storage::facts::ListFacts;
use crate::domain::{Done, ListId, Seq, TodoId};

impl ListFacts {
    /// What is known of a list of this size where events of it shall be undone.
    pub(crate) async fn of_done(tx: &mut Tx, list: &ListId, size: usize, events: &[Done]) -> Result<Self, ServerError> {
        let mut facts = Self { size, ..Self::default() };
        facts.learn_what_was_done(tx, list, events).await?;
        Ok(facts)
    }

    /// Takes in the todos of these events, and, a step back in each round, what has touched them since.
    pub(super) async fn learn_what_was_done(
        &mut self,
        tx: &mut Tx,
        list: &ListId,
        events: &[Done],
    ) -> Result<(), ServerError> {
        let mut ids: Vec<TodoId> = events.iter().flat_map(|it| it.change.todos().into_owned()).collect();
        ids.sort_unstable();
        ids.dedup();
        self.learn(tx, list, &ids).await?;
        // What was touched before all of them was touched by none of them.
        let oldest = events.iter().map(|it| it.seq).min().unwrap_or(0);
        let todos = self.todos.iter().chain(&self.trash).map(|it| (it.touched_seq, it.id));
        let mut touched: Vec<(Seq, TodoId)> = todos.filter(|(seq, _)| *seq > oldest).collect();
        while !touched.is_empty() {
            self.read_since(tx, list, touched.iter().map(|(seq, _)| *seq).collect()).await?;
            let undone = touched.iter().filter_map(|(seq, _)| self.since.get(seq)?.as_ref()?.undoes);
            self.read_since(tx, list, undone.collect()).await?;
            let before = touched.into_iter().filter_map(|(seq, id)| Some((self.touched_before(seq, id)?, id)));
            touched = before.filter(|(seq, _)| *seq > oldest).collect();
        }
        Ok(())
    }

    /// The event that had touched a todo before this one did, which counts for nothing.
    fn touched_before(&self, seq: Seq, id: TodoId) -> Option<Seq> {
        let known = |seq| self.since.get(&seq).and_then(Option::as_ref);
        let after: &Done = known(seq)?;
        match after.undoes {
            None => after.made_room_before(id),
            Some(undone) => known(undone)?.touched_before(id),
        }
    }

    /// Takes in the events with these numbers, each once, whether or not the log has them.
    async fn read_since(&mut self, tx: &mut Tx, list: &ListId, mut seqs: Vec<Seq>) -> Result<(), ServerError> {
        seqs.sort_unstable();
        seqs.dedup();
        seqs.retain(|it| !self.since.contains_key(it));
        let found = past::done_at(tx, list, &seqs).await?;
        self.since.extend(seqs.into_iter().map(|seq| (seq, None)));
        self.since.extend(found.into_iter().map(|it| (it.seq, Some(it))));
        Ok(())
    }
}
