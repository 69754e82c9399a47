//! mistral.rs in this process, from a GGUF file on disk. Nothing is fetched from the network.
//!
//! Two things make it fast enough on a few CPU cores. The thread that runs the model joins a rayon
//! pool of its own: a forward pass of a small model is hundreds of short parallel loops for every
//! row of the prompt, and started from outside of a pool each costs a wake-up across threads (a
//! fifth of the time of a turn). And the first request is made while loading, so that no merchant
//! waits for page faults.
//!
//! The prefix cache is off: in this version it never lets go of what it holds on the CPU, about
//! 15 MB for every turn.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::StreamExt;
use mistralrs::core::{CompletionChunkResponse, TokenizationRequest};
use mistralrs::{
    Constraint, CustomLogitsProcessor, GgufModelBuilder, Model, NormalRequest, Request,
    RequestMessage, Response, SamplingParams, Tensor,
};

use super::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};
use crate::contract;

/// How many turns the model works on at once; more wait. Two cores gain nothing from more.
const AT_ONCE: usize = 4;

/// A loaded model.
pub struct Embedded {
    model: Model,
    info: ModelInfo,
    next: AtomicUsize,
}

impl Embedded {
    /// Loads a GGUF file and answers one short request, so that the first turn is not slow.
    ///
    /// A `lineage.json` beside the file must name our contract.
    pub async fn load(path: &Path) -> Result<Embedded, BackendError> {
        let path = existing(path)?;
        let lineage = super::lineage(&path)?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_path_buf();
        let file = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let model = GgufModelBuilder::new(folder.display(), vec![file.clone()])
            .with_force_cpu()
            .with_prefix_cache_n(None)
            .with_max_num_seqs(AT_ONCE)
            .build()
            .await
            .map_err(|error| BackendError::Load(format!("{error:#}")))?;
        let name = lineage
            .as_ref()
            .and_then(|card| card.get("name"))
            .and_then(serde_json::Value::as_str)
            .map(str::to_string)
            .unwrap_or(file);
        let embedded = Embedded {
            model,
            info: ModelInfo {
                name,
                kind: "embedded".to_string(),
                contract: lineage
                    .as_ref()
                    .and_then(|card| card.get("contract"))
                    .and_then(serde_json::Value::as_str)
                    .map(str::to_string),
                lineage,
            },
            next: AtomicUsize::new(1),
        };
        embedded.warm_up().await?;
        Ok(embedded)
    }

    async fn warm_up(&self) -> Result<(), BackendError> {
        let prompt = contract::prompt(&contract::Conversation {
            request: "hello".to_string(),
            ..contract::Conversation::default()
        });
        let mut chunks = self
            .generate(Generate {
                prompt,
                grammar: None,
                max_tokens: 2,
                temperature: 0.0,
                seed: 0,
            })
            .await?;
        while let Some(chunk) = chunks.next().await {
            chunk?;
        }
        Ok(())
    }

    async fn send(&self, request: Request) -> Result<(), BackendError> {
        let sender = self
            .model
            .inner()
            .get_sender(None)
            .map_err(|error| BackendError::Interrupted(error.to_string()))?;
        sender
            .send(request)
            .await
            .map_err(|_| BackendError::Interrupted("the engine has ended".to_string()))
    }

    async fn tokens(&self, text: &str) -> Result<Vec<u32>, BackendError> {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        self.send(Request::Tokenize(TokenizationRequest {
            text: either::Either::Right(text.to_string()),
            tools: None,
            add_generation_prompt: false,
            add_special_tokens: true,
            enable_thinking: None,
            reasoning_effort: None,
            response: sender,
        }))
        .await?;
        receiver
            .recv()
            .await
            .ok_or_else(|| BackendError::Interrupted("the engine has ended".to_string()))?
            .map_err(|error| BackendError::Rejected(error.to_string()))
    }
}

#[async_trait]
impl Backend for Embedded {
    fn info(&self) -> ModelInfo {
        self.info.clone()
    }

