//! What the pages ask of the server: the values that cross the wire, the server functions, and the
//! trait that the server implements behind them.
//!
//! A server function only finds the [`Service`] of its request and calls it, so that pages compile
//! and run without a database or a model behind them.

mod editing;
mod fields;
mod files;
mod meaning;
mod reviewing;
mod templates;
mod trying;
mod versions;

use flow::TaskType;
use flow::session::Recorded;
use flow::workflow::{StepId, Workflow};
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use editing::*;
pub use fields::*;
pub use files::*;
pub use meaning::*;
pub use reviewing::*;
pub use templates::*;
pub use trying::*;
pub use versions::*;

/// The longest request, in characters.
pub const MOST_REQUEST_CHARACTERS: usize = 4_000;

/// Says that a request is too long, when it is.
pub fn too_long_words(request: &str) -> Option<String> {
    let characters = request.chars().count();
    (characters > MOST_REQUEST_CHARACTERS).then(|| {
        format!(
            "This is too long for a request: it has {characters} characters, and at most {MOST_REQUEST_CHARACTERS} are read. It is still in the box. To bring in a workflow file, use Import a file under More."
        )
    })
}

/// Why a request was refused, so that a page can react to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nobody is signed in.
    SignedOut,
    /// The e-mail address or the password is wrong, or the role does not allow this.
    Forbidden,
    /// There is no such thing, or it belongs to another store.
    NotFound,
    /// It cannot be done now, for example because a turn is running.
    Conflict,
    /// What was sent cannot be used as it is.
    Invalid,
    /// Too many requests or too many running turns.
    Busy,
    /// The browser could not reach the server.
    Unreachable,
    /// Something failed on the server; the log there says what.
    Internal,
}

/// A refusal, with one sentence that says what was wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: String,
}

impl ApiError {
    /// A refusal with its sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> ApiError {
        ApiError {
            code,
            message: message.into(),
        }
    }

    /// Nobody is signed in.
    pub fn signed_out() -> ApiError {
        ApiError::new(ErrorCode::SignedOut, "You are signed out; sign in again.")
    }

    /// True when signing in would help.
    pub fn is_signed_out(&self) -> bool {
        self.code == ErrorCode::SignedOut
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> ApiError {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => ApiError::new(
                ErrorCode::Unreachable,
                "The server cannot be reached; check the connection and try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => ApiError::new(
                ErrorCode::Invalid,
                "The request could not be read; reload the page and try again.",
            ),
            _ => ApiError::new(
                ErrorCode::Internal,
                "The answer could not be read; reload the page and try again.",
            ),
        }
    }
}

/// What a signed-in person may see and do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Builds workflows in the own store.
    Owner,
    /// Reads and replays the sessions of every store.
    Support,
    /// Exports sessions and looks after the models.
    Ml,
}

impl Role {
    /// The word used in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Support => "support",
            Role::Ml => "ml",
        }
    }
}

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Name of the store, of an owner.
    pub store: Option<String>,
}

/// One line of a list of sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    pub id: String,
    /// Name of the store.
    pub store: String,
    /// The workflow's name, or the beginning of the first request.
    pub title: String,
    pub started_ms: i64,
    /// How many events the log holds.
    pub events: u64,
    pub turn_running: bool,
    /// Whether its workflow was turned on.
    pub activated: bool,
}

/// One line of the list of workflows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowSummary {
    pub id: String,
    pub name: String,
    pub active: bool,
    pub version: u32,
    pub activated_ms: i64,
    /// The session in which it was turned on.
    pub session_id: Option<String>,
    pub runs: u64,
    pub last_run_ms: Option<i64>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Some steps have not been performed yet.
    Running,
    /// A wait step holds it.
    Waiting,
    Succeeded,
    Failed,
}

impl RunStatus {
    /// The word used in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            RunStatus::Running => "running",
            RunStatus::Waiting => "waiting",
            RunStatus::Succeeded => "succeeded",
            RunStatus::Failed => "failed",
        }
    }
}

/// One line of a workflow's runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    pub id: String,
    pub workflow_id: String,
    pub started_ms: i64,
    /// Id of the trigger's task.
    pub trigger: String,
    pub status: RunStatus,
    /// How many steps ran.
    pub steps: u32,
    /// How many effects there were.
    pub effects: u32,
}

