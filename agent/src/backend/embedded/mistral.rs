//! mistral.rs in this process: models of every kind that it knows, on the CPU or on an NVIDIA GPU.
//!
//! Two things make it fast enough on a few CPU cores. The thread that runs the model joins a rayon
//! pool of its own: a forward pass of a small model is hundreds of short parallel loops for every
//! row of the prompt, and started from outside of a pool each costs a wake-up across threads (a
//! fifth of the time of a turn). And the first request is made while loading, so that no merchant
//! waits for page faults.
//!
//! The prefix cache is off: in this version it never lets go of what it holds on the CPU, about
//! 15 MB for every turn.

use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use mistralrs::core::{CompletionChunkResponse, DetokenizationRequest, TokenizationRequest};
use mistralrs::{
    Constraint, CustomLogitsProcessor, GgufModelBuilder, Model, NormalRequest, Request,
    RequestMessage, Response, SamplingParams, Tensor,
};

use super::engine::{AT_ONCE, Engine, Job, Piece};
use super::grammars::Grammars;
use super::steering::Steps;
use crate::backend::BackendError;
use crate::contract;
use crate::grammar::departure::{END, Grammar, Reads};
use crate::grammar::masks::Masks;

/// A model that mistral.rs has loaded.
pub struct Mistral {
    model: Model,
    next: AtomicUsize,
    /// Its own it does not show.
    grammars: Arc<Grammars>,
}

impl Mistral {
    /// Loads a GGUF file.
    pub async fn load(path: &Path) -> Result<Mistral, BackendError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let file = path.file_name().unwrap_or_default();
        let file = file.to_string_lossy().into_owned();
        let model = GgufModelBuilder::new(folder.display(), vec![file])
            .with_prefix_cache_n(None)
            .with_max_num_seqs(AT_ONCE);
        // Built for CUDA it takes the card where there is one.
        let model = match cfg!(feature = "cuda") {
            true => model,
            false => model.with_force_cpu(),
        };
        let model = model.build().await.map_err(|error| {
            // What follows the first line is candle's stack.
            let reason = format!("{error:#}");
            BackendError::Load(reason.lines().next().unwrap_or_default().to_string())
        })?;
        let masks = Masks::of_bytes().map_err(BackendError::Load)?;
        Ok(Mistral {
            model,
            next: AtomicUsize::new(1),
            grammars: Arc::new(Grammars::new(masks)),
        })
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

    /// Answers a short request, so that the first turn is not slow; returns the size of the vocabulary, which
    /// its scores show.
    async fn warm_up(&self) -> Result<u32, BackendError> {
        let prompt = contract::prompt(&contract::Conversation {
            request: "hello".to_string(),
            ..contract::Conversation::default()
        });
        let tokens = self.tokens(&prompt).await?;
        let steps = Arc::new(Mutex::new(Steps::new(tokens.len(), Vec::new(), None)));
        let job = Job {
            tokens,
            grammar: None,
            max_tokens: 2,
            temperature: 0.0,
            seed: 0,
            steps: steps.clone(),
            written: Arc::default(),
        };
        let mut pieces = self.start(job).await?;
        while let Some(piece) = pieces.next().await {
            piece?;
        }
        let steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(steps.width())
    }
}

#[async_trait]
impl Engine for Mistral {
    async fn health(&self) -> Result<(), BackendError> {
        self.tokens("ok").await.map(|_| ())
    }

    async fn tokens(&self, text: &str) -> Result<Vec<u32>, BackendError> {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
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
        answer(receiver).await
    }

    async fn vocabulary(&self) -> Result<Vec<String>, BackendError> {
        let size = self.warm_up().await?;
        let mark = self.tokens(END).await?.last().copied().unwrap_or(0);
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        self.send(Request::Detokenize(DetokenizationRequest {
            // A mark after each, so that one call tells them all apart.
            tokens: (0..size)
                .filter(|token| *token != mark)
                .flat_map(|token| [token, mark])
                .collect(),
            skip_special_tokens: false,
            response: sender,
        }))
        .await?;
        let text = answer(receiver).await?;
        let whole = |text: &str| match text.contains(char::REPLACEMENT_CHARACTER) {
            true => String::new(),
            false => text.to_string(),
        };
        let mut texts: Vec<String> = text.split(END).map(whole).collect();
        texts.truncate(size.saturating_sub(1) as usize);
        texts.insert((mark as usize).min(texts.len()), END.to_string());
        Ok(texts)
    }

