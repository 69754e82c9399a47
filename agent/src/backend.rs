//! What runs a model: a small trait, and its implementations.
//!
//! [`scripted`] answers from a list, for tests of everything but the model; [`openai`] talks to any
//! server with an OpenAI-compatible completions endpoint; `embedded` runs a model file in this process.

use std::path::Path;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

#[cfg(feature = "embedded")]
pub mod embedded;
pub mod openai;
pub mod scripted;

/// A model that continues text.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What is being served.
    fn info(&self) -> ModelInfo;

    /// Whether a request would be answered now.
    async fn health(&self) -> Result<(), BackendError>;

    /// Continues a prompt. The stream ends with [`Chunk::Done`]; dropping it stops the model.
    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError>;
}

/// The stream of one completion.
pub type Chunks = BoxStream<'static, Result<Chunk, BackendError>>;

/// One request to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    /// The rendered conversation ([`crate::contract::prompt`]).
    pub prompt: String,
    /// What the completion may be, in llguidance's Lark dialect.
    pub grammar: Option<String>,
    pub max_tokens: usize,
    /// 0 takes the likeliest token every time.
    pub temperature: f64,
    pub seed: u64,
    /// Completions of this prompt that are not wanted again, the best of them last: what most nearly came out
    /// in their place is to be written. Backends that cannot tell write what they write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_than: Vec<String>,
    /// What the completion should hold and the last of the others does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<String>,
    /// Pieces of the last of the others that are likely to be what is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<String>,
    /// The program that the completion edits. What was not asked for stays, so backends that can give
    /// copying it a head start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<String>,
    /// Added to the score of words in place of a program, where both are allowed: the natural logarithm
    /// of how much likelier they are than the model takes them to be.
    #[serde(default)]
    pub words: f32,
}

/// A piece of a completion.
#[derive(Clone, Debug, PartialEq)]
pub enum Chunk {
    /// Text, as it is written.
    Text(String),
    /// The end, with the whole text.
    Done {
        text: String,
        prompt_tokens: u32,
        completion_tokens: u32,
        /// The natural logarithm of the probability that the model gives the text; `None` where it is not known.
        likelihood: Option<f32>,
    },
}

/// What a backend serves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    pub name: String,
    /// `embedded`, `openai` or `scripted`.
    pub kind: String,
    /// The contract the model was trained under; `None` for a model without a lineage.
    pub contract: Option<String>,
    /// The lineage card that lies beside the model.
    pub lineage: Option<serde_json::Value>,
}

/// Why a model does not answer. Messages never hold the prompt or a key.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    #[error("The model file {path} is not there; `cargo xtask run` puts it in place.")]
    Missing { path: String },
    #[error("The lineage card {path} does not read: {reason}.")]
    Lineage { path: String, reason: String },
    #[error(
        "The model was trained under contract {found}, and this program speaks contract {expected}; train or publish it again, or run the program it was made for."
    )]
    ContractMismatch { expected: String, found: String },
    #[error("The model could not be loaded: {0}")]
    Load(String),
    #[error("The model server {url} cannot be reached: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("The model server answered with status {status}: {message}")]
    Status { status: u16, message: String },
    #[error("The model stopped in the middle of its answer: {0}")]
    Interrupted(String),
    #[error("The model does not take this request: {0}")]
    Rejected(String),
}

/// Reads the `lineage.json` beside a model file, if there is one, and compares its contract with ours.
pub fn lineage(model: &Path) -> Result<Option<serde_json::Value>, BackendError> {
    let path = model.with_file_name("lineage.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(BackendError::Lineage {
                path: path.display().to_string(),
                reason: error.to_string(),
            });
        }
    };
    let card: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| BackendError::Lineage {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
    let expected = crate::contract::hash();
    match card.get("contract").and_then(serde_json::Value::as_str) {
        Some(found) if found == expected => Ok(Some(card)),
        found => Err(BackendError::ContractMismatch {
            expected,
            found: found.unwrap_or("(none)").to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("agent-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn a_model_without_a_lineage_is_served() {
        let model = folder("no-lineage").join("model.gguf");
        assert!(lineage(&model).expect("no error").is_none());
    }

    #[test]
    fn another_contract_is_refused_with_both_hashes() {
        let model = folder("other-contract").join("model.gguf");
        std::fs::write(
            model.with_file_name("lineage.json"),
            r#"{"contract":"abc"}"#,
        )
        .expect("written");
        let error = lineage(&model).expect_err("refused").to_string();
        assert!(error.contains("abc"), "{error}");
        assert!(error.contains(&crate::contract::hash()), "{error}");
    }

    #[test]
    fn our_contract_is_served_with_its_card() {
        let model = folder("our-contract").join("model.gguf");
        let card = serde_json::json!({"contract": crate::contract::hash(), "seed": 1});
        std::fs::write(model.with_file_name("lineage.json"), card.to_string()).expect("written");
        assert_eq!(lineage(&model).expect("read"), Some(card));
    }
}
