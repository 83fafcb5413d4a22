//! Which commands were answered, and how, so that an `op` sent again gets the same receipt. The answer is in
//! the log while its event is there, and in `ops` if it changed nothing or its event was pruned.

use std::fmt::Write;
use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::tables;
use crate::backend::storage::script::Script;
use crate::domain::{Command, EventId, ListId, OpId, Seq, TodoId};

/// How long an answered command is remembered at least: a browser may be closed for a while before it gets
/// the answer to a command.
pub(crate) const REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// A hash of a command, to notice when an `op` is used again for another command. It is made from what the
/// client sent, so an id that the server made is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommandHash(pub(crate) i64);

impl CommandHash {
    /// A command; `given` are the ids of todos that the client gave. The list is part of it only where the command
    /// is remembered in the index, which all lists share.
    pub(crate) fn of(list: &ListId, command: &Command, given: &[TodoId]) -> Self {
        let (verb, text) = match command {
            Command::Create { title, at_top: false, .. } => ("create", Some(title.to_string())),
            Command::Create { title, at_top: true, .. } => ("create_at_top", Some(title.to_string())),
            Command::Rename { title, .. } => ("rename", Some(title.to_string())),
            Command::Complete { .. } => ("complete", None),
            Command::Reopen { .. } => ("reopen", None),
            Command::Delete { .. } => ("delete", None),
            Command::Restore { .. } => ("restore", None),
            Command::Move { after, .. } => ("move", after.map(|it| it.to_string())),
            Command::MoveTo { to, .. } => ("move_to", Some(to.to_string())),
            Command::CompleteAll => ("complete_all", None),
            Command::ReopenAll => ("reopen_all", None),
            Command::ClearCompleted => ("clear_completed", None),
            Command::Undo { event } => ("undo", Some(event.to_string())),
            Command::UndoOp { op } => ("undo_op", Some(op.to_string())),
            Command::CreateList { name } => ("create_list", Some(name.to_string())),
            Command::RenameList { name } => ("rename_list", Some(format!("{list}\n{name}"))),
            Command::MoveList { after: None } => ("move_list", Some(list.to_string())),
            Command::MoveList { after: Some(after) } => ("move_list", Some(format!("{list}\n{after}"))),
            Command::DeleteList => ("delete_list", Some(list.to_string())),
            Command::RestoreList => ("restore_list", Some(list.to_string())),
        };
        Self::of_parts(verb, given, text.as_deref())
    }

    /// The form of this text is stored for 30 days in every database: it must never change.
    fn of_parts(verb: &str, ids: &[TodoId], text: Option<&str>) -> Self {
        let ids: Vec<_> = ids.iter().map(TodoId::to_string).collect();
        let mut parts = format!("{verb}\n{}", ids.join(","));
        // Writing to a string can't fail.
        let _ = text.map(|text| write!(parts, "\n{text}"));
        let digest = Sha256::digest(parts.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self(i64::from_be_bytes(first))
    }
}

/// How a command was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    /// The event that its receipt names.
    pub(crate) event: EventId,
    /// What the command was. What an older version wrote has no hash, and is accepted without the check.
    pub(crate) hash: Option<CommandHash>,
}

impl Answered {
    /// The event for the receipt of a command that was sent under the same op.
    ///
    /// # Errors
    /// [`ServerError::OpReused`] if it is another command.
    pub(crate) fn again(self, hash: CommandHash) -> Result<EventId, ServerError> {
        if self.hash.is_some_and(|it| it != hash) { Err(ServerError::OpReused) } else { Ok(self.event) }
    }
}

/// The event in the receipt of an answered command; `None` if this op was not answered yet.
///
/// # Errors
/// [`ServerError::OpReused`] if the op was used for another command.
pub(crate) async fn answered(
    tx: &mut Tx,
    list: &ListId,
    op: OpId,
    hash: CommandHash,
) -> Result<Option<EventId>, ServerError> {
    let row = query(
        "SELECT seq, tag, command_hash FROM events WHERE stream_id = $1 AND op = $2 \
         UNION ALL SELECT seq, tag, command_hash FROM ops WHERE stream_id = $1 AND op = $2",
    )
    .bind(list.as_str())
    .bind(op.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let event = EventId::from_parts(row.try_get(0)?, row.try_get(1)?);
    let event = event.map_err(|_| ServerError::Corrupt(format!("the receipt of {op}")))?;
    Answered { event, hash: row.try_get::<Option<i64>, _>(2)?.map(CommandHash) }.again(hash).map(Some)
}

/// A command that was answered without an event of its own.
#[derive(Debug)]
pub(crate) struct Unchanging<'a> {
    pub(crate) list: &'a ListId,
    pub(crate) op: OpId,
    pub(crate) hash: CommandHash,
    /// The event that its receipt names.
    pub(crate) event: EventId,
    pub(crate) at_ms: i64,
}

