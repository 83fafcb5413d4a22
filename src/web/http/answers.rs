//! How pages and boards are answered: with what is kept, if nothing has changed since, or else with what is made on the
//! threads for that.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::backend::{ids, metrics};
use crate::domain::OpId;
use crate::ui::list::form::FORM;
use crate::web::heavy;
use crate::web::http::encoding::Encoding;
use crate::web::http::kept::Key;
use crate::web::http::packed::Packed;
use crate::web::state::AppState;

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

/// Answers with a page or a board.
pub(crate) async fn answer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    // Whoever answers removes the text from the answer to HEAD.
    if request.method() == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    let encoding = Encoding::of(request.headers());
    let place = match Key::of(&request, encoding) {
        Some(key) => state.stamps.of(key.list.clone(), key.is_about_all()).await.map(|stamp| (key, stamp)),
        None => None,
    };
    if let Some((key, stamp)) = &place
        && let Some(answer) = state.kept.get(key, *stamp)
    {
        metrics::PAGES.one("memory");
        return state.heavy.send(answer.response());
    }
    let kept = state.kept.clone();
    let making = async move {
        metrics::PAGES.one("made");
        let Some(answer) = Answer::of(next.run(request).await, encoding).await else { return heavy::busy() };
        let answer = Arc::new(answer);
        if let Some((key, stamp)) = place
            && answer.status == StatusCode::OK
        {
            kept.put(key, stamp, answer.clone());
        }
        answer.response()
    };
    state.heavy.make(making).await
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

    /// How much memory its text takes.
    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    /// The answer for one reader.
    fn response(&self) -> Response<Bytes> {
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
