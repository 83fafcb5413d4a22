//! Echoes, and the memory of sockets: beside a Go server, a Node.js server, and bare TCP.

use anyhow::Result;

use crate::figures::{Budget, Group, Row, Unit};
use crate::load::echo::{self, Talk};
use crate::load::idle;
use crate::options::Options;
use crate::servers::{Server, Subject};

const SUBJECTS: [Subject; 4] = [Subject::Todoapp, Subject::Gin, Subject::Ws, Subject::Tcp];

/// Each talk, with what todoapp shall reach as a multiple of gin.
const TALKS: [(Talk, f64); 4] = [
    (Talk { sockets: 1, in_flight: 1 }, 1.05),
    (Talk { sockets: 100, in_flight: 1 }, 1.25),
    (Talk { sockets: 1, in_flight: 16 }, 3.0),
    (Talk { sockets: 100, in_flight: 16 }, 5.0),
];

/// Idle sockets: so many that what else happens in the process does not matter.
const IDLE_SOCKETS: usize = 2_000;

/// What an idle socket that follows a list may take.
const IDLE_BYTES: f64 = 5_000.0;

/// How many echoes there are in a second, how long each takes, and how much the load program works for that.
pub(crate) async fn talking(options: &Options) -> Result<Group> {
    let servers = super::servers(&SUBJECTS, options).await?;
    let mut rows = Vec::new();
    for (talk, budget) in TALKS {
        let Talk { sockets, in_flight } = talk;
        let plural = if sockets == 1 { "socket" } else { "sockets" };
        let what = format!("{sockets} {plural}, {in_flight} in flight");
        let mut rate = Row::new(format!("echo, {what}"), Unit::PerSecond, &[Budget::Times(budget, Subject::Gin)]);
        let mut half = Row::new("  p50", Unit::Seconds, &[]);
        let mut most = Row::new("  p99", Unit::Seconds, &[]);
        let mut share = Row::new("  of the processor time, for the load", Unit::Share, &[]);
        for _ in 0..options.rounds {
            for server in &servers {
                let measured = echo::run(server, talk, options.seconds).await?;
                rate.add(server.subject, measured.rate);
                half.add(server.subject, measured.p50);
                most.add(server.subject, measured.p99);
                share.add(server.subject, measured.own_share);
            }
        }
        rows.extend([rate, half, most, share]);
    }
    Ok(Group { title: "Echo".to_owned(), subjects: SUBJECTS.to_vec(), rows })
}

/// How much memory an idle socket takes. Each round has new processes, because freed memory is used again.
pub(crate) async fn waiting(options: &Options) -> Result<Group> {
    let mut plain = Row::new("an idle socket", Unit::Bytes, &[]);
    let mut following = Row::new("an idle socket that follows a list", Unit::Bytes, &[Budget::Fixed(IDLE_BYTES)]);
    let subjects = [Subject::Todoapp, Subject::Gin, Subject::Ws];
    for _ in 0..options.rounds {
        for subject in subjects {
            let Some(server) = Server::start(subject, options).await? else { continue };
            plain.add(subject, idle::run(&server, IDLE_SOCKETS, "/ws").await?.bytes_each);
        }
        if let Some(server) = Server::start(Subject::Todoapp, options).await? {
            following.add(Subject::Todoapp, idle::run(&server, IDLE_SOCKETS, "/ws?list=home").await?.bytes_each);
        }
    }
    Ok(Group {
        title: format!("Memory, each of {IDLE_SOCKETS} sockets"),
        subjects: subjects.to_vec(),
        rows: vec![plain, following],
    })
}
