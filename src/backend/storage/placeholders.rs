//! Many ids or many rows in one statement, for both engines: `id IN ($3, $4, …)`, `VALUES ($1, $2), ($3, $4), …`.

use std::fmt::Write as _;

/// The most ids in one statement. A full list needs only a few statements, and the number is far below the
/// most parameters that an engine takes (32 766 in SQLite).
const CHUNK_IDS_MAX: usize = 500;

/// Splits the ids into parts, each with the text of its placeholders, which begin at `$first`.
pub(super) fn chunks<T>(ids: &[T], first: usize) -> impl Iterator<Item = (&[T], String)> {
    ids.chunks(CHUNK_IDS_MAX).map(move |part| {
        let places: Vec<_> = (first..first + part.len()).map(|n| format!("${n}")).collect();
        (part, places.join(", "))
    })
}

/// How many rows one statement takes at most: more would hardly be faster, and with 12 columns they are far fewer than
/// 32 766 parameters.
const CHUNK_ROWS_MAX: usize = 128;

/// How many tables these rows are split into.
pub(super) fn table_count<T>(rows: &[T]) -> usize {
    rows.len().div_ceil(CHUNK_ROWS_MAX)
}

/// Some of the rows for one statement.
pub(super) struct Table<'a, T> {
    rows: &'a [T],
    /// The text of their placeholders: `VALUES ($1, $2), ($3, $4), …`.
    pub(super) values: String,
    /// For how many rows the text has room.
    room: usize,
}

impl<T> Table<'_, T> {
    /// The rows to bind, in order. The last ones are absent, and are bound as NULL.
    pub(super) fn rows(&self) -> impl Iterator<Item = Option<&T>> {
        (0..self.room).map(|at| self.rows.get(at))
    }
}

/// Splits the rows into tables of so many columns. A table has room for 1, 2, 4, 8 … rows, because each text has to be
/// prepared once, which takes longer than writing a few rows.
pub(super) fn tables<T>(rows: &[T], columns: usize) -> impl Iterator<Item = Table<'_, T>> {
    rows.chunks(CHUNK_ROWS_MAX).map(move |rows| {
        let room = rows.len().next_power_of_two();
        let mut values = "VALUES ".to_owned();
        for place in 0..room * columns {
            let before = match (place, place % columns) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            };
            // Writing to a string can't fail.
            let _ = write!(values, "{before}${}", place + 1);
        }
        values.push(')');
        Table { rows, values, room }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TodoId;

    #[test]
    fn every_id_is_in_one_part_and_has_one_placeholder() {
        let id = |n: usize| TodoId::new(i64::try_from(n).unwrap(), &[0; 10]);
        let ids: Vec<_> = (0..CHUNK_IDS_MAX + 2).map(id).collect();
        let parts: Vec<_> = chunks(&ids, 3).collect();
        assert_eq!(parts.iter().flat_map(|(part, _)| part.iter().copied()).collect::<Vec<_>>(), ids);
        assert_eq!(parts[1].1, "$3, $4");
        assert_eq!(chunks::<TodoId>(&[], 3).count(), 0);
    }

    #[test]
    fn every_row_is_in_one_table_and_has_its_own_placeholders() {
        let rows: Vec<_> = (0..CHUNK_ROWS_MAX + 3).collect();
        let parts: Vec<_> = tables(&rows, 2).collect();
        let bound: Vec<_> = parts.iter().flat_map(|it| it.rows().map(Option::<&usize>::copied)).collect();
        assert_eq!(bound.iter().flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(parts[1].values, "VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8)");
        assert_eq!(bound.last(), Some(&None), "there is room for four");
    }
}
