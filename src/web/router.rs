//! The table of routes, and the layers around it. This is the only file of the server that knows both the
//! pages and the server functions.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodFilter, any, on};
use leptos::server_fn::axum::server_fn_paths;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::web::http::responses::{method_not_allowed, no_such_function, panicked};
use crate::web::http::{answers, assets, functions, own_name, pages};
use crate::web::state::AppState;
use crate::web::ws::handshake;
use crate::web::{access, probes, request_ids};

/// How long a request may take in all, including its body. The work itself never takes a second.
const REQUEST_WAIT: Duration = Duration::from_secs(30);

/// All routes; `proxies` are the addresses of our own proxies.
pub(crate) fn router(state: AppState, proxies: Arc<[IpAddr]>) -> Router {
    let mut writes = probes::routes().route("/ws", any(handshake::upgrade));
    let mut reads = Router::new();
    for (path, method) in server_fn_paths() {
        if method == Method::GET {
            reads = reads.route(path, on(MethodFilter::GET, functions::call));
        } else {
            writes = writes.route(path, on(MethodFilter::POST, functions::call));
        }
    }
    let writes = writes.route(own_name::PATH, on(MethodFilter::POST, functions::call));
    // The files of the site were compressed when they were built, and are sent as they are.
    let reads = reads
        .fallback(pages::show)
        .layer(from_fn_with_state(state.clone(), answers::answer))
        .layer(from_fn(assets::or_next));
    writes
        .route("/api/{*path}", any(no_such_function))
        .merge(reads)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_WAIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.access.clone(), access::guard))
        .layer(map_response(with_security_headers))
        .layer(from_fn_with_state(proxies, request_ids::identify))
        .with_state(state)
}

async fn with_security_headers(mut response: Response) -> Response {
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Forms without JavaScript need the Referer to return to their page, so our own pages must send it.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