/// What the server did for one effect of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performed {
    pub step: StepId,
    /// For example `email`, `tags` or `not_connected`.
    pub kind: String,
    /// One sentence, for example `Added the tag VIP to order 1001.`
    pub summary: String,
}

/// A run with everything that explains it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    pub summary: RunSummary,
    /// The version of the workflow that ran.
    pub workflow: Workflow,
    /// The event that started it.
    pub event: Value,
    pub run: flow::run::Run,
    pub performed: Vec<Performed>,
}

/// A config field of a task, as far as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldInfo {
    pub id: String,
    pub label: String,
    pub kind: flow::catalog::FieldKind,
    #[serde(default)]
    pub required: bool,
    /// Whether Liquid is rendered in it.
    #[serde(default)]
    pub liquid: bool,
    /// Allowed values of an enum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The type of the object it refers to, for example `Order`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// A task of the store's catalogue, as far as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskInfo {
    pub id: String,
    pub label: String,
    pub task_type: TaskType,
    pub connector: Option<String>,
    pub description: String,
    pub fields: Vec<FieldInfo>,
    /// Whether later steps can read what it found.
    #[serde(default)]
    pub output: bool,
}

impl TaskInfo {
    /// The config field with this id.
    pub fn field(&self, id: &str) -> Option<&FieldInfo> {
        self.fields.iter().find(|field| field.id == id)
    }
}

impl From<&flow::catalog::Task> for TaskInfo {
    fn from(task: &flow::catalog::Task) -> TaskInfo {
        TaskInfo {
            id: task.id.clone(),
            label: task.label.clone(),
            task_type: task.task_type,
            connector: task.connector.clone(),
            description: task.description.clone(),
            fields: task
                .fields
                .iter()
                .map(|field| FieldInfo {
                    id: field.id.clone(),
                    label: field.label.clone(),
                    kind: field.kind,
                    required: field.required,
                    liquid: field.liquid,
                    values: field.values.clone(),
                    of: field.of.clone(),
                })
                .collect(),
            output: task.output().is_some(),
        }
    }
}

/// A model that can be served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub name: String,
    /// The base model it was made from.
    pub base: Option<String>,
    /// Hash of the contract it was trained under.
    pub contract: Option<String>,
    /// When it was trained or published, as its lineage card says.
    pub created: Option<String>,
    /// Scores and lineage as the card holds them.
    pub scores: Value,
    pub serving: bool,
}

/// What the models page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelsView {
    /// Hash of the contract this server speaks.
    pub contract: String,
    pub current: Option<ModelCard>,
    pub available: Vec<ModelCard>,
}

/// Everything the pages can ask for. One value serves one request and knows who is asking.
///
/// The server puts it into the context of each request as `Arc<dyn Service>`.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Service:
    Editing + Fields + Meanings + Reviewing + Trying + Versions + Templates + Files
{
    /// Who is signed in.
    async fn me(&self) -> Result<Option<User>, ApiError>;
    /// Signs in, and keeps that in the browser's web session.
    async fn sign_in(&self, email: String, password: String) -> Result<User, ApiError>;
    /// Signs out.
    async fn sign_out(&self) -> Result<(), ApiError>;

    /// Starts a session, on a stored workflow or on nothing, and returns its id.
    async fn start_session(&self, workflow_id: Option<String>) -> Result<String, ApiError>;
    /// Sessions, newest first: an owner's own store's, or every store's for support.
    async fn sessions(&self) -> Result<Vec<SessionSummary>, ApiError>;
    /// Events of a session after a sequence number.
    async fn session_events(&self, session: String, after: u64) -> Result<Vec<Recorded>, ApiError>;

    /// Starts a turn and returns its number.
    async fn say(&self, session: String, text: String) -> Result<u32, ApiError>;
    /// Stops the running turn.
    async fn stop(&self, session: String) -> Result<(), ApiError>;
    /// Says the last request again.
    async fn retry(&self, session: String) -> Result<u32, ApiError>;
    /// Accepts or discards the pending changes of a turn.
    async fn judge(&self, session: String, turn: u32, accepted: bool) -> Result<(), ApiError>;
    /// Thumbs up or down for a turn.
    async fn feedback(
        &self,
        session: String,
        turn: u32,
        up: bool,
        reason: Option<String>,
    ) -> Result<(), ApiError>;
    /// Turns the draft of a session on.
    async fn activate(&self, session: String) -> Result<(), ApiError>;
    /// Turns a workflow off.
    async fn deactivate(&self, workflow_id: String) -> Result<(), ApiError>;

    /// The store's workflows.
    async fn workflows(&self) -> Result<Vec<WorkflowSummary>, ApiError>;
    /// Runs of a workflow, newest first.
    async fn runs(&self, workflow_id: String) -> Result<Vec<RunSummary>, ApiError>;
    /// One run.
    async fn run(&self, run_id: String) -> Result<RunDetail, ApiError>;
    /// Tasks, to label steps and fields with.
    async fn tasks(&self) -> Result<Vec<TaskInfo>, ApiError>;
    /// The model that serves, and those that could.
    async fn models(&self) -> Result<ModelsView, ApiError>;
}

