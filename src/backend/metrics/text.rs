//! The text that Prometheus reads (its exposition format 0.0.4).

use std::fmt::{Display, Write};

/// What a number is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How often something was how much.
    Histogram,
}

/// The text so far.
#[derive(Debug, Default)]
pub(crate) struct Text(String);

impl Text {
    /// Begins a metric. Its samples must come next.
    pub(crate) fn begin(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// One number, with its labels.
    pub(crate) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (n, (label, of)) in labels.iter().enumerate() {
            let of = of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{of}\"", if n == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// A number that goes up and down, as it is now.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.begin(name, Kind::Gauge, help);
        self.sample(name, &[], value);
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// A number of small units as a decimal number of large ones. `scale` is a power of ten.
pub(super) fn scaled(units: u64, scale: u64) -> String {
    let (whole, rest) = (units / scale, units % scale);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = scale.ilog10() as usize;
    format!("{whole}.{rest:0digits$}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_label_or_a_sentence_ends_it() {
        let mut text = Text::default();
        text.begin("a_total", Kind::Counter, "one\\\ntwo");
        text.sample("a_total", &[("x", "\"\\\n"), ("y", "z")], 7);
        assert_eq!(
            text.into_string(),
            "# HELP a_total one\\\\\\ntwo\n# TYPE a_total counter\na_total{x=\"\\\"\\\\\\n\",y=\"z\"} 7\n"
        );
    }

    #[test]
    fn units_are_written_as_decimal_numbers() {
        let shown = [(0, 1), (12, 1), (500, 1_000_000), (2_500_000, 1_000_000), (3, 1_000_000)];
        assert_eq!(shown.map(|(units, scale)| scaled(units, scale)), ["0", "12", "0.0005", "2.5", "0.000003"]);
    }
}
