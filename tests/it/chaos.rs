//! Everything at once, for seconds in `cargo test` and for minutes in `make soak`: many write, many follow,
//! the network breaks, the disk is full, the log is pruned and the server is killed. In the end nothing is
//! lost, done twice or half done.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use todoapp::domain::{Applied, Board, Event, EventId, Head, Seq};
use todoapp::protocol::{Push, ResetReason};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::support::{
    Asker, Chance, Fault, Flaw, Follower, Proxy, SmallDisk, TestApp, check_asked, check_followed, check_log, note,
};

/// How long it goes on, unless `TODOAPP_SOAK_SECONDS` is set.
const TIME: Duration = Duration::from_secs(10);

const FOLLOWERS: usize = 50;
const WRITERS: usize = 8;

/// Several networks, so that not all connections are cut at the same moment.
const PROXIES: usize = 5;

/// How long everyone may take to finish once nothing breaks any more.
const REST: Duration = Duration::from_mins(1);

/// Few enough that a follower that is away for long loses its cursor, and many enough that the others keep
/// theirs.
const KEPT_EVENTS: &str = "300";

/// How long every tenth follower stays away when it is cut: longer than it takes to write this many events.
const AWAY: Duration = Duration::from_secs(4);

/// Room for the longest soak.
const DISK_SIZE: &str = "size=256m";

