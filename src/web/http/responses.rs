//! Answers that belong to no page and no function.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::protocol::{ApiError, ErrorCode};

/// What an address under `/api/` gets that is none.
pub(crate) async fn no_such_function() -> Response {
    (StatusCode::NOT_FOUND, axum::Json(ApiError::new(ErrorCode::BadRequest, "There is no such function.")))
        .into_response()
}

/// What a method gets that an address does not take.
pub(crate) async fn method_not_allowed() -> Response {
    let sentence = "This address does not take that method: pages are read with GET, changes are made with POST.\n";
    (StatusCode::METHOD_NOT_ALLOWED, sentence).into_response()
}

/// The panic itself is on standard error already, by Rust's own hook.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here. It has been logged.\n").into_response()
}
