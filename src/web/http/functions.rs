//! The HTTP side of the server functions: checks what comes in, and gives each error its status.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use leptos::prelude::provide_context;
use percent_encoding::percent_decode;

use crate::backend::ids;
use crate::backend::requests::SEVERAL_IDS;
use crate::protocol::error::{ApiError, ErrorCode};
use crate::web::http::own_name;
use crate::web::http::redirect::{Made, back, redirect};
use crate::web::http::responses::{ANSWER_BYTES_MAX, no_store, refuse};
use crate::web::request_ids::Outcome;
use crate::web::state::AppState;

/// The longest body: the longest title, with every byte of every character percent-encoded, is 6 kB.
const BODY_BYTES_MAX: usize = 32 << 10;

/// The longest body of many commands: a hundred with the longest titles in any script are 220 kB, and one
/// that names every todo of a full list is 390 kB.
const COMMANDS_BODY_BYTES_MAX: usize = 512 << 10;

/// How many bodies may be handled at one time that are longer than [`BODY_BYTES_MAX`] or do not say their
/// length. Together they have 32 MiB, and take a few times that once they are parsed.
pub(crate) const LONG_BODIES_MAX: usize = 64;

/// The only function that takes JSON.
const COMMANDS_PATH: &str = "/api/commands";

/// The functions that take several todos.
const SEVERAL_PATHS: [&str; 5] =
    ["/api/todos/complete", "/api/todos/reopen", "/api/todos/delete", "/api/todos/restore", "/api/todos/move_to"];

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Runs a server function.
pub(crate) async fn call(State(state): State<AppState>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    // A client that asks for a page has sent a plain form. The function itself always answers with JSON.
    let is_form = parts.method == Method::POST && parts.uri.path() != COMMANDS_PATH;
    let wants_page = is_form && has(&parts.headers, "text/html");
    parts.headers.remove(ACCEPT);
    // Held until there is an answer, because the body takes memory until then.
    let room = if may_be_long(&parts) { state.long_bodies.clone().try_acquire_owned().map(Some) } else { Ok(None) };
    let Ok(_room) = room else {
        tracing::warn!("A long request was refused: too many are being sent");
        skip(body).await;
        return refuse(&ApiError::plain(ErrorCode::Unavailable));
    };
    let back = back(&state, &parts.headers);
    let made = match parts.uri.path() {
        "/api/todos/create" => Made::Todo,
        "/api/lists/create" => Made::List,
        "/api/lists/delete" => Made::GoneList,
        "/api/todos/move" => Made::Step,
        "/api/todos/move_to" => Made::Leave,
        "/api/lists/restore" => Made::RestoredList,
        own_name::PATH => Made::OwnName,
        _ => Made::Nothing,
    };
    let is_about_several = SEVERAL_PATHS.contains(&parts.uri.path());
    let (fields, answer) = match read(&parts, body).await {
        Err(error) => (Bytes::new(), refuse(&error)),
        Ok(body) => {
            let body = if is_about_several { with_ids_joined(&body).unwrap_or(body) } else { body };
            let fields = if wants_page { with_own_op(&body).unwrap_or(body) } else { body };
            let answer = match made {
                Made::OwnName => own_name::keep(&fields),
                _ => run(&state, Request::from_parts(parts, Body::from(fields.clone()))).await,
            };
            (fields, answer)
        }
    };
    if !wants_page {
        return answer;
    }
    let outcome = Outcome(answer.status());
    let mut page = redirect(&state, answer, back, &fields, made).await;
    page.extensions_mut().insert(outcome);
    page
}

/// Reads a body and throws it away. If a connection is closed with unread input, it is reset and the answer is
/// lost.
async fn skip(body: Body) {
    let (mut chunks, mut bytes) = (body.into_data_stream(), 0);
    while let Some(Ok(chunk)) = chunks.next().await
        && bytes < COMMANDS_BODY_BYTES_MAX
    {
        bytes += chunk.len();
    }
}

