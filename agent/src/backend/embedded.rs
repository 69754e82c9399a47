//! mistral.rs in this process, from a GGUF file on disk. Nothing is fetched from the network.
//!
//! Two things make it fast enough on a few CPU cores. The thread that runs the model joins a rayon
//! pool of its own: a forward pass of a small model is hundreds of short parallel loops for every
//! row of the prompt, and started from outside of a pool each costs a wake-up across threads (a
//! fifth of the time of a turn). And the first request is made while loading, so that no merchant
//! waits for page faults.
//!
//! What else came into question at each step of the last completions is kept, so that a completion that
//! changes nothing can be followed by the one that most nearly came out in its place.
//!
//! A program that is edited has a head start over everything else that could be written.
//!
//! The prefix cache is off: in this version it never lets go of what it holds on the CPU, about
//! 15 MB for every turn.

mod copying;
mod steering;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;
use mistralrs::core::{CompletionChunkResponse, DetokenizationRequest, TokenizationRequest};
use mistralrs::{
    Constraint, CustomLogitsProcessor, GgufModelBuilder, Model, NormalRequest, Request,
    RequestMessage, Response, SamplingParams, Tensor,
};

use super::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};
use crate::contract;
use crate::grammar::departure::{Attempt, END, Other, Step, likeliest, surprise};

use copying::Copying;
use steering::{Attempt as Scored, Recent, Scored as SeenStep, Steps};

/// How many turns the model works on at once; more wait. Two cores gain nothing from more.
const AT_ONCE: usize = 4;

/// How deep a line of a program stands at most.
const DEEPEST: usize = 8;

