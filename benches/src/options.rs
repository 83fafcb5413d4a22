//! The command line. scripts/bench.sh gives most of it by environment variables.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

/// Measures todoapp beside its peers. `make bench` prepares everything and starts it.
#[derive(Parser, Debug)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How often each figure is taken; the median is shown
    #[arg(long, env = "ROUNDS", default_value_t = 3, global = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=50))]
    pub(crate) rounds: u32,

    /// Seconds that each load lasts
    #[arg(long, env = "BENCH_SECONDS", default_value = "1", value_parser = seconds, global = true)]
    pub(crate) seconds: Duration,

    /// todoapp's release
    #[arg(long, env = "TODOAPP_BIN", default_value = "target/release/todoapp", global = true)]
    pub(crate) todoapp: PathBuf,

    /// The server of benches/peers/gin.go, built
    #[arg(long, env = "BENCH_GIN", global = true)]
    pub(crate) gin: Option<PathBuf>,

    /// The folder of the packages that benches/peers/ws.cjs needs
    #[arg(long, env = "BENCH_WS", global = true)]
    pub(crate) ws: Option<PathBuf>,

    /// The program `pocketbase`
    #[arg(long, env = "BENCH_POCKETBASE", global = true)]
    pub(crate) pocketbase: Option<PathBuf>,

    /// What the peers are called, with their versions
    #[arg(long, env = "BENCH_GIN_VERSION", default_value = "", global = true)]
    pub(crate) gin_version: String,
    #[arg(long, env = "BENCH_WS_VERSION", default_value = "", global = true)]
    pub(crate) ws_version: String,
    #[arg(long, env = "BENCH_POCKETBASE_VERSION", default_value = "", global = true)]
    pub(crate) pocketbase_version: String,

    /// The bytes of the first load, which scripts/first-load.sh counts
    #[arg(long, env = "BENCH_FIRST_LOAD", global = true)]
    pub(crate) first_load: Option<u32>,

    /// The version of the browser that CHROMIUM names, if it can be driven with the packages of end2end/
    #[arg(long, env = "BENCH_BROWSER_VERSION", global = true)]
    pub(crate) browser_version: Option<String>,

    /// Where the figures are kept
    #[arg(long, default_value = "target/bench/figures.json", global = true)]
    pub(crate) figures: PathBuf,

    /// The picture for the README
    #[arg(long, default_value = "docs/bench.svg", global = true)]
    pub(crate) picture: PathBuf,

    /// The README, which has a marked place for the figures
    #[arg(long, default_value = "README.md", global = true)]
    pub(crate) readme: PathBuf,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Measure, print the tables and keep the figures
    Run {
        /// Which part
        #[arg(long, env = "BENCH_ONLY", value_enum, default_value_t = Only::All)]
        only: Only,
    },
    /// Make the picture and the README's table of the figures that were kept
    Docs,
    /// Simulate more machines than there are, with the times that were measured
    Simulate {
        /// Another seed is another course of chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Be the simplest TCP server, the limit of what is possible here
    TcpEcho {
        /// The port to listen on
        port: u16,
    },
}

/// A part of the measurements.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    /// Everything
    All,
    /// The budgets, beside the peers
    Compare,
    /// How cost grows
    Growth,
    /// Several servers, beside one
    Nodes,
}

impl Only {
    pub(crate) fn compare(self) -> bool {
        matches!(self, Self::All | Self::Compare)
    }

    pub(crate) fn growth(self) -> bool {
        matches!(self, Self::All | Self::Growth)
    }

    pub(crate) fn nodes(self) -> bool {
        matches!(self, Self::All | Self::Nodes)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|error| error.to_string())?;
    if (0.1..=60.0).contains(&seconds) { Ok(Duration::from_secs_f64(seconds)) } else { Err("0.1 to 60".to_owned()) }
}
