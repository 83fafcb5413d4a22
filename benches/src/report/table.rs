//! Tables: for a terminal, and as Markdown for the README. Both are made of the same cells.

use super::format;
use crate::figures::{Figures, Group, Row, Series};
use crate::servers::Subject;

/// A table as texts: the heads of the columns, and the lines.
pub(crate) struct Cells {
    pub(crate) heads: Vec<String>,
    pub(crate) lines: Vec<Vec<String>>,
}

/// Who was measured and how, and loudly who was not.
pub(crate) fn heading(figures: &Figures) -> String {
    let (processors, rounds, seconds) = (figures.processors, figures.rounds, figures.seconds);
    let who = figures.versions.iter().map(|it| {
        let version = it.version.as_deref();
        let version = version.unwrap_or("SKIPPED: it is not installed, `scripts/setup.sh bench` says why");
        format!("  {:<13} {version}", it.subject.name())
    });
    format!(
        "Measured on {processors} processors. Rounds of {seconds} s, in which all take turns: {rounds}. Shown is the \
         median, ± half the distance of the extremes.\n(0.75x) after a peer's figure: todoapp has 0.75 times of \
         it.\n{}",
        who.collect::<Vec<_>>().join("\n")
    )
}

/// A group for a terminal.
pub(crate) fn of_group(group: &Group) -> String {
    format!("{}\n{}", group.title, plain(&cells(&group.subjects, &group.rows.iter().collect::<Vec<_>>())))
}

/// A table of growth for a terminal.
pub(crate) fn of_series(series: &Series) -> String {
    let cell = |value: &Option<f64>, unit| value.map_or_else(|| "–".to_owned(), |it| format::figure(it, unit));
    let lines = series
        .lines
        .iter()
        .map(|line| line.iter().zip(&series.columns).map(|(value, (_, unit))| cell(value, *unit)).collect());
    let heads = series.columns.iter().map(|(name, _)| name.clone()).collect();
    format!("{}\n{}", series.title, plain(&Cells { heads, lines: lines.collect() }))
}

/// The cells of rows, with a column for each subject.
pub(crate) fn cells(subjects: &[Subject], rows: &[&Row]) -> Cells {
    let mut heads = vec![String::new()];
    heads.extend(subjects.iter().map(|it| it.name().to_owned()));
    heads.extend(["budget".to_owned(), String::new()]);
    let lines = rows.iter().map(|row| {
        let mut line = vec![row.what.clone()];
        line.extend(subjects.iter().map(|it| figure(row, *it)));
        let budgets: Vec<_> = row.budgets.iter().map(|it| format::budget(*it, row.unit)).collect();
        line.push(budgets.join(", "));
        line.push(match row.is_met() {
            Some(true) => "met".to_owned(),
            Some(false) => "missed".to_owned(),
            None if row.budgets.is_empty() => String::new(),
            None => "not measured".to_owned(),
        });
        line
    });
    Cells { heads, lines: lines.collect() }
}

fn figure(row: &Row, subject: Subject) -> String {
    let Some(taken) = row.of(subject) else { return "–".to_owned() };
    let text = format::with_spread(taken, row.unit);
    // A share compares two sides of one run already.
    match row.times(subject).filter(|_| subject != Subject::Todoapp && row.unit != crate::figures::Unit::Share) {
        Some(times) => format!("{text} ({})", format::times(times)),
        None => text,
    }
}

/// For a terminal: columns as wide as their longest cell.
fn plain(cells: &Cells) -> String {
    let all: Vec<&Vec<String>> = std::iter::once(&cells.heads).chain(&cells.lines).collect();
    let width = |column: usize| all.iter().map(|it| it[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..cells.heads.len()).map(width).collect();
    let line = |line: &&Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}", cells.collect::<Vec<_>>().join("   ")).trim_end().to_owned()
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// As Markdown.
pub(crate) fn markdown(cells: &Cells) -> String {
    let line = |it: &Vec<String>| format!("| {} |\n", it.iter().map(|it| it.trim()).collect::<Vec<_>>().join(" | "));
    let rule = format!("|{}\n", " --- |".repeat(cells.heads.len()));
    format!("{}{rule}{}", line(&cells.heads), cells.lines.iter().map(line).collect::<String>())
}