/// Remembers commands that were answered without an event of their own.
pub(crate) fn remember(script: &mut Script, commands: &[Unchanging<'_>]) {
    const COLUMNS: &str = "stream_id, op, command_hash, seq, tag, at_ms";
    for table in tables(commands, 6) {
        let sql = format!(
            "WITH new ({COLUMNS}) AS ({}) INSERT INTO ops ({COLUMNS}) SELECT {COLUMNS} FROM new WHERE op IS NOT NULL",
            table.values
        );
        script.add(&sql);
        for it in table.rows() {
            script
                .bind(it.map(|it| it.list.as_str()))
                .bind(it.map(|it| it.op.to_string()))
                .bind(it.map(|it| it.hash.0))
                .bind(it.map(|it| it.event.seq))
                .bind(it.map(|it| it.event.tag_text()))
                .bind(it.map(|it| it.at_ms));
        }
    }
}

/// Remembers the commands of a list's events up to a number, before these events are pruned. The command
/// that made a list is remembered as long as the list exists.
pub(crate) async fn remember_events(tx: &mut Tx, list: &ListId, up_to: Seq, since_ms: i64) -> Result<(), ServerError> {
    query(
        "INSERT INTO ops (stream_id, op, command_hash, seq, tag, at_ms) \
         SELECT stream_id, op, command_hash, seq, tag, at_ms FROM events WHERE stream_id = $1 AND seq <= $2 \
         AND (at_ms >= $3 OR op = (SELECT op FROM lists WHERE id = $1))",
    )
    .bind(list.as_str())
    .bind(up_to)
    .bind(since_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes, and leaves everything as it was: an answer is remembered and forgotten. To set a row to what it is would
/// write nothing with SQLite.
pub(crate) async fn write_and_undo(tx: &mut Tx, op: OpId) -> Result<(), ServerError> {
    let (home, op) = (ListId::home(), op.to_string());
    query("INSERT INTO ops (stream_id, op, seq, tag, at_ms) VALUES ($1, $2, 0, '', 0)")
        .bind(home.as_str())
        .bind(&*op)
        .execute(&mut **tx)
        .await?;
    query("DELETE FROM ops WHERE stream_id = $1 AND op = $2").bind(home.as_str()).bind(&*op).execute(&mut **tx).await?;
    Ok(())
}

/// Forgets the oldest answers from before a time, at most `most`. Returns how many.
pub(crate) async fn forget(tx: &mut Tx, before_ms: i64, most: i64) -> Result<u64, ServerError> {
    let done = query(
        "DELETE FROM ops WHERE (stream_id, op) IN (SELECT stream_id, op FROM ops WHERE at_ms < $1 \
         AND NOT EXISTS (SELECT 1 FROM lists WHERE lists.id = ops.stream_id AND lists.op = ops.op) \
         ORDER BY at_ms LIMIT $2)",
    )
    .bind(before_ms)
    .bind(most)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ShortText;

    fn text(text: &str) -> ShortText {
        ShortText::parse(text).unwrap()
    }

    #[test]
    fn the_hash_of_a_command_never_changes() {
        let id: TodoId = "018b0000-0000-7000-8000-000000000001".parse().unwrap();
        let hash = |command: &Command, given: &[TodoId]| CommandHash::of(&ListId::home(), command, given);
        let create = Command::Create { id, title: text("Buy milk"), at_top: false };
        assert_eq!(hash(&create, &[]), CommandHash(-8_780_109_508_406_049_911));
        assert_eq!(hash(&create, &[id]), CommandHash(-2_277_154_231_020_434_735));
        assert_eq!(hash(&Command::ClearCompleted, &[]), CommandHash(8_601_066_258_984_546_303));
    }

    #[test]
    fn different_commands_have_different_hashes() {
        let id = TodoId::new(1, &[0; 10]);
        let (home, other): (_, ListId) = (ListId::home(), "other".parse().unwrap());
        let hashes = [
            CommandHash::of(&home, &Command::Create { id, title: text("a"), at_top: false }, &[]),
            CommandHash::of(&home, &Command::Create { id, title: text("a"), at_top: false }, &[id]),
            CommandHash::of(&home, &Command::Create { id, title: text("b"), at_top: false }, &[]),
            CommandHash::of(&home, &Command::Rename { id, title: text("a") }, &[id]),
            CommandHash::of(&home, &Command::Complete { ids: vec![id] }, &[id]),
            CommandHash::of(&home, &Command::Reopen { ids: vec![id] }, &[id]),
            CommandHash::of(&home, &Command::CompleteAll, &[]),
            CommandHash::of(&ListId::index(), &Command::CreateList { name: text("a") }, &[]),
            CommandHash::of(&home, &Command::RenameList { name: text("a") }, &[]),
            CommandHash::of(&other, &Command::RenameList { name: text("a") }, &[]),
            CommandHash::of(&home, &Command::MoveList { after: None }, &[]),
            CommandHash::of(&home, &Command::MoveList { after: Some(other.clone()) }, &[]),
            CommandHash::of(&other, &Command::MoveList { after: None }, &[]),
            CommandHash::of(&home, &Command::DeleteList, &[]),
            CommandHash::of(&other, &Command::DeleteList, &[]),
            CommandHash::of(&home, &Command::RestoreList, &[]),
        ];
        for (n, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..n].contains(hash), "{n}");
        }
    }
}