#[cfg(feature = "ssr")]
fn service() -> Result<std::sync::Arc<dyn Service>, ApiError> {
    use_context::<std::sync::Arc<dyn Service>>().ok_or_else(|| {
        ApiError::new(
            ErrorCode::Internal,
            "The server is not ready yet; try again in a moment.",
        )
    })
}

/// Who is signed in.
#[server]
pub async fn me() -> Result<Option<User>, ApiError> {
    service()?.me().await
}

/// Signs in.
#[server]
pub async fn sign_in(email: String, password: String) -> Result<User, ApiError> {
    service()?.sign_in(email, password).await
}

/// Signs out.
#[server]
pub async fn sign_out() -> Result<(), ApiError> {
    service()?.sign_out().await
}

/// Starts a session and returns its id.
#[server]
pub async fn start_session(workflow_id: Option<String>) -> Result<String, ApiError> {
    service()?.start_session(workflow_id).await
}

/// Sessions, newest first.
#[server]
pub async fn sessions() -> Result<Vec<SessionSummary>, ApiError> {
    service()?.sessions().await
}

/// Events of a session after a sequence number.
#[server]
pub async fn session_events(session: String, after: u64) -> Result<Vec<Recorded>, ApiError> {
    service()?.session_events(session, after).await
}

/// Starts a turn and returns its number.
#[server]
pub async fn say(session: String, text: String) -> Result<u32, ApiError> {
    service()?.say(session, text).await
}

/// Stops the running turn.
#[server]
pub async fn stop(session: String) -> Result<(), ApiError> {
    service()?.stop(session).await
}

/// Says the last request again.
#[server]
pub async fn retry(session: String) -> Result<u32, ApiError> {
    service()?.retry(session).await
}

/// Accepts or discards the pending changes of a turn.
#[server]
pub async fn judge(session: String, turn: u32, accepted: bool) -> Result<(), ApiError> {
    service()?.judge(session, turn, accepted).await
}

/// Thumbs up or down for a turn.
#[server]
pub async fn feedback(
    session: String,
    turn: u32,
    up: bool,
    reason: Option<String>,
) -> Result<(), ApiError> {
    service()?.feedback(session, turn, up, reason).await
}

/// Turns the draft of a session on.
#[server]
pub async fn activate(session: String) -> Result<(), ApiError> {
    service()?.activate(session).await
}

/// Turns a workflow off.
#[server]
pub async fn deactivate(workflow_id: String) -> Result<(), ApiError> {
    service()?.deactivate(workflow_id).await
}

/// The store's workflows.
#[server]
pub async fn workflows() -> Result<Vec<WorkflowSummary>, ApiError> {
    service()?.workflows().await
}

/// Runs of a workflow, newest first.
#[server]
pub async fn runs(workflow_id: String) -> Result<Vec<RunSummary>, ApiError> {
    service()?.runs(workflow_id).await
}

/// One run.
#[server]
pub async fn run(run_id: String) -> Result<RunDetail, ApiError> {
    service()?.run(run_id).await
}

/// Tasks, to label steps and fields with.
#[server]
pub async fn tasks() -> Result<Vec<TaskInfo>, ApiError> {
    service()?.tasks().await
}

/// The model that serves, and those that could.
#[server]
pub async fn models() -> Result<ModelsView, ApiError> {
    service()?.models().await
}
