//! Connections to PostgreSQL that are encrypted: what an address may ask for, and why it can't be had.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, ensure};
use sqlx::any::AnyConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::backend::certificates;

/// The parameters of an address that are about encryption, and that the driver knows.
const KNOWN: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

/// What the driver says if a server has no encryption. It has no code for that.
const NOT_OFFERED: &str = "does not support TLS";

/// Fails unless all that an address says about encryption will be done. The driver would ignore what it does not know,
/// and people would believe to be safe.
pub(super) fn check(options: &AnyConnectOptions) -> anyhow::Result<()> {
    let url = &options.database_url;
    // The value of its error has no password in it.
    let parsed = PgConnectOptions::from_str(url.as_str()).context(
        "--database-url has a parameter that can't be read: sslmode must be disable, prefer, require, verify-ca or \
         verify-full",
    )?;
    let mut authority = None;
    for (key, value) in url.query_pairs() {
        ensure!(
            !key.starts_with("ssl") || KNOWN.contains(&&*key),
            "--database-url has {key}, which todoapp does not know: it knows {}",
            KNOWN.join(", ")
        );
        if key == "sslrootcert" {
            authority = Some(value.into_owned());
        }
    }
    let verifies = match parsed.get_ssl_mode() {
        PgSslMode::Allow => anyhow::bail!("sslmode=allow would never encrypt: write sslmode=prefer or sslmode=require"),
        mode => matches!(mode, PgSslMode::VerifyCa | PgSslMode::VerifyFull),
    };
    if let Some(file) = authority {
        ensure!(verifies, "sslrootcert is used only with sslmode=verify-full or sslmode=verify-ca: add one of them");
        certificates::in_file(Path::new(&file)).context("what sslrootcert names can't be used")?;
    }
    Ok(())
}

/// Why a connection can't be encrypted as the address asks, if that is what happened.
pub(super) fn why_not(error: &sqlx::Error) -> Option<String> {
    match error {
        sqlx::Error::Io(error) => {
            certificates::cause(error).map(|it| certificates::why_not(it, "sslrootcert=FILE in --database-url"))
        }
        sqlx::Error::Tls(error) if error.to_string().contains(NOT_OFFERED) => Some(
            "it does not encrypt: set ssl = on there, or, on a network that you trust, write sslmode=prefer".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_done_is_refused() {
        for (query, expected) in [
            ("sslmode=on", "verify-full"),
            ("sslmode=allow", "prefer"),
            ("ssl-mode=require", "ssl-mode"),
            ("sslcrl=x", "sslcrl"),
            ("sslrootcert=/ca.pem", "verify-full"),
            ("sslmode=require&sslrootcert=/ca.pem", "verify-full"),
            ("sslmode=verify-full&sslrootcert=/no/such.pem", "sslrootcert"),
        ] {
            let url = format!("postgres://me:secret@localhost/todoapp?{query}");
            let error = format!("{:#}", check(&url.parse().unwrap()).unwrap_err());
            assert!(error.contains(expected) && !error.contains("secret"), "{query}: {error}");
        }
        for query in ["", "sslmode=disable", "sslmode=prefer", "sslmode=require", "sslmode=verify-full"] {
            check(&format!("postgres://localhost/todoapp?{query}").parse().unwrap()).unwrap();
        }
    }
}
