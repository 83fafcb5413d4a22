//! Pages: reads what they show, renders it, and sets what a browser may do with the page.

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
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
use crate::ui::past::{history, trash};
use crate::ui::route::{Filter, PageQuery, Route, Showing};
use crate::web::http::responses::method_not_allowed;
use crate::web::state::AppState;

/// Lists in the side bar. More than this nobody looks through there, and a page would be megabytes.
const LISTS_SHOWN_MAX: usize = 500;

/// What is at an address.
enum Found {
    /// A page that the script wakes up.
    Live(Box<Page>),
    /// A page that stays as it is sent, whole.
    Still(String),
}

/// A page.
pub(crate) async fn show(State(state): State<AppState>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ([(ALLOW, "GET, HEAD")], method_not_allowed().await).into_response();
    }
    // A query that can't be read is treated as absent.
    let query = serde_urlencoded::from_str::<PageQuery>(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let found = match Route::parse(request.uri().path()) {
        Some(route) => find(&state, route, query).await,
        None => Err(ServerError::ListNotFound),
    };
    match found {
        Ok(Found::Live(page)) => render(state, *page, StatusCode::OK, request).await,
        Ok(Found::Still(page)) => {
            let headers =
                [(CACHE_CONTROL, "no-cache".to_owned()), (CONTENT_SECURITY_POLICY, policy("script-src 'self'"))];
            (headers, Html(page)).into_response()
        }
        Err(ServerError::ListNotFound) => render(state, nothing(), StatusCode::NOT_FOUND, request).await,
        Err(error) => unavailable(&ApiError::from(error)),
    }
}

/// The page where nothing was found.
fn nothing() -> Page {
    let (route, query, index) = (Route::home(), PageQuery::default(), Index::start());
    Page { route, board: None, window: None, query, index, op: ids::op() }
}

/// What an address shows.
async fn find(state: &AppState, route: Route, query: PageQuery) -> Result<Found, ServerError> {
    let op = ids::op();
    Ok(match route.showing {
        Showing::Todos(filter) => {
            let (board, window) = state.todos.page(&route.list, asked(filter, &query)).await?;
            let index = first_lists(state.todos.lists().await?, &route);
            Found::Live(Box::new(Page { route, board: Some(board), window, query, index, op }))
        }
        Showing::Trash => {
            let page = state.todos.trash(&route.list, query.page()).await?;
            Found::Still(trash::document(&state.options, &route, &query, page))
        }
        Showing::History => {
            let page = state.todos.history(&route.list, query.before, op).await?;
            Found::Still(history::document(&state.options, &route, &query, page))
        }
    })
}

fn asked(filter: Filter, query: &PageQuery) -> Asked {
    Asked { shown: Shown::of(filter.completed()), page: query.page(), edited: query.edit }
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
    let policy = policy(&format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        options.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// The content policy with these scripts.
fn policy(scripts: &str) -> String {
    // In development, cargo-leptos reloads the page from another port.
    let reload =
        if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:3001 ws://localhost:3001" } else { "" };
    format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'{reload}; \
         worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn unavailable(error: &ApiError) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response()
}
