//! Turns the answer to a plain form into a redirect, so that every action works without JavaScript: a person is
//! sent back to the page, with the error and with what was typed.

use axum::body::to_bytes;
use axum::http::header::{LOCATION, REFERER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::backend::storage::window::{Place, Shown};
use crate::domain::{Receipt, Seq, TodoId};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::ui::route::{PageQuery, Route, Showing};
use crate::web::http::responses::{ANSWER_BYTES_MAX, no_store};
use crate::web::state::AppState;

/// How many bytes of a refused text are put into an address, percent-encoded. The longest title fits, and
/// the head of the next request stays well below its limit.
const ADDRESS_TEXT_BYTES_MAX: usize = 8 << 10;

/// How many rows are in sight at the top of a page, also on a small phone.
const ROWS_IN_SIGHT: usize = 6;

/// What a form is for, if the page that follows depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// It makes a todo.
    Todo,
    /// It makes a list.
    List,
    /// It takes a list away.
    GoneList,
    /// It brings a list back.
    RestoredList,
    /// It says what a person calls themselves.
    OwnName,
    /// It gives a todo another place in its list.
    Step,
    /// It moves todos to another list.
    Leave,
    /// None of these.
    Nothing,
}

/// The fields that the page needs back if its form was refused.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    list: Option<String>,
    id: Option<String>,
    title: Option<String>,
    /// The title that the todo had when the page was made.
    was: Option<String>,
    name: Option<String>,
    /// The list that a todo is moved to.
    to: Option<String>,
}

impl Fields {
    /// The todo that a form was about, if it was one.
    fn todo(&self) -> Option<TodoId> {
        self.id.as_ref()?.parse().ok()
    }

    /// A new title that was typed, but that the form was not about. Where only one todo can have it.
    fn unsaved_title(&self) -> Option<String> {
        self.todo()?;
        self.title.as_ref().filter(|it| self.was.as_ref().is_some_and(|was| was != *it)).map(|it| shortened(it))
    }

    /// The page of the list that a form was about.
    fn page(&self) -> Option<Back> {
        Some(Back::to(Route::of_list(self.list.as_ref()?.parse().ok()?)))
    }