    async fn health(&self) -> Result<(), BackendError> {
        self.tokens("ok").await.map(|_| ())
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        let tokens = self.tokens(&request.prompt).await?;
        let prompt_tokens = tokens.len() as u32;
        let written = Arc::new(AtomicU32::new(0));
        let (sender, receiver) = tokio::sync::mpsc::channel(64);

        let mut sampling = SamplingParams::deterministic();
        sampling.max_len = Some(request.max_tokens);
        if request.temperature > 0.0 {
            sampling.temperature = Some(request.temperature);
            sampling.top_k = None;
            sampling.top_p = Some(0.95);
        }
        let mut normal = NormalRequest::new_simple(
            RequestMessage::CompletionTokens(tokens),
            sampling,
            sender,
            self.next.fetch_add(1, Ordering::Relaxed),
            None,
            None,
        );
        normal.is_streaming = true;
        normal.logits_processors = Some(vec![on_each_token(prompt_tokens, written.clone())]);
        if let Some(grammar) = request.grammar {
            normal.constraint = Constraint::Lark(closed(&grammar));
        }
        self.send(Request::Normal(Box::new(normal))).await?;

        let state = (receiver, String::new(), written, prompt_tokens, false);
        let chunks = futures::stream::unfold(
            state,
            |(mut receiver, mut text, written, prompt_tokens, ended)| async move {
                if ended {
                    return None;
                }
                let (chunk, ended) = match receiver.recv().await {
                    None => (
                        Err(BackendError::Interrupted(
                            "the engine has ended".to_string(),
                        )),
                        true,
                    ),
                    Some(Response::CompletionChunk(CompletionChunkResponse {
                        choices, ..
                    })) => {
                        let piece: String = choices.iter().map(|c| c.text.as_str()).collect();
                        text.push_str(&piece);
                        if choices.iter().any(|choice| choice.finish_reason.is_some()) {
                            // The last piece is inside the whole text of the end.
                            (
                                Ok(Chunk::Done {
                                    text: text.clone(),
                                    prompt_tokens,
                                    completion_tokens: written.load(Ordering::Relaxed),
                                }),
                                true,
                            )
                        } else {
                            (Ok(Chunk::Text(piece)), false)
                        }
                    }
                    Some(Response::ValidationError(error)) => {
                        (Err(BackendError::Rejected(error.to_string())), true)
                    }
                    Some(Response::InternalError(error)) => {
                        (Err(BackendError::Interrupted(error.to_string())), true)
                    }
                    Some(Response::CompletionModelError(message, _))
                    | Some(Response::ModelError(message, _)) => {
                        (Err(BackendError::Interrupted(message)), true)
                    }
                    Some(_) => (
                        Err(BackendError::Interrupted(
                            "the engine answered in an unknown form".to_string(),
                        )),
                        true,
                    ),
                };
                Some((chunk, (receiver, text, written, prompt_tokens, ended)))
            },
        );
        Ok(chunks.boxed())
    }
}

/// The grammar with the token that ends a `ChatML` message after it.
///
/// The engine takes `<|endoftext|>` for the only token that may end a text under a grammar. This
/// model ends a message with another, which would stay masked, and it would write on to the limit.
fn closed(grammar: &str) -> String {
    grammar.replacen("start: ", "start: message <|im_end|>\nmessage: ", 1)
}

/// A logits processor that changes nothing: it counts the tokens written, and is the one place where
/// our code runs on the thread of the model.
fn on_each_token(prompt_tokens: u32, written: Arc<AtomicU32>) -> Arc<dyn CustomLogitsProcessor> {
    Arc::new(move |logits: &Tensor, context: &[u32]| {
        join_a_pool();
        written.store(
            (context.len() as u32 + 1).saturating_sub(prompt_tokens),
            Ordering::Relaxed,
        );
        Ok(logits.clone())
    })
}

/// Makes the calling thread a worker of a rayon pool with one thread per core, once.
///
/// The pool is never dropped: its first thread is the caller's, which lives as long as the model.
fn join_a_pool() {
    thread_local! {
        static JOINED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if JOINED.replace(true) {
        return;
    }
    match rayon::ThreadPoolBuilder::new()
        .use_current_thread()
        .thread_name(|index| format!("model-{index}"))
        .build()
    {
        Ok(pool) => std::mem::forget(pool),
        Err(error) => tracing::warn!(%error, "the model runs without a thread pool of its own"),
    }
}

fn existing(path: &Path) -> Result<PathBuf, BackendError> {
    std::fs::canonicalize(path).map_err(|_| BackendError::Missing {
        path: path.display().to_string(),
    })
}
