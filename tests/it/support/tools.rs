//! Other programs: starts that fail, `websocat` and `kosoku`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;
use tokio::time::timeout;

use super::{PATIENCE, database, program};

/// Starts the program when it can't start, and returns its sentence. It must end by itself, with code 1 and
/// without a panic, and its first line must be the sentence.
pub(crate) async fn start_fails(arguments: &[&str]) -> String {
    let mut command = Command::new(program());
    command.args(arguments);
    fails(command).await
}

/// The same for a command that the caller has prepared.
pub(crate) async fn fails(mut command: Command) -> String {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
    let output = timeout(PATIENCE, child.unwrap().wait_with_output()).await.expect("it ends by itself").unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(!stdout.contains("todoapp is at"), "it must not claim to have started: {stdout}");
    let sentence = stderr.lines().next().unwrap_or_default();
    sentence.strip_prefix("todoapp: ").unwrap_or_else(|| panic!("not a sentence: {stderr}")).to_owned()
}

/// Runs a tool of the program on a database, which must work, and returns what it prints.
pub(crate) async fn tool(database: &Path, arguments: &[&str]) -> String {
    tool_at(&database::url(database).await, arguments).await
}

/// The same for a database at this address.
pub(crate) async fn tool_at(url: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program());
    command.args(arguments).args(["--database-url", url]).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a tool of the program on a database, which must fail, and returns its sentence.
pub(crate) async fn tool_fails(database: &Path, arguments: &[&str]) -> String {
    start_fails(&[arguments, &["--database-url", &database::url(database).await]].concat()).await
}

/// Prints what is useful to know about a test that fails, or about one that passes with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the test runner takes only this away from tests that pass")]
pub(crate) fn note(text: &str) {
    println!("{text}");
}

/// Says why a test is skipped. Writes to standard error directly, because the test runner hides what passing
/// tests print.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A tool's path, from the environment. `make test` sets it; without it the test is skipped and says so.
pub(crate) fn given_tool(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|it| it.exists());
    if path.is_none() {
        skipped(&format!("{variable} names no program; `make test` installs it and sets {variable}"));
    }
    path
}

/// Whether the release build has made the compressed files of the site. If not, says that the test is
/// skipped. `make dev` does not make them.
pub(crate) fn site_is_built() -> bool {
    let is_built = Path::new("target/site/pkg/todoapp.css.br").exists();
    if !is_built {
        skipped("the packed files of the site: `make build` makes them");
    }
    is_built
}
