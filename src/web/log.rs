//! The log: how lines are written, and how many there may be.

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

/// How many lines one place in the code may log in a second. Clients can cause some lines as often as they
/// like, and a log that fills the disk would stop the server.
const LINES_PER_SECOND_MAX: u32 = 10;

/// Starts logging to standard error. Standard output is for the lines about the socket.
pub(crate) fn start(log: Log) {
    if log.is_json {
        output::stdout().speak_json();
        output::stderr().speak_json();
    }
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(output::stderr().clone())
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // It would print them with a macro that panics if standard error is gone.
        .log_internal_errors(false);
    let lines = if log.is_json { lines.json().with_span_list(false).boxed() } else { lines.boxed() };
    let limited = Limit { level: log.level, seconds: Mutex::default() };
    // If it was already started, as in tests, the first logger stays.
    let _ = tracing_subscriber::registry().with(lines.with_filter(limited)).try_init();
    std::panic::set_hook(Box::new(panicked));
}

/// Replaces Rust's own hook, which writes to standard error directly and would wait if nobody reads it.
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

/// Lets through the lines of the wanted level, and only a limited number in each second.
struct Limit {
    level: Level,
    /// For each place in the code: when its current second began, and how many lines it has logged in it.
    seconds: Mutex<HashMap<Identifier, (Instant, u32)>>,
}

impl<S> Filter<S> for Limit {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        *metadata.level() <= self.level
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        // A person who sets the level to debug or trace wants every line.
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
