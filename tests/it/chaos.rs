//! Everything at once, for seconds in `cargo test` and for minutes in `make soak`: many write, many
//! follow, the network breaks and the server is killed; in the end nothing is lost, doubled or torn.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use todoapp::domain::{Applied, Board, Event, EventId, Head, Seq};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::support::{
    Chance, Fault, Follower, PATIENCE, Proxy, TestApp, Wisher, check_asked, check_followed, check_log, note,
};

/// How long it goes on, where `TODOAPP_SOAK_SECONDS` does not say.
const TIME: Duration = Duration::from_secs(10);

const FOLLOWERS: usize = 50;
const WRITERS: usize = 8;

/// Networks of their own, so that not everyone is cut at the same moment.
const PROXIES: usize = 5;

/// How long everyone may take to come to rest once all is well again.
const REST: Duration = Duration::from_mins(1);

fn time() -> Duration {
    let given = std::env::var_os("TODOAPP_SOAK_SECONDS").and_then(|it| it.to_str()?.parse().ok());
    given.map_or(TIME, Duration::from_secs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_torn_while_everything_breaks() {
    let seed = Chance::seed();
    note(&format!("TODOAPP_SEED={seed} plays this again, as far as time allows"));
    let mut chance = Chance::new(seed);
    let mut app = TestApp::start().await;
    let mut proxies = Vec::new();
    for _ in 0..PROXIES {
        proxies.push(Arc::new(Proxy::before(app.port).await));
    }
    let (told, goal) = watch::channel(None::<Seq>);
    let mut followers = Vec::new();
    for n in 0..FOLLOWERS {
        let mut follower = Follower::new(&app, proxies[n % PROXIES].port).await;
        let goal = goal.clone();
        followers.push(tokio::spawn(async move {
            follower.follow(goal).await;
            follower
        }));
    }
    let is_over = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| {
            // Every other one loses answers on the way.
            let port = if n % 2 == 0 { proxies[n % PROXIES].port } else { app.port };
            let (mut wisher, is_over) = (Wisher::new(port, app.port, chance.branch()), is_over.clone());
            tokio::spawn(async move {
                while is_over.load(Ordering::Relaxed) == 0 {
                    wisher.wish().await;
                }
                wisher
            })
        })
        .collect();
    let breaking = proxies.iter().map(|it| break_and_heal(it.clone(), chance.branch())).map(tokio::spawn);
    let breaking: Vec<_> = breaking.collect();

    let kills = kill_and_start_again(&mut app, &mut chance).await;

    breaking.iter().for_each(tokio::task::JoinHandle::abort);
    join_all(breaking).await;
    for proxy in &proxies {
        proxy.heal();
    }
    is_over.store(1, Ordering::Relaxed);
    let wishers = timeout(REST, join_all(writers)).await.expect("every wish is answered in the end");
    let wishers: Vec<_> = wishers.into_iter().map(Result::unwrap).collect();
    let board = app.board("home").await;
    told.send_replace(Some(board.seq()));
    let followers = timeout(REST, join_all(followers)).await.expect("every follower gets to the end");
    let followers: Vec<_> = followers.into_iter().map(Result::unwrap).collect();
    let log = timeout(PATIENCE, app.log("home")).await.expect("the log is read");
    note(&figures(&log, &wishers, &followers, kills));
    assert_eq!(check(&log, &board, &wishers, &followers), Ok(()), "TODOAPP_SEED={seed}");
}

/// Kills the server in the middle of everything, again and again. Returns how often.
async fn kill_and_start_again(app: &mut TestApp, chance: &mut Chance) -> usize {
    let (since, mut kills) = (Instant::now(), 0);
    loop {
        sleep(Duration::from_millis(chance.within(500..3000))).await;
        if since.elapsed() > time() && kills > 1 {
            return kills;
        }
        app.kill().await;
        kills += 1;
        sleep(Duration::from_millis(chance.within(0..200))).await;
        app.start_again().await;
    }
}

/// Breaks a network in one way after the other, with good times between.
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
fn check(log: &[Event], board: &Board, wishers: &[Wisher], followers: &[Follower]) -> Result<(), String> {
    check_log(log).map_err(|it| format!("the log: {it:?}"))?;
    let asked: Vec<_> = wishers.iter().flat_map(|it| it.asked.iter().cloned()).collect();
    check_asked(log, &asked).map_err(|it| format!("the wishes: {it:?}"))?;
    let mut replayed = Board { head: Head(EventId::START), todos: Vec::new(), ..board.clone() };
    if !log.iter().all(|it| replayed.apply(it) == Applied::Next) || replayed != *board {
        return Err("the log, replayed, is not the table".to_owned());
    }
    for (n, follower) in followers.iter().enumerate() {
        check_followed(log, follower.from, &follower.applied).map_err(|it| format!("follower {n}: {it:?}"))?;
        if follower.board != *board || follower.resets > 0 {
            return Err(format!("follower {n} has another board, or lost its place {} times", follower.resets));
        }
    }
    Ok(())
}

fn figures(log: &[Event], wishers: &[Wisher], followers: &[Follower], kills: usize) -> String {
    let asked: usize = wishers.iter().map(|it| it.asked.len()).sum();
    let tries: usize = wishers.iter().map(|it| it.tries).sum();
    let refused = wishers.iter().flat_map(|it| &it.asked).filter(|it| it.receipt.is_none()).count();
    let connects: usize = followers.iter().map(|it| it.connects).sum();
    let ids: HashSet<_> = log.iter().map(|it| it.id).collect();
    let receipts = wishers.iter().flat_map(|it| &it.asked).filter_map(|it| it.receipt.as_ref());
    let lost = receipts.filter(|it| it.seq > 0 && !ids.contains(&it.event)).count();
    let doubled = log.len() - log.iter().map(|it| it.op).collect::<HashSet<_>>().len();
    let mut catch_ups: Vec<_> = followers.iter().flat_map(|it| it.catch_ups.iter().copied()).collect();
    catch_ups.sort();
    let at = |percent: usize| catch_ups.get(catch_ups.len() * percent / 100).copied().unwrap_or_default();
    let mut text = String::new();
    let mut line = |what: &str, figure: String| writeln!(text, "{figure:>12}  {what}").unwrap();
    line("wishes asked, each until it was answered", asked.to_string());
    line("of them refused by a rule", refused.to_string());
    line("tries that got no answer and were made again", (tries - asked).to_string());
    line("events", log.len().to_string());
    line("times the server was killed with kill -9", kills.to_string());
    line("times a follower came back", (connects.saturating_sub(FOLLOWERS)).to_string());
    line("median time from connecting to having everything", format!("{:.1?}", at(50)));
    line("99th percentile of it", format!("{:.1?}", at(99)));
    line("answered wishes lost", lost.to_string());
    line("wishes that came true twice", doubled.to_string());
    text
}