fn time() -> Duration {
    let given = std::env::var_os("TODOAPP_SOAK_SECONDS").and_then(|it| it.to_str()?.parse().ok());
    given.map_or(TIME, Duration::from_secs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_done_twice_or_half_done_while_everything_breaks() {
    let seed = Chance::seed();
    note(&format!("TODOAPP_SEED={seed} repeats this, as far as timing allows"));
    let mut chance = Chance::new(seed);
    let disk = SmallDisk::new(DISK_SIZE);
    let folder = disk.as_ref().map_or_else(|| tempfile::tempdir().unwrap(), SmallDisk::folder);
    let mut app = TestApp::start_in(folder, &["--keep-events", KEPT_EVENTS, "--keep-hours", "0"]).await;
    let mut proxies = Vec::new();
    for _ in 0..PROXIES {
        proxies.push(Arc::new(Proxy::before(app.port).await));
    }
    let (told, goal) = watch::channel(None::<Seq>);
    let mut followers = Vec::new();
    // The first has a good network. It sees the whole log, even the part that is pruned later.
    for n in 0..=FOLLOWERS {
        let port = if n == 0 { app.port } else { proxies[n % PROXIES].port };
        let mut follower = Follower::new(&app, port).await;
        if n % 10 == 9 {
            follower.away = AWAY;
        }
        let goal = goal.clone();
        followers.push(tokio::spawn(async move {
            follower.follow(goal).await;
            follower
        }));
    }
    let is_over = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| {
            // Every second one loses answers on the way.
            let port = if n % 2 == 0 { proxies[n % PROXIES].port } else { app.port };
            let (mut asker, is_over) = (Asker::new(port, app.port, chance.branch()), is_over.clone());
            tokio::spawn(async move {
                while is_over.load(Ordering::Relaxed) == 0 {
                    asker.command().await;
                }
                asker
            })
        })
        .collect();
    let breaking = proxies.iter().map(|it| break_and_heal(it.clone(), chance.branch())).map(tokio::spawn);
    let breaking: Vec<_> = breaking.collect();

    let (kills, fills) = kill_and_start_again(&mut app, &mut chance, disk.as_ref()).await;

    breaking.iter().for_each(tokio::task::JoinHandle::abort);
    join_all(breaking).await;
    for proxy in &proxies {
        proxy.heal();
    }
    is_over.store(1, Ordering::Relaxed);
    let askers = timeout(REST, join_all(writers)).await.expect("every command is answered in the end");
    let askers: Vec<_> = askers.into_iter().map(Result::unwrap).collect();
    let board = app.board("home").await;
    told.send_replace(Some(board.seq()));
    let followers = timeout(REST, join_all(followers)).await.expect("every follower gets to the end");
    let followers: Vec<_> = followers.into_iter().map(Result::unwrap).collect();
    let (witness, followers) = followers.split_first().unwrap();
    assert_eq!(witness.resets, 0, "the witness keeps its cursor: TODOAPP_SEED={seed}");
    let log = &witness.applied;
    let checked = check(log, &board, &askers, followers);
    note(&figures(log, &askers, followers, &checked));
    note(&format!("{kills:>12}  times the server was killed with kill -9\n{fills:>12}  times its disk was full"));
    assert_eq!(checked, Ok(()), "TODOAPP_SEED={seed}");
    assert_eq!(pruned(&app, log).await, Ok(()), "TODOAPP_SEED={seed}");
}

/// Checks that the rest of the log is the end of what the witness saw, and that an older cursor is reset.
async fn pruned(app: &TestApp, log: &[Event]) -> Result<(), String> {
    let kept = KEPT_EVENTS.parse::<usize>().unwrap().min(log.len()) - 1;
    let (rest, from) = (&log[log.len() - kept..], log.len() - kept);
    let after = if from == 0 { "0".to_owned() } else { log[from - 1].id.to_string() };
    let read = app.socket(&format!("?list=home&after={after}")).await.events_to_head().await.0;
    if read != rest {
        return Err("what is left of the log is not what was seen".to_owned());
    }
    let first = app.socket("?list=home&after=0").await.push().await;
    match first {
        Push::Event(event) if event == log[0] => Ok(()),
        Push::Reset { reason: ResetReason::Pruned, .. } => Ok(()),
        other => Err(format!("from the beginning: {other:?}")),
    }
}

/// Kills the server while it works, and fills its disk, again and again. Returns how often.
async fn kill_and_start_again(app: &mut TestApp, chance: &mut Chance, disk: Option<&SmallDisk>) -> (usize, usize) {
    let (since, mut kills, mut fills) = (Instant::now(), 0, 0);
    loop {
        sleep(Duration::from_millis(chance.within(500..3000))).await;
        if since.elapsed() > time() && kills > 1 {
            return (kills, fills);
        }
        if let Some(disk) = disk.filter(|_| chance.once_in(2)) {
            fills += 1;
            disk.fill();
            sleep(Duration::from_millis(chance.within(100..800))).await;
            if chance.once_in(2) {
                disk.empty();
                continue;
            }
        }
        app.kill().await;
        kills += 1;
        if let Some(disk) = disk {
            disk.empty();
        }
        sleep(Duration::from_millis(chance.within(0..200))).await;
        // The server prunes when it starts.
        app.start_again().await;
    }
}

/// Breaks a network in one way after the other, with pauses in which it works.
async fn break_and_heal(proxy: Arc<Proxy>, mut chance: Chance) {
    loop {
        sleep(Duration::from_millis(chance.within(100..1500))).await;
        let bytes = usize::try_from(chance.within(0..3000)).unwrap();
        let delay = Duration::from_millis(chance.within(1..50));
        let faults = [
            Fault::CutAfter(bytes),
            Fault::CutAfter(0),
            Fault::Reset,
            Fault::Slow(delay),
            Fault::Frozen,
            Fault::ByteByByte,
            Fault::DeafServer,
            Fault::DeafClient,
        ];
        proxy.set(*chance.one_of(&faults));
        sleep(Duration::from_millis(chance.within(20..600))).await;
        proxy.heal();
    }
}

/// What must hold in the end.
fn check(log: &[Event], board: &Board, askers: &[Asker], followers: &[Follower]) -> Result<(), String> {
    check_log(log).map_err(|it| format!("the log: {it:?}"))?;
    let asked: Vec<_> = askers.iter().flat_map(|it| it.asked.iter().cloned()).collect();
    check_asked(log, &asked).map_err(|it| format!("the commands: {it:?}"))?;
    let mut replayed = Board { head: Head(EventId::START), todos: Vec::new(), ..board.clone() };
    if !log.iter().all(|it| replayed.apply(it) == Applied::Next) || replayed != *board {
        return Err("the log, replayed, is not the table".to_owned());
    }
    for (n, follower) in followers.iter().enumerate() {
        check_followed(log, follower.from, &follower.applied).map_err(|it| format!("follower {n}: {it:?}"))?;
        if follower.board != *board {
            return Err(format!("follower {n} has another board"));
        }
    }
    Ok(())
}

fn figures(log: &[Event], askers: &[Asker], followers: &[Follower], checked: &Result<(), String>) -> String {
    let asked: usize = askers.iter().map(|it| it.asked.len()).sum();
    let tries: usize = askers.iter().map(|it| it.tries).sum();
    let rejected = askers.iter().flat_map(|it| &it.asked).filter(|it| it.receipt.is_none()).count();
    let connects: usize = followers.iter().map(|it| it.connects).sum();
    let ids: HashSet<_> = log.iter().map(|it| it.id).collect();
    let receipts = askers.iter().flat_map(|it| &it.asked).filter_map(|it| it.receipt.as_ref());
    let lost = receipts.filter(|it| it.seq > 0 && !ids.contains(&it.event)).count();
    let doubled = log.len() - log.iter().map(|it| it.op).collect::<HashSet<_>>().len();
    let mut catch_ups: Vec<_> = followers.iter().flat_map(|it| it.catch_ups.iter().copied()).collect();
    catch_ups.sort();
    let at = |percent: usize| catch_ups.get(catch_ups.len() * percent / 100).copied().unwrap_or_default();
    let mut text = String::new();
    let mut line = |what: &str, figure: String| writeln!(text, "{figure:>12}  {what}").unwrap();
    line("commands asked, each until it was answered", asked.to_string());
    line("of them rejected by a rule", rejected.to_string());
    line("tries that got no answer and were repeated", (tries - asked).to_string());
    line("events", log.len().to_string());
    let repeats: usize = askers.iter().map(|it| it.repeats).sum();
    line("answered commands sent once more, each given the same answer", repeats.to_string());
    let resets: usize = followers.iter().map(|it| it.resets).sum();
    line("times a follower's cursor had been pruned, and it loaded the board", resets.to_string());
    line("times a follower came back", (connects.saturating_sub(FOLLOWERS)).to_string());
    line("median time from connecting to having everything", format!("{:.1?}", at(50)));
    line("99th percentile of it", format!("{:.1?}", at(99)));
    line("answered commands lost", lost.to_string());
    line("commands that took effect twice", doubled.to_string());
    let has_gap = |it: &&Follower| matches!(check_followed(log, it.from, &it.applied), Err(Flaw::Gap(_)));
    line("followers with a gap", followers.iter().filter(has_gap).count().to_string());
    line("what the checker found", checked.clone().err().unwrap_or_else(|| "nothing".to_owned()));
    text
}
