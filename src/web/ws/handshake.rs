//! The HTTP part of `/ws`: checks the request, answers it, and passes the connection to the socket. axum's
//! own is not used, so that every refusal is a sentence, and the shutdown knows every socket.

use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::header::{
    CONNECTION, HOST, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Parts, Upgraded};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::backend::metrics;
use crate::web::connection_limits::LimitReached;
use crate::web::listener::{Peer, Stream};
use crate::web::state::AppState;
use crate::web::write_deadline::WriteDeadline;
use crate::web::ws::limits::Wanted;
use crate::web::ws::socket::Opening;
use crate::web::ws::wire::Wire;

/// What the task of a socket may take. Most sockets are idle, and with what the system and the runtime keep for each,
/// this has to stay below 5 kB. Only debug builds, as in the tests, check it.
const SOCKET_BYTES_MAX: usize = 2560;

/// How soon a client may ask again that was turned away because there were too many sockets.
const RETRY_DELAY: Duration = Duration::from_secs(5);

/// Turns a `GET /ws` into a socket.
pub(crate) async fn upgrade(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    mut request: Request,
) -> Response {
    if request.method() != Method::GET {
        return (StatusCode::METHOD_NOT_ALLOWED, [("allow", "GET")], "Connect to /ws with GET.\n").into_response();
    }
    let accept = match accept_key(request.headers()) {
        Ok(accept) => accept,
        Err(refused) => {
            metrics::SOCKETS_REFUSED.one("handshake");
            return refused.answer(request.headers());
        }
    };
    let Ok(Query(wanted)) = wanted else {
        let sentence = "Give `list`, `after` and `index` at most once each, as in /ws?list=home&after=0&index=now\n";
        return (StatusCode::BAD_REQUEST, sentence).into_response();
    };
    if wanted.after.is_some() && wanted.list.is_none() {
        return (StatusCode::BAD_REQUEST, "`after` needs `list`, as in /ws?list=home&after=0\n").into_response();
    }
    let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return how_to_connect(request.headers());
    };
    let permit = match state.sockets.take(peer.0) {
        Ok(permit) => permit,
        Err(reached) => return too_many(reached),
    };
    let tasks = state.tasks.clone();
    let opening = Opening::new(state, wanted);
    let socket = async move {
        if let Some(wire) = on_upgrade.await.ok().and_then(wire) {
            metrics::SOCKETS_OPENED.one();
            opening.run(wire).await;
        }
        drop(permit);
    };
    debug_assert!(size_of_val(&socket) <= SOCKET_BYTES_MAX, "{} bytes", size_of_val(&socket));
    tasks.spawn(socket);
    let headers = [
        (CONNECTION, HeaderValue::from_static("Upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// The connection after the upgrade. Every one is of this type, because the listener makes it. What came in with the
/// request is copied, because it holds the 8 kB that the request was read into.
fn wire(upgraded: Upgraded) -> Option<Wire<WriteDeadline<TcpStream>>> {
    let Parts { io, read_buf, .. } = upgraded.downcast::<Stream>().ok()?;
    Some(Wire::new(io.into_inner(), read_buf.to_vec()))
}

fn too_many(reached: LimitReached) -> Response {
    metrics::SOCKETS_REFUSED.one(reached.word());
    let wait = [(RETRY_AFTER, RETRY_DELAY.as_secs().to_string())];
    let sentence = match reached {
        LimitReached::Full => {
            "Too many sockets are open: try again soon, or start todoapp with a greater --sockets-max.\n"
        }
        LimitReached::AddressFull => {
            "Too many sockets are open from your address: close some, or start todoapp with a greater \
             --sockets-per-address-max.\n"
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, wait, sentence).into_response()
}

/// Why a request can't become a socket.
enum Refused {
    NotAnUpgrade,
    Version,
    Key,
}

impl Refused {
    fn answer(self, headers: &HeaderMap) -> Response {
        match self {
            Self::NotAnUpgrade => how_to_connect(headers),
            Self::Version => {
                let version = [(SEC_WEBSOCKET_VERSION, "13")];
                (StatusCode::UPGRADE_REQUIRED, version, "/ws speaks WebSocket version 13.\n").into_response()
            }
            Self::Key => (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in base64.\n").into_response(),
        }
    }
}

/// Checks what RFC 6455 §4.2.1 requires from a client, and makes the answer to its key.
fn accept_key(headers: &HeaderMap) -> Result<HeaderValue, Refused> {
    if !names(headers, &UPGRADE, "websocket") || !names(headers, &CONNECTION, "upgrade") {
        return Err(Refused::NotAnUpgrade);
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|it| it != "13") {
        return Err(Refused::Version);
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let key = keys.next().map(HeaderValue::as_bytes).filter(|it| keys.next().is_none() && is_key(it));
    key.and_then(|it| HeaderValue::from_str(&derive_accept_key(it)).ok()).ok_or(Refused::Key)
}

/// 16 bytes in base64 are 22 digits, the last of which has only 2 bits, and two padding characters.
fn is_key(key: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    key.len() == 24 && key[..22].iter().all(digit) && b"AQgw".contains(&key[21]) && key.ends_with(b"==")
}

/// Whether a header that is a list of words has this one.
fn names(headers: &HeaderMap, header: &HeaderName, word: &str) -> bool {
    let texts = headers.get_all(header).into_iter().filter_map(|it| it.to_str().ok());
    texts.flat_map(|it| it.split(',')).any(|it| it.trim().eq_ignore_ascii_case(word))
}

/// Uses the same name for the server as the client did. It is safe, because the guard lets only our names through.
fn how_to_connect(headers: &HeaderMap) -> Response {
    let host = headers.get(HOST).and_then(|it| it.to_str().ok()).unwrap_or("localhost:3000");
    let sentence = format!(
        "This address is a WebSocket: connect with `websocat ws://{host}/ws`, or from a browser with \
         `new WebSocket(\"ws://{host}/ws\")`.\n"
    );
    (StatusCode::UPGRADE_REQUIRED, [(UPGRADE, "websocket"), (CONNECTION, "Upgrade")], sentence).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sixteen_bytes_make_a_key() {
        assert!(is_key(b"dGhlIHNhbXBsZSBub25jZQ=="));
        for key in [
            "",
            "dGhlIHNhbXBsZSBub25jZQ",
            "dGhlIHNhbXBsZSBub25jZR==",
            "dGhlIHNhbXBsZSBub25jZSE=",
            "########################",
        ] {
            assert!(!is_key(key.as_bytes()), "{key}");
        }
    }
}
