//! A server in a temporary folder, browsers that talk to it, and a model that answers what it is told.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::backend::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};
use app::api::{Role, Say, SignIn, StartSession};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use flow::session::{Event, Recorded};
use futures::StreamExt;
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use server::accounts::store::{NewPerson, add_person, add_store};
use server::accounts::{hash, token_hash};
use server::clock::Clock;
use server::commands::setup;
use server::config::Config;
use server::model::Models;
use server::runs::mail::Mailer;
use server::state::App;
use server::{database, router};
use tempfile::TempDir;
use tower::ServiceExt;

pub const PASSWORD: &str = "harbor-demo";
pub const TOKEN: &str = "harbor-demo-events";
pub const OWNER: &str = "owner@harborgoods.example";
pub const SUPPORT: &str = "support@flowright.example";
pub const ML: &str = "ml@flowright.example";
/// The owner of another store.
pub const STRANGER: &str = "stranger@elsewhere.example";
pub const STRANGER_TOKEN: &str = "elsewhere-events";

/// What the model answers to the sentence of the issue.
pub const VIP: &str = r#"@order_created
def tag_big_orders(order):
    if order.totalPriceSet.shopMoney.amount > 500:
        add_order_tags(order_id=order.id, tags=["VIP"])
        send_email(address="ops@example.com", subject="Big order {{ order.name }}", message="{{ order.name }} came in.")
"#;

/// One prepared answer.
pub enum Prepared {
    Text(String),
    /// Writes this much and then nothing, until the turn is dropped.
    Stuck(String),
}

/// A model that gives prepared answers in order.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Prepared>>,
    pub prompts: Mutex<Vec<String>>,
}

impl Script {
    pub fn add(&self, text: &str) {
        self.answers
            .lock()
            .unwrap()
            .push_back(Prepared::Text(text.to_string()));
    }

    pub fn add_stuck(&self, text: &str) {
        self.answers
            .lock()
            .unwrap()
            .push_back(Prepared::Stuck(text.to_string()));
    }
}

#[async_trait::async_trait]
impl Backend for Script {
    fn info(&self) -> ModelInfo {
        ModelInfo {
            name: "prepared".to_string(),
            kind: "scripted".to_string(),
            contract: None,
            lineage: None,
        }
    }

    async fn health(&self) -> Result<(), BackendError> {
        Ok(())
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        self.prompts.lock().unwrap().push(request.prompt);
        let next = self.answers.lock().unwrap().pop_front();
        let (text, stuck) = match next {
            Some(Prepared::Text(text)) => (text, false),
            Some(Prepared::Stuck(text)) => (text, true),
            None => return Err(BackendError::Rejected("nothing is prepared".to_string())),
        };
        let text = text.trim_end().to_string();
        let mut chunks: Vec<_> = text
            .split_inclusive('\n')
            .map(|line| Ok(Chunk::Text(line.to_string())))
            .collect();
        if !stuck {
            chunks.push(Ok(Chunk::Done {
                text: text.clone(),
                prompt_tokens: 100,
                completion_tokens: 50,
                likelihood: None,
            }));
        }
        let written = futures::stream::iter(chunks);
        if stuck {
            return Ok(written.chain(futures::stream::pending()).boxed());
        }
        Ok(written.boxed())
    }
}

/// A server over a database file in a temporary folder.
pub struct Server {
    pub folder: Arc<TempDir>,
    pub app: Arc<App>,
    pub router: Router,
    pub script: Arc<Script>,
    now: Arc<AtomicI64>,
}

impl Server {
    pub async fn new() -> Server {
        Server::over(Arc::new(tempfile::tempdir().unwrap())).await
    }

