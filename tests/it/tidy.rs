//! The rules of the code base, as tests. Each failure names the file and the line.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest file and the longest line: what a person can keep in mind, and what fits on a screen.
const LINES_MAX: usize = 400;
const LINE_CHARS_MAX: usize = 120;

/// The floors of the crate, from the top.
const FLOORS: [&str; 8] = ["tools", "web", "ui", "api", "backend", "sync", "protocol", "domain"];

/// How a colour begins that is not a token.
const COLOUR_FUNCTIONS: [&str; 6] = ["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab("];

/// A file of the project, with its path from the root.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path: path.to_str().unwrap().to_owned(), text }
    }

    /// The lines that are code, without comments and without the tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.text.split("[cfg(test)]").next().unwrap_or_default();
        code.lines().enumerate().filter(|(_, it)| !it.trim_start().starts_with("//")).map(|(n, it)| (n + 1, it))
    }

    /// Where the code contains one of these words, as `path:line: text`.
    fn finds(&self, words: &[&str]) -> Vec<String> {
        let lines = self.code().filter(|(_, it)| words.iter().any(|word| it.contains(word)));
        lines.map(|(n, it)| format!("{}:{n}: {}", self.path, it.trim())).collect()
    }

    /// Whether the file is on this floor: for example `src/ui.rs` or a file under `src/ui/`.
    fn is_on(&self, floor: &str) -> bool {
        self.path == format!("src/{floor}.rs") || self.path.starts_with(&format!("src/{floor}/"))
    }

    fn is_one_of(&self, paths: &[&str]) -> bool {
        paths.contains(&self.path.as_str())
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files under a folder whose names end with `ending`, in the order of their paths.
fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut folders = vec![PathBuf::from(folder)];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(!paths.is_empty(), "{folder} has no {ending}");
    paths.iter().map(|it| Source::read(it)).collect()
}

fn rust() -> Vec<Source> {
    let mut all = files("src", ".rs");
    all.extend(files("tests", ".rs"));
    all.extend(files("benches", ".rs"));
    all.push(Source::read(Path::new("build.rs")));
    all
}

/// Fails if anything was found, with one line for each.
#[track_caller]
fn none(found: impl IntoIterator<Item = String>, rule: &str) {
    let found: Vec<_> = found.into_iter().collect();
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn only_one_file_knows_of_the_two_features() {
    let found: Vec<_> =
        files("src", ".rs").iter().flat_map(|it| it.finds(&["cfg(feature", "cfg(not(feature"])).collect();
    let (here, elsewhere): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it.starts_with("src/lib.rs:"));
    none(elsewhere, "only src/lib.rs knows of features");
    assert_eq!(here.len(), 4, "src/lib.rs has one cfg(feature for each part that runs on one side only: {here:#?}");
}

#[test]
fn a_floor_uses_only_floors_below_it() {
    let sources = files("src", ".rs");
    for (at, floor) in FLOORS.iter().enumerate() {
        let above: Vec<_> = FLOORS[..at].iter().map(|it| format!("crate::{it}")).collect();
        let above: Vec<_> = above.iter().map(String::as_str).collect();
        let files = sources.iter().filter(|it| it.is_on(floor));
        assert!(files.clone().next().is_some(), "{floor} has no files");
        none(files.flat_map(|it| it.finds(&above)), &format!("src/{floor} uses only what is below it"));
    }
}

#[test]
fn paths_within_the_crate_begin_at_its_root() {
    // So that the test above sees every use of another floor.
    let found = files("src", ".rs").iter().flat_map(|it| it.finds(&["super::super::"])).collect::<Vec<_>>();
    none(found, "write crate:: and the path from there");
}

#[test]
fn pure_code_uses_no_framework() {
    let sources = files("src", ".rs");
    let pure = sources.iter().filter(|it| ["domain", "protocol", "sync"].iter().any(|floor| it.is_on(floor)));
    none(pure.flat_map(|it| it.finds(&["leptos", "axum", "sqlx", "tokio"])), "domain, protocol and sync are pure");
}

#[test]
fn sql_stays_in_the_storage() {
    let sources = files("src", ".rs");
    let allowed = |it: &&Source| it.path.starts_with("src/backend/storage") || it.is_one_of(&["src/backend/error.rs"]);
    none(sources.iter().filter(|it| !allowed(it)).flat_map(|it| it.finds(&["sqlx"])), "sqlx stays in the storage");
}

