//! Pages: reads what they show, renders it, and sets what a browser may do with the page.

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use leptos::context::provide_context;
use leptos::nonce::Nonce;
use leptos::reactive::owner::take_context;

use crate::backend::error::ServerError;
use crate::backend::ids;
use crate::backend::storage::window::{Asked, Shown};
use crate::domain::Actor;
use crate::protocol::error::{ApiError, ErrorCode};
use crate::ui::app::shell;
use crate::ui::list::edit_actions::EditActions;
use crate::ui::not_found;
use crate::ui::page::Page;
use crate::ui::past::document::Around;
use crate::ui::past::{history, trash};
use crate::ui::route::{Filter, PageQuery, Route, Showing};
use crate::web::http::finished::NeedsOp;
use crate::web::http::responses::method_not_allowed;
use crate::web::http::{own_name, own_scripts};
use crate::web::state::AppState;

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
    let options = &state.options;
    Ok(match route.showing {
        Showing::Todos(filter) => {
            let (board, window, index) = state.todos.page(&route.list, asked(filter, &query)).await?;
            let page = Page { route, board, window, query, index };
            let actions = edit_actions(state, &page).await?;
            Found::Live(Box::new(page), actions)
        }
        Showing::Trash => {
            let (page, index) = state.todos.trash(&route.list, (query.page(), query.lists_page())).await?;
            Found::Still(trash::document(Around { options, route: &route, query: &query, index }, page))
        }
        Showing::History => {
            let (page, index) = state.todos.history(&route.list, query.before, ids::op()).await?;
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

/// A page without a script of its own, but for times.
fn still(status: StatusCode, page: String) -> Response {
    let headers = [(CACHE_CONTROL, "no-cache".to_owned()), (CONTENT_SECURITY_POLICY, policy("script-src 'self'"))];
    (status, headers, Html(page)).into_response()
}

async fn render(state: AppState, (page, actions): (Page, Option<EditActions>), request: Request) -> Response {
    let title = page.title();
    let context = move || {
        // The policy names scripts by what they are, which is the same for everyone who gets this page.
        take_context::<Nonce>();
        provide_context(page.clone());
        if let Some(actions) = actions.clone() {
            provide_context(actions);
        }
    };
    let options = state.options.clone();
    let response =
        leptos_axum::render_app_async_with_context(context, move || shell(options.clone(), title.clone()))(request)
            .await;
    let Ok(page) = to_bytes(response.into_body(), usize::MAX).await else {
        return unavailable(&ApiError::plain(ErrorCode::Unavailable));
    };
    let scripts = format!("script-src 'self'{} 'wasm-unsafe-eval'", own_scripts::sources(&page));
    let headers = [(CACHE_CONTROL, "no-cache".to_owned()), (CONTENT_SECURITY_POLICY, policy(&scripts))];
    (headers, Extension(NeedsOp), Html(page)).into_response()
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
