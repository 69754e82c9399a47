//! A backend that answers from a list, for tests of everything but the model.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;

use super::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};

/// Answers every request with the next of its texts, a few letters at a time.
#[derive(Debug, Default)]
pub struct Scripted {
    answers: Mutex<VecDeque<String>>,
    requests: Mutex<Vec<Generate>>,
    cycle: bool,
}

impl Scripted {
    /// Answers with these texts, one after the other; then it has nothing more to say.
    pub fn new<S: Into<String>>(answers: impl IntoIterator<Item = S>) -> Scripted {
        Scripted {
            answers: Mutex::new(answers.into_iter().map(Into::into).collect()),
            ..Scripted::default()
        }
    }

    /// Answers with these texts over and over.
    pub fn cycling<S: Into<String>>(answers: impl IntoIterator<Item = S>) -> Scripted {
        Scripted {
            cycle: true,
            ..Scripted::new(answers)
        }
    }

    /// The requests it has been sent.
    pub fn requests(&self) -> Vec<Generate> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait]
impl Backend for Scripted {
    fn info(&self) -> ModelInfo {
        ModelInfo {
            name: "scripted".to_string(),
            kind: "scripted".to_string(),
            ..ModelInfo::default()
        }
    }

    async fn health(&self) -> Result<(), BackendError> {
        Ok(())
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        let prompt_tokens = (request.prompt.len() / 4) as u32;
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let text = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let text = answers.pop_front().ok_or_else(|| {
                BackendError::Rejected("the script has no answer left".to_string())
            })?;
            if self.cycle {
                answers.push_back(text.clone());
            }
            text
        };
        let letters: Vec<char> = text.chars().collect();
        let mut chunks: Vec<Result<Chunk, BackendError>> = letters
            .chunks(5)
            .map(|piece| Ok(Chunk::Text(piece.iter().collect())))
            .collect();
        chunks.push(Ok(Chunk::Done {
            completion_tokens: (text.len() / 4) as u32,
            likelihood: None,
            prompt_tokens,
            text,
        }));
        Ok(futures::stream::iter(chunks).boxed())
    }
}
