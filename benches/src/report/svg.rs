//! The picture: for each row with a peer, a bar for everyone. It follows the colours of the reader's system.

use std::fmt::Write;

use super::format;
use crate::figures::{Figures, Group, Row, Unit};
use crate::servers::Subject;

/// Sizes in pixels.
const WIDTH: f64 = 840.0;
const MARGIN: f64 = 16.0;
const NAMES_WIDTH: f64 = 100.0;
const FIGURES_WIDTH: f64 = 150.0;
const BAR_HEIGHT: f64 = 14.0;
const BAR_STEP: f64 = 20.0;
const TITLE_HEIGHT: f64 = 26.0;
const ROW_GAP: f64 = 14.0;

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.quiet { fill: #59636e }
.back { fill: #ffffff }
.own { fill: #0a7d55 }
.peer { fill: #b6bec7 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.back { fill: #0d1117 }
.own { fill: #2fbf8a }
.peer { fill: #4a535e }
}
";

/// The whole picture.
pub(crate) fn picture(figures: &Figures) -> String {
    let rows = figures.groups.iter().flat_map(Group::promised).filter(|it| it.taken.len() > 1);
    let (mut body, mut top) = (String::new(), MARGIN);
    for row in rows {
        top = bars(&mut body, row, top) + ROW_GAP;
    }
    let height = top - ROW_GAP + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"todoapp beside its peers\">\n\
         <style>\n{STYLE}</style>\n<rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n{body}\
         </svg>\n"
    )
}

/// Adds the bars of a row below `top`, and returns where they end.
fn bars(body: &mut String, row: &Row, top: f64) -> f64 {
    let direction = if row.unit == Unit::PerSecond { "more is better" } else { "less is better" };
    let what = row.what.trim();
    let _ = writeln!(
        body,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.0}\">{what} <tspan class=\"quiet\">({direction})</tspan></text>",
        top + 13.0
    );
    let longest = row.taken.iter().map(crate::figures::Taken::median).fold(f64::MIN_POSITIVE, f64::max);
    let room = WIDTH - 2.0 * MARGIN - NAMES_WIDTH - FIGURES_WIDTH;
    let left = MARGIN + NAMES_WIDTH;
    let mut y = top + TITLE_HEIGHT;
    for taken in &row.taken {
        let class = if taken.subject == Subject::Todoapp { "own" } else { "peer" };
        let width = (room * taken.median() / longest).max(1.0);
        let (base, figure) = (y + BAR_HEIGHT - 3.0, format::figure(taken.median(), row.unit));
        let _ = writeln!(
            body,
            "<text x=\"{MARGIN}\" y=\"{base:.0}\">{}</text>\
             <rect class=\"{class}\" x=\"{left}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{BAR_HEIGHT}\" rx=\"3\"/>\
             <text class=\"quiet\" x=\"{:.0}\" y=\"{base:.0}\">{figure}</text>",
            taken.subject.name(),
            left + width + 8.0
        );
        y += BAR_STEP;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Budget;

    #[test]
    fn the_longest_bar_fits_and_the_others_are_in_proportion() {
        let mut row = Row::new("echo", Unit::PerSecond, &[Budget::Times(1.0, Subject::Gin)]);
        row.add(Subject::Todoapp, 50.0);
        row.add(Subject::Gin, 100.0);
        let mut body = String::new();
        bars(&mut body, &row, 0.0);
        let room = WIDTH - 2.0 * MARGIN - NAMES_WIDTH - FIGURES_WIDTH;
        assert!(body.contains(&format!("width=\"{room:.0}\"")), "{body}");
        assert!(body.contains(&format!("width=\"{:.0}\"", room / 2.0)), "{body}");
    }
}