/// A loaded model.
pub struct Embedded {
    model: Model,
    info: ModelInfo,
    next: AtomicUsize,
    recent: Arc<Recent>,
    /// The text of every token.
    vocabulary: Arc<Vec<String>>,
    /// The token that ends a message.
    end: u32,
    /// The tokens that end a line of a program and indent the next.
    breaks: BTreeSet<u32>,
    /// The tokens that begin a form of words.
    words: Vec<u32>,
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
            .with_prefix_cache_n(None)
            .with_max_num_seqs(AT_ONCE);
        // Built for CUDA it takes the card where there is one.
        let model = match cfg!(feature = "cuda") {
            true => model,
            false => model.with_force_cpu(),
        };
        let model = model
            .build()
            .await
            .map_err(|error| BackendError::Load(format!("{error:#}")))?;
        let name = lineage
            .as_ref()
            .and_then(|card| card.get("name"))
            .and_then(serde_json::Value::as_str)
            .map(str::to_string)
            .unwrap_or(file);
        let mut embedded = Embedded {
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
            recent: Arc::default(),
            vocabulary: Arc::default(),
            end: 0,
            breaks: BTreeSet::new(),
            words: Vec::new(),
        };
        embedded.end = embedded.tokens(END).await?.last().copied().unwrap_or(0);
        embedded.breaks = embedded.breaks().await?;
        for form in contract::WORDS {
            embedded.words.extend(embedded.tokens(form).await?.first());
        }
        let size = embedded.warm_up().await?;
        embedded.vocabulary = Arc::new(embedded.vocabulary(size).await?);
        Ok(embedded)
    }

    /// The tokens between two lines of a program, however deep the second stands.
    async fn breaks(&self) -> Result<BTreeSet<u32>, BackendError> {
        let mut breaks = BTreeSet::new();
        for depth in 0..=DEEPEST {
            let lines = format!("x\n{}x", "    ".repeat(depth));
            // The first and last token are the lines themselves.
            if let [_, between @ .., _] = self.tokens(&lines).await?.as_slice() {
                breaks.extend(between.first());
            }
        }
        breaks.extend(self.tokens("x\n").await?.get(1));
        Ok(breaks)
    }

    /// How the program that a request edits is copied.
    async fn copying(&self, request: &Generate) -> Result<Option<Copying>, BackendError> {
        let Some(edits) = &request.edits else {
            return Ok(None);
        };
        let old = self.tokens(edits).await?;
        let text = |token: u32| text(&self.vocabulary, token);
        let old = old.into_iter().map(|token| (token, text(token))).collect();
        Ok(Some(Copying::new(old, self.breaks.clone(), self.end)))
    }

    /// Answers a short request; returns the size of the vocabulary, which its scores show.
    async fn warm_up(&self) -> Result<u32, BackendError> {
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
                other_than: Vec::new(),
                wanted: Vec::new(),
                suspects: Vec::new(),
                edits: None,
                words: 0.0,
            })
            .await?;
        while let Some(chunk) = chunks.next().await {
            chunk?;
        }
        Ok(self.recent.width())
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

    /// The text of every token of the vocabulary; parts of a letter have none.
    async fn vocabulary(&self, size: u32) -> Result<Vec<String>, BackendError> {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let mark = self.end;
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

    /// The tokens that lead away from the completions that are not wanted again; none if they are not known or
    /// nothing else came near.
    fn departing(&self, request: &Generate) -> Vec<u32> {
        let Some(grammar) = &request.grammar else {
            return Vec::new();
        };
        let known = |text: &String| self.recent.attempt(&request.prompt, text);
        let scored: Vec<Scored> = request.other_than.iter().filter_map(known).collect();
        if scored.is_empty() {
            return Vec::new();
        }
        let attempts: Vec<Attempt> = scored
            .iter()
            .map(|attempt| Attempt {
                steps: steps(&attempt.steps, &self.vocabulary),
                given: attempt.given,
            })
            .collect();
        let departure = likeliest(grammar, &attempts, &request.wanted, &request.suspects);
        tracing::debug!(?departure, "another completion is looked for");
        departure.map_or_else(Vec::new, |departure| {
            let from = scored.get(departure.attempt).map(|from| &from.steps);
            let kept = from.into_iter().flatten().take(departure.kept);
            let kept = kept.map(|step| step.token);
            kept.chain([departure.token]).collect()
        })
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
        let given = self.departing(&request);
        let copying = self.copying(&request).await?;
        let count = given.len();
        let steps = Arc::new(Mutex::new({
            let words = self.words.iter().map(|word| (*word, request.words));
            Steps::new(tokens.len(), given, copying).beginning(words.collect())
        }));
        let kept = Kept {
            steps: steps.clone(),
            recent: self.recent.clone(),
            vocabulary: self.vocabulary.clone(),
            prompt: request.prompt.clone(),
            given: count,
            end: self.end,
        };
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
        normal.logits_processors = Some(vec![on_each_token(prompt_tokens, written.clone(), steps)]);
        if let Some(grammar) = request.grammar {
            normal.constraint = Constraint::Lark(closed(&grammar));
        }
        self.send(Request::Normal(Box::new(normal))).await?;

        let state = (receiver, String::new(), written, prompt_tokens, Some(kept));
        let chunks = futures::stream::unfold(
            state,
            |(mut receiver, mut text, written, prompt_tokens, kept)| async move {
                let kept = kept?;
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
                            let likelihood = kept.keep(&text);
                            // The last piece is inside the whole text of the end.
                            (
                                Ok(Chunk::Done {
                                    text: text.clone(),
                                    prompt_tokens,
                                    completion_tokens: written.load(Ordering::Relaxed),
                                    likelihood: Some(likelihood),
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
                let kept = (!ended).then_some(kept);
                Some((chunk, (receiver, text, written, prompt_tokens, kept)))
            },
        );
        Ok(chunks.boxed())
    }
}

/// The text of a token.
fn text(vocabulary: &[String], token: u32) -> String {
    vocabulary.get(token as usize).cloned().unwrap_or_default()
}

/// The steps of a completion with their texts.
fn steps(scored: &[SeenStep], vocabulary: &[String]) -> Vec<Step> {
    let other = |(token, behind): &(u32, f32)| Other {
        token: *token,
        text: text(vocabulary, *token),
        behind: *behind,
    };
    scored
        .iter()
        .map(|step| Step {
            text: text(vocabulary, step.token),
            surprise: step.surprise,
            others: step.others.iter().map(other).collect(),
        })
        .collect()
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

/// Where the steps of a completion go when it is over.
struct Kept {
    steps: Arc<Mutex<Steps>>,
    recent: Arc<Recent>,
    vocabulary: Arc<Vec<String>>,
    prompt: String,
    /// How many of its tokens were given.
    given: usize,
    end: u32,
}

impl Kept {
    /// Keeps them; returns the natural logarithm of the completion's probability.
    fn keep(&self, text: &str) -> f32 {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let scored = Scored {
            steps: steps.finish(self.end),
            given: self.given,
            width: steps.width(),
        };
        let likelihood = -surprise(&self::steps(&scored.steps, &self.vocabulary));
        self.recent
            .keep(self.prompt.clone(), text.to_string(), scored);
        likelihood
    }
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

fn existing(path: &Path) -> Result<PathBuf, BackendError> {
    std::fs::canonicalize(path).map_err(|_| BackendError::Missing {
        path: path.display().to_string(),
    })
}
