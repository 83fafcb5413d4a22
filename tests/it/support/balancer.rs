//! nginx in front of several servers, with the file that people are given for it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::PATIENCE;

/// The file in the documentation.
const CONFIGURATION: &str = include_str!("../../../docs/nginx.conf");

/// nginx, running.
pub(crate) struct Balancer {
    _child: Child,
    _folder: TempDir,
    /// The port it listens on.
    pub(crate) port: u16,
}

impl Balancer {
    /// Starts it in front of the servers with these ports.
    pub(crate) async fn before(nginx: &Path, port: u16, servers: &[u16]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<_> = servers.iter().map(|it| format!("server 127.0.0.1:{it} fail_timeout=1s;")).collect();
        let site = replaced(CONFIGURATION, "server 127.0.0.1:3000 fail_timeout=1s;", &lines.join("\n"));
        let site = replaced(&site, "listen 80;", &format!("listen 127.0.0.1:{port};"));
        let site = replaced(&site, "server_name todos.example.com;", "server_name localhost;");
        std::fs::write(folder.path().join("site.conf"), site).unwrap();
        // What a system sets outside of that file. One process, so that nothing is left when it is killed.
        let here = folder.path().display();
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|it| format!("{it}_temp_path {here}/{it};\n"))
            .concat();
        let user = if is_root() { "user root;" } else { "" };
        let main = format!(
            "{user} daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{}} http {{ access_log off; {paths} include {here}/site.conf; }}"
        );
        std::fs::write(folder.path().join("nginx.conf"), main).unwrap();
        let child = Command::new(nginx)
            .arg("-c")
            .arg(folder.path().join("nginx.conf"))
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, listening).await.expect("nginx listens");
        Self { _child: child, _folder: folder, port }
    }
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|it| it.contains("\nUid:\t0\t"))
}
