//! Turns the answer to a plain form into a redirect, so that every action works without JavaScript: a person is
//! sent back to the page, with the error and with what was typed.

use axum::body::to_bytes;
use axum::http::header::{LOCATION, REFERER};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::backend::storage::window::Shown;
use crate::domain::{Receipt, Seq};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::ui::route::{PageQuery, Route, Showing};
use crate::web::http::functions::{ANSWER_BYTES_MAX, no_store};
use crate::web::state::AppState;

/// How many bytes of a refused text are put into an address, percent-encoded. The longest title fits, and
/// the head of the next request stays well below its limit.
const ADDRESS_TEXT_BYTES_MAX: usize = 8 << 10;

/// What a form is for, if it makes something, or takes away what the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// It makes a todo.
    Todo,
    /// It makes a list.
    List,
    /// It takes a list away.
    GoneList,
    /// Neither.
    Nothing,
}

/// The fields that the page needs back if its form was refused.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    list: Option<String>,
    id: Option<String>,
    title: Option<String>,
    name: Option<String>,
}

/// Sends a person back to the page, with the error and with what they had typed.
pub(super) async fn redirect(
    state: &AppState,
    answer: Response,
    back: Option<Back>,
    fields: &[u8],
    made: Made,
) -> Response {
    let succeeded = answer.status().is_success();
    let bytes = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let fields: Fields = serde_urlencoded::from_bytes(fields).unwrap_or_default();
    let of_fields = || Some(Back::to(Route::of_list(fields.list.as_ref()?.parse().ok()?)));
    let mut back = back.or_else(of_fields).unwrap_or_else(|| Back::to(Route::home()));
    let mut query = PageQuery::default();
    if succeeded {
        match (made, serde_json::from_slice::<Receipt>(&bytes)) {
            (Made::List, Ok(receipt)) => back = Back::to(Route::of_list(receipt.list)),
            (Made::GoneList, _) => {
                query.deleted = fields.list.as_deref().and_then(|it| it.parse().ok());
                // The page of that list is not there any more.
                if query.deleted.as_ref() == Some(&back.route.list) {
                    back = Back::to(Route::home());
                }
            }
            (Made::Todo, Ok(receipt)) => {
                back.page = page_of_new(state, &back.route, &receipt).await.unwrap_or(back.page);
            }
            _ => {}
        }
    } else {
        let code = serde_json::from_slice::<ApiError>(&bytes).map_or(ErrorCode::Unavailable, |it| it.code);
        let typed = |field: Option<String>| field.map(|it| shortened(&it));
        query.refused = Some(code);
        if made == Made::List {
            query.name = Some(typed(fields.name).unwrap_or_default());
        } else if fields.name.is_some() && fields.list.as_deref() == Some(back.route.list.as_str()) {
            // The field for it is in the menu of the list that the page shows.
            query.list_name = typed(fields.name);
        } else {
            query.text = typed(fields.title);
            // A refused new title is shown in the row it was for.
            query.edit = fields.id.filter(|_| query.text.is_some()).and_then(|it| it.parse().ok());
        }
    }
    // The fields for names are in the side bar, which is a drawer on a small screen: the fragment opens it.
    let fragment = if query.name.is_some() || query.list_name.is_some() { "#lists" } else { "" };
    query.page = (back.page > 1).then(|| back.page.to_string());
    query.before = back.before;
    let query = serde_urlencoded::to_string(&query).unwrap_or_default();
    let separator = if query.is_empty() { "" } else { "?" };
    let location = format!("{}{separator}{query}{fragment}", back.route.path());
    no_store((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

/// The beginning of a text, as much as surely fits into an address.
fn shortened(text: &str) -> String {
    let mut bytes = 0;
    let fits = |c: &char| {
        bytes += "%xx".len() * c.len_utf8();
        bytes <= ADDRESS_TEXT_BYTES_MAX
    };
    text.chars().take_while(fits).collect()
}

/// The page of a long list with a new todo. `None` if the filter hides the todo, or if the page can't be
/// found out.
async fn page_of_new(state: &AppState, route: &Route, receipt: &Receipt) -> Option<usize> {
    let Showing::Todos(filter) = route.showing else { return None };
    let completed = filter.completed();
    let is_there = completed != Some(true) && route.list == receipt.list;
    if is_there { state.todos.page_of_new(&route.list, Shown::of(completed), receipt.seq).await.ok() } else { None }
}

/// Where a person goes back to: a page, and which part of it where it is long.
#[derive(Debug)]
pub(super) struct Back {
    route: Route,
    page: usize,
    before: Option<Seq>,
}

impl Back {
    /// The first part of a page.
    fn to(route: Route) -> Self {
        Self { route, page: 1, before: None }
    }
}

/// The page that a form was sent from, and which part of it, if it is one of ours.
pub(super) fn back(state: &AppState, headers: &HeaderMap) -> Option<Back> {
    let referer: Uri = headers.get(REFERER)?.to_str().ok()?.parse().ok()?;
    let origin = format!("{}://{}", referer.scheme_str()?, referer.authority()?);
    let route = state.access.allows_origin(&origin).then(|| Route::parse(referer.path()))??;
    let query = serde_urlencoded::from_str::<PageQuery>(referer.query().unwrap_or_default()).unwrap_or_default();
    Some(Back { route, page: query.page(), before: query.before })
}
