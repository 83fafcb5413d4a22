//! nginx and Caddy in front of several servers, with the files that people are given for them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::PATIENCE;

/// The files in the documentation.
const NGINX: &str = include_str!("../../../docs/nginx.conf");
const CADDY: &str = include_str!("../../../docs/Caddyfile");

/// What a test sets outside of that file: no port for administration, none for redirects, and nothing in the
/// certificates of the system.
const CADDY_HERE: &str = "{\n admin off\n auto_https disable_redirects\n skip_install_trust\n}\n";

/// A balancer, running.
pub(crate) struct Balancer {
    _child: Child,
    folder: TempDir,
    /// The port on which it speaks http.
    pub(crate) port: u16,
}

impl Balancer {
    /// Starts nginx in front of the servers with these ports.
    pub(crate) async fn nginx(nginx: &Path, port: u16, servers: &[u16]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<_> = servers.iter().map(|it| format!("server 127.0.0.1:{it} fail_timeout=1s;")).collect();
        let site = replaced(NGINX, "server 127.0.0.1:3000 fail_timeout=1s;", &lines.join("\n"));
        let site = replaced(&site, "listen 80;", &format!("listen 127.0.0.1:{port};"));
        let site = replaced(&site, "server_name todos.example.com;", "server_name localhost;");
        std::fs::write(folder.path().join("site.conf"), site).unwrap();
        // What a system sets outside of that file. One process, so that nothing is left when it is killed.
        let here = folder.path().display();
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|it| format!("{it}_temp_path {here}/{it};\n"))
            .concat();
        let main = format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{}} http {{ access_log off; {paths} include {here}/site.conf; }}"
        );
        std::fs::write(folder.path().join("nginx.conf"), main).unwrap();
        let mut command = Command::new(nginx);
        command.arg("-c").arg(folder.path().join("nginx.conf")).arg("-e").arg(folder.path().join("error.log"));
        Self::run(command, folder, &[port]).await
    }

    /// Starts Caddy in front of the servers with these ports. It speaks http on the first port, and https on the
    /// second one, with a certificate of its own authority.
    pub(crate) async fn caddy(caddy: &Path, ports: [u16; 2], servers: &[u16]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let servers: Vec<_> = servers.iter().map(|it| format!("127.0.0.1:{it}")).collect();
        let site = replaced(CADDY, "reverse_proxy 127.0.0.1:3000", &format!("reverse_proxy {}", servers.join(" ")));
        let of = |address: String| replaced(&site, "todos.example.com {", &address);
        let http = of(format!("http://localhost:{} {{\nbind 127.0.0.1", ports[0]));
        let https = of(format!("https://localhost:{} {{\nbind 127.0.0.1\ntls internal", ports[1]));
        std::fs::write(folder.path().join("Caddyfile"), [CADDY_HERE, &http, &https].concat()).unwrap();
        let mut command = Command::new(caddy);
        command.arg("run").arg("--config").arg(folder.path().join("Caddyfile")).stderr(Stdio::null());
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, folder.path());
        }
        Self::run(command, folder, &ports).await
    }

    async fn run(mut command: Command, folder: TempDir, ports: &[u16]) -> Self {
        let child = command.stdin(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        for port in ports {
            let listening = async {
                while TcpStream::connect(("127.0.0.1", *port)).await.is_err() {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            timeout(PATIENCE, listening).await.expect("it listens");
        }
        Self { _child: child, folder, port: ports[0] }
    }

    /// The certificate of Caddy's own authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("caddy/pki/authorities/local/root.crt")
    }
}

/// A port that is free now, and surely not taken before a balancer listens there.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}