#[test]
fn events_are_written_in_one_file_and_server_functions_are_in_one_file() {
    let sources = files("src", ".rs");
    let log = sources.iter().filter(|it| !it.is_one_of(&["src/backend/storage/event_log.rs"]));
    none(log.flat_map(|it| it.finds(&["INSERT INTO events"])), "only the log appends events");
    let doors = sources.iter().filter(|it| !it.is_one_of(&["src/api.rs"]));
    none(doors.flat_map(|it| it.finds(&["#[server(", "#[server]"])), "server functions are in src/api.rs");
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let silent = rust().into_iter().filter(|it| !it.text.starts_with("//! "));
    none(silent.map(|it| format!("{}:1", it.path)), "a file begins with `//! ` and its one job");
}

#[test]
fn no_file_and_no_line_is_too_long() {
    let long_files = rust().into_iter().filter(|it| it.text.lines().count() > LINES_MAX);
    none(long_files.map(|it| it.path), "a file has at most 400 lines");
    let long_lines = rust().into_iter().flat_map(|it| {
        let lines = it.text.lines().enumerate().filter(|(_, line)| line.chars().count() > LINE_CHARS_MAX);
        lines.map(|(n, line)| format!("{}:{}: {line}", it.path, n + 1)).collect::<Vec<_>>()
    });
    none(long_lines, "a line has at most 120 characters");
}

#[test]
fn a_module_is_a_file_of_its_name() {
    let found = rust().into_iter().filter(|it| it.path.ends_with("/mod.rs")).map(|it| it.path);
    none(found, "name.rs beside name/, never mod.rs");
}

#[test]
fn nothing_is_unwrapped_except_in_tests() {
    let sources = files("src", ".rs").into_iter().chain(files("benches", ".rs"));
    none(sources.flat_map(|it| it.finds(&[".unwrap()", ".expect("])), "errors are handled, not unwrapped");
}

#[test]
fn the_map_names_only_paths_that_exist() {
    let map = Source::read(Path::new("ARCHITECTURE.md"));
    let quoted: Vec<_> = map.text.split('`').skip(1).step_by(2).collect();
    let is_path = |it: &&&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        it.contains('/') && !it.starts_with('/') && it.chars().all(plain)
    };
    let exists = |it: &str| root().join(it).exists() || root().join("src").join(it).exists();
    let missing = quoted.iter().filter(is_path).filter(|it| !exists(it)).map(|it| (*it).to_owned());
    none(missing, "ARCHITECTURE.md names paths that do not exist");
}

#[test]
fn every_style_sheet_is_imported() {
    let main = Source::read(Path::new("style/main.css"));
    let sheets = files("style", ".css").into_iter().filter(|it| it.path != main.path);
    let import = |it: &Source| format!("@import \"./{}\";", it.path.trim_start_matches("style/"));
    none(sheets.filter(|it| !main.text.contains(&import(it))).map(|it| it.path), "style/main.css imports every sheet");
}

#[test]
fn colours_have_names() {
    let sheets = files("style", ".css").into_iter().filter(|it| it.path != "style/tokens.css");
    let found = sheets.flat_map(|it| {
        let lines = it.text.lines().enumerate().filter(|(_, line)| has_colour(line));
        lines.map(|(n, line)| format!("{}:{}: {}", it.path, n + 1, line.trim())).collect::<Vec<_>>()
    });
    none(found, "raw colours are only allowed in style/tokens.css");
}

/// Whether a declaration has a raw colour: `#` and 3 to 8 hexadecimal digits, or a function.
fn has_colour(line: &str) -> bool {
    let Some((_, value)) = line.split_once(':') else { return false };
    let hex = value.split('#').skip(1).any(|it| {
        let word = it.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        (3..=8).contains(&word.len()) && word.chars().all(|c| c.is_ascii_hexdigit())
    });
    hex || COLOUR_FUNCTIONS.iter().any(|it| value.contains(it))
}

#[test]
fn no_view_has_a_style_attribute() {
    let sources = files("src/ui", ".rs");
    let found = sources.iter().flat_map(|it| it.finds(&[" style=", " style:"]));
    none(found, "the content policy forbids style attributes; use a class");
}
