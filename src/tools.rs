//! The command line: the server, and the tools of who operates it. Each tool has a file of its own.

mod backup;
mod check;
mod copy;
mod doctor;
mod export;
mod formats;
mod import;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::backend::output;
use crate::domain::ListId;
use crate::web::Config;

pub use formats::Format;
pub use import::Import;

/// A real-time to-do list: every screen shows the same list at once.
///
/// Without arguments it is at localhost:3000 for a browser on this machine, and keeps its data in
/// todos.db, in the folder it is started in. Stop it with Ctrl-C.
#[derive(Parser, Debug)]
#[command(
    version,
    subcommand_value_name = "TOOL",
    subcommand_help_heading = "Tools (without one, it serves)",
    disable_help_subcommand = true,
    after_help = "Examples:\n  todoapp\n  todoapp --listen 0.0.0.0:3000 --allowed-host 192.168.1.5\n  \
                  todoapp --database-url sqlite:/var/lib/todoapp/todos.db --log warn,json\n  \
                  todoapp check --database-url sqlite:/var/lib/todoapp/todos.db\n\n\
                  Follow a list from a terminal:\n  websocat 'ws://localhost:3000/ws?list=home&after=0'"
)]
pub struct CommandLine {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub tool: Option<Tool>,

    /// The settings.
    #[command(flatten)]
    pub config: Config,
}

/// What can be done instead of serving.
#[derive(Subcommand, Debug)]
pub enum Tool {
    /// Replay the logs and compare them with the tables; may be used while the server runs
    Check,
    /// Copy the data into a file; may be used while the server runs
    Backup {
        /// The file, which must not exist yet
        file: PathBuf,
    },
    /// Bring the data back from a file that `backup` has written; the server must be stopped
    Restore {
        /// The file
        file: PathBuf,
        /// If there is data already, keep it beside the restored file
        #[arg(long)]
        replace: bool,
    },
    /// Write a list to standard output; may be used while the server runs
    Export {
        /// Which one: the end of the address of its page, or home
        list: ListId,
        /// In which form
        #[arg(long, default_value = "json")]
        format: Format,
    },
    /// Read a list from a file; with SQLite the server must be stopped
    Import(Import),
    /// Copy everything into another database, which must be new, of either engine; no server may use one of them
    Copy {
        /// The address of the database that there is, as in sqlite:todos.db
        from: String,
        /// The address of the new one, as in `postgres://user:password@localhost/todoapp`
        to: String,
    },
    /// Connect to a server as browsers and terminals do, and say what a proxy in between breaks
    Doctor {
        /// The address that people use, as in <https://todo.example.org>
        url: String,
        /// The certificate of the authority that has signed the server's, if this system does not trust it yet
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        /// For how long a socket must last without a message
        #[arg(long, value_name = "NUMBER", default_value_t = 30)]
        seconds: u64,
    },
}

/// Runs a tool.
///
/// # Errors
/// A sentence for the person who started it: what is not well, or what can't be done.
pub async fn run(tool: Tool, config: &Config) -> anyhow::Result<()> {
    match tool {
        Tool::Check => check::run(&config.database_url).await,
        Tool::Backup { file } => backup::back_up(&config.database_url, &file).await,
        Tool::Restore { file, replace } => backup::restore(&config.database_url, &file, replace).await,
        Tool::Export { list, format } => export::run(&config.database_url, &list, format).await,
        Tool::Copy { from, to } => copy::run(&from, &to).await,
        Tool::Doctor { url, ca, seconds } => doctor::run(&url, ca.as_deref(), seconds).await,
        Tool::Import(import) => import::run(&config.database_url, import).await,
    }
}

/// Prints a line for the person at the terminal.
fn say(line: &str) {
    output::stdout().say(&format!("{line}\n"));
    output::stdout().flush();
}
