//! Certificates as people make them for their own servers, with `openssl`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The authority's certificate, which clients trust.
const AUTHORITY: &str = "authority.pem";

/// Makes an authority in a folder, and a certificate of it for this name: `server.pem` and its key, `server.key`.
/// Returns the authority's file.
pub(crate) fn make(folder: &Path, name: &str) -> PathBuf {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let own = ["-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "authority.key", "-out", AUTHORITY];
    openssl(folder, &[&["req"], &key[..], &own].concat());
    let subject = format!("/CN={name}");
    openssl(
        folder,
        &[&["req"], &key[..], &["-subj", &subject, "-keyout", "server.key", "-out", "server.csr"]].concat(),
    );
    std::fs::write(folder.join("names"), format!("subjectAltName=DNS:{name}\n")).unwrap();
    let by = ["-CA", AUTHORITY, "-CAkey", "authority.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    openssl(folder, &[&["x509", "-req", "-in", "server.csr", "-out", "server.pem"], &by[..]].concat());
    folder.join(AUTHORITY)
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl is installed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
