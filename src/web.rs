//! The HTTP part of the server, and how the server starts and stops.

mod access;
mod connection_limits;
mod console;
mod heavy;
mod http;
mod listener;
mod log;
mod metrics;
mod probes;
mod request_ids;
mod router;
mod state;
mod write_deadline;
mod ws;

/// What can be set from outside.
pub mod config;

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use leptos::config::LeptosOptions;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::parts::Parts;
use crate::backend::storage::database;
use crate::backend::{essential, output};

pub use config::Config;
use connection_limits::ConnectionLimits;
use state::AppState;

/// How long requests and sockets may take to end after a signal: less than containers allow.
const DRAIN_WAIT: Duration = Duration::from_secs(8);

/// How long the last writes and the closing of the database may take after that.
const CLOSE_WAIT: Duration = Duration::from_secs(8);

/// Starts the log. A program calls this first, so that everything is logged in the same way.
pub fn start_log(config: &Config) {
    log::start(config.log);
}

/// Says why the server can't start or can't go on. The first line is for the person who started it; the
/// causes are for someone who helps them.
pub fn say_why_not(error: &anyhow::Error) {
    let causes = error.chain().skip(1).map(|it| format!("  because: {it}\n"));
    output::stderr().say(&format!("todoapp: {error}\n{}", causes.collect::<String>()));
    output::stderr().flush();
}

/// Runs the server until `shutdown` is cancelled. Then requests finish, sockets are closed with a reason,
/// waiting commands are written, and the database is closed.
///
/// # Errors
/// A sentence for the person who started it: what can't be used, and what to do.
pub async fn run(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    // Leptos starts its rendering tasks on tokio. This fails if it was already set, which is fine.
    let _ = any_spawner::Executor::init_tokio();
    // Every socket is an open file. Shells often allow only 1024 of them, but let us raise the limit.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::debug!(%error, "The limit of open files stays: {error}");
    }
    let listener = listen(config.listen, "--listen")?;
    let metrics_listener = config.metrics_listen.map(|it| listen(it, "--metrics-listen")).transpose()?;
    let address = listener.local_addr().context("the address listened on is not known")?;
    let database = database::Database::open(&config.database_url).await?;

    let tasks = TaskTracker::new();
    output::stdout().fail(config.failpoint());
    let started = Parts::start(database.clone(), config.retention(), config.failpoint(), tasks.clone()).await;
    let Parts { todos, feeds, counts, stamps, running } = started.context("the lists can't be read")?;
    let console = console::Console::new(config.log.is_json);
    let proxies: Arc<[_]> = config.proxies.into();
    let connections =
        ConnectionLimits::new(listener::CONNECTIONS_MAX, config.connections_per_address_max, proxies.clone());
    let heavy = heavy::Heavy::start().context("no threads can be started for rendering pages")?;
    let state = AppState {
        todos,
        feeds,
        counts,
        access: Arc::new(access::Access::new(address.port(), config.allowed_hosts)),
        console,
        heavy: heavy.clone(),
        stamps,
        kept: http::kept::Kept::default(),
        sockets: ConnectionLimits::new(config.sockets_max, config.sockets_per_address_max, proxies.clone()),
        long_bodies: Arc::new(Semaphore::new(http::functions::LONG_BODIES_MAX)),
        options: options(),
        echo_prefix: config.echo_prefix.into(),
        tasks: tasks.clone(),
        shutdown: shutdown.clone(),
    };

    let host = if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() };
    console.say(&format!("todoapp is at http://{host}:{}", address.port()));
    console.say(&format!("Its data is in {}", database.place()));
    let mut watched = None;
    if let Some(listener) = metrics_listener {
        console.say(&metrics::sentence(listener.local_addr().context("the address for metrics is not known")?));
        watched = Some(metrics::serve(listener, state.clone(), connections.clone()));
    }
    let router = router::router(state, proxies);
    let serving = listener::serve(listener, router, connections, tasks.clone(), shutdown);
    essential::watch("What takes connections", serving).await;

    console.say("Stopping: requests finish, sockets are told goodbye");
    tasks.close();
    if timeout(DRAIN_WAIT, tasks.wait()).await.is_err() {
        tracing::warn!("Some connections did not end in time, and are dropped");
    }
    if timeout(CLOSE_WAIT, running.stop()).await.is_err() {
        tracing::warn!("The database did not close in time; it will recover at the next start");
    }
    // Dropped only now. Its threads must end their read transactions before the database is closed, or the
    // write-ahead log is not merged into the file.
    drop((heavy, watched));
    console.say("Stopped");
    output::stdout().flush();
    output::stderr().flush();
    Ok(())
}

/// Begins to listen on the address that an option names.
fn listen(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    match listener::bind(address) {
        Ok(listener) => Ok(listener),
        Err(error) => {
            let why = match error.kind() {
                ErrorKind::AddrInUse => "another program is using it: stop that one, or choose another",
                ErrorKind::PermissionDenied => "this user may not use it: choose a port above 1023",
                ErrorKind::AddrNotAvailable => "this machine has no such address: choose another",
                _ => "the system refuses it: choose another",
            };
            Err(error).with_context(|| format!("can't listen on {address}: {why} with {option}"))
        }
    }
}

fn options() -> LeptosOptions {
    LeptosOptions::builder().output_name("todoapp").site_pkg_dir(http::assets::package_folder()).build()
}

/// Waits for SIGINT, SIGTERM or SIGHUP, which a closed terminal sends. A second one ends the process at
/// once.
///
/// # Errors
/// If the system does not allow signals to be caught.
pub fn stop_on_signal(shutdown: CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // With `nohup` it must go on after the terminal is closed.
    let mut hang_up = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
    let mut terminal_closed = async move || match &mut hang_up {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    };
    Ok(async move {
        for is_second in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = terminal_closed() => {}
            }
            if is_second {
                // 128 + SIGINT: the code that a shell reports for a program ended by Ctrl-C.
                std::process::exit(130);
            }
            shutdown.cancel();
        }
    })
}

/// Whether SIGHUP is ignored. Linux gives the ignored signals as a set of bits; the lowest bit is SIGHUP.
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|it| it.strip_prefix("SigIgn:"));
    ignored.and_then(|it| u64::from_str_radix(it.trim(), 16).ok()).is_some_and(|it| it & 1 == 1)
}
