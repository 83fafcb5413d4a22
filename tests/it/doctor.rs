//! The tool `doctor`: all is well without a proxy, and what a bad proxy breaks is said.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::{Fault, PATIENCE, Proxy, TestApp, make_certificates, program};

/// What the doctor says of this port: whether all is well, and all its lines.
async fn visit(port: u16) -> (bool, String) {
    visit_with(&format!("http://localhost:{port}"), &[]).await
}

/// The same for an address and with further arguments.
async fn visit_with(url: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(program());
    command.args(["doctor", url, "--seconds", "1"]).args(arguments).kill_on_drop(true);
    let output: Output = timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap();
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap()).concat();
    assert!(!said.contains("panicked"), "{said}");
    (output.status.success(), said)
}

/// A proxy that changes the head of each request.
async fn changing(server_port: u16, change: fn(String) -> String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = vec![0; 8192];
                let length = client.read(&mut head).await.unwrap_or(0);
                head.truncate(length);
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", server_port)).await else { return };
                let head = change(String::from_utf8(head).unwrap());
                if server.write_all(head.as_bytes()).await.is_ok() {
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    });
    port
}

/// The server, which also answers to the name of a proxy.
async fn server_behind(proxy_port: u16, mut app: TestApp) -> TestApp {
    app.stop().await;
    app.start_again_with(&["--allowed-host", &format!("localhost:{proxy_port}")]).await;
    app
}

#[tokio::test]
async fn without_a_proxy_all_is_well() {
    let app = TestApp::start().await;
    let (is_well, said) = visit(app.port).await;
    // In a debug build pages are compressed, too.
    assert!(is_well && !said.contains("wrong") && said.contains("still open after 1 s"), "{said}");
    app.console_shows("the echo", |it| it.contains("[SERVER LOG] Message received: doctor")).await;
}

#[tokio::test]
async fn a_name_that_the_server_does_not_know_is_named_with_the_remedy() {
    let app = TestApp::start().await;
    let proxy = Proxy::before(app.port).await;
    let (is_well, said) = visit(proxy.port).await;
    assert!(!is_well && said.contains(&format!("--allowed-host localhost:{}", proxy.port)), "{said}");
    let _app = server_behind(proxy.port, app).await;
    let (is_well, said) = visit(proxy.port).await;
    assert!(is_well, "{said}");
}

#[tokio::test]
async fn a_network_that_does_not_work_is_said_in_a_few_seconds() {
    let app = TestApp::start().await;
    let proxy = Proxy::before(app.port).await;
    let _app = server_behind(proxy.port, app).await;
    for (fault, expected) in [
        (Fault::Reset, "Asked for its health"),
        (Fault::Frozen, "no answer within 5 s"),
        (Fault::DeafClient, "no answer within 5 s"),
        (Fault::CutAfter(100), "Asked for its health"),
    ] {
        proxy.set(fault);
        let (is_well, said) = timeout(Duration::from_secs(20), visit(proxy.port)).await.unwrap();
        assert!(!is_well && said.contains(expected), "{fault:?}: {said}");
    }
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let (is_well, said) = visit(free).await;
    assert!(!is_well && said.contains("no connection is taken there"), "{said}");
}

#[tokio::test]
async fn a_proxy_that_loses_the_upgrade_or_the_origin_is_told_what_to_do() {
    let app = TestApp::start().await;
    let without_upgrade = changing(app.port, |head| {
        let kept = head.split("\r\n").filter(|it| !it.to_lowercase().starts_with("upgrade:"));
        kept.collect::<Vec<_>>().join("\r\n")
    });
    let port = without_upgrade.await;
    let app = server_behind(port, app).await;
    let (is_well, said) = visit(port).await;
    assert!(!is_well && said.contains("the upgrade is lost") && said.contains("proxy_set_header Upgrade"), "{said}");

    let without_origin = changing(app.port, |head| {
        let kept = head.split("\r\n").filter(|it| !it.to_lowercase().starts_with("origin:"));
        kept.collect::<Vec<_>>().join("\r\n")
    });
    let port = without_origin.await;
    let _app = server_behind(port, app).await;
    let (is_well, said) = visit(port).await;
    assert!(!is_well && said.contains("A page of another site gets a socket"), "{said}");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_a_sentence() {
    for url in ["localhost:3000", "https://", "http://", "ws://localhost:3000", ""] {
        let output = Command::new(program()).args(["doctor", url]).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(1) && said.starts_with("todoapp: ") && said.contains("http"),
            "{url}: {said}"
        );
    }
}

/// A proxy that speaks https, with the certificate in this folder.
async fn encrypting(server_port: u16, folder: &Path) -> u16 {
    let chain = CertificateDer::pem_file_iter(folder.join("server.pem")).unwrap().collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into());
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(client).await else { return };
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", server_port)).await else { return };
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    port
}

#[tokio::test]
async fn https_is_spoken_and_a_certificate_that_browsers_would_warn_of_is_named() {
    let folder = tempdir().unwrap();
    let authority = make_certificates(folder.path(), "localhost");
    let app = TestApp::start().await;
    let port = encrypting(app.port, folder.path()).await;
    let app = server_behind(port, app).await;
    let (url, ca) = (format!("https://localhost:{port}"), ["--ca", authority.to_str().unwrap()]);
    let (is_well, said) = visit_with(&url, &ca).await;
    assert!(is_well && said.contains("A browser gets a socket") && said.contains("still open"), "{said}");
    for (url, ca, expected) in [
        (url.as_str(), &[][..], "not trusted here"),
        (&format!("https://127.0.0.1:{port}"), &ca, "(subjectAltName): localhost"),
        (&format!("https://localhost:{}", app.port), &ca, "does not speak TLS"),
        (&url, &["--ca", "/no/such.pem"], "/no/such.pem can't be read"),
    ] {
        let (is_well, said) = visit_with(url, ca).await;
        assert!(!is_well && said.contains(expected) && said.lines().count() <= 2, "{url}: {said}");
    }
}
