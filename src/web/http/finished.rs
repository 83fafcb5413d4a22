//! A finished answer: a page or a board as many may get it, compressed.

use axum::body::{Bytes, to_bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use crate::backend::ids;
use crate::domain::OpId;
use crate::ui::list::form::FORM;
use crate::web::http::encoding::Encoding;
use crate::web::http::packed::Packed;

/// Compression does not make shorter answers any smaller.
const COMPRESS_BYTES_MIN: usize = 1024;

/// Marks a page whose form for a new todo needs an op, a new one for each reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct NeedsOp;

/// A finished answer, which many may get.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    packed: Packed,
    needs_op: bool,
}

impl Answer {
    /// Compresses an answer. `None` if it broke off.
    pub(super) async fn of(response: Response, encoding: Encoding) -> Option<Self> {
        let (mut parts, body) = response.into_parts();
        let text = to_bytes(body, usize::MAX).await.ok()?;
        let encoding = if text.len() < COMPRESS_BYTES_MIN { Encoding::Identity } else { encoding };
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(name) = encoding.name() {
            parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        let needs_op = parts.extensions.get::<NeedsOp>().is_some();
        Some(Self { status: parts.status, headers: parts.headers, packed: Packed::new(encoding, text).ok()?, needs_op })
    }

    /// Its status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// How much memory its text takes.
    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    /// The answer for one reader.
    pub(super) fn response(&self) -> Response<Bytes> {
        let end = if self.needs_op { op_field(ids::op()) } else { String::new() };
        let mut response = Response::new(self.packed.with_end(end.as_bytes()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// The op of the command that the form for a new todo sends without a script, so that it counts once if it is sent
/// twice. It stands at the end of the document, because it is the only part that is not the same for everyone who gets
/// the page.
fn op_field(op: OpId) -> String {
    format!("<input type=\"hidden\" form=\"{FORM}\" name=\"op\" value=\"{op}\">")
}
