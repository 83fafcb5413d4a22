//! Times, for people and for machines: by the calendar of UTC, which needs no tables.

use leptos::prelude::*;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// 400 years of the calendar, after which it repeats.
const ERA_DAYS: i64 = 146_097;

/// From 1 March of the year 0 to 1 January 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

/// A moment. A script shows it in the reader's own words and time zone.
#[component]
pub fn Time(
    /// In milliseconds since 1970.
    at_ms: i64,
) -> impl IntoView {
    let at = Civil::of(at_ms);
    view! { <time datetime=at.for_machines()>{at.for_people()}</time> }
}

/// A moment, as a calendar and a clock in UTC show it.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    fn of(at_ms: i64) -> Self {
        let seconds = at_ms.div_euclid(1000);
        let (days, in_day) = (seconds.div_euclid(DAY_SECONDS) + DAYS_BEFORE_1970, seconds.rem_euclid(DAY_SECONDS));
        // Years begin in March here, so that the day that comes and goes is the last of its year.
        let (era, in_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year + year / 4 - year / 100);
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Self {
            year: era * 400 + year + i64::from(month <= 2),
            month,
            day,
            hour: in_day / 3600,
            minute: in_day / 60 % 60,
            second: in_day % 60,
        }
    }

    fn for_machines(&self) -> String {
        let Self { year, month, day, hour, minute, second } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    fn for_people(&self) -> String {
        let Self { year, month, day, hour, minute, .. } = self;
        let name = usize::try_from(month - 1).ok().and_then(|it| MONTHS.get(it)).copied().unwrap_or_default();
        format!("{day} {name} {year}, {hour:02}:{minute:02} UTC")
    }
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
            assert_eq!((at.for_machines().as_str(), at.for_people().as_str()), (machines, people), "{at_ms}");
        }
    }
}
