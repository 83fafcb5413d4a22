//! Writes lines to standard output and standard error. Each has its own thread, which gathers lines for some
//! milliseconds and writes them at once, so the rest of the program never waits for a terminal, a pipe or a
//! disk, and rarely has to wake the thread. If nobody reads the output, lines are left out and counted.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

use crate::backend::essential;
use crate::backend::failpoint::{Failpoint, Part};
use crate::backend::metrics;

/// How many bytes may wait for a slow output. Lines beyond that are left out and counted.
const WAITING_BYTES_MAX: usize = 1 << 20;

/// How long lines are gathered. A person sees them at once, and a busy server wakes the thread at most two hundred
/// times a second; waking it for every message cost more than the rest of an echo that is not network.
const GATHER_WAIT: Duration = Duration::from_millis(5);

/// How many bytes are gathered at most, so that a burst of lines is written long before any have to be left out.
const GATHER_BYTES_MAX: usize = 64 << 10;

/// How often the number of lines left out is written.
const LEFT_OUT_INTERVAL: Duration = Duration::from_secs(1);

/// How long the end of the program waits for the last lines.
const FLUSH_WAIT: Duration = Duration::from_secs(1);

static STDOUT: OnceLock<Output> = OnceLock::new();
static STDERR: OnceLock<Output> = OnceLock::new();

/// Standard output: for the person at the terminal.
pub(crate) fn stdout() -> &'static Output {
    STDOUT.get_or_init(|| Output::new("Standard output", io::stdout()))
}

/// Standard error: the log.
pub(crate) fn stderr() -> &'static Output {
    STDERR.get_or_init(|| Output::new("Standard error", io::stderr()))
}

/// Standard output or standard error. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Output(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    grown: Condvar,
    written: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    text: String,
    left_out: u64,
    is_writing: bool,
    is_json: bool,
    fail: Failpoint,
}

impl Output {
    fn new(name: &'static str, target: impl Write + Send + 'static) -> Self {
        let output = Self(Arc::default());
        let shared = output.0.clone();
        std::thread::spawn(move || essential::run(name, || shared.write_to(target)));
        output
    }

    /// Makes the line about lines left out a JSON object, as the other lines are.
    pub(crate) fn speak_json(&self) {
        self.0.waiting().is_json = true;
    }

    /// For tests: makes the writing thread break at the next line about the socket.
    pub(crate) fn fail(&self, fail: Failpoint) {
        self.0.waiting().fail = fail;
    }

    /// Writes a text of whole lines, without waiting.
    pub(crate) fn say(&self, lines: &str) {
        let mut waiting = self.0.waiting();
        if waiting.text.len() > WAITING_BYTES_MAX {
            waiting.left_out += 1;
            metrics::LINES_LEFT_OUT.one();
            return;
        }
        let before = waiting.text.len();
        waiting.text.push_str(lines);
        let is_full = before < GATHER_BYTES_MAX && waiting.text.len() >= GATHER_BYTES_MAX;
        drop(waiting);
        if before == 0 || is_full {
            self.0.grown.notify_one();
        }
    }

    /// Counts a line that the caller left out.
    pub(crate) fn leave_out(&self) {
        let mut waiting = self.0.waiting();
        waiting.left_out += 1;
        let is_first = waiting.left_out == 1;
        drop(waiting);
        metrics::LINES_LEFT_OUT.one();
        if is_first {
            self.0.grown.notify_one();
        }
    }

    /// Waits until everything so far is written, but not for longer than [`FLUSH_WAIT`].
    pub(crate) fn flush(&self) {
        let unwritten = |it: &mut Waiting| it.is_writing || !it.text.is_empty();
        drop(self.0.written.wait_timeout_while(self.0.waiting(), FLUSH_WAIT, unwritten));
    }
}

