//! The page in a browser: how long it takes to become interactive, and to show what was done on it. A script for
//! Node.js drives the browser and takes the times inside the page; the server and the lists are made here.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;

use crate::figures::{Budget, Group, Row, Unit};
use crate::options::Options;
use crate::report::say;
use crate::servers::Subject;
use crate::servers::data::Store;

const SCRIPT: &str = "end2end/bench.mjs";

/// The lists: an ordinary one, one whose rows are all on the page, and one that is as long as a list may be.
const TODOS: [usize; 3] = [100, 1_000, 10_000];

/// A change shall be seen in the next frame, and in a list of 10 000 before a person notices that it takes time.
const FRAME: Budget = Budget::Fixed(0.016);
const NOTICED: Budget = Budget::Fixed(0.05);

/// The longest that one round may take. An ordinary one takes a quarter of it.
const ROUND_MAX: Duration = Duration::from_mins(1);

/// What the script prints: seconds, one figure a round.
#[derive(Deserialize)]
struct Printed {
    interactive: Vec<f64>,
    hydration: Vec<f64>,
    tick_long: Vec<f64>,
    tick_longest: Vec<f64>,
    palette: Vec<f64>,
}

/// Takes the figures of this group, or says loudly why there are none.
pub(crate) async fn run(options: &Options) -> Result<Option<Group>> {
    let Some(browser) = &options.browser_version else {
        say("The page in a browser\n  SKIPPED: Chromium or the packages of end2end/ are not installed, \
             `scripts/setup.sh bench` says why");
        return Ok(None);
    };
    let Some(store) = Store::start(Subject::Todoapp, options).await? else { return Ok(None) };
    let mut urls = Vec::new();
    for count in TODOS {
        let list = store.new_list().await?;
        store.fill(&list, count).await?;
        urls.push(format!("http://localhost:{}/lists/{}", store.server.port, list.id));
    }
    let mut script = Command::new("node");
    script.arg(SCRIPT).arg(options.rounds.to_string()).args(urls).kill_on_drop(true);
    // It ends when its input ends, and the browser ends with it, whatever ends this program.
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut script = script.spawn().context("Node.js can't be started")?;
    let input = script.stdin.take();
    let done = timeout(ROUND_MAX * (options.rounds + 1), script.wait_with_output()).await;
    let done = done.context("the browser takes too long")??;
    drop(input);
    ensure!(done.status.success(), "no figures of the browser: {}", String::from_utf8_lossy(&done.stderr));
    let printed: Printed = serde_json::from_slice(&done.stdout).context("the script for the browser prints no JSON")?;
    Ok(Some(Group {
        title: format!("The page in a browser ({browser}, nothing kept from before)"),
        subjects: vec![Subject::Todoapp],
        rows: rows(printed),
    }))
}

fn rows(printed: Printed) -> Vec<Row> {
    let row = |what: &str, budgets: &[Budget], samples: Vec<f64>| {
        let mut row = Row::new(what, Unit::Seconds, budgets);
        for sample in samples {
            row.add(Subject::Todoapp, sample);
        }
        row
    };
    vec![
        row("a list of 100 is interactive", &[], printed.interactive),
        row("  of that, after its program has arrived", &[], printed.hydration),
        row("a tick, painted, in a list of 1 000", &[FRAME], printed.tick_long),
        row("a tick, painted, in a list of 10 000", &[NOTICED], printed.tick_longest),
        row("a letter in the palette, painted, with 10 000 todos", &[NOTICED], printed.palette),
    ]
}
