//! How the program is started: what it prints, and what it answers to a wrong value.

use std::process::Output;

use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, is_about_a_file, program};

async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program());
    command.args(arguments).envs(variables.iter().copied()).kill_on_drop(true);
    timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap()
}

#[tokio::test]
async fn the_start_says_where_the_server_and_its_data_are() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start().await;
    app.console_says(&format!("todoapp is at http://localhost:{}", app.port)).await;
    app.console_says(&format!("Its data is in {}", app.database().display())).await;
}

#[tokio::test]
async fn a_wrong_value_names_the_flag_and_the_value() {
    for (flag, variable, value) in [
        ("--listen", "TODOAPP_LISTEN", "here"),
        ("--listen", "TODOAPP_LISTEN", "127.0.0.1:99999"),
        ("--log", "TODOAPP_LOG", "loud"),
        ("--allowed-host", "TODOAPP_ALLOWED_HOST", "http://a/"),
    ] {
        for output in [run(&[flag, value], &[]).await, run(&[], &[(variable, value)]).await] {
            let errors = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{errors}");
            assert!(errors.contains(flag) && errors.contains(value), "{errors}");
            assert!(output.stdout.is_empty(), "nothing was started");
        }
    }
    let output = run(&["--no-such-flag"], &[]).await;
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test]
async fn help_and_version_are_answered_and_start_nothing() {
    let output = run(&["--help"], &[]).await;
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for word in ["--listen", "--database-url", "--allowed-host", "--log", "TODOAPP_LISTEN", "websocat 'ws://"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(!help.contains("echo-prefix"), "options for tests are not shown");
    let output = run(&["--version"], &[]).await;
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("todoapp {}\n", env!("CARGO_PKG_VERSION")));
}
