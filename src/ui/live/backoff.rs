//! How long to wait before trying again. Pure: random numbers and times come from the caller.

/// The first wait: so short that nobody notices when the connection breaks once.
const DELAY_MS: u32 = 250;

/// The longest wait: as long as a person may watch a page that says it is trying again.
const DELAY_MS_MAX: u32 = 15_000;

/// After a connection that lasted this long, the waits are short again. It is as long as the longest wait:
/// if a proxy cuts every connection sooner, the waits grow up to that; if it cuts later, there is no more
/// than one connection in this time.
const LIFE_MS_MIN: i64 = DELAY_MS_MAX as i64;

/// How many tries have failed in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Notes the end of a connection, and how long it lasted.
    pub(crate) fn lived(&mut self, life_ms: i64) {
        if life_ms >= LIFE_MS_MIN {
            self.failures = 0;
        }
    }

    /// How long to wait after one more failure; `chance` is between 0 and 1.
    pub(crate) fn next_ms(&mut self, chance: f64) -> u32 {
        self.failures = self.failures.saturating_add(1);
        delay_ms(self.failures - 1, chance)
    }
}

/// The wait after this many earlier failures. Exponential, with full jitter, so that many browsers do not
/// connect again at the same time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a small maximum")]
pub(crate) fn delay_ms(failures: u32, chance: f64) -> u32 {
    let ceiling = DELAY_MS.saturating_mul(2_u32.saturating_pow(failures)).min(DELAY_MS_MAX);
    (f64::from(ceiling) * chance) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest possible waits after connections that lasted this long.
    fn waits(life_ms: i64, count: usize) -> Vec<u32> {
        let mut backoff = Backoff::default();
        let wait = || {
            backoff.lived(life_ms);
            backoff.next_ms(1.0)
        };
        std::iter::repeat_with(wait).take(count).collect()
    }

    #[test]
    fn the_waits_grow_if_every_connection_is_cut_right_after_its_first_frame() {
        assert_eq!(waits(0, 9), [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        assert_eq!(waits(LIFE_MS_MIN - 1, 3), [250, 500, 1_000]);
    }

    #[test]
    fn after_a_good_connection_the_next_one_is_tried_at_once() {
        assert_eq!(waits(LIFE_MS_MIN, 3), [250, 250, 250]);
    }

    #[test]
    fn the_waits_are_random_and_any_number_of_failures_is_allowed() {
        assert_eq!((delay_ms(0, 0.0), delay_ms(2, 0.5), delay_ms(u32::MAX, 0.5)), (0, 500, 7_500));
        let mut backoff = Backoff { failures: u32::MAX };
        assert_eq!(backoff.next_ms(1.0), DELAY_MS_MAX);
    }
}
