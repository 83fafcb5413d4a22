//! The README's table and the picture, from figures that were kept. The table stands between two marks, and the rest
//! of the README stays as it is.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{svg, table};
use crate::figures::{Figures, Group, Row};

/// Where the table begins and ends in the README.
const BEGIN: &str = "<!-- Made by `make bench-docs` -->\n";
const END: &str = "<!-- End of what `make bench-docs` makes -->\n";

/// Writes both.
pub(crate) fn write(figures: &Path, picture: &Path, readme: &Path) -> Result<()> {
    let figures = Figures::load(figures)?;
    ensure!(!figures.groups.is_empty(), "the last run compared nothing: run it without BENCH_ONLY");
    let text = std::fs::read_to_string(readme).with_context(|| format!("{}", readme.display()))?;
    let updated = replaced(&text, &block(&figures)).context("the README has no marks for the figures")?;
    std::fs::write(picture, svg::picture(&figures)).with_context(|| format!("{}", picture.display()))?;
    std::fs::write(readme, updated)?;
    super::say(&format!("{} and {} have the new figures", picture.display(), readme.display()));
    Ok(())
}

fn replaced(text: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{block}{END}{after}"))
}

/// The rows that the README shows: those with a budget, or all if there is no budget.
fn shown(group: &Group) -> Vec<&Row> {
    let promised = group.promised();
    if promised.is_empty() { group.rows.iter().collect() } else { promised }
}

fn block(figures: &Figures) -> String {
    let mut text = format!(
        "\nMeasured on {} processors: the median of several rounds of {} s, in which all take turns (here {}). In \
         brackets: todoapp's figure as a multiple of that one.\n",
        figures.processors, figures.seconds, figures.rounds
    );
    for group in figures.groups.iter().chain(&figures.nodes) {
        let table = table::markdown(&table::cells(&group.subjects, &shown(group)));
        text.extend(["\n**", &group.title, "**\n\n", &table]);
    }
    text.push('\n');
    for it in &figures.versions {
        if let Some(version) = &it.version {
            text.extend(["* ", it.subject.name(), ": ", version, "\n"]);
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let text = format!("before\n{BEGIN}old\n{END}after\n");
        assert_eq!(replaced(&text, "new\n"), Some(format!("before\n{BEGIN}new\n{END}after\n")));
        assert_eq!(replaced("no marks", "new"), None);
    }
}
