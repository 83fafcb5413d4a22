//! The table of routes, and the layers around it. This is the only file of the server that knows both the
//! pages and the server functions.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any, get, on};
use leptos::server_fn::axum::server_fn_paths;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::protocol::ApiError;
use crate::web::access;
use crate::web::http::responses::{method_not_allowed, no_such_function, panicked};
use crate::web::http::{answers, assets, functions, own_name, pages};
use crate::web::state::AppState;
use crate::web::ws::handshake;

/// How long a request may take in all, including its body. The work itself never takes a second.
const REQUEST_WAIT: Duration = Duration::from_secs(30);

pub(crate) fn router(state: AppState) -> Router {
    let mut writes = Router::new().route("/ws", any(handshake::upgrade)).route("/healthz", get(health));
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

/// Whether changes can be made, for a program that restarts the server when they can't.
async fn health(State(state): State<AppState>) -> Response {
    match state.todos.check().await {
        Ok(()) => "ok\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", ApiError::from(error))).into_response(),
    }
}