    /// A server over a folder that may have been used before.
    pub async fn over(folder: Arc<TempDir>) -> Server {
        let mut config = Config::default();
        config.database.url = database_of(folder.path()).await;
        config.mail.outbox = folder.path().join("outbox");
        config.server.site = folder.path().join("site");
        let now = Arc::new(AtomicI64::new(1_800_000_000_000));
        let clock = Clock::new({
            let now = now.clone();
            move || now.fetch_add(1, Ordering::Relaxed)
        });
        let pool = database::open(&config.database.url).await.unwrap();
        setup::demo(&pool, &clock, PASSWORD, TOKEN, &[])
            .await
            .unwrap();
        if server::accounts::store::store_by_name(&pool, "Elsewhere")
            .await
            .unwrap()
            .is_none()
        {
            let store = add_store(&pool, "Elsewhere", &[], &token_hash(STRANGER_TOKEN), 0)
                .await
                .unwrap();
            let person = NewPerson {
                email: STRANGER,
                name: "Stranger",
                role: Role::Owner,
                store: Some(&store),
                password_hash: &hash(PASSWORD).unwrap(),
            };
            add_person(&pool, person, 0).await.unwrap();
        }
        let mailer = Mailer::new(&config.mail).unwrap();
        let script = Arc::new(Script::default());
        let models = Models::fixed(&config.model, script.clone());
        let app = App::new(config, pool, clock, models, mailer);
        let router = router::router(app.clone());
        Server {
            folder,
            app,
            router,
            script,
            now,
        }
    }

    /// Makes a program the draft of a session, as an edit by hand does.
    pub async fn draft(&self, session: &str, program: &str) {
        let parsed = flow::python::parse(program, self.app.catalogs.builtin());
        assert_eq!(parsed.findings, []);
        let event = Event::EditedByHand {
            summary: "Edited".to_string(),
            workflow: parsed.workflow,
            findings: Vec::new(),
        };
        self.app.log.append(session, event).await.unwrap();
    }

    pub fn later(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub fn outbox(&self) -> Vec<String> {
        files(&self.folder.path().join("outbox"))
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }

    /// A browser that is signed in.
    pub async fn browser(&self, email: &str) -> Browser {
        let mut browser = self.stranger();
        let (status, answer) = browser
            .call::<SignIn>(&[("email", email), ("password", PASSWORD)])
            .await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        browser
    }

    /// A browser that nobody has signed in with.
    pub fn stranger(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
        }
    }

    /// Posts an event with a store's token.
    pub async fn event(&self, token: &str, body: impl Into<String>) -> (StatusCode, Value) {
        let request = Request::post("/api/events")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.into()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        (status, json_of(response).await)
    }
}

/// Names a `PostgreSQL` server on which every test makes a database of its own; `SQLite` files without it.
const POSTGRES: &str = "FLOWRIGHT_TEST_POSTGRES";

async fn database_of(folder: &Path) -> String {
    let Ok(server) = std::env::var(POSTGRES) else {
        return format!("sqlite:{}", folder.join("flowright.db").display());
    };
    let name = format!("test_{}", &token_hash(&folder.display().to_string())[..16]);
    let admin = sqlx::PgPool::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    let there: Option<(i32,)> = sqlx::query_as("select 1 from pg_database where datname = $1")
        .bind(&name)
        .fetch_optional(&admin)
        .await
        .unwrap();
    if there.is_none() {
        let create = format!("create database {name}");
        sqlx::query(sqlx::AssertSqlSafe(create))
            .execute(&admin)
            .await
            .unwrap();
    }
    admin.close().await;
    format!("{server}/{name}")
}

/// An order as Flow sends it.
pub fn order(total: &str) -> String {
    json!({
        "trigger": "shopify::admin::order_created",
        "event": { "order": {
            "id": "gid://shopify/Order/1001",
            "name": "#1001",
            "totalPrice": total,
            "totalPriceSet": { "shopMoney": { "amount": total, "currencyCode": "USD" } },
            "tags": [],
            "lineItems": []
        } }
    })
    .to_string()
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    files.sort();
    files
}

pub async fn json_of(response: Response) -> Value {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
}

/// A browser with its cookie.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
}

