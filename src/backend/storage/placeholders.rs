//! Many ids or numbers in one statement: `id IN ($3, $4, …)`, for both engines.

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
}
