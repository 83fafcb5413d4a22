//! The settings: one struct, each option with its flag, its variable and its meaning.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::Args;

use crate::backend::retention::Retention;

use crate::backend::failpoint::{Failpoint, Part, Stage};
use crate::web::access::AllowedHost;

/// The settings of the server. Where the data is is a setting of the tools, too.
#[derive(Args, Debug, Clone)]
pub struct Config {
    /// The address and port to listen on
    #[arg(long, env = "TODOAPP_LISTEN", value_name = "ADDRESS")]
    #[arg(default_value = "127.0.0.1:3000", value_parser = address)]
    pub(crate) listen: SocketAddr,

    /// Where the data is kept: a file, made if it is missing, or a PostgreSQL (postgres:…)
    ///
    /// A PostgreSQL is named as in `postgres://user:password@localhost/todoapp`. Several todoapps may use the same one.
    #[arg(long, env = "TODOAPP_DATABASE_URL", value_name = "URL", default_value = "sqlite:todos.db", global = true)]
    pub(crate) database_url: String,

    /// The address and port for metrics and probes: /metrics for Prometheus, /healthz and /readyz; none by default
    ///
    /// It shows numbers and nothing of the lists, and answers under any name, so a balancer can ask it by its address.
    #[arg(long, env = "TODOAPP_METRICS_LISTEN", value_name = "ADDRESS", value_parser = address)]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// A further name that people may reach this server by, with or without a port; repeat it for more
    ///
    /// This machine's own names, such as localhost, are always allowed. Any other is refused, so that no foreign
    /// page can reach your lists through your browser.
    #[arg(long = "allowed-host", env = "TODOAPP_ALLOWED_HOST", value_name = "NAME", value_delimiter = ',')]
    pub(crate) allowed_hosts: Vec<AllowedHost>,

    /// What to log: error, warn, info, debug or trace, and json for one JSON object a line
    #[arg(long, env = "TODOAPP_LOG", value_name = "LEVEL", default_value = "info")]
    pub(crate) log: Log,

    /// Sockets at one time
    #[arg(long, env = "TODOAPP_SOCKETS_MAX", value_name = "NUMBER", default_value_t = 20_000)]
    pub(crate) sockets_max: usize,

    /// Sockets at one time from one address, or from one /64 network of IPv6
    #[arg(long, env = "TODOAPP_SOCKETS_PER_ADDRESS_MAX", value_name = "NUMBER", default_value_t = 1_000)]
    pub(crate) sockets_per_address_max: usize,

    /// Connections at one time from one address that are not sockets, or not yet
    #[arg(long, env = "TODOAPP_CONNECTIONS_PER_ADDRESS_MAX", value_name = "NUMBER", default_value_t = 1_000)]
    pub(crate) connections_per_address_max: usize,

    /// The address of a proxy in front of this server, which many people come through: what one address may
    /// have does not hold for it; repeat it for more
    #[arg(long = "proxy", env = "TODOAPP_PROXY", value_name = "ADDRESS", value_delimiter = ',')]
    pub(crate) proxies: Vec<IpAddr>,

    /// Events that each list keeps at least, for screens that were away
    #[arg(long, env = "TODOAPP_KEEP_EVENTS", value_name = "NUMBER", default_value_t = 10_000)]
    pub(crate) keep_events: u32,

    /// Hours that each event is kept at least
    #[arg(long, env = "TODOAPP_KEEP_HOURS", value_name = "HOURS", default_value_t = 24)]
    pub(crate) keep_hours: u32,

    /// The stage of a write to end at, as a power cut would; for tests, and only in debug builds
    #[arg(long, hide = true)]
    pub(crate) fail_at: Option<Stage>,

    /// The part of the server that breaks; for tests, and only in debug builds
    #[arg(long, hide = true)]
    pub(crate) break_part: Option<Part>,

    /// What stands in front of an echo; empty for protocol conformance tests
    #[arg(long, env = "TODOAPP_ECHO_PREFIX", hide = true, default_value = crate::protocol::frames::ECHO_PREFIX)]
    pub(crate) echo_prefix: String,
}

/// Reads an address to listen on. `localhost` may be written for 127.0.0.1.
fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text.replacen("localhost:", "127.0.0.1:", usize::from(text.starts_with("localhost:")));
    text.parse()
        .map_err(|_| "write it as in 127.0.0.1:3000, or 0.0.0.0:3000 for every address of this machine".to_owned())
}

/// What to log, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) level: tracing::Level,
    pub(crate) is_json: bool,
}

impl std::str::FromStr for Log {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut log = Self { level: tracing::Level::INFO, is_json: false };
        for word in text.split(',') {
            match word.trim() {
                "json" => log.is_json = true,
                level => {
                    log.level = level.parse().map_err(|_| {
                        "write error, warn, info, debug or trace, and json beside it if you like".to_owned()
                    })?;
                }
            }
        }
        Ok(log)
    }
}

impl Config {
    /// How much of each log is kept.
    pub(crate) fn retention(&self) -> Retention {
        Retention::new(self.keep_events, Duration::from_hours(self.keep_hours.into()))
    }

    /// The same settings with only errors in the log: a tool says itself what there is to say.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.log.level = tracing::Level::ERROR;
        self
    }

    /// Where to fail on purpose.
    pub(crate) fn failpoint(&self) -> Failpoint {
        Failpoint { end_at: self.fail_at, break_part: self.break_part }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser, Debug)]
    struct OnlyConfig {
        #[command(flatten)]
        _config: Config,
    }

    #[test]
    fn the_error_for_a_wrong_value_names_the_flag_the_value_and_the_remedy() {
        for (arguments, expected) in [
            (["--listen", "here"], vec!["--listen", "here", "127.0.0.1:3000"]),
            (["--metrics-listen", "9464"], vec!["--metrics-listen", "9464", "127.0.0.1:3000"]),
            (["--log", "loud"], vec!["--log", "loud", "debug"]),
            (["--allowed-host", "http://a/"], vec!["--allowed-host", "http://a/", "todo.example.org"]),
            (["--allowed-host", "*"], vec!["--allowed-host", "\"*\"", "todo.example.org"]),
            (["--proxy", "proxy.local"], vec!["--proxy", "proxy.local"]),
        ] {
            let error = OnlyConfig::try_parse_from(["todoapp"].into_iter().chain(arguments)).unwrap_err().to_string();
            assert!(expected.iter().all(|it| error.contains(it)), "{error}");
        }
    }

    #[test]
    fn localhost_is_this_machine() {
        assert_eq!(address("localhost:80"), Ok(([127, 0, 0, 1], 80).into()));
        assert!(address("notlocalhost:80").is_err() && address("localhost").is_err());
    }

    #[test]
    fn a_level_and_json_go_together() {
        assert_eq!("json".parse(), Ok(Log { level: tracing::Level::INFO, is_json: true }));
        assert_eq!("debug,json".parse(), Ok(Log { level: tracing::Level::DEBUG, is_json: true }));
        assert!("".parse::<Log>().is_err());
    }
}