impl Browser {
    pub async fn send(&mut self, mut request: Request<Body>) -> Response {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
        }
        request
            .headers_mut()
            .insert(header::HOST, "flowright.example".parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            self.cookie = Some(cookie.split(';').next().unwrap().to_string());
        }
        response
    }

    pub async fn get(&mut self, path: &str) -> Response {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Calls a server function as the page does.
    pub async fn call<F: ServerFn>(&mut self, arguments: &[(&str, &str)]) -> (StatusCode, Value) {
        self.call_with::<F>(arguments, &[]).await
    }

    pub async fn call_with<F: ServerFn>(
        &mut self,
        arguments: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let form: Vec<String> = arguments
            .iter()
            .map(|(key, value)| format!("{key}={}", encode(value)))
            .collect();
        let mut request = Request::post(F::PATH)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .send(request.body(Body::from(form.join("&"))).unwrap())
            .await;
        let status = response.status();
        (status, json_of(response).await)
    }

    /// Calls a server function that takes JSON, as the page does.
    pub async fn call_json<F: ServerFn>(&mut self, arguments: Value) -> (StatusCode, Value) {
        let request = Request::post(F::PATH)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(arguments.to_string()))
            .unwrap();
        let response = self.send(request).await;
        let status = response.status();
        (status, json_of(response).await)
    }

    /// The answer of a server function that succeeds.
    pub async fn done<F: ServerFn>(&mut self, arguments: &[(&str, &str)]) -> Value {
        let (status, answer) = self.call::<F>(arguments).await;
        assert_eq!(status, StatusCode::OK, "{}: {answer}", F::PATH);
        answer
    }

    pub async fn start(&mut self) -> String {
        let answer = self.done::<StartSession>(&[]).await;
        answer.as_str().unwrap().to_string()
    }

    pub async fn say(&mut self, session: &str, text: &str) {
        self.done::<Say>(&[("session", session), ("text", text)])
            .await;
    }

    /// Follows a session until an event, as the page does, and returns everything up to it.
    pub async fn follow(
        &mut self,
        session: &str,
        after: u64,
        until: impl Fn(&Event) -> bool,
    ) -> Vec<Recorded> {
        let response = self
            .get(&format!("/api/sessions/{session}/events?after={after}"))
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        let mut stream = response.into_body().into_data_stream();
        let mut text = String::new();
        let mut events: Vec<Recorded> = Vec::new();
        let read = async {
            while let Some(chunk) = stream.next().await {
                text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
                while let Some((frame, rest)) = text.split_once("\n\n") {
                    let data = frame.lines().find_map(|line| line.strip_prefix("data: "));
                    if let Some(data) = data {
                        let recorded: Recorded = serde_json::from_str(data).unwrap();
                        let id = frame
                            .lines()
                            .find_map(|line| line.strip_prefix("id: "))
                            .unwrap();
                        assert_eq!(id, recorded.seq.to_string());
                        events.push(recorded);
                    }
                    text = rest.to_string();
                    if events.last().is_some_and(|recorded| until(&recorded.event)) {
                        return;
                    }
                }
            }
        };
        let over = tokio::time::timeout(Duration::from_secs(30), read).await;
        assert!(over.is_ok(), "the event never came; there were {events:#?}");
        events
    }

    /// Says something and waits for the end of the turn.
    pub async fn turn(&mut self, session: &str, text: &str) -> Vec<Recorded> {
        let before = self.follow_now(session).await;
        self.say(session, text).await;
        self.follow(session, before, ended).await
    }

    async fn follow_now(&mut self, session: &str) -> u64 {
        let events = self
            .done::<app::api::SessionEvents>(&[("session", session), ("after", "0")])
            .await;
        events.as_array().unwrap().len() as u64
    }

    /// A session whose VIP workflow is turned on.
    pub async fn activated(&mut self, server: &Server) -> (String, String) {
        let session = self.start().await;
        server.script.add(VIP);
        self.turn(
            &session,
            "When an order over $500 comes in, tag it VIP and email ops@example.com",
        )
        .await;
        self.done::<app::api::Activate>(&[("session", &session)])
            .await;
        let workflows = self.done::<app::api::Workflows>(&[]).await;
        let id = workflows[0]["id"].as_str().unwrap().to_string();
        (session, id)
    }
}

pub fn ended(event: &Event) -> bool {
    matches!(
        event,
        Event::TurnFinished { .. } | Event::TurnFailed { .. } | Event::TurnInterrupted { .. }
    )
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                (byte as char).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
