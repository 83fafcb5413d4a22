//! The calendar of UTC, which needs no tables.

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// 400 years of the calendar, after which it repeats.
const ERA_DAYS: i64 = 146_097;

/// From 1 March of the year 0 to 1 January 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

/// A moment, as a calendar and a clock in UTC show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
    /// The hour.
    pub hour: i64,
    /// The minute.
    pub minute: i64,
    /// The second.
    pub second: i64,
}

impl Civil {
    /// The moment that is so many milliseconds after the beginning of 1970.
    #[must_use]
    pub fn of(at_ms: i64) -> Self {
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

    /// Its date, as in 2026-11-24.
    #[must_use]
    pub fn date(&self) -> String {
        let Self { year, month, day, .. } = self;
        format!("{year:04}-{month:02}-{day:02}")
    }
}
