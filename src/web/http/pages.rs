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
use crate::domain::{Actor, Index};
use crate::protocol::error::ApiError;
use crate::ui::app::shell;
use crate::ui::list::edit_actions::EditActions;
use crate::ui::not_found;
use crate::ui::page::Page;
use crate::ui::past::document::Around;
use crate::ui::past::{history, trash};
use crate::ui::route::{Filter, PageQuery, Route, Showing};
use crate::web::http::own_name;
use crate::web::http::responses::method_not_allowed;
use crate::web::state::AppState;

/// Lists in the side bar. More than this nobody looks through there, and a page would be megabytes.
const LISTS_SHOWN_MAX: usize = 500;

/// What is at an address.
enum Found {
    /// A page that the script wakes up.
    Live(Box<Page>, Option<EditActions>),
    /// A page that stays as it is sent, whole.
    Still(String),
    /// Nothing, which a page says.
    Nothing(String),
}

/// A page.
pub(crate) async fn show(State(state): State<AppState>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ([(ALLOW, "GET, HEAD")], method_not_allowed().await).into_response();
    }
    // A query that can't be read is treated as absent.
    let query = serde_urlencoded::from_str::<PageQuery>(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let found = match Route::parse(request.uri().path()) {
        Some(route) => find(&state, route, query, own_name::of(request.headers())).await,
        None => Ok(Found::Nothing(not_found::document(&state.options, &query, None))),
    };
    match found {
        Ok(Found::Live(page, actions)) => render(state, (*page, actions), request).await,
        Ok(Found::Still(page)) => still(StatusCode::OK, page),
        Ok(Found::Nothing(page)) => still(StatusCode::NOT_FOUND, page),
        Err(error) => unavailable(&ApiError::from(error)),
    }
}

/// What an address shows.
async fn find(state: &AppState, route: Route, query: PageQuery, actor: Option<Actor>) -> Result<Found, ServerError> {
    let (list, asked) = (route.list.clone(), query.clone());
    match find_of_list(state, route, query, actor).await {
        // The list may be in the trash.
        Err(ServerError::ListNotFound) => {
            let deleted = state.todos.deleted_list(&list).await?;
            Ok(Found::Nothing(not_found::document(&state.options, &asked, deleted)))
        }
        found => found,
    }
}

async fn find_of_list(
    state: &AppState,
    route: Route,
    query: PageQuery,
    actor: Option<Actor>,
) -> Result<Found, ServerError> {
    let op = ids::op();
    let options = &state.options;
    Ok(match route.showing {
        Showing::Todos(filter) => {
            let (board, window) = state.todos.page(&route.list, asked(filter, &query)).await?;
            let index = first_lists(state.todos.lists().await?, &route);
            let page = Page { route, board, window, query, index, op };
            let actions = edit_actions(state, &page).await?;
            Found::Live(Box::new(page), actions)
        }
        Showing::Trash => {
            let page = state.todos.trash(&route.list, query.page(), query.lists_page()).await?;
            let index = first_lists(state.todos.lists().await?, &route);
            Found::Still(trash::document(Around { options, route: &route, query: &query, index }, page))
        }
        Showing::History => {
            let page = state.todos.history(&route.list, query.before, op).await?;
            let index = first_lists(state.todos.lists().await?, &route);
            Found::Still(history::document(Around { options, route: &route, query: &query, index }, actor, page))
        }
    })
}

/// The buttons for the todo that is being edited, if the list has it.
async fn edit_actions(state: &AppState, page: &Page) -> Result<Option<EditActions>, ServerError> {
    let Page { route, board, window, query, index, .. } = page;
    let todo = query.edit.and_then(|id| board.todo(id));
    let Some(todo) = todo else { return Ok(None) };
    let steps = state.todos.steps(&route.list, Shown::of(route.filter().completed()), todo.id).await?;
    Ok(Some(EditActions::new(route, window.map_or(1, |it| it.page), todo, steps, index)))
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

/// A page without a script of its own, but for times.
fn still(status: StatusCode, page: String) -> Response {
    let headers = [(CACHE_CONTROL, "no-cache".to_owned()), (CONTENT_SECURITY_POLICY, policy("script-src 'self'"))];
    (status, headers, Html(page)).into_response()
}

async fn render(state: AppState, (page, actions): (Page, Option<EditActions>), request: Request) -> Response {
    let title = page.title();
    let context = move || {
        provide_context(page.clone());
        if let Some(actions) = actions.clone() {
            provide_context(actions);
        }
        allow_own_script_only();
    };
    let options = state.options.clone();
    let mut response =
        leptos_axum::render_app_async_with_context(context, move || shell(options.clone(), title.clone()))(request)
            .await;
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
