//! How the doctor speaks https: whom it trusts, and what it says of a certificate that browsers would warn of.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::backend::certificates;

/// What browsers offer for a WebSocket, and what the doctor's requests are written in.
const PROTOCOL: &[u8] = b"http/1.1";

/// What encrypts connections to those whom the system trusts, and to those signed by what is in this file.
pub(super) fn connector(ca: Option<&Path>) -> anyhow::Result<TlsConnector> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config = builder
        .with_safe_default_protocol_versions()
        .context("encryption can't be used")?
        .with_root_certificates(certificates::trusted(ca)?)
        .with_no_client_auth();
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Encrypts a connection to the server of this name.
pub(super) async fn encrypt(
    connector: &TlsConnector,
    host: &str,
    connection: TcpStream,
) -> anyhow::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).context("no certificate can be for this name")?;
    connector.connect(name, connection).await.map_err(|error| match certificates::cause(&error) {
        Some(cause) => anyhow!(certificates::why_not(cause, "--ca FILE")),
        None => anyhow!(error).context("the connection was cut before it was encrypted"),
    })
}
