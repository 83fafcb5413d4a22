//! RFC 6455 tested with Autobahn's cases, which `kosoku` runs: framing, pings, fragments, UTF-8, closing.

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, given_tool};

/// Binary echoes, large messages and compression. Our server answers in text and closes if a message is not
/// text, accepts 64 KiB, and does not compress. `echo.rs` and `frames.rs` test what happens instead.
const EXCLUDED: [&str; 4] = ["1.2.*", "9.*", "12.*", "13.*"];

/// Broken text in several pieces is found only at its end, which the suite calls not strict.
const NON_STRICT: [&str; 2] = ["6.4.3", "6.4.4"];

/// Cases for which the suite only notes what the server does.
const INFORMATIONAL: [&str; 2] = ["7.1.6", "7.13."];

#[tokio::test]
async fn the_socket_follows_the_protocol_in_every_case() {
    let Some(kosoku) = given_tool("KOSOKU") else { return };
    let app = TestApp::start_with(&["--echo-prefix", ""]).await;
    let report = tempfile::tempdir().unwrap();
    let mut command = Command::new(kosoku);
    command.arg(format!("ws://localhost:{}/ws", app.port)).arg("-o").arg(report.path());
    command.args(EXCLUDED.iter().flat_map(|it| ["-x", it])).kill_on_drop(true);
    let output = timeout(PATIENCE * 2, command.output()).await.expect("it takes ten seconds").unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let index = std::fs::read(report.path().join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    let agents = index.as_object().unwrap();
    let cases: Vec<_> = agents.values().flat_map(|it| it.as_object().unwrap()).collect();
    assert!(cases.len() > 200, "{} cases were played", cases.len());
    for (case, result) in cases {
        let is_noted = INFORMATIONAL.iter().any(|it| case.starts_with(it));
        let expected: &[&str] = match case.as_str() {
            case if NON_STRICT.contains(&case) => &["OK", "NON-STRICT"],
            _ if is_noted => &["OK", "INFORMATIONAL"],
            _ => &["OK"],
        };
        assert!(expected.contains(&result["behavior"].as_str().unwrap()), "{case}: {result}");
        let closes: &[&str] = if is_noted { &["OK", "INFORMATIONAL"] } else { &["OK"] };
        assert!(closes.contains(&result["behaviorClose"].as_str().unwrap()), "{case}: {result}");
    }
    assert!(!app.console().iter().any(|it| it.contains("panicked")));
}
