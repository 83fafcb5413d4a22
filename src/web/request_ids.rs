//! The id of a request. It is in each line that the log has about the request, and whoever is told that the request
//! failed is told the id, so that the two can be brought together.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::backend::{ids, metrics};
use crate::web::access::quoted;
use crate::web::listener::Peer;

/// The header with the id, both ways.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a proxy; a UUID has 36 characters.
const GIVEN_CHARS_MAX: usize = 64;

/// The status of what was asked for, where the answer has another one, as a form's redirect has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome(pub(crate) StatusCode);

/// Gives a request its id, counts the answer, and logs it if the request failed or was refused.
pub(crate) async fn identify(State(proxies): State<Arc<[IpAddr]>>, request: Request, next: Next) -> Response {
    let id = given(&proxies, &request).unwrap_or_else(ids::request_id);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    // As important as the most important line, so that none is without it.
    let span = tracing::error_span!("request", %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    metrics::RESPONSES.one(class(response.status()));
    let status = response.extensions().get().map_or(response.status(), |Outcome(status)| *status);
    if status.is_client_error() || status.is_server_error() {
        span.in_scope(|| tell(status, &method, &uri));
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(X_REQUEST_ID, id);
        }
    }
    response
}

/// The id that a proxy has given the request. Only one of our own proxies may, because it is what people search the
/// log for.
fn given(proxies: &[IpAddr], request: &Request) -> Option<String> {
    let peer = request.extensions().get::<Peer>()?;
    if !proxies.contains(&peer.0.to_canonical()) {
        return None;
    }
    valid(request.headers()).map(str::to_owned)
}

fn valid(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let is_plain = id.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it));
    (is_plain && (1..=GIVEN_CHARS_MAX).contains(&id.len())).then_some(id)
}

fn tell(status: StatusCode, method: &Method, uri: &Uri) {
    let (code, method, path) = (status.as_u16(), quoted(method.as_str()), quoted(uri.path()));
    if status.is_server_error() {
        tracing::warn!(status = code, "Failed: {method} {path}");
    } else if status != StatusCode::FORBIDDEN {
        // What is forbidden was logged with its reason.
        tracing::info!(status = code, "Not done: {method} {path}");
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_plain_word_is_an_id() {
        let headers = |id: &str| HeaderMap::from_iter([(X_REQUEST_ID, HeaderValue::from_str(id).unwrap())]);
        for id in ["a", "7b1c-4_d.e", &"x".repeat(GIVEN_CHARS_MAX)] {
            assert_eq!(valid(&headers(id)), Some(id));
        }
        for id in ["", "a b", "a\"b", "a=b", "ä", &"x".repeat(GIVEN_CHARS_MAX + 1)] {
            assert_eq!(valid(&headers(id)), None, "{id}");
        }
    }
}
