//! The name that a person gives. Their browser keeps it in a cookie, and sends it with every command. There are no
//! accounts, so nobody checks it.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::domain::actor::too_long;
use crate::domain::{Actor, TextError};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::web::http::responses::{no_store, refuse};

/// Where a name is sent to.
pub(crate) const PATH: &str = "/api/me/name";

/// What the cookie is called. Cookies do not know ports, so another program on this machine may have one that is
/// simply called `name`.
const COOKIE_NAME: &str = "todoapp-name";

/// How long a browser keeps the name. Whoever comes back within a year need not give it again.
const KEPT: Duration = Duration::from_hours(365 * 24);

#[derive(Debug, Deserialize)]
struct Fields {
    name: String,
}

/// The name that is kept, as a script is told.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    name: Option<&'a str>,
}

/// Who sends a request. A cookie that can't be read as a name is treated as absent.
pub(crate) fn of(headers: &HeaderMap) -> Option<Actor> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
    let mut values = cookies.filter_map(|it| it.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='));
    read(values.next()?)
}

fn read(value: &str) -> Option<Actor> {
    // The decoder takes wrong escapes as they stand, and would make a name that nobody typed.
    let is_escape = |it: &str| it.as_bytes().get(..2).is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit));
    if !value.split('%').skip(1).all(is_escape) {
        return None;
    }
    Actor::parse(&percent_decode_str(value).decode_utf8().ok()?).ok()
}

/// Takes the name of a form, and has the browser keep it. An empty one takes it away.
pub(crate) fn keep(fields: &[u8]) -> Response {
    let Ok(Fields { name }) = serde_urlencoded::from_bytes(fields) else {
        return refuse(&ApiError::new(
            ErrorCode::BadRequest,
            "Send the field `name` once. An empty one takes it away.",
        ));
    };
    let actor = match Actor::parse(&name) {
        Ok(actor) => Some(actor),
        Err(TextError::Empty) => None,
        Err(TextError::TooLong) => return refuse(&ApiError::new(ErrorCode::TextTooLong, too_long())),
        Err(error) => return refuse(&error.into()),
    };
    let kept = axum::Json(Kept { name: actor.as_ref().map(Actor::as_str) });
    no_store(([(SET_COOKIE, cookie(actor.as_ref()))], kept).into_response())
}

/// No script may read it. It is not `Secure`, because many use this server at home without HTTPS.
fn cookie(actor: Option<&Actor>) -> String {
    let value = actor.map(|it| utf8_percent_encode(it.as_str(), NON_ALPHANUMERIC).to_string()).unwrap_or_default();
    let seconds = if actor.is_some() { KEPT.as_secs() } else { 0 };
    format!("{COOKIE_NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_cookies(cookies: &[&str]) -> Option<String> {
        let headers = cookies.iter().map(|it| (COOKIE, it.parse().unwrap())).collect();
        of(&headers).map(|it| it.to_string())
    }

    #[test]
    fn a_name_is_read_back_as_it_was_written() {
        for name in ["Ada", "Ada Löwe; x=y", "عمر", "<script>", "100%", "👩‍👩‍👧", "\"quoted\", with \\"]
        {
            let written = cookie(Some(&Actor::parse(name).unwrap()));
            let pair = written.split_once("; Path=").unwrap().0;
            assert!(pair.is_ascii() && !pair.contains([' ', ';', ',', '"', '\\']), "{pair}");
            assert_eq!(of_cookies(&[&format!("other=1; {pair}; last=2")]).as_deref(), Some(name));
            assert_eq!(of_cookies(&["other=1", pair]).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_cookie_that_cannot_be_read_as_a_name_is_treated_as_absent() {
        let long = "a".repeat(51);
        for value in ["", "%20", "%", "%4", "%zz", "a%C3", "%ff", "a%0Ab", "a%00b", "%e2%80%ae", long.as_str()] {
            assert_eq!(of_cookies(&[&format!("{COOKIE_NAME}={value}")]), None, "{value}");
        }
        for other in ["", "todoapp-name", "todoapp-names=a", "my-todoapp-name=a", "name=a", "=a", ";;="] {
            assert_eq!(of_cookies(&[other]), None, "{other}");
        }
    }
}
