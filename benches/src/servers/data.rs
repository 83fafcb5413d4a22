//! The lists of todoapp and the collections of PocketBase, as far as loads need them: how each makes a list, adds a
//! todo to it, and shows it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::net::http::{Http, get, post};
use crate::options::Options;
use crate::servers::{Server, Subject, folder};

/// The administrator of PocketBase, who makes the collections.
const EMAIL: &str = "bench@example.org";
const PASSWORD: &str = "for-loopback-only";

/// How many commands todoapp takes in one request.
const COMMANDS_MAX: usize = 100;

/// What PocketBase is started with: everything else is its default.
pub(crate) fn pocketbase_arguments(address: &str, folder: &Path) -> Vec<String> {
    ["serve", "--http", address, "--dir", &pocketbase_folder(folder)].map(str::to_owned).to_vec()
}

/// Its data is one folder deeper, because it also writes beside the folder that it is given.
fn pocketbase_folder(folder: &Path) -> String {
    folder.join("pb_data").display().to_string()
}

/// A server that keeps data, and the right to make lists on it.
pub(crate) struct Store {
    pub(crate) server: Server,
    token: Option<String>,
}

/// A list, or a collection of todos.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) subject: Subject,
    pub(crate) port: u16,
    /// Its id or name.
    pub(crate) id: String,
}

impl Store {
    /// Starts it with new data; `None` if it is not installed.
    pub(crate) async fn start(subject: Subject, options: &Options) -> Result<Option<Self>> {
        let folder = folder()?;
        if let (Subject::PocketBase, Some(program)) = (subject, &options.pocketbase) {
            let path = pocketbase_folder(folder.path());
            let arguments = ["superuser", "upsert", EMAIL, PASSWORD, "--dir", &path];
            let made = Command::new(program).args(arguments).kill_on_drop(true).output().await?;
            ensure!(made.status.success(), "no administrator: {}", made.stderr.escape_ascii());
        }
        let Some(server) = Server::start_in(folder, subject, options).await? else { return Ok(None) };
        let mut store = Self { server, token: None };
        if subject == Subject::PocketBase {
            let body = json!({ "identity": EMAIL, "password": PASSWORD }).to_string();
            let path = "/api/collections/_superusers/auth-with-password";
            let answer = store.ask(path, &body).await?;
            store.token = Some(answer["token"].as_str().context("no token")?.to_owned());
        }
        Ok(Some(store))
    }

    /// todoapp, which is already running.
    pub(crate) fn of(server: Server) -> Self {
        Self { server, token: None }
    }

    async fn ask(&self, path: &str, body: &str) -> Result<Value> {
        let port = self.server.port;
        Http::connect(0, port).await?.ask_json(&post(port, path, self.token.as_deref(), body)).await
    }

    /// Makes a list that everyone may read and add to.
    pub(crate) async fn new_list(&self) -> Result<List> {
        let number = next_number();
        let (subject, port) = (self.server.subject, self.server.port);
        let id = if subject == Subject::PocketBase {
            let fields = json!([{ "name": "title", "type": "text" }, { "name": "completed", "type": "bool" }]);
            let name = format!("todos{number}");
            let mut made = json!({ "name": name, "type": "base", "fields": fields });
            for everyone_may in ["listRule", "viewRule", "createRule"] {
                made[everyone_may] = "".into();
            }
            self.ask("/api/collections", &made.to_string()).await?;
            name
        } else {
            let made =
                self.run(&[command("index", &json!({ "create_list": { "name": format!("List {number}") } }))]).await?;
            made[0]["receipt"]["list"].as_str().with_context(|| format!("no list: {made}"))?.to_owned()
        };
        Ok(List { subject, port, id })
    }

    /// Sends commands to todoapp, and returns their outcomes, none of which may be an error.
    pub(crate) async fn run(&self, commands: &[Value]) -> Result<Value> {
        let mut outcomes = Vec::new();
        for batch in commands.chunks(COMMANDS_MAX) {
            let mut answer = self.ask("/api/commands", &json!({ "commands": batch }).to_string()).await?;
            let Value::Array(results) = answer["results"].take() else { anyhow::bail!("no results: {answer}") };
            ensure!(results.iter().all(|it| it["receipt"].is_object()), "a command was rejected: {results:?}");
            outcomes.extend(results);
        }
        Ok(Value::Array(outcomes))
    }

    /// Adds this many todos to a list.
    pub(crate) async fn fill(&self, list: &List, count: usize) -> Result<()> {
        if self.server.subject == Subject::PocketBase {
            let mut http = Http::connect(0, list.port).await?;
            for number in 0..count {
                http.ask(&list.create(&format!("todo {number}")), "").await?;
            }
        } else {
            let creates: Vec<_> = (0..count).map(|it| create(&list.id, &format!("todo {it}"))).collect();
            self.run(&creates).await?;
        }
        Ok(())
    }
}

impl List {
    /// The home list of todoapp.
    pub(crate) fn home(port: u16) -> Self {
        Self { subject: Subject::Todoapp, port, id: "home".to_owned() }
    }

    /// The same list at another server.
    pub(crate) fn at(&self, server: &Server) -> Self {
        Self { port: server.port, ..self.clone() }
    }

    /// The request that adds a todo. Its answer has [`List::created`] in it.
    pub(crate) fn create(&self, title: &str) -> Vec<u8> {
        if self.subject == Subject::PocketBase {
            let body = json!({ "title": title, "completed": false }).to_string();
            return post(self.port, &format!("/api/collections/{}/records", self.id), None, &body);
        }
        self.request(&[create(&self.id, title)])
    }

    /// A request with these commands to todoapp.
    pub(crate) fn request(&self, commands: &[Value]) -> Vec<u8> {
        post(self.port, "/api/commands", None, &json!({ "commands": commands }).to_string())
    }

    /// What the answer to [`List::create`] has in it.
    pub(crate) fn created(&self) -> &'static str {
        if self.subject == Subject::PocketBase { "\"id\":" } else { "receipt" }
    }

    /// The request for the whole list as JSON, in the way that costs the server least.
    pub(crate) fn json(&self) -> Vec<u8> {
        match self.subject {
            Subject::PocketBase => {
                get(self.port, &format!("/api/collections/{}/records?perPage=100&skipTotal=1", self.id))
            }
            _ => get(self.port, &format!("/api/board?list={}", self.id)),
        }
    }

    /// The request for its page.
    pub(crate) fn page(&self) -> Vec<u8> {
        get(self.port, &format!("/lists/{}", self.id))
    }
}

/// A command to todoapp, with an op of its own as every page sends it.
pub(crate) fn command(list: &str, command: &Value) -> Value {
    json!({ "list": list, "op": new_id(), "command": command })
}

fn create(list: &str, title: &str) -> Value {
    command(list, &json!({ "create": { "id": new_id(), "title": title } }))
}

/// A new id in the form of a UUIDv7.
pub(crate) fn new_id() -> String {
    format!("01890000-0000-7000-8000-{:012x}", next_number())
}

fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}
