//! Why a model cannot be read or run.

use std::path::PathBuf;

/// What is wrong with a model or with what is asked of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} lacks {what}", path.display())]
    Lacks { path: PathBuf, what: String },
    /// The file is sound, and something else may run it.
    #[error("{} {what}", path.display())]
    Unsupported { path: PathBuf, what: String },
    #[error("the tokenizer does not work: {0}")]
    Tokenizer(String),
    #[error("a text of {tokens} tokens is longer than the {limit} that the model reads")]
    TooLong { tokens: usize, limit: usize },
    #[error("the model has no token {0}")]
    NoSuchToken(u32),
    #[error("no threads for the model: {0}")]
    Threads(String),
}
