//! Numbers as people read them: three digits that matter, and a unit that fits.

use crate::figures::{Budget, Taken, Unit};

/// A figure with its unit.
pub(crate) fn figure(value: f64, unit: Unit) -> String {
    match unit {
        Unit::PerSecond => format!("{}/s", grouped(value)),
        Unit::Seconds if value >= 1.0 => format!("{} s", short(value)),
        Unit::Seconds if value >= 1e-3 => format!("{} ms", short(value * 1e3)),
        Unit::Seconds => format!("{} µs", short(value * 1e6)),
        Unit::Bytes if value >= 1e6 => format!("{} MB", short(value / 1e6)),
        Unit::Bytes if value >= 1e3 => format!("{} kB", short(value / 1e3)),
        Unit::Bytes => format!("{} B", short(value)),
        Unit::Share => format!("{:.0} %", value * 100.0),
        Unit::Count => grouped(value),
    }
}

/// A median, and how far the rounds were apart.
pub(crate) fn with_spread(taken: &Taken, unit: Unit) -> String {
    let median = figure(taken.median(), unit);
    if taken.samples.len() < 2 { median } else { format!("{median} ±{:.0} %", taken.spread() * 100.0) }
}

/// How many times something is something else.
pub(crate) fn times(value: f64) -> String {
    format!("{}x", if value < 10.0 { format!("{value:.2}") } else { short(value) })
}

/// What is promised.
pub(crate) fn budget(budget: Budget, unit: Unit) -> String {
    let least_or_most = if unit == Unit::PerSecond { "≥" } else { "≤" };
    match budget {
        Budget::Fixed(value) => format!("{least_or_most} {}", figure(value, unit)),
        Budget::Times(value, peer) => format!("{least_or_most} {} {}", times(value), peer.name()),
    }
}

fn short(value: f64) -> String {
    let decimals =
        if value.abs() >= 100.0 { 0 } else { usize::from(value.abs() < 10.0) + usize::from(value.abs() < 99.5) };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A whole number with three digits that matter, and a space between thousands.
fn grouped(value: f64) -> String {
    let step = 10_f64.powf((value.abs().max(1.0).log10().floor() - 2.0).max(0.0));
    let digits = format!("{:.0}", (value / step).round() * step);
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        for (value, unit, text) in [
            (1_043_567.0, Unit::PerSecond, "1 040 000/s"),
            (981.4, Unit::PerSecond, "981/s"),
            (0.000_068_4, Unit::Seconds, "68.4 µs"),
            (0.010_93, Unit::Seconds, "10.9 ms"),
            (0.001, Unit::Seconds, "1 ms"),
            (0.1, Unit::Seconds, "100 ms"),
            (5_432.0, Unit::Bytes, "5.43 kB"),
            (222_640.0, Unit::Bytes, "223 kB"),
            (0.456, Unit::Share, "46 %"),
            (10_000.0, Unit::Count, "10 000"),
        ] {
            assert_eq!(figure(value, unit), text);
        }
    }
}
