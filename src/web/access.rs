//! Who may talk to the server: one rule about `Host` and `Origin` for every route. It keeps out the pages of
//! other sites, and foreign names that were made to point at this machine (DNS rebinding).

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Names of this machine that only this machine can use.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// How much of a foreign name a refusal repeats: enough to recognise it.
const QUOTED_CHARS_MAX: usize = 100;

/// A host name that people may use to reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllowedHost {
    host: String,
    port: Option<u16>,
}

impl FromStr for AllowedHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not a host name: write it as in todo.example.org or 192.168.1.5:3000");
        let (host, port) = split(text).filter(|(host, _)| is_name(host)).ok_or_else(wrong)?;
        Ok(Self { host, port })
    }
}

/// The rule, for one server.
#[derive(Debug)]
pub(crate) struct Access {
    port: u16,
    allowed: Vec<AllowedHost>,
}

impl Access {
    pub(crate) fn new(port: u16, allowed: Vec<AllowedHost>) -> Self {
        Self { port, allowed }
    }

    /// Whether a `Host` names this server. A host allowed without a port may be used with the usual ports
    /// (80 and 443, as behind a proxy) and with the server's own port.
    fn allows_host(&self, host: &str) -> bool {
        let Some((host, port)) = split(host) else { return false };
        if LOOPBACK.contains(&host.as_str()) && port.unwrap_or(80) == self.port {
            return true;
        }
        self.allowed.iter().filter(|it| it.host == host).any(|it| match it.port {
            None => port.is_none_or(|port| [80, 443, self.port].contains(&port)),
            Some(only) => port.map_or([80, 443].contains(&only), |port| port == only),
        })
    }

    /// Whether an `Origin` is a page of this server.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        let Some((scheme, rest)) = origin.split_once("://") else { return false };
        let usual_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return false,
        };
        let Some((host, port)) = split(rest) else { return false };
        let port = port.unwrap_or(usual_port);
        if LOOPBACK.contains(&host.as_str()) && scheme == "http" && port == self.port {
            return true;
        }
        self.allowed.iter().filter(|it| it.host == host).any(|it| match it.port {
            None => port == usual_port || port == self.port,
            Some(only) => port == only,
        })
    }

    /// Why a request is refused, as a sentence; `None` if it is allowed.
    fn refusal(&self, method: &Method, target: &Uri, headers: &HeaderMap) -> Option<String> {
        let mut hosts = headers.get_all(HOST).iter().map(|it| it.to_str().unwrap_or_default());
        let host = hosts.next().unwrap_or_default();
        if hosts.next().is_some() {
            return Some("A request must name its host once.\n".to_owned());
        }
        // The target of a request may name a host too, and then other programs use that one (RFC 9112, 3.2.2).
        if target.authority().is_some_and(|it| !it.as_str().eq_ignore_ascii_case(host)) {
            return Some("The request's target names another host than its Host does.\n".to_owned());
        }
        if !self.allows_host(host) {
            let name = quoted(split(host).map_or(host, |_| host));
            return Some(format!(
                "The host \"{name}\" is not allowed here. If it is a name of your server, start todoapp with \
                 --allowed-host {name}\n"
            ));
        }
        if let Some(origin) =
            headers.get_all(ORIGIN).iter().find(|it| !it.to_str().is_ok_and(|it| self.allows_origin(it)))
        {
            let origin = quoted(origin.to_str().unwrap_or_default());
            let name = origin.split_once("://").map_or(origin.as_str(), |(_, rest)| rest);
            return Some(format!(
                "Pages of \"{origin}\" may not use this server. If it is a name of your server, start todoapp with \
                 --allowed-host {name}\n"
            ));
        }
        let mut sites = headers.get_all(HeaderName::from_static("sec-fetch-site")).iter();
        if !method.is_safe() && sites.any(|it| it != "same-origin" && it != "none") {
            return Some("Other sites may not send forms to this server, whatever --allowed-host names.\n".to_owned());
        }
        None
    }
}

