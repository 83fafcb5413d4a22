//! The address for the people who run the server: numbers for Prometheus, and the probes. It shows nothing of the
//! lists, so it is for any `Host`, and it is there until the server has stopped.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tower_http::timeout::TimeoutLayer;

use crate::backend::metrics::{self, Kind, Text};
use crate::web::connection_limits::ConnectionLimits;
use crate::web::http::responses::method_not_allowed;
use crate::web::state::AppState;
use crate::web::{listener, probes};

/// Connections to this address at one time. A few programs ask, each from time to time.
const CONNECTIONS_MAX: usize = 64;

/// How long an answer may take: longer than a probe waits for the writer.
const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// What Prometheus calls its text format.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is looked at when someone asks.
#[derive(Clone, Debug)]
struct Watched {
    app: AppState,
    connections: ConnectionLimits,
    started: Duration,
}

/// Serves the address until what is returned is dropped.
pub(crate) fn serve(listener: TcpListener, app: AppState, connections: ConnectionLimits) -> DropGuard {
    let stop = CancellationToken::new();
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let limits = ConnectionLimits::new(CONNECTIONS_MAX, CONNECTIONS_MAX, std::sync::Arc::default());
    let router = router(Watched { app, connections, started });
    // These connections do not keep the server from stopping.
    tokio::spawn(listener::serve(listener, router, limits, TaskTracker::new(), stop.clone()));
    stop.drop_guard()
}

/// What is said at the start about the address.
pub(crate) fn sentence(address: SocketAddr) -> String {
    format!("Its metrics are at http://{address}/metrics")
}

fn router(watched: Watched) -> Router {
    let probes = probes::routes().with_state(watched.app.clone());
    Router::new()
        .route("/metrics", get(show))
        .with_state(watched)
        .merge(probes)
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(nothing_here)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_WAIT))
}

async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, "Here are only /metrics, /healthz and /readyz.\n").into_response()
}

async fn show(State(Watched { app, connections, started }): State<Watched>) -> Response {
    let mut text = Text::default();
    text.begin("todoapp_build_info", Kind::Gauge, "The version of the program.");
    text.sample("todoapp_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.gauge("process_start_time_seconds", "When the process was started.", started.as_secs_f64());
    text.gauge("todoapp_sockets_open", "Sockets that are open.", app.sockets.count());
    text.gauge("todoapp_connections_open", "Connections that are open and are not sockets.", connections.count());
    metrics::write(&mut text);
    let sizes = app.todos.sizes().await;
    if let Some(bytes) = sizes.database_bytes {
        text.gauge("todoapp_database_bytes", "The file with the data and its write-ahead log.", bytes);
    }
    // Where the database can't be read, everything else is still told.
    if let Some(heads) = sizes.log_heads {
        text.gauge("todoapp_log_heads", "The numbers of the last events of all logs, added up.", heads);
    }
    ([(CONTENT_TYPE, TEXT_FORMAT)], text.into_string()).into_response()
}