/// Whether a body may be longer than that of a form.
fn may_be_long(parts: &Parts) -> bool {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
    parts.uri.path() == COMMANDS_PATH && length.is_none_or(|it| it > BODY_BYTES_MAX)
}

async fn read(parts: &Parts, body: Body) -> Result<Bytes, ApiError> {
    let is_commands = parts.uri.path() == COMMANDS_PATH;
    let (kind, most) = if is_commands { (JSON, COMMANDS_BODY_BYTES_MAX) } else { (FORM, BODY_BYTES_MAX) };
    if parts.method == Method::POST && !is_of_kind(&parts.headers, kind) {
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType, format!("Send the fields as {kind}.")));
    }
    let body = to_bytes(body, most).await.map_err(|_| {
        let sentence = format!("The request is longer than {} KiB, or broke off.", most >> 10);
        ApiError::new(ErrorCode::TooLarge, sentence)
    })?;
    if !is_commands && !is_text(&body) {
        return Err(ApiError::new(ErrorCode::BadRequest, "The fields are not UTF-8 text."));
    }
    Ok(body)
}

/// Whether the fields are UTF-8 after their `%xx` are decoded. The form decoder would put replacement
/// characters for wrong bytes, and make a title that nobody typed.
fn is_text(body: &[u8]) -> bool {
    percent_decode(body).decode_utf8().is_ok()
}

/// Makes one field of a repeated `id`, for a decoder that knows no repeated fields. `None` where it is not
/// repeated.
fn with_ids_joined(body: &[u8]) -> Option<Bytes> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    let (ids, mut fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == "id");
    let ids: Vec<_> = ids.into_iter().map(|(_, id)| id).collect();
    if ids.len() < 2 {
        return None;
    }
    fields.push(("id".to_owned(), ids.join(&SEVERAL_IDS.to_string())));
    Some(serde_urlencoded::to_string(&fields).ok()?.into())
}

/// Gives the command of a plain form the name that goes with its text. `None` where it has neither.
fn with_own_op(body: &[u8]) -> Option<Bytes> {
    let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    let text = fields.iter().find(|(name, _)| name == "title" || name == "name")?.1.clone();
    let (_, op) = fields.iter_mut().find(|(name, _)| name == "op")?;
    *op = ids::op_with_text(op.parse().ok()?, &text).to_string();
    Some(serde_urlencoded::to_string(&fields).ok()?.into())
}

async fn run(state: &AppState, request: Request) -> Response {
    let (todos, actor) = (state.todos.clone(), own_name::of(request.headers()));
    let context = move || {
        provide_context(todos.clone());
        if let Some(actor) = actor.clone() {
            provide_context(actor);
        }
    };
    with_status(leptos_axum::handle_server_fns_with_context(context, request).await.into_response()).await
}

/// Gives an error the status that fits its code; the function layer answers all errors with 500.
async fn with_status(answer: Response) -> Response {
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return no_store(answer);
    }
    let bytes = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let error = serde_json::from_slice(&bytes).unwrap_or_else(|_| ApiError::plain(ErrorCode::Unavailable));
    // The function layer uses the same error for a body that can't be read here and for an answer that can't
    // be read in the browser.
    if error.code == ErrorCode::Unreachable {
        return refuse(&ApiError::new(ErrorCode::BadRequest, "The body must be JSON: {\"commands\":[…]}."));
    }
    refuse(&error)
}

fn has(headers: &HeaderMap, kind: &str) -> bool {
    headers.get_all(ACCEPT).iter().any(|it| it.to_str().is_ok_and(|it| it.contains(kind)))
}

fn is_of_kind(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_bytes_that_are_not_utf8_are_not_text() {
        for body in ["title=a%20b", "title=%C3%A4", "title=100%", "title=%zz", "title=ä"] {
            assert!(is_text(body.as_bytes()), "{body}");
        }
        for body in [&b"title=%ff"[..], b"title=\xff", b"title=%C3", b"title=%ED%A0%80"] {
            assert!(!is_text(body), "{body:?}");
        }
    }
}
