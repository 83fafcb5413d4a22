//! Certificates of those that this program connects to: which authorities are trusted, and why a connection can't be
//! encrypted, in words.

use std::error::Error as _;
use std::io;
use std::path::Path;

use anyhow::{Context, ensure};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{CertificateError, Error, RootCertStore};

/// The authorities that the system trusts, and those in this file.
pub(crate) fn trusted(file: Option<&Path>) -> anyhow::Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    // One that can't be read is left out, as browsers do: it is an error only for those that it has signed.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = file {
        for authority in in_file(path)? {
            store.add(authority).with_context(|| unusable(path))?;
        }
    }
    Ok(store)
}

/// The certificates in a file, at least one.
pub(crate) fn in_file(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let bytes = std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().with_context(|| unusable(path))?;
    ensure!(!found.is_empty(), unusable(path));
    Ok(found)
}

fn unusable(path: &Path) -> String {
    format!("{} is not a certificate in the form PEM, which begins with -----BEGIN CERTIFICATE-----", path.display())
}

/// What broke the encryption, if it is the cause of this error.
pub(crate) fn cause(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref().or_else(|| error.source()?.downcast_ref())
}

/// Why it can't be encrypted, and the mend. `flag` is how an authority is named in a file.
pub(crate) fn why_not(error: &Error, flag: &str) -> String {
    let Error::InvalidCertificate(error) = error else {
        return match error {
            Error::InvalidMessage(_) => "what answers there does not speak TLS: is it the right port?".to_owned(),
            error => format!("no encryption could be agreed on ({error})"),
        };
    };
    match error {
        // Of an authority that is called like one that is trusted, the signature is wrong.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
            "its certificate is signed by an authority that is not trusted here: if it is yours, name the file \
             with the certificate of that authority with {flag}"
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!(
                "its certificate is for another name: use a name that it was made for (subjectAltName){}",
                names(error)
            )
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired: renew it, or set the clock of this machine".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet: set the clock of this machine".to_owned()
        }
        error => format!(
            "its certificate can't be used ({}): make one of version 3 that names the server (subjectAltName) and is \
             not that of an authority (CA:FALSE)",
            if let CertificateError::Other(it) = error { it.to_string() } else { format!("{error:?}") }
        ),
    }
}

/// The names in a certificate that is for another one, as far as they are known.
fn names(error: &CertificateError) -> String {
    let CertificateError::NotValidForNameContext { presented, .. } = error else { return String::new() };
    // As in `DnsName("db.example.org")`.
    let names: Vec<_> = presented.iter().filter_map(|it| it.split('"').nth(1)).collect();
    format!(": {}", if names.is_empty() { "it has none".to_owned() } else { names.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_certificate_is_refused_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(trusted(Some(&path)).unwrap_err().to_string().contains("can't be read"));
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&path, text).unwrap();
            let error = trusted(Some(&path)).unwrap_err().to_string();
            assert!(error.contains("is not a certificate"), "{text}: {error}");
        }
    }

    #[test]
    fn a_certificate_for_another_name_says_for_which() {
        let presented = vec!["DnsName(\"db.example.org\")".to_owned(), "DnsName(\"db\")".to_owned()];
        let expected = "localhost".try_into().unwrap();
        let error = Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented });
        assert!(why_not(&error, "--ca").ends_with(": db.example.org, db"));
    }
}
