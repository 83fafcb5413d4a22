//! Several servers on one PostgreSQL promise the same as one server: every change on every screen, in one order, none
//! lost and none twice, also while servers are killed and the database cuts everyone off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use todoapp::domain::{Applied, Board, EventId, Head, Seq};
use todoapp::protocol::Push;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::support::{
    Asker, Balancer, Chance, Cluster, Follower, PATIENCE, Socket, TestApp, check_asked, check_followed, check_log,
    free_port, given_tool, note, program,
};

const SERVERS: usize = 3;
const FOLLOWERS: usize = 12;
const WRITERS: usize = 6;

/// How long everything is broken.
const TIME: Duration = Duration::from_secs(12);

/// How long the database is away. Longer than it takes to notice that, and then to answer a page and a command: five
/// seconds each, and a little more.
const DOWN: Duration = Duration::from_secs(15);

/// How long everyone may take to finish once nothing breaks any more.
const REST: Duration = Duration::from_mins(1);

/// Ends every connection of the database but its own; the same for those that listen only.
const CUT_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
const CUT_LISTENERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                             WHERE datname = current_database() AND query LIKE 'LISTEN%'";

async fn servers() -> Vec<TestApp> {
    servers_with(&[]).await
}

async fn servers_with(arguments: &[&str]) -> Vec<TestApp> {
    beside(TestApp::start_on_postgres(arguments).await).await
}

/// A server with others on its database.
async fn beside(first: TestApp) -> Vec<TestApp> {
    let mut all = vec![first];
    while all.len() < SERVERS {
        let next = all[0].start_beside().await;
        all.push(next);
    }
    all
}

/// A socket of each server, which follows the home list from its beginning.
async fn sockets(servers: &[TestApp]) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for server in servers {
        let mut socket = server.socket("?list=home&after=0").await;
        socket.head().await;
        sockets.push(socket);
    }
    sockets
}

#[tokio::test]
async fn a_change_on_any_server_is_pushed_by_all_of_them_in_one_order() {
    let servers = servers().await;
    let mut sockets = sockets(&servers).await;
    for n in 0..30 {
        servers[n % SERVERS].create(&format!("todo {n}")).await;
    }
    let mut heard = Vec::new();
    for socket in &mut sockets {
        heard.push(socket.events(30).await);
    }
    assert_eq!(heard[0].iter().map(|it| it.seq).collect::<Vec<_>>(), (1..=30).collect::<Vec<_>>());
    assert!(heard.iter().all(|it| *it == heard[0]));
    for server in &servers {
        assert_eq!(server.board("home").await.todos.len(), 30);
        assert_eq!(server.page("/").await.matches("class=\"toggle\"").count(), 30);
    }
}

