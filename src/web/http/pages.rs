//! Pages: reads the board, renders the app with it, and sets what a browser may do with the page.

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use crate::backend::error::ServerError;
use crate::backend::ids;
use crate::backend::storage::window::{Asked, Shown};
use crate::domain::Index;
use crate::protocol::error::ApiError;
use crate::ui::app::shell;
use crate::ui::page::Page;
use crate::ui::route::{PageQuery, Route};
use crate::web::http::responses::method_not_allowed;
use crate::web::state::AppState;

/// Lists in the side bar. More than this nobody looks through there, and a page would be megabytes.
const LISTS_SHOWN_MAX: usize = 500;

/// A page.
pub(crate) async fn show(State(state): State<AppState>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ([(ALLOW, "GET, HEAD")], method_not_allowed().await).into_response();
    }
    let route = Route::parse(request.uri().path());
    // A query that can't be read is treated as absent.
    let query = serde_urlencoded::from_str::<PageQuery>(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let read = match &route {
        Some(route) => state.todos.page(&route.list, asked(route, &query)).await,
        None => Err(ServerError::ListNotFound),
    };
    let (status, board, window) = match read {
        Ok((board, window)) => (StatusCode::OK, Some(board), window),
        Err(ServerError::ListNotFound) => (StatusCode::NOT_FOUND, None, None),
        Err(error) => return unavailable(&ApiError::from(error)),
    };
    let route = route.unwrap_or_else(Route::home);
    let index = match state.todos.lists().await {
        Ok(index) => first_lists(index, &route),
        Err(error) => return unavailable(&ApiError::from(error)),
    };
    let page = Page { route, board, window, index, query, op: ids::op() };
    render(state, page, status, request).await
}

fn asked(route: &Route, query: &PageQuery) -> Asked {
    Asked { shown: Shown::of(route.filter.completed()), page: query.page(), edited: query.edit }
}

/// The first lists, and the one that the page shows.
fn first_lists(mut index: Index, route: &Route) -> Index {
    if index.lists.len() > LISTS_SHOWN_MAX {
        let current = index.list(&route.list).cloned();
        index.lists.truncate(LISTS_SHOWN_MAX);
        index.lists.extend(current.filter(|it| index.list(&it.id).is_none()));
    }
    index
}

async fn render(state: AppState, page: Page, status: StatusCode, request: Request) -> Response {
    let title = page.title();
    let context = move || {
        provide_context(page.clone());
        allow_own_script_only();
    };
    let options = state.options.clone();
    let mut response =
        leptos_axum::render_app_async_with_context(context, move || shell(options.clone(), title.clone()))(request)
            .await;
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Sets the content policy, with the nonce of this page.
fn allow_own_script_only() {
    let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    // In development, cargo-leptos reloads the page from another port.
    let reload =
        if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:3001 ws://localhost:3001" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'{reload}; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        options.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

fn unavailable(error: &ApiError) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response()
}