    async fn grammar(&self, lark: &str) -> Result<Grammar, BackendError> {
        Ok(Grammar {
            matcher: self.grammars.prepared(lark).await?,
            reads: Reads::Bytes,
        })
    }

    async fn start(
        &self,
        job: Job,
    ) -> Result<BoxStream<'static, Result<Piece, BackendError>>, BackendError> {
        let (sender, receiver) = tokio::sync::mpsc::channel(64);
        let mut sampling = SamplingParams::deterministic();
        sampling.max_len = Some(job.max_tokens);
        if job.temperature > 0.0 {
            sampling.temperature = Some(job.temperature);
            sampling.top_k = None;
            sampling.top_p = Some(super::engine::TOP_P);
        }
        let prompt_tokens = job.tokens.len() as u32;
        let mut normal = NormalRequest::new_simple(
            RequestMessage::CompletionTokens(job.tokens),
            sampling,
            sender,
            self.next.fetch_add(1, Ordering::Relaxed),
            None,
            None,
        );
        normal.is_streaming = true;
        normal.logits_processors = Some(vec![on_each_token(prompt_tokens, job.written, job.steps)]);
        if let Some(grammar) = job.grammar {
            normal.constraint = Constraint::Lark(closed(&grammar));
        }
        self.send(Request::Normal(Box::new(normal))).await?;
        let pieces = futures::stream::unfold(Some(receiver), |receiver| async move {
            let mut receiver = receiver?;
            let piece = piece(receiver.recv().await);
            let goes_on = matches!(piece, Ok(Piece::Text(_)));
            Some((piece, goes_on.then_some(receiver)))
        });
        Ok(pieces.boxed())
    }
}

/// What an answer of the engine says.
fn piece(response: Option<Response>) -> Result<Piece, BackendError> {
    let interrupted = |reason: &str| Err(BackendError::Interrupted(reason.to_string()));
    match response {
        None => interrupted("the engine has ended"),
        Some(Response::CompletionChunk(CompletionChunkResponse { choices, .. })) => {
            let text: String = choices.iter().map(|c| c.text.as_str()).collect();
            match choices.iter().any(|choice| choice.finish_reason.is_some()) {
                true => Ok(Piece::Last(text)),
                false => Ok(Piece::Text(text)),
            }
        }
        Some(Response::ValidationError(error)) => Err(BackendError::Rejected(error.to_string())),
        Some(Response::InternalError(error)) => interrupted(&error.to_string()),
        Some(Response::CompletionModelError(message, _) | Response::ModelError(message, _)) => {
            interrupted(&message)
        }
        Some(_) => interrupted("the engine answered in an unknown form"),
    }
}

/// The answer of the engine to a small question.
///
/// It is waited for in a task of its own, which outlives a turn that is cancelled meanwhile: the engine of
/// mistral.rs 0.8.1 panics where nobody takes such an answer, and every other turn would end with it.
async fn answer<T, E>(
    mut receiver: tokio::sync::mpsc::Receiver<Result<T, E>>,
) -> Result<T, BackendError>
where
    T: Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    let ended = || BackendError::Interrupted("the engine has ended".to_string());
    let answer = tokio::spawn(async move { receiver.recv().await });
    answer
        .await
        .map_err(|_| ended())?
        .ok_or_else(ended)?
        .map_err(|error| BackendError::Rejected(error.to_string()))
}

/// The grammar with the token that ends a `ChatML` message after it.
///
/// The engine takes `<|endoftext|>` for the only token that may end a text under a grammar. This
/// model ends a message with another, which would stay masked, and it would write on to the limit.
fn closed(grammar: &str) -> String {
    grammar.replacen("start: ", "start: message <|im_end|>\nmessage: ", 1)
}

/// A logits processor that counts the tokens written, keeps what came into question, and gives the
/// tokens that are given. It is the one place where our code runs on the thread of the model.
fn on_each_token(
    prompt_tokens: u32,
    written: Arc<AtomicU32>,
    steps: Arc<Mutex<Steps>>,
) -> Arc<dyn CustomLogitsProcessor> {
    Arc::new(move |logits: &Tensor, context: &[u32]| {
        join_a_pool();
        written.store(
            (context.len() as u32 + 1).saturating_sub(prompt_tokens),
            Ordering::Relaxed,
        );
        let mut scores = logits.to_vec1::<f32>()?;
        let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        let added = steps.see(scores.clone(), context);
        if added.is_empty() {
            return Ok(logits.clone());
        }
        for (token, more) in added {
            if let Some(score) = scores.get_mut(token as usize) {
                *score += more;
            }
        }
        Tensor::from_vec(scores, logits.dims(), logits.device())
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
