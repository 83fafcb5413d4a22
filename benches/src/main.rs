//! Measures todoapp beside what people would otherwise use: arguments, and the order of things. `make bench`
//! builds and starts it.

/// The rows of the tables: what is measured, of whom, and the budgets.
mod compare;

/// What was measured: rows, their medians, and whether budgets are met.
mod figures;

/// How cost grows with what there is, of todoapp only.
mod growth;

/// Loads: what is sent, and how it is timed.
mod load;

/// Connections: HTTP, WebSocket and server-sent events, as cheap as possible.
mod net;

/// Several servers that share one database, beside one server.
mod nodes;

/// The command line.
mod options;

/// Figures for people: tables, the picture, the README.
mod report;

/// The servers: how each is started, measured and stopped.
mod servers;

/// What more machines would do: a simulation.
mod simulate;

/// The load's own threads.
mod threads;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::time::timeout;

use crate::figures::Figures;
use crate::options::{Command, Options};

/// The longest run. An ordinary one takes about half of it.
const RUN_MAX: Duration = Duration::from_mins(15);

/// The exit code of a program that was ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    // Whatever ends the run also drops it, and with it every server that it has started.
    let outcome = tokio::select! {
        outcome = timeout(RUN_MAX, run(&options)) => outcome.context("it took too long").flatten(),
        _ = tokio::signal::ctrl_c() => return interrupted(),
        () = terminated() => return interrupted(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&format!("Stopped: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn interrupted() -> ExitCode {
    report::complain("Interrupted: every server has ended, and the figures of this run are not kept.");
    ExitCode::from(INTERRUPTED)
}

async fn run(options: &Options) -> Result<()> {
    match &options.command {
        Command::TcpEcho { port } => servers::tcp_echo::serve(*port).await,
        Command::Docs => report::docs::write(&options.figures, &options.picture, &options.readme),
        Command::Simulate { seed } => {
            simulate::run(*seed, Figures::load(&options.figures).ok().as_ref());
            Ok(())
        }
        Command::Run { only } => {
            let mut figures = Figures::new(options);
            report::say(&report::table::heading(&figures));
            if only.compare() {
                compare::run(options, &mut figures).await?;
            }
            if only.growth() {
                growth::run(options, &mut figures).await?;
            }
            if only.nodes() {
                nodes::run(options, &mut figures).await?;
            }
            figures.save(&options.figures)?;
            report::say(&format!("All figures are in {}", options.figures.display()));
            Ok(())
        }
    }
}

/// Ends when the process is asked to.
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}