#[tokio::test]
async fn a_change_is_pushed_by_the_others_even_if_no_notice_arrives() {
    let servers = servers().await;
    let mut sockets = sockets(&servers).await;
    // Whoever listens anew looks at everything, so the trigger must go on until the change is there.
    let cutting = async {
        loop {
            servers[0].on_database(CUT_LISTENERS).await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    let changing = async {
        for n in 0..5 {
            servers[0].create(&format!("todo {n}")).await;
            for socket in &mut sockets {
                assert_eq!(socket.event().await.seq, n + 1);
            }
        }
    };
    tokio::select! {
        () = cutting => unreachable!(),
        () = changing => {}
    }
}

#[tokio::test]
async fn a_command_that_is_sent_again_to_another_server_gets_the_same_receipt() {
    let servers = servers().await;
    let op = Chance::new(1).op().to_string();
    let fields = [("list", "home"), ("title", "Milk"), ("op", op.as_str())];
    let first = servers[0].command("/api/todos/create", &fields).await;
    for server in &servers {
        assert_eq!(server.command("/api/todos/create", &fields).await, first);
    }
    assert_eq!(servers[1].board("home").await.todos.len(), 1);
}

#[tokio::test]
async fn lists_and_their_numbers_are_the_same_on_every_server() {
    let servers = servers().await;
    let mut socket = servers[2].socket("?list=home&index=0").await;
    let list = servers[0].create_list("Shopping").await;
    servers[1].command("/api/todos/create", &[("list", &list), ("title", "Milk")]).await;
    let numbers = async {
        loop {
            if let Push::Counts(counts) = socket.push().await
                && counts.list.to_string() == list
                && counts.open == 1
            {
                return;
            }
        }
    };
    timeout(PATIENCE, numbers)
        .await
        .expect("the third server tells the numbers of a list that two others made and filled");
    let mut follower = servers[2].socket(&format!("?list={list}&after=0")).await;
    assert_eq!(follower.event().await.seq, 1);
    servers[0].command("/api/lists/delete", &[("list", &list)]).await;
    // Its followers are sent away by every server.
    let ended = async { while follower.next().await.is_some() {} };
    timeout(PATIENCE, ended).await.expect("the socket of a deleted list ends");
    assert_eq!(servers[1].get(&format!("/lists/{list}")).await.status(), 404);
}

/// Clients that follow and clients that write, on these ports, all at once.
struct Clients {
    told: watch::Sender<Option<Seq>>,
    is_over: Arc<AtomicBool>,
    followers: Vec<JoinHandle<Follower>>,
    writers: Vec<JoinHandle<Asker>>,
}

impl Clients {
    async fn of(server: &TestApp, ports: &[u16], chance: &mut Chance) -> Self {
        let (told, goal) = watch::channel(None::<Seq>);
        let is_over = Arc::new(AtomicBool::new(false));
        let (mut followers, mut writers) = (Vec::new(), Vec::new());
        for n in 0..FOLLOWERS {
            let (mut follower, goal) = (Follower::through(server, ports[n % ports.len()]).await, goal.clone());
            followers.push(tokio::spawn(async move {
                follower.follow(goal).await;
                follower
            }));
        }
        for n in 0..WRITERS {
            let port = ports[n % ports.len()];
            let (mut asker, is_over) = (Asker::new(port, port, chance.branch()), is_over.clone());
            writers.push(tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    asker.command().await;
                }
                asker
            }));
        }
        Self { told, is_over, followers, writers }
    }

    /// Ends, and checks that every client has seen what the log has, and that the log has what was answered. Returns
    /// how many events there are, and how often something was sent again.
    async fn end(self, server: &TestApp, seed: u64) -> (usize, usize) {
        self.is_over.store(true, Ordering::Relaxed);
        let askers = timeout(REST, join_all(self.writers)).await.expect("every command is answered in the end");
        let askers: Vec<_> = askers.into_iter().map(Result::unwrap).collect();
        let asked: Vec<_> = askers.iter().flat_map(|it| it.asked.iter().cloned()).collect();
        let again = askers.iter().map(|it| it.tries - it.repeats).sum::<usize>() - asked.len();
        let board = server.board("home").await;
        self.told.send_replace(Some(board.seq()));
        let followers = timeout(REST, join_all(self.followers)).await.expect("every follower gets to the end");
        let log = server.log("home").await;
        assert_eq!(check_log(&log), Ok(()), "TODOAPP_SEED={seed}");
        assert_eq!(check_asked(&log, &asked), Ok(()), "TODOAPP_SEED={seed}");
        let mut replayed = Board { head: Head(EventId::START), todos: Vec::new(), ..board.clone() };
        assert!(log.iter().all(|it| replayed.apply(it) == Applied::Next) && replayed == board, "TODOAPP_SEED={seed}");
        for follower in followers {
            let follower = follower.unwrap();
            assert_eq!(check_followed(&log, follower.from, &follower.applied), Ok(()), "TODOAPP_SEED={seed}");
            assert_eq!(follower.board, board, "TODOAPP_SEED={seed}");
            assert_eq!(follower.resets, 0, "nobody lost a cursor: TODOAPP_SEED={seed}");
        }
        (log.len(), again)
    }
}

