//! What programs ask that look after the server: whether it works, and whether it should get more clients.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::timeout;

use crate::backend::feed::Step;
use crate::domain::ListId;
use crate::protocol::ApiError;
use crate::web::state::AppState;

/// How long a feed may take to read its log to the end. It takes milliseconds; a screen that gets its changes later
/// than this is better off with another server.
const LAG_MAX: Duration = Duration::from_secs(2);

/// The routes of the probes.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(health)).route("/readyz", get(ready))
}

/// Whether changes can be made, for a program that restarts the server when they can't.
async fn health(State(state): State<AppState>) -> Response {
    answer("ok\n", state.todos.check().await.map_err(|error| ApiError::from(error).to_string()))
}

/// Whether new clients should be sent here, for a load balancer.
async fn ready(State(state): State<AppState>) -> Response {
    answer("ready\n", is_ready(&state).await)
}

fn answer(yes: &'static str, found: Result<(), String>) -> Response {
    match found {
        Ok(()) => yes.into_response(),
        Err(sentence) => (StatusCode::SERVICE_UNAVAILABLE, format!("{sentence}\n")).into_response(),
    }
}

/// Does what a new client does: writes, and follows a list. Otherwise says why that can't be done.
async fn is_ready(state: &AppState) -> Result<(), String> {
    if state.shutdown.is_cancelled() {
        return Err("This server is stopping: it takes no new clients.".to_owned());
    }
    state.todos.check_writing().await.map_err(|error| ApiError::from(error).to_string())?;
    if timeout(LAG_MAX, follows(state)).await != Ok(true) {
        return Err("The log can't be read in time, so changes reach the screens late.".to_owned());
    }
    Ok(())
}

/// Whether a feed can read its log to the end.
async fn follows(state: &AppState) -> bool {
    let Ok(Some(mut reader)) = state.feeds.subscribe(&ListId::home(), None).await else { return false };
    loop {
        match reader.next().await {
            Ok(Step::Head(_)) => return true,
            Ok(Step::Frames(frames)) => frames.last().into_iter().for_each(|it| reader.advance(it.id)),
            Ok(Step::Reset(_) | Step::NoSuchList) | Err(_) => return false,
        }
    }
}
