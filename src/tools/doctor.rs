//! `todoapp doctor`: connects as browsers and terminals do, and says what something in between breaks.

mod https;
mod probe;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::protocol::frames::ECHO_PREFIX;
use crate::tools::doctor::probe::{Address, Opened, Socket};

/// An origin that no server allows, because the name can't exist.
const FOREIGN: &str = "http://foreign.invalid";

/// Tries everything at an address, as people write it. `ca` is the authority that has signed its certificate, if the
/// system does not know it.
pub(super) async fn run(url: &str, ca: Option<&Path>, seconds: u64) -> anyhow::Result<()> {
    let address = Address::parse(url, ca)?;
    let mut visit = Visit::default();
    // If nothing answers at all, the rest would say the same again.
    if visit.server(&address).await {
        visit.pages(&address).await;
        visit.sockets(&address, Duration::from_secs(seconds)).await;
    }
    match visit.wrong {
        0 => Ok(()),
        1 => bail!("one thing at {url} is not as it should be"),
        wrong => bail!("{wrong} things at {url} are not as they should be"),
    }
}

/// What was found so far.
#[derive(Default)]
struct Visit {
    wrong: usize,
}

impl Visit {
    fn well(what: &str) {
        super::say(&format!("ok     {what}"));
    }

    fn wrong(&mut self, what: &str) {
        self.wrong += 1;
        super::say(&format!("wrong  {what}"));
    }

    /// Whether a server answers at all.
    async fn server(&mut self, address: &Address) -> bool {
        let name = &address.authority;
        let answer = match address.get("/healthz").await {
            Ok(answer) => answer,
            Err(error) => {
                self.wrong(&format!("Asked for its health, at {name} {error:#}."));
                return false;
            }
        };
        match answer.status {
            200 if answer.body.contains("ok") => Self::well("The server answers, and changes can be made."),
            403 => self.wrong(&format!(
                "The server does not know the name {name}: start it with --allowed-host {name}, and have a proxy pass \
                 on Host as it comes."
            )),
            502 | 504 => self.wrong("The proxy does not reach the server: is it running, and is its port right?"),
            503 => self.wrong(&format!("Changes can't be made now: {}", first_line(&answer.body))),
            status => self
                .wrong(&format!("Asked for its health (/healthz), something answers with {status}: it is no todoapp.")),
        }
        answer.status != 403
    }

    async fn pages(&mut self, address: &Address) {
        match address.get("/").await {
            Err(error) => self.wrong(&format!("Asked for a page, {error:#}.")),
            Ok(answer) if answer.status != 200 => {
                self.wrong(&format!("The page is answered with {} instead of 200.", answer.status));
            }
            Ok(answer) if !answer.has("content-security-policy") => {
                self.wrong("The page comes without its content policy: a proxy must not take headers away.");
            }
            Ok(answer) if !answer.has("content-encoding") => {
                self.wrong("The page is not compressed: a proxy must pass on Accept-Encoding, or pages load slowly.");
            }
            Ok(_) => Self::well("The page comes, compressed and with its content policy."),
        }
        match address.get("/ws").await {
            Err(error) => self.wrong(&format!("Asked for /ws without an upgrade, {error:#}.")),
            Ok(answer) if answer.status == 426 => Self::well("/ws is there."),
            Ok(answer) => self.wrong(&format!(
                "/ws is answered with {} instead of 426: a proxy must pass on this path, too.",
                answer.status
            )),
        }
    }

    async fn sockets(&mut self, address: &Address, rest: Duration) {
        let terminal = self.open(address, "/ws", None, "A terminal (websocat)").await;
        if let Some(mut socket) = terminal {
            self.echo(&mut socket).await;
        }
        let browser = self.open(address, "/ws?list=home&index=now", Some(&address.origin), "A browser").await;
        if let Some(mut socket) = browser {
            self.push(&mut socket).await;
            self.lasts(&mut socket, rest).await;
        }
        match address.open("/ws", Some(FOREIGN)).await {
            Ok(Opened::Refused(403)) => Self::well("Pages of other sites are refused."),
            Ok(Opened::Socket(_)) => self.wrong(
                "A page of another site gets a socket, so any page could change your lists: a proxy must pass on \
                 Origin as it comes.",
            ),
            // What breaks every socket was said already.
            Ok(Opened::Refused(_)) | Err(_) => {}
        }
    }

    async fn open(&mut self, address: &Address, path: &str, origin: Option<&str>, who: &str) -> Option<Box<Socket>> {
        match address.open(path, origin).await {
            Ok(Opened::Socket(socket)) => {
                Self::well(&format!("{who} gets a socket."));
                return Some(socket);
            }
            Ok(Opened::Refused(status @ (400 | 426))) => self.wrong(&format!(
                "{who} gets no socket ({status}): the upgrade is lost. A proxy must use HTTP/1.1 and pass on Upgrade \
                 and Connection (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                 proxy_set_header Connection \"upgrade\")."
            )),
            Ok(Opened::Refused(403)) if origin.is_some() => self.wrong(&format!(
                "{who} gets no socket (403): Origin and Host do not agree. A proxy must pass on Host as it comes \
                 (nginx: proxy_set_header Host $http_host), and the server must allow it: --allowed-host {}.",
                address.authority
            )),
            Ok(Opened::Refused(status)) => self.wrong(&format!("{who} gets no socket, but an answer with {status}.")),
            Err(error) => self.wrong(&format!("{who} gets no socket: {error:#}.")),
        }
        None
    }

    async fn echo(&mut self, socket: &mut Socket) {
        // Long enough to notice something that waits for a full buffer, and short enough for one frame.
        let message = "doctor: is this the message that comes back?";
        match socket.say(message).await {
            Ok(echo) if echo == format!("{ECHO_PREFIX}{message}") => Self::well("A message comes back."),
            Ok(echo) => self.wrong(&format!("A message comes back changed: {}", first_line(&echo))),
            Err(error) => self.wrong(&format!("A message does not come back: {error:#}. Something holds it back.")),
        }
    }

    async fn push(&mut self, socket: &mut Socket) {
        match socket.text().await {
            Ok(text) if text.starts_with('{') => Self::well("What the server pushes comes at once."),
            Ok(text) => self.wrong(&format!("What the server pushes comes changed: {}", first_line(&text))),
            Err(error) => self.wrong(&format!(
                "What the server pushes does not come: {error:#}. A proxy must not gather it (nginx: proxy_buffering \
                 off)."
            )),
        }
    }

    async fn lasts(&mut self, socket: &mut Socket, rest: Duration) {
        if let Err(error) = socket.ping().await {
            return self.wrong(&format!("A ping is not answered: {error:#}."));
        }
        let began = Instant::now();
        if !socket.rest(rest).await {
            return self.wrong(&format!(
                "The socket was cut after {} s. A proxy must leave it open for more than 25 s without a message, which \
                 is how often the server sends one (nginx: proxy_read_timeout 1h).",
                began.elapsed().as_secs()
            ));
        }
        match socket.ping().await {
            Ok(()) => Self::well(&format!("The socket is still open after {} s.", rest.as_secs())),
            Err(error) => self.wrong(&format!("After {} s a ping is not answered: {error:#}.", rest.as_secs())),
        }
    }
}

/// The first line of what someone else has written, and not more than fits on a screen.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|it| !it.is_control()).take(200).collect()
}