/// Refuses what the rule does not allow, before anything else handles the request.
pub(crate) async fn guard(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    let target = request.uri();
    if let Some(sentence) = access.refusal(request.method(), target, request.headers()) {
        tracing::warn!(path = quoted(target.path()), "Refused: {}", sentence.trim_end());
        return (StatusCode::FORBIDDEN, sentence).into_response();
    }
    // `GET localhost:3000` (a form that only CONNECT may use) and `OPTIONS *` have no path.
    if !target.path().starts_with('/') {
        return (StatusCode::BAD_REQUEST, "A request's target must begin with a slash, as in GET /\n").into_response();
    }
    next.run(request).await
}

/// `host[:port]`, in lower case; nothing else may be in it.
fn split(text: &str) -> Option<(String, Option<u16>)> {
    let authority: Authority = text.parse().ok()?;
    let host = authority.host().to_ascii_lowercase();
    let port = authority.port_u16();
    let again = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    (!host.is_empty() && text.eq_ignore_ascii_case(&again)).then_some((host, port))
}

/// Whether a host is well-formed: letters, digits, dots, hyphens and underscores, or an IPv6 address.
fn is_name(host: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let is_ipv6 = |it: &str| it.strip_prefix('[').and_then(|it| it.strip_suffix(']')).is_some();
    is_ipv6(host) || host.chars().all(is_plain)
}

/// The beginning of a foreign text, as it may stand in a log or in a sentence.
pub(crate) fn quoted(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() && *c != '"').take(QUOTED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(allowed: &[&str]) -> Access {
        Access::new(3000, allowed.iter().map(|it| it.parse().unwrap()).collect())
    }

    #[test]
    fn this_machine_is_allowed_by_its_own_names_only() {
        let access = access(&[]);
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST:3000"] {
            assert!(access.allows_host(host), "{host}");
            assert!(access.allows_origin(&format!("http://{host}")), "{host}");
        }
        for host in [
            "",
            "localhost",
            "localhost:3001",
            "localhost.:3000",
            "evil.com",
            "evil.com:3000",
            "localhost.evil.com:3000",
            "evil-localhost:3000",
            "a@localhost:3000",
            "localhost:3000@evil.com",
            "localhost:3000/",
            "127.0.0.2:3000",
            "0.0.0.0:3000",
            "localhost:03000",
            "localhost:",
            "localhost:99999",
            "xn--lcalhost-n4a:3000",
            "[::]:3000",
        ] {
            assert!(!access.allows_host(host), "{host}");
            assert!(!access.allows_origin(&format!("http://{host}")), "{host}");
        }
        for origin in [
            "null",
            "",
            "file://",
            "https://localhost:3000",
            "ws://localhost:3000",
            "http://localhost:3000/a",
            "HTTP//localhost",
        ] {
            assert!(!access.allows_origin(origin), "{origin}");
        }
    }

    #[test]
    fn a_named_host_is_allowed_behind_a_proxy_and_directly() {
        let access = access(&["todo.example.org", "192.168.1.5:8080"]);
        for host in ["todo.example.org", "todo.example.org:443", "todo.example.org:3000", "192.168.1.5:8080"] {
            assert!(access.allows_host(host), "{host}");
        }
        for host in [
            "todo.example.org:8080",
            "example.org",
            "a.todo.example.org",
            "todo.example.org.",
            "192.168.1.5",
            "192.168.1.5:3000",
        ] {
            assert!(!access.allows_host(host), "{host}");
        }
        for origin in ["https://todo.example.org", "http://todo.example.org:3000", "http://192.168.1.5:8080"] {
            assert!(access.allows_origin(origin), "{origin}");
        }
        for origin in ["https://todo.example.org:444", "http://todo.example.org.evil.com", "http://192.168.1.5"] {
            assert!(!access.allows_origin(origin), "{origin}");
        }
    }

    #[test]
    fn what_is_not_a_host_cannot_be_allowed() {
        for text in ["", "http://a", "a/b", "a:b", "a b", "*", "*.example.org", "a,b"] {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
    }
}