fn seed() -> u64 {
    let seed = Chance::seed();
    note(&format!("TODOAPP_SEED={seed} repeats this, as far as timing allows"));
    seed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_done_twice_while_servers_are_killed_and_the_database_cuts_everyone_off() {
    let seed = seed();
    let mut chance = Chance::new(seed);
    let mut servers = servers().await;
    let ports = ports(&servers);
    let clients = Clients::of(&servers[0], &ports, &mut chance).await;
    let (since, mut kills, mut cuts) = (Instant::now(), 0, 0);
    while since.elapsed() < TIME {
        sleep(Duration::from_millis(chance.within(200..1200))).await;
        match chance.within(0..3) {
            0 => servers[0].on_database(CUT_LISTENERS).await,
            1 => servers[0].on_database(CUT_ALL).await,
            _ => {
                let one = usize::try_from(chance.within(0..3)).unwrap();
                servers[one].kill().await;
                sleep(Duration::from_millis(chance.within(0..300))).await;
                servers[one].start_again().await;
                kills += 1;
                continue;
            }
        }
        cuts += 1;
    }
    let (events, again) = clients.end(&servers[1], seed).await;
    note(&format!("{events} events, {again} tries again, {kills} kills, {cuts} cuts"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_the_database_is_started_again() {
    let seed = seed();
    let mut chance = Chance::new(seed);
    let Some(mut cluster) = Cluster::own().await else { return };
    let servers = beside(TestApp::start_at(&cluster.database("postgres"), &[]).await).await;
    let ports: Vec<_> = servers.iter().map(|it| it.port).collect();
    let clients = Clients::of(&servers[0], &ports, &mut chance).await;
    for (how, down_ms) in [("immediate", 0), ("fast", 0), ("immediate", 1_500)] {
        sleep(Duration::from_millis(chance.within(500..1_000))).await;
        cluster.restart(how, Duration::from_millis(down_ms)).await;
    }
    let (events, again) = clients.end(&servers[1], seed).await;
    note(&format!("{events} events, {again} tries again"));
}

#[tokio::test]
async fn while_the_database_is_away_everything_is_refused_with_a_sentence_and_works_again_after_it() {
    let Some(mut cluster) = Cluster::own().await else { return };
    let app = TestApp::start_at(&cluster.database("postgres"), &[]).await;
    let mut socket = app.socket("?list=home&after=0").await;
    socket.head().await;
    app.create("before").await;
    socket.event().await;
    let restarting = cluster.restart("fast", DOWN);
    let asking = async {
        let away = async { while app.get("/readyz").await.status() != 503 {} };
        timeout(PATIENCE, away).await.expect("the server notices that the database is away");
        let asked = Instant::now();
        let fields = [("list", "home"), ("title", "during")];
        let (page, (status, command)) = tokio::join!(app.get("/"), app.post("/api/todos/create", &fields));
        assert_eq!((page.status().as_u16(), status), (503, 503));
        assert!(asked.elapsed() < DOWN, "nobody waits until it is back");
        for answer in [page.text().await.unwrap(), command.to_string()] {
            assert!(answer.contains("try again") || answer.contains("Try again"), "{answer}");
            assert!(!answer.contains("postgres") && !answer.contains("os error"), "{answer}");
        }
        // The echo needs no database.
        socket.say("still there?").await;
        assert!(socket.text().await.ends_with("still there?"));
    };
    tokio::join!(restarting, asking);
    app.create("after").await;
    assert_eq!(socket.event().await.seq, 2);
    assert_eq!(app.get("/readyz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_every_server_can_be_started_again_while_people_use_them() {
    let Some(nginx) = given_tool("NGINX_PROGRAM") else { return };
    let port = free_port();
    let servers = servers_behind(&[port]).await;
    let balancer = Balancer::nginx(&nginx, port, &ports(&servers)).await;
    start_each_again(servers, &balancer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_caddy_every_server_can_be_started_again_while_people_use_them() {
    let Some(caddy) = given_tool("CADDY_PROGRAM") else { return };
    let both = [free_port(), free_port()];
    let servers = servers_behind(&both).await;
    let balancer = Balancer::caddy(&caddy, both, &ports(&servers)).await;
    let (url, authority) = (format!("https://localhost:{}", both[1]), balancer.authority());
    let mut doctor = Command::new(program());
    doctor.args(["doctor", &url, "--seconds", "1", "--ca"]).arg(authority).kill_on_drop(true);
    let visit = timeout(PATIENCE, doctor.output()).await.expect("it ends by itself").unwrap();
    assert!(visit.status.success(), "{}", String::from_utf8_lossy(&visit.stdout));
    start_each_again(servers, &balancer).await;
}

/// Servers that answer to the names of a balancer on these ports.
async fn servers_behind(balancer: &[u16]) -> Vec<TestApp> {
    let hosts: Vec<_> = balancer.iter().map(|it| format!("localhost:{it}")).collect();
    servers_with(&["--allowed-host", &hosts.join(","), "--proxy", "127.0.0.1"]).await
}

fn ports(servers: &[TestApp]) -> Vec<u16> {
    servers.iter().map(|it| it.port).collect()
}

/// Starts each server again, twice, while clients use them through a balancer.
async fn start_each_again(mut servers: Vec<TestApp>, balancer: &Balancer) {
    let seed = seed();
    let mut chance = Chance::new(seed);
    let page = servers[0].http.get(format!("http://localhost:{}/", balancer.port)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let clients = Clients::of(&servers[0], &[balancer.port], &mut chance).await;
    for _ in 0..2 {
        for server in &mut servers {
            sleep(Duration::from_millis(chance.within(300..900))).await;
            server.stop().await;
            server.start_again().await;
        }
    }
    let (events, again) = clients.end(&servers[0], seed).await;
    note(&format!("{events} events, {again} tries again"));
}
