//! The kinds of numbers: what only grows, the same split by a reason, and how often something took how long.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::backend::metrics::text::{Kind, Text, scaled};

/// Something that is counted.
pub(super) trait Metric {
    /// Writes what it is and how much it is.
    fn write(&self, text: &mut Text);
}

/// A count. Each has a line of the processor's cache to itself, or processors that count different things would wait
/// for each other.
#[derive(Debug)]
#[repr(align(64))]
struct Count(AtomicU64);

impl Count {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

/// What only grows.
#[derive(Debug)]
pub(crate) struct Counter {
    name: &'static str,
    help: &'static str,
    count: Count,
}

impl Counter {
    pub(super) const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, count: Count::new() }
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, more: usize) {
        self.count.0.fetch_add(more as u64, Relaxed);
    }
}

impl Metric for Counter {
    fn write(&self, text: &mut Text) {
        text.begin(self.name, Kind::Counter, self.help);
        text.sample(self.name, &[], self.count.0.load(Relaxed));
    }
}

/// What only grows, split by a label that has one of a few values.
#[derive(Debug)]
pub(crate) struct Counters<const N: usize> {
    name: &'static str,
    help: &'static str,
    label: &'static str,
    values: [&'static str; N],
    counts: [Count; N],
}

impl<const N: usize> Counters<N> {
    pub(super) const fn new(
        name: &'static str,
        help: &'static str,
        label: &'static str,
        values: [&'static str; N],
    ) -> Self {
        Self { name, help, label, values, counts: [const { Count::new() }; N] }
    }

    /// Counts one of these. Whatever is none of the values counts as the last one, so there are never more of them.
    pub(crate) fn one(&self, value: &str) {
        let at = self.values.iter().position(|it| *it == value).unwrap_or(N - 1);
        self.counts[at].0.fetch_add(1, Relaxed);
    }
}

impl<const N: usize> Metric for Counters<N> {
    fn write(&self, text: &mut Text) {
        text.begin(self.name, Kind::Counter, self.help);
        for (value, count) in self.values.iter().zip(&self.counts) {
            text.sample(self.name, &[(self.label, value)], count.0.load(Relaxed));
        }
    }
}

/// How often something was how long, or how much. Bounds and sum are in small units, so that they are whole numbers.
#[derive(Debug)]
pub(crate) struct Histogram<const N: usize> {
    name: &'static str,
    help: &'static str,
    /// How many small units make one that is shown.
    scale: u64,
    bounds: [u64; N],
    counts: [Count; N],
    /// What is beyond the last bound.
    beyond: Count,
    sum: Count,
}

impl<const N: usize> Histogram<N> {
    pub(super) const fn new(name: &'static str, help: &'static str, scale: u64, bounds: [u64; N]) -> Self {
        Self { name, help, scale, bounds, counts: [const { Count::new() }; N], beyond: Count::new(), sum: Count::new() }
    }

    /// Counts the time since then, if the histogram is one of times.
    pub(crate) fn since(&self, then: Instant) {
        let scale = u128::from(self.scale);
        let units = then.elapsed().as_nanos() * scale / Duration::from_secs(1).as_nanos();
        self.observe(usize::try_from(units).unwrap_or(usize::MAX));
    }

    pub(crate) fn observe(&self, units: usize) {
        let units = units as u64;
        let at = self.bounds.iter().position(|it| units <= *it);
        at.map_or(&self.beyond, |at| &self.counts[at]).0.fetch_add(1, Relaxed);
        self.sum.0.fetch_add(units, Relaxed);
    }
}

impl<const N: usize> Metric for Histogram<N> {
    fn write(&self, text: &mut Text) {
        text.begin(self.name, Kind::Histogram, self.help);
        let (bucket, mut count) = (format!("{}_bucket", self.name), 0);
        for (bound, own) in self.bounds.iter().zip(&self.counts) {
            count += own.0.load(Relaxed);
            text.sample(&bucket, &[("le", &scaled(*bound, self.scale))], count);
        }
        count += self.beyond.0.load(Relaxed);
        text.sample(&bucket, &[("le", "+Inf")], count);
        text.sample(&format!("{}_sum", self.name), &[], scaled(self.sum.0.load(Relaxed), self.scale));
        text.sample(&format!("{}_count", self.name), &[], count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(metric: &dyn Metric) -> Vec<String> {
        let mut text = Text::default();
        metric.write(&mut text);
        text.into_string().lines().skip(2).map(str::to_owned).collect()
    }

    #[test]
    fn what_is_none_of_the_values_counts_as_the_last_one() {
        let counters = Counters::new("a_total", "A.", "code", ["1000", "other"]);
        for code in ["1000", "3999", "x\"y"] {
            counters.one(code);
        }
        assert_eq!(lines(&counters), ["a_total{code=\"1000\"} 1", "a_total{code=\"other\"} 2"]);
    }

    #[test]
    fn each_bucket_has_what_is_not_longer_than_its_bound() {
        let times = Histogram::new("a_seconds", "A.", 1_000_000, [500, 2_000_000]);
        for micros in [500, 501, 3_000_000] {
            times.observe(micros);
        }
        let expected = [
            "a_seconds_bucket{le=\"0.0005\"} 1",
            "a_seconds_bucket{le=\"2\"} 2",
            "a_seconds_bucket{le=\"+Inf\"} 3",
            "a_seconds_sum 3.001001",
            "a_seconds_count 3",
        ];
        assert_eq!(lines(&times), expected);
        times.since(Instant::now());
        assert_eq!(lines(&times)[0], "a_seconds_bucket{le=\"0.0005\"} 2");
    }
}
