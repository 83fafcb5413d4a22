//! The program: reads its command line and starts the server or a tool, or says in one sentence why it can't.

use std::process::ExitCode;

use clap::Parser;
use todoapp::tools::{self, CommandLine};
use todoapp::web::{self, Config};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    let CommandLine { tool, config } = CommandLine::parse();
    let config = if tool.is_some() { config.quiet() } else { config };
    web::start_log(&config);
    let done = match tool {
        None => serve(config).await,
        Some(tool) => tools::run(tool, &config).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            web::say_why_not(&error);
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    tokio::spawn(web::stop_on_signal(shutdown.clone())?);
    web::run(config, shutdown).await
}
