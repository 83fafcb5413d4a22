//! How pages and boards are answered: with what is kept, if nothing has changed since, or else with what is made on the
//! threads for that.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::backend::metrics;
use crate::web::heavy;
use crate::web::http::encoding::Encoding;
use crate::web::http::finished::Answer;
use crate::web::http::kept::Key;
use crate::web::state::AppState;

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
            && answer.status() == StatusCode::OK
        {
            kept.put(key, stamp, answer.clone());
        }
        answer.response()
    };
    state.heavy.make(making).await
}
