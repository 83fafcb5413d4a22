//! Times, for people and for machines.

use leptos::prelude::*;

use crate::domain::calendar::Civil;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment. A script shows it in the reader's own words and time zone.
#[component]
pub fn Time(
    /// In milliseconds since 1970.
    at_ms: i64,
) -> impl IntoView {
    let at = Civil::of(at_ms);
    view! { <time datetime=for_machines(&at)>{for_people(&at)}</time> }
}

/// As in 2026-11-24T20:05:01Z.
fn for_machines(at: &Civil) -> String {
    let Civil { hour, minute, second, .. } = at;
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", at.date())
}

/// As in 24 Nov 2026, 20:05 UTC.
fn for_people(at: &Civil) -> String {
    let Civil { year, month, day, hour, minute, .. } = at;
    let name = usize::try_from(month - 1).ok().and_then(|it| MONTHS.get(it)).copied().unwrap_or_default();
    format!("{day} {name} {year}, {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_the_date_that_the_calendar_says() {
        for (at_ms, machines, people) in [
            (0, "1970-01-01T00:00:00Z", "1 Jan 1970, 00:00 UTC"),
            (951_782_399_999, "2000-02-28T23:59:59Z", "28 Feb 2000, 23:59 UTC"),
            (951_782_400_000, "2000-02-29T00:00:00Z", "29 Feb 2000, 00:00 UTC"),
            (1_709_251_199_000, "2024-02-29T23:59:59Z", "29 Feb 2024, 23:59 UTC"),
            (1_735_689_600_000, "2025-01-01T00:00:00Z", "1 Jan 2025, 00:00 UTC"),
            (1_795_550_701_500, "2026-11-24T20:05:01Z", "24 Nov 2026, 20:05 UTC"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z", "1 Mar 2100, 00:00 UTC"),
            (-1, "1969-12-31T23:59:59Z", "31 Dec 1969, 23:59 UTC"),
        ] {
            let at = Civil::of(at_ms);
            assert_eq!((for_machines(&at).as_str(), for_people(&at).as_str()), (machines, people), "{at_ms}");
        }
    }
}
