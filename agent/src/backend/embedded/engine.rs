//! What runs the weights: our own decoder for the models that it knows, mistral.rs for all others.

use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::stream::BoxStream;

use super::steering::Steps;
use crate::backend::BackendError;
use crate::grammar::departure::Grammar;

/// How many turns the model works on at once; more wait. Two cores gain nothing from more.
pub const AT_ONCE: usize = 4;

/// Where a temperature is wanted, only the likeliest tokens that come to this probability are drawn from.
pub const TOP_P: f64 = 0.95;

/// Runs the weights of one model.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Whether a text would be continued now.
    async fn health(&self) -> Result<(), BackendError>;

    /// The tokens of a text; marks such as `<|im_end|>` are recognised inside of it.
    async fn tokens(&self, text: &str) -> Result<Vec<u32>, BackendError>;

    /// The text of every token of the vocabulary; parts of a letter have none.
    async fn vocabulary(&self) -> Result<Vec<String>, BackendError>;

    /// A grammar at its beginning, by which departures are looked for.
    async fn grammar(&self, lark: &str) -> Result<Grammar, BackendError>;

    /// Continues a text. Dropping the stream stops it.
    async fn start(
        &self,
        job: Job,
    ) -> Result<BoxStream<'static, Result<Piece, BackendError>>, BackendError>;
}

/// A text to continue.
pub struct Job {
    /// The tokens of the prompt.
    pub tokens: Vec<u32>,
    /// What the completion may be, in llguidance's Lark dialect.
    pub grammar: Option<String>,
    pub max_tokens: usize,
    /// 0 takes the likeliest token every time.
    pub temperature: f64,
    pub seed: u64,
    /// What is seen of each step, and who leads it.
    pub steps: Arc<Mutex<Steps>>,
    /// How many tokens were written.
    pub written: Arc<AtomicU32>,
}

/// A piece of a completion.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text that goes on.
    Text(String),
    /// The last text, which may be empty.
    Last(String),
}
