//! Parts that everything depends on. If one of them breaks, the process ends: a server that still answers
//! without its writer would be worse than one that is started again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;

use crate::backend::output;

/// The exit code of a process that ends because a part of it broke: `EX_SOFTWARE` of `sysexits.h`.
const EXIT_CODE: i32 = 70;

/// Does the work of a part; a panic in it ends the process.
pub(crate) async fn watch<T>(part: &'static str, work: impl Future<Output = T>) -> T {
    // Nobody sees what a panic leaves half done, because the process ends.
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(_) => end(part),
    }
}

/// The same for a part with a thread of its own.
pub(crate) fn run<T>(part: &'static str, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| end(part))
}

/// The panic itself is already logged, with its place in the code.
fn end(part: &'static str) -> ! {
    tracing::error!("{part} has broken, so todoapp ends. Start it again: nothing that was answered is lost");
    output::stderr().flush();
    std::process::exit(EXIT_CODE);
}