    /// The page of the list that a todo is moved to.
    fn other_list(&self) -> Option<Back> {
        Some(Back::to(Route::of_list(self.to.as_ref()?.parse().ok()?)))
    }
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
    let cookie = answer.headers().get(SET_COOKIE).cloned();
    let bytes = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let fields: Fields = serde_urlencoded::from_bytes(fields).unwrap_or_default();
    let mut back = back.or_else(|| fields.page()).unwrap_or_else(|| Back::to(Route::home()));
    if made == Made::OwnName && back.route.showing != Showing::History {
        // Only the history has this form.
        back = Back::to(back.route.with(Showing::History));
    }
    let mut query = if succeeded {
        follow(&mut back, &fields, made, &bytes)
    } else {
        let code = serde_json::from_slice::<ApiError>(&bytes).map_or(ErrorCode::Unavailable, |it| it.code);
        refused(&back, &fields, made, code)
    };
    let place = if succeeded { place(state, &back.route, &fields, made, &bytes).await } else { None };
    // What is new, or has moved, may be on another page than the form.
    if matches!(made, Made::Todo | Made::Step) {
        back.page = place.as_ref().map_or(back.page, Place::page);
    }
    // A title that is still to be saved has its own field, which takes the focus.
    let row = place.filter(|it| query.edit.is_none() && it.page() == back.page).and_then(|it| fragment(&it));
    // The fields for names are in the side bar, which is a drawer on a small screen: the fragment opens it.
    let is_about_names = query.name.is_some() || query.list_name.is_some();
    let fragment = if is_about_names { "#lists".to_owned() } else { row.unwrap_or_default() };
    query.page = (back.page > 1).then(|| back.page.to_string());
    query.lists = (back.lists > 1).then(|| back.lists.to_string());
    query.before = back.before;
    let query = serde_urlencoded::to_string(&query).unwrap_or_default();
    let separator = if query.is_empty() { "" } else { "?" };
    let location = format!("{}{separator}{query}{fragment}", back.route.path());
    let mut answer = no_store((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response());
    if let Some(cookie) = cookie {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    answer
}

/// What the page is told after a form that was accepted, which may lead to another page.
fn follow(back: &mut Back, fields: &Fields, made: Made, receipt: &[u8]) -> PageQuery {
    let mut query = PageQuery::default();
    match (made, serde_json::from_slice::<Receipt>(receipt)) {
        (Made::List, Ok(receipt)) => *back = Back::to(Route::of_list(receipt.list)),
        (Made::GoneList, _) => {
            query.deleted = fields.list.as_deref().and_then(|it| it.parse().ok());
            // The page of that list is not there any more.
            if query.deleted.as_ref() == Some(&back.route.list) {
                *back = Back::to(Route::home());
            }
        }
        // Whoever restores a list in the trash wants to see it, and it is not in the trash any more.
        (Made::RestoredList, _) if back.route.showing == Showing::Trash => {
            if let Some(page) = fields.page() {
                *back = page;
            }
        }
        // One step is seldom enough, and a title that was typed is still to be saved.
        (Made::Step, _) => (query.edit, query.text) = (fields.todo(), fields.unsaved_title()),
        // The title that was typed goes with the todo.
        (Made::Leave, _) if fields.unsaved_title().is_some() => {
            (query.edit, query.text) = (fields.todo(), fields.unsaved_title());
            if let Some(other) = fields.other_list() {
                *back = other;
            }
        }
        _ => {}
    }
    query
}

/// What the page is told after a form that was refused: why, and what was typed.
fn refused(back: &Back, fields: &Fields, made: Made, code: ErrorCode) -> PageQuery {
    let mut query = PageQuery { refused: Some(code), ..PageQuery::default() };
    let typed = |field: &Option<String>| field.as_deref().map(shortened);
    match made {
        Made::List => query.name = Some(typed(&fields.name).unwrap_or_default()),
        Made::OwnName => query.text = Some(typed(&fields.name).unwrap_or_default()),
        Made::Step | Made::Leave => (query.edit, query.text) = (fields.todo(), fields.unsaved_title()),
        // The field for it is in the menu of the list that the page shows.
        _ if fields.name.is_some() && fields.list.as_deref() == Some(back.route.list.as_str()) => {
            query.list_name = typed(&fields.name);
        }
        _ => {
            query.text = typed(&fields.title);
            // A refused new title is shown in the row it was for.
            query.edit = fields.todo().filter(|_| query.text.is_some());
        }
    }
    query
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

/// The place of the todo that a form has made or was about. `None` if that is not on the page, or can't be found out.
async fn place(state: &AppState, route: &Route, fields: &Fields, made: Made, receipt: &[u8]) -> Option<Place> {
    let Showing::Todos(filter) = route.showing else { return None };
    let completed = filter.completed();
    let (list, shown) = (&route.list, Shown::of(completed));
    if made == Made::Todo {
        let receipt: Receipt = serde_json::from_slice(receipt).ok()?;
        let is_there = completed != Some(true) && *list == receipt.list;
        return if is_there { state.todos.place_of_new(list, shown, receipt.seq).await.ok()? } else { None };
    }
    let id = fields.todo().filter(|_| fields.list.as_deref() == Some(list.as_str()))?;
    state.todos.place_of(list, shown, id).await.ok()
}

/// The fragment that brings a browser to a row. `None` where the row is in sight at the top of the page.
fn fragment(place: &Place) -> Option<String> {
    (place.above() >= ROWS_IN_SIGHT).then_some(format!("#todo-{}", place.row?))
}

/// Where a person goes back to: a page, and which part of it where it is long.
#[derive(Debug)]
pub(super) struct Back {
    route: Route,
    page: usize,
    /// The page of the deleted lists.
    lists: usize,
    before: Option<Seq>,
}

impl Back {
    /// The first part of a page.
    fn to(route: Route) -> Self {
        Self { route, page: 1, lists: 1, before: None }
    }
}

/// The page that a form was sent from, and which part of it, if it is one of ours.
pub(super) fn back(state: &AppState, headers: &HeaderMap) -> Option<Back> {
    let referer: Uri = headers.get(REFERER)?.to_str().ok()?.parse().ok()?;
    let origin = format!("{}://{}", referer.scheme_str()?, referer.authority()?);
    let route = state.access.allows_origin(&origin).then(|| Route::parse(referer.path()))??;
    let query = serde_urlencoded::from_str::<PageQuery>(referer.query().unwrap_or_default()).unwrap_or_default();
    Some(Back { route, page: query.page(), lists: query.lists_page(), before: query.before })
}
