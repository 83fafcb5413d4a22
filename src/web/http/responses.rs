//! Answers that belong to no page and to no function.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::protocol::{ApiError, ErrorCode};

/// The answer for an address under `/api/` that does not exist.
pub(crate) async fn no_such_function() -> Response {
    (StatusCode::NOT_FOUND, axum::Json(ApiError::new(ErrorCode::BadRequest, "There is no such function.")))
        .into_response()
}

/// The answer for a method that an address does not take.
pub(crate) async fn method_not_allowed() -> Response {
    let sentence = "This address does not take that method: pages are read with GET, changes are made with POST.\n";
    (StatusCode::METHOD_NOT_ALLOWED, sentence).into_response()
}

/// The answer after a panic. The panic hook has already logged the panic itself.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here. It has been logged.\n").into_response()
}
