//! HTTP requests: each client has its own connection, and asks again as soon as it has the answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use super::{Measured, Part, Window, measure};
use crate::net::http::Http;
use crate::servers::Server;
use crate::threads::{on_each, shares};

/// What is asked again and again.
#[derive(Clone)]
pub(crate) struct Asking {
    /// Makes the next request to the server with this number.
    pub(crate) request: Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>,
    /// What each answer has in it.
    pub(crate) expected: &'static str,
    /// How many clients ask.
    pub(crate) clients: usize,
    /// How many requests there are at most.
    pub(crate) requests_max: usize,
}

impl Asking {
    /// The same request again and again.
    pub(crate) fn same(request: Vec<u8>, expected: &'static str, clients: usize) -> Self {
        Self { request: Arc::new(move |_| request.clone()), expected, clients, requests_max: usize::MAX }
    }
}

/// Asks these servers, over which the clients are spread, for this time.
pub(crate) async fn run(servers: &[&Server], asking: Asking, time: Duration) -> Result<Measured> {
    let ports: Vec<_> = servers.iter().map(|it| it.port).collect();
    let shares = shares(asking.clients);
    let threads = shares.len();
    let load = on_each(threads, move |thread| {
        let (asking, ports, share) = (asking.clone(), ports.clone(), shares[thread]);
        async move {
            let each_max = asking.requests_max / asking.clients;
            let mut clients = Vec::with_capacity(share);
            for number in 0..share {
                let server = number % ports.len();
                clients.push((Http::connect(number, ports[server]).await?, server));
            }
            let window = Window::of(time);
            let mut working = JoinSet::new();
            for (client, server) in clients {
                working.spawn(one(client, server, asking.clone(), each_max, window));
            }
            let mut latencies = Vec::new();
            while let Some(done) = working.join_next().await {
                latencies.append(&mut done??);
            }
            Ok(Part::new(window, latencies))
        }
    });
    measure(servers, load).await
}

async fn one(mut client: Http, server: usize, asking: Asking, requests_max: usize, window: Window) -> Result<Vec<u32>> {
    let mut latencies = Vec::new();
    for _ in 0..requests_max {
        let request = (asking.request)(server);
        let since = Instant::now();
        client.ask(&request, asking.expected).await?;
        let now = Instant::now();
        latencies.extend(window.latency(since, now));
        if window.is_over(now) {
            break;
        }
    }
    Ok(latencies)
}