impl Shared {
    /// Nothing that could panic runs under this lock, so even a poisoned one has only whole lines.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut target: impl Write) {
        let mut text = String::new();
        let mut mentioned_at = None;
        loop {
            let (left_out, is_json, fail) = self.take(&mut text, &mut mentioned_at);
            if left_out > 0 {
                mention(&mut text, left_out, is_json);
            }
            if text.contains("[SERVER LOG]") {
                fail.pass(Part::Console);
            }
            // The server must go on even if an output is gone or full.
            let _ = target.write_all(text.as_bytes()).and_then(|()| target.flush());
            text.clear();
            self.waiting().is_writing = false;
            self.written.notify_all();
        }
    }

    /// Takes the waiting lines after some were gathered, and from time to time the number of those left out.
    fn take(&self, text: &mut String, mentioned_at: &mut Option<Instant>) -> (u64, bool, Failpoint) {
        let mut waiting = self.waiting();
        loop {
            let rest = mentioned_at.map_or(Duration::ZERO, |it| LEFT_OUT_INTERVAL.saturating_sub(it.elapsed()));
            let is_due = waiting.left_out > 0 && rest.is_zero();
            if is_due || !waiting.text.is_empty() {
                let has_room = |it: &mut Waiting| it.text.len() < GATHER_BYTES_MAX;
                let gathered = self.grown.wait_timeout_while(waiting, GATHER_WAIT, has_room);
                waiting = gathered.unwrap_or_else(PoisonError::into_inner).0;
                std::mem::swap(text, &mut waiting.text);
                waiting.is_writing = true;
                let left_out = if is_due { std::mem::take(&mut waiting.left_out) } else { 0 };
                if is_due {
                    *mentioned_at = Some(Instant::now());
                }
                return (left_out, waiting.is_json, waiting.fail);
            }
            waiting = if waiting.left_out > 0 {
                self.grown.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner).0
            } else {
                self.grown.wait(waiting).unwrap_or_else(PoisonError::into_inner)
            };
        }
    }
}

fn mention(text: &mut String, left_out: u64, is_json: bool) {
    let line = format!("[SERVER LOG] {left_out} lines left out: more came than could be written");
    // Writing to a string can't fail.
    let _ = if is_json {
        writeln!(text, "{}", serde_json::json!({ "message": line, "left_out": left_out }))
    } else {
        writeln!(text, "{line}")
    };
}

/// The log writes its lines here, each in one call.
impl Write for &Output {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.say(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// A pipe that accepts a write only when the test allows it.
    struct Gate(Receiver<()>, Sender<String>);

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(io::Error::other)?;
            self.1.send(String::from_utf8(bytes.to_vec()).unwrap()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_output_that_takes_nothing_delays_nobody_and_says_later_how_much_was_left_out() {
        let ((open, gate), (written, seen)) = (channel(), channel());
        let output = Output::new("A test", Gate(gate, written));
        output.say("first\n");
        // The thread takes it, and then waits for the pipe.
        while !output.0.waiting().text.is_empty() {
            std::thread::yield_now();
        }
        let line = format!("{}\n", "x".repeat(1000));
        for _ in 0..3000 {
            output.say(&line);
        }
        assert!(output.0.waiting().text.len() <= WAITING_BYTES_MAX + line.len(), "what waits is bounded");
        for _ in 0..3 {
            open.send(()).unwrap();
        }
        assert_eq!(seen.recv().unwrap(), "first\n");
        let rest = seen.recv().unwrap();
        let kept = rest.lines().filter(|it| it.starts_with('x')).count();
        let said: usize = rest.lines().last().unwrap().split(' ').nth(2).unwrap().parse().unwrap();
        assert_eq!(kept + said, 3000, "each line is written or counted");
        output.say("last\n");
        assert_eq!(seen.recv().unwrap(), "last\n");
    }

    #[test]
    fn lines_are_gathered_and_all_are_written_in_order() {
        let ((open, gate), (written, seen)) = (channel(), channel());
        let output = Output::new("A test", Gate(gate, written));
        let began = Instant::now();
        let lines: Vec<_> = (0..2000).map(|n| format!("line {n}\n")).collect();
        for line in &lines {
            open.send(()).unwrap();
            output.say(line);
        }
        output.flush();
        let writes_max = began.elapsed().as_millis() / GATHER_WAIT.as_millis() + 1;
        let writes: Vec<_> = seen.try_iter().collect();
        assert_eq!(writes.concat(), lines.concat());
        assert!(writes.len() as u128 <= writes_max, "{} writes instead of {writes_max}", writes.len());
    }

    #[test]
    fn the_program_goes_on_when_an_output_is_gone() {
        let ((open, gate), (written, seen)) = (channel(), channel());
        drop((open, seen));
        let output = Output::new("A test", Gate(gate, written));
        for _ in 0..3 {
            output.say("a line\n");
            output.flush();
            assert!(output.0.waiting().text.is_empty());
        }
    }
}
