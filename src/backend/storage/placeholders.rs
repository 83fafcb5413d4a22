//! Many ids or many rows in one statement, for both engines: `id IN ($3, $4, …)`, `VALUES ($1, $2), ($3, $4), …`.

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

/// How many rows one statement inserts at most: more would hardly be faster, and are fewer than 32 766 parameters.
const CHUNK_ROWS_MAX: usize = 100;

/// Splits the rows into parts, each with the text of its placeholders, so many for a row.
pub(super) fn row_chunks<T>(rows: &[T], columns: usize) -> impl Iterator<Item = (&[T], String)> {
    rows.chunks(CHUNK_ROWS_MAX).map(move |part| {
        let row = |row: usize| {
            let places: Vec<_> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
            format!("({})", places.join(", "))
        };
        (part, (0..part.len()).map(row).collect::<Vec<_>>().join(", "))
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
    fn every_row_is_in_one_part_and_has_its_own_placeholders() {
        let rows: Vec<_> = (0..CHUNK_ROWS_MAX + 2).collect();
        let parts: Vec<_> = row_chunks(&rows, 3).collect();
        assert_eq!(parts.iter().flat_map(|(part, _)| part.iter().copied()).collect::<Vec<_>>(), rows);
        assert_eq!(parts[1].1, "($1, $2, $3), ($4, $5, $6)");
    }
}
