//! The log: what it is written with, and how much of it there may be.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata};
use tracing_subscriber::layer::{Context, Filter, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::backend::output;
use crate::web::config::Log;

/// Lines that one place in the code may say in a second. Clients can cause some lines as often as
/// they like, and a log that fills the disk stops the server.
const LINES_PER_SECOND_MAX: u32 = 10;

/// Starts logging, to standard error: standard output is for the lines about the socket.
pub(crate) fn start(log: Log) {
    if log.is_json {
        output::stdout().speak_json();
        output::stderr().speak_json();
    }
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(output::stderr().clone())
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // It would be said with a macro that panics where standard error is gone.
        .log_internal_errors(false);
    let lines = if log.is_json { lines.json().boxed() } else { lines.boxed() };
    let limited = Limit { level: log.level, seconds: Mutex::default() };
    // A second start, as in tests, keeps the first.
    let _ = tracing_subscriber::registry().with(lines.with_filter(limited)).try_init();
    std::panic::set_hook(Box::new(panicked));
}

/// Rust's own hook would write to standard error itself, and wait where nobody reads it.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let what = info.payload_as_str().unwrap_or("no reason given");
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!("Something panicked at {place}: {what}\n{backtrace}");
    } else {
        tracing::error!("Something panicked at {place}: {what}");
    }
}

/// Lets through what is asked for, and so much of it in each second.
struct Limit {
    level: Level,
    /// For each place in the code: when its current second began, and how many lines it has said in it.
    seconds: Mutex<HashMap<Identifier, (Instant, u32)>>,
}

impl<S> Filter<S> for Limit {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        *metadata.level() <= self.level
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        // Whoever asks for more wants all of it.
        let may_be_said = *event.metadata().level() > Level::INFO || self.has_room(event.metadata().callsite());
        if !may_be_said {
            output::stderr().leave_out();
        }
        may_be_said
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level.into())
    }
}

impl Limit {
    fn has_room(&self, place: Identifier) -> bool {
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, lines) = seconds.entry(place).or_insert_with(|| (Instant::now(), 0));
        if began.elapsed() >= Duration::from_secs(1) {
            (*began, *lines) = (Instant::now(), 0);
        }
        *lines += 1;
        *lines <= LINES_PER_SECOND_MAX
    }
}
