//! The page's script and style, and the files of `public/`. They are inside the program, and were
//! compressed when it was built.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use crate::web::http::encoding::Encoding;

/// What cargo-leptos built. A debug build reads the folder instead of including it.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// Where the build puts the script and the style.
const PACKAGE: &str = "pkg";

/// The hash of the script and the style, which is part of their address. So browsers may cache them for
/// ever, and a page always gets the ones it was made with.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let files = Site::iter().filter(|it| it.starts_with(PACKAGE) && !is_compressed(it));
    let mut hashes: Vec<_> = files.filter_map(|it| Site::get(&it)).map(|it| it.metadata.sha256_hash()).collect();
    hashes.sort_unstable();
    start_of(&Sha256::digest(hashes.concat()))
});

/// How much of a hash is used: enough that no two files we build will ever have the same.
const HASH_BYTES: usize = 8;

fn start_of(hash: &[u8]) -> String {
    let start = hash.iter().take(HASH_BYTES).fold(0, |start, byte| start << 8 | u64::from(*byte));
    format!("{start:016x}")
}

/// The folder that pages are told to load from, without its first slash.
pub(crate) fn package_folder() -> String {
    format!("{PACKAGE}/{}", *VERSION)
}

/// Answers with a file of the site if the address names one.
pub(crate) async fn or_next(request: Request, next: Next) -> Response {
    let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
    match is_read.then(|| serve(request.uri().path(), request.headers())).flatten() {
        Some(file) => file,
        None => next.run(request).await,
    }
}

/// A file of the site, by its address; `None` if there is no such file.
fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    let path = path.trim_start_matches('/');
    let versioned = path.strip_prefix(PACKAGE).and_then(|it| it.strip_prefix('/')?.strip_prefix(VERSION.as_str()));
    let name = versioned.map_or(Cow::Borrowed(path), |rest| Cow::Owned(format!("{PACKAGE}{rest}")));
    if is_compressed(&name) || (versioned.is_none() && name.starts_with(PACKAGE)) {
        return None;
    }
    let plain = Site::get(&name)?;
    let kind = content_type(plain.metadata.mimetype());
    let (file, encoding) = match smallest(&name, headers) {
        Some((file, encoding)) => (file, Some(encoding)),
        None => (plain, None),
    };
    // Each compressed form is a file with its own hash, so a browser never confuses two cached forms.
    let tag = format!("\"{}\"", start_of(&file.metadata.sha256_hash()));
    let is_there = has(headers, &tag);
    let mut response = if is_there { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_response() };
    let caching = if versioned.is_some() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(ETAG, HeaderValue::try_from(tag).ok()?);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if !is_there {
        headers.insert(CONTENT_TYPE, HeaderValue::try_from(kind).ok()?);
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    Some(response)
}

/// Whether the browser says that it has the file with this tag (RFC 9110 §13.1.2). A proxy that compresses
/// a file puts `W/` before its tag.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    let mut known = lines.flat_map(|it| it.split(',')).map(str::trim);
    known.any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag)
}

/// The smallest form that the browser accepts and the build has made.
fn smallest(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, &'static str)> {
    Encoding::taken(headers).filter_map(Encoding::name).find_map(|encoding| {
        let ending = if encoding == "gzip" { "gz" } else { encoding };
        Some((Site::get(&format!("{name}.{ending}"))?, encoding))
    })
}

fn is_compressed(name: &str) -> bool {
    [".br", ".gz"].iter().any(|ending| name.ends_with(ending))
}

/// Adds that the text is UTF-8, as all our files are; the type alone does not say so.
fn content_type(kind: &str) -> String {
    format!("{kind}{}", if kind.starts_with("text/") { "; charset=utf-8" } else { "" })
}
