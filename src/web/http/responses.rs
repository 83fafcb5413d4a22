//! Answers that several parts give: errors with the status that fits, and what belongs to no page and no function.

use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::protocol::{ApiError, ErrorCode};

/// The longest answer of a server function that is looked into: errors and receipts are far shorter.
pub(super) const ANSWER_BYTES_MAX: usize = 64 << 10;

/// An error as it is sent to a client.
pub(crate) fn refuse(error: &ApiError) -> Response {
    no_store((status(error.code), axum::Json(error)).into_response())
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::ListNotFound | ErrorCode::TodoNotFound => StatusCode::NOT_FOUND,
        ErrorCode::TodoExists
        | ErrorCode::ListFull
        | ErrorCode::ChangedSince
        | ErrorCode::NotUndoable
        | ErrorCode::ListsFull
        | ErrorCode::HomeStays
        | ErrorCode::OpReused => StatusCode::CONFLICT,
        ErrorCode::TextEmpty | ErrorCode::TextTooLong | ErrorCode::TextControl => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::BadId | ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Unavailable | ErrorCode::Unreachable | ErrorCode::Unknown => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// An answer that nobody may keep.
pub(super) fn no_store(mut answer: Response) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

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
