//! What is counted for the people who run the server. Each number is an atomic of its own: to count takes no lock, and
//! no number is split by what a client sends.

mod kinds;
mod text;

pub(crate) use kinds::{Counter, Counters, Histogram};
pub(crate) use text::{Kind, Text};

use crate::backend::metrics::kinds::Metric;

/// The bounds of times, in microseconds: from a commit on a fast disk to how long a statement waits for a lock.
const TIMES: [u64; 13] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000];

/// The bounds of batches, up to the largest one.
const SIZES: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

pub(crate) static SOCKETS_OPENED: Counter = Counter::new("todoapp_sockets_opened_total", "Sockets that were opened.");

pub(crate) static SOCKETS_REFUSED: Counters<3> = Counters::new(
    "todoapp_sockets_refused_total",
    "Sockets that were refused: too many in all, too many from one address, or no proper handshake.",
    "reason",
    ["full", "address_full", "handshake"],
);

pub(crate) static SOCKETS_CLOSED: Counters<12> = Counters::new(
    "todoapp_sockets_closed_total",
    "Sockets that have ended, by the close code that was sent; gone where the other side had left without one.",
    "code",
    ["1000", "1001", "1002", "1005", "1007", "1009", "1011", "4008", "4009", "4404", "gone", "other"],
);

pub(crate) static MESSAGES: Counter = Counter::new("todoapp_messages_total", "Messages that were echoed.");

pub(crate) static RESUMES: Counter =
    Counter::new("todoapp_resumes_total", "Cursors that a socket went on from, instead of from now on.");

pub(crate) static RESETS: Counters<2> = Counters::new(
    "todoapp_resets_total",
    "Cursors that could not be gone on from, on a socket or over HTTP: not in this log, or not kept any more.",
    "reason",
    ["unknown", "pruned"],
);

pub(crate) static CONNECTIONS_REFUSED: Counters<2> = Counters::new(
    "todoapp_connections_refused_total",
    "Connections that were refused: too many in all, or too many from one address.",
    "reason",
    ["full", "address_full"],
);

pub(crate) static RESPONSES: Counters<5> = Counters::new(
    "todoapp_http_responses_total",
    "Answers to requests.",
    "status",
    ["1xx", "2xx", "3xx", "4xx", "5xx"],
);

pub(crate) static PAGES: Counters<3> = Counters::new(
    "todoapp_pages_total",
    "Pages and boards: from memory, made anew, or refused because too many were asked for.",
    "source",
    ["memory", "made", "refused"],
);

pub(crate) static COMMANDS: Counters<5> = Counters::new(
    "todoapp_commands_total",
    "Commands: with a receipt, refused by a rule, not written because the database could not, or turned away because \
     too many waited.",
    "outcome",
    ["receipt", "rejected", "not_written", "busy", "stopping"],
);

pub(crate) static EVENTS: Counter = Counter::new("todoapp_events_total", "Events that this process has written.");

pub(crate) static RECEIPT_TIME: Histogram<13> = Histogram::new(
    "todoapp_command_receipt_seconds",
    "From a request with commands to its receipts.",
    1_000_000,
    TIMES,
);

pub(crate) static SOCKET_TIME: Histogram<13> = Histogram::new(
    "todoapp_command_socket_seconds",
    "From a command to each socket that follows its list and is about to write the event.",
    1_000_000,
    TIMES,
);

pub(crate) static BATCH_COMMANDS: Histogram<9> =
    Histogram::new("todoapp_batch_commands", "Commands in one transaction.", 1, SIZES);

pub(crate) static LINES_LEFT_OUT: Counter = Counter::new(
    "todoapp_lines_left_out_total",
    "Lines of the console and of the log that were left out, because there were too many.",
);

/// Everything that is counted.
static ALL: [&(dyn Metric + Sync); 15] = [
    &SOCKETS_OPENED,
    &SOCKETS_REFUSED,
    &SOCKETS_CLOSED,
    &MESSAGES,
    &RESUMES,
    &RESETS,
    &CONNECTIONS_REFUSED,
    &RESPONSES,
    &PAGES,
    &COMMANDS,
    &EVENTS,
    &RECEIPT_TIME,
    &SOCKET_TIME,
    &BATCH_COMMANDS,
    &LINES_LEFT_OUT,
];

/// A transaction was committed, with so many commands and events. One that only checks has no commands.
pub(crate) fn committed(commands: usize, events: usize) {
    if commands > 0 {
        BATCH_COMMANDS.observe(commands);
    }
    EVENTS.add(events);
}

/// Everything that is counted, as text.
pub(crate) fn write(text: &mut Text) {
    for it in ALL {
        it.write(text);
    }
}
