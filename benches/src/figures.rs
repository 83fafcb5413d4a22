//! What was measured: rows, their medians, and whether budgets are met. It is kept as JSON.

use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::options::Options;
use crate::servers::{Subject, postgres};

/// Everything of one run.
#[derive(Serialize, Deserialize)]
pub(crate) struct Figures {
    /// How many processors the machine has.
    pub(crate) processors: usize,
    /// How often each figure was taken.
    pub(crate) rounds: u32,
    /// How many seconds each load lasted.
    pub(crate) seconds: f64,
    /// Who was measured, in their versions.
    pub(crate) versions: Vec<Version>,
    /// todoapp beside its peers.
    pub(crate) groups: Vec<Group>,
    /// Several servers beside one.
    pub(crate) nodes: Option<Group>,
    /// todoapp alone, with more and more of something.
    pub(crate) growth: Vec<Series>,
}

/// Who was measured, or why not.
#[derive(Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) subject: Subject,
    /// The version and what matters about it; `None` if it is not installed.
    pub(crate) version: Option<String>,
}

/// Rows that belong together, because they were taken of the same servers.
#[derive(Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) title: String,
    /// In the order of the columns.
    pub(crate) subjects: Vec<Subject>,
    pub(crate) rows: Vec<Row>,
}

impl Group {
    /// The rows with a budget.
    pub(crate) fn promised(&self) -> Vec<&Row> {
        self.rows.iter().filter(|it| !it.budgets.is_empty() && !it.taken.is_empty()).collect()
    }
}

/// One thing that was measured.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: Unit,
    /// All of them have to be met.
    pub(crate) budgets: Vec<Budget>,
    /// The figures of each subject, one a round.
    pub(crate) taken: Vec<Taken>,
}

/// The figures of one subject.
#[derive(Serialize, Deserialize)]
pub(crate) struct Taken {
    pub(crate) subject: Subject,
    pub(crate) samples: Vec<f64>,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// How many in a second: the more, the better. In every other unit less is better.
    PerSecond,
    Seconds,
    Bytes,
    /// A part of a whole.
    Share,
    /// A number of things.
    Count,
}

/// What design and README promise.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Budget {
    /// At least this much, or at most where less is better.
    Fixed(f64),
    /// This many times the figure of a peer.
    Times(f64, Subject),
}

/// A table of growth.
#[derive(Serialize, Deserialize)]
pub(crate) struct Series {
    pub(crate) title: String,
    pub(crate) columns: Vec<(String, Unit)>,
    /// A line each, as many values as there are columns; `None` where it can't be had.
    pub(crate) lines: Vec<Vec<Option<f64>>>,
}

impl Figures {
    /// None yet.
    pub(crate) fn new(options: &Options) -> Self {
        let peer = |subject: Subject, version: &str| {
            let version = subject.is_here(options).then(|| version.to_owned());
            Version { subject, version }
        };
        Self {
            processors: available_parallelism().map_or(1, usize::from),
            rounds: options.rounds,
            seconds: options.seconds.as_secs_f64(),
            versions: vec![
                peer(Subject::Todoapp, "this version, synchronous=FULL"),
                peer(Subject::Postgres, &postgres::version()),
                peer(Subject::Gin, &options.gin_version),
                peer(Subject::Ws, &options.ws_version),
                peer(Subject::PocketBase, &options.pocketbase_version),
                peer(Subject::Tcp, "an echo in tokio without WebSocket, HTTP or a console: the limit of this machine"),
            ],
            groups: Vec::new(),
            nodes: None,
            growth: Vec::new(),
        }
    }

    /// Keeps them.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(self)?).with_context(|| format!("{}", path.display()))
    }

    /// Those that were kept.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("there is no {}: `make bench` takes the figures", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is of another version", path.display()))
    }
}

impl Taken {
    /// The median of the rounds.
    pub(crate) fn median(&self) -> f64 {
        median(&self.samples)
    }

    /// How far the rounds are apart: half the distance of the extremes, as a part of the median.
    pub(crate) fn spread(&self) -> f64 {
        let most = self.samples.iter().copied().fold(f64::MIN, f64::max);
        let least = self.samples.iter().copied().fold(f64::MAX, f64::min);
        (most - least) / 2.0 / self.median()
    }
}

impl Row {
    /// A row without figures.
    pub(crate) fn new(what: impl Into<String>, unit: Unit, budgets: &[Budget]) -> Self {
        Self { what: what.into(), unit, budgets: budgets.to_vec(), taken: Vec::new() }
    }

    /// Adds a figure of one round.
    pub(crate) fn add(&mut self, subject: Subject, sample: f64) {
        match self.taken.iter_mut().find(|it| it.subject == subject) {
            Some(taken) => taken.samples.push(sample),
            None => self.taken.push(Taken { subject, samples: vec![sample] }),
        }
    }

    /// The figures of a subject, if it was measured.
    pub(crate) fn of(&self, subject: Subject) -> Option<&Taken> {
        self.taken.iter().find(|it| it.subject == subject)
    }

    /// todoapp's figure as a multiple of a peer's.
    pub(crate) fn times(&self, peer: Subject) -> Option<f64> {
        Some(self.of(Subject::Todoapp)?.median() / self.of(peer)?.median())
    }

    /// Whether all budgets are met; `None` if there are none, or a peer is missing.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let own = self.of(Subject::Todoapp)?.median();
        let reaches = |figure: f64, limit: f64| match self.unit {
            Unit::PerSecond => figure >= limit,
            _ => figure <= limit,
        };
        let each = self.budgets.iter().map(|it| match *it {
            Budget::Fixed(limit) => Some(reaches(own, limit)),
            Budget::Times(limit, peer) => Some(reaches(self.times(peer)?, limit)),
        });
        let each: Vec<_> = each.collect::<Option<_>>()?;
        (!each.is_empty()).then(|| each.into_iter().all(|it| it))
    }
}

/// The middle one.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(unit: Unit, own: &[f64], peer: &[f64], budgets: &[Budget]) -> Row {
        let mut row = Row::new("a row", unit, budgets);
        for (subject, samples) in [(Subject::Todoapp, own), (Subject::Gin, peer)] {
            for sample in samples {
                row.add(subject, *sample);
            }
        }
        row
    }

    #[test]
    fn a_budget_is_met_by_the_median_and_in_the_right_direction() {
        let budgets = [Budget::Fixed(10.0), Budget::Times(2.0, Subject::Gin)];
        assert_eq!(row(Unit::PerSecond, &[1.0, 12.0, 99.0], &[6.0], &budgets).is_met(), Some(true));
        assert_eq!(row(Unit::PerSecond, &[12.0], &[7.0], &budgets).is_met(), Some(false));
        assert_eq!(row(Unit::Seconds, &[9.0], &[4.0], &budgets).is_met(), Some(false));
        assert_eq!(row(Unit::Seconds, &[9.0], &[5.0], &budgets).is_met(), Some(true));
    }

    #[test]
    fn without_the_peer_or_a_budget_nothing_is_met_or_missed() {
        assert_eq!(row(Unit::Seconds, &[1.0], &[], &[Budget::Times(1.0, Subject::Gin)]).is_met(), None);
        assert_eq!(row(Unit::Seconds, &[1.0], &[1.0], &[]).is_met(), None);
    }

    #[test]
    fn the_spread_is_half_the_distance_of_the_extremes() {
        let taken = Taken { subject: Subject::Gin, samples: vec![9.0, 10.0, 12.0] };
        assert!((taken.spread() - 0.15).abs() < 1e-9);
    }
}
