//! The program: reads its settings and starts the server, or says in one sentence why it can't.

use std::process::ExitCode;

use clap::Parser;
use todoapp::web::{self, Config};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    web::start_log(&config);
    match run(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            web::say_why_not(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    tokio::spawn(web::stop_on_signal(shutdown.clone())?);
    web::run(config, shutdown).await
}
