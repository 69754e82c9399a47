//! A model in this process, from a GGUF file on disk. Nothing is fetched from the network.
//!
//! What runs the weights is an [`engine`]: our own decoder where it knows the model, mistral.rs otherwise
//! and wherever the program was built for CUDA.
//!
//! What else came into question at each step of the last completions is kept, so that a completion that
//! changes nothing can be followed by the one that most nearly came out in its place.
//!
//! A program that is edited has a head start over everything else that could be written.

mod choice;
mod copying;
mod engine;
mod grammars;
mod mistral;
mod sequence;
mod steering;
mod writer;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;

use super::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};
use crate::contract;
use crate::grammar::departure::{Attempt, END, Other, Step, likeliest, surprise};

use copying::Copying;
use engine::{Engine, Job, Piece};
use mistral::Mistral;
use steering::{Attempt as Scored, Recent, Scored as SeenStep, Steps};
use writer::Writer;

/// How deep a line of a program stands at most.
const DEEPEST: usize = 8;

/// Who runs the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunBy {
    /// Our decoder, for models of the Llama and Qwen3 families in `Q8_0`, on the CPU.
    Decoder,
    Mistral,
}

/// A loaded model.
pub struct Embedded {
    engine: Box<dyn Engine>,
    info: ModelInfo,
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
    /// Loads a GGUF file, with whatever runs it best.
    ///
    /// A `lineage.json` beside the file must name our contract.
    pub async fn load(path: &Path) -> Result<Embedded, BackendError> {
        Embedded::load_to_be(path, None).await
    }

    /// The same, run by one engine and no other.
    pub async fn load_to_be(path: &Path, run_by: Option<RunBy>) -> Result<Embedded, BackendError> {
        let path = existing(path)?;
        let lineage = super::lineage(&path)?;
        let engine: Box<dyn Engine> = match run_by {
            Some(RunBy::Decoder) => Box::new(Writer::load(&path).await.map_err(load)?),
            Some(RunBy::Mistral) => Box::new(Mistral::load(&path).await?),
            None if cfg!(feature = "cuda") => Box::new(Mistral::load(&path).await?),
            None => match Writer::load(&path).await {
                Ok(writer) => Box::new(writer),
                Err(error @ decoder::Error::Unsupported { .. }) => {
                    tracing::info!(%error, "mistral.rs runs the model");
                    Box::new(Mistral::load(&path).await?)
                }
                Err(error) => return Err(load(error)),
            },
        };
        let file = path.file_name().unwrap_or_default();
        let entry = |key: &str| Some(lineage.as_ref()?.get(key)?.as_str()?.to_string());
        let mut embedded = Embedded {
            info: ModelInfo {
                name: entry("name").unwrap_or_else(|| file.to_string_lossy().into_owned()),
                kind: "embedded".to_string(),
                contract: entry("contract"),
                lineage,
            },
            recent: Arc::default(),
            vocabulary: Arc::new(engine.vocabulary().await?),
            end: engine.tokens(END).await?.last().copied().unwrap_or(0),
            breaks: BTreeSet::new(),
            words: Vec::new(),
            engine,
        };
        embedded.breaks = embedded.breaks().await?;
        for form in contract::WORDS {
            embedded.words.extend(embedded.tokens(form).await?.first());
        }
        Ok(embedded)
    }

    async fn tokens(&self, text: &str) -> Result<Vec<u32>, BackendError> {
        self.engine.tokens(text).await
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

    /// The steps that stay and the token that then leads away from the completions that are not wanted again;
    /// nothing if they are not known or nothing else came near.
    async fn departing(&self, request: &Generate) -> Option<(Vec<SeenStep>, u32)> {
        let grammar = request.grammar.as_ref()?;
        let known = |text: &String| self.recent.attempt(&request.prompt, text);
        let mut scored: Vec<Scored> = request.other_than.iter().filter_map(known).collect();
        if scored.is_empty() {
            return None;
        }
        let attempts: Vec<Attempt> = scored
            .iter()
            .map(|attempt| Attempt {
                steps: steps(&attempt.steps, &self.vocabulary),
                given: attempt.given,
            })
            .collect();
        let grammar = self.engine.grammar(grammar).await.ok()?;
        let departure = likeliest(&grammar, &attempts, &request.wanted, &request.suspects);
        tracing::debug!(?departure, "another completion is looked for");
        let departure = departure?;
        let mut kept = std::mem::take(&mut scored.get_mut(departure.attempt)?.steps);
        kept.truncate(departure.kept);
        Some((kept, departure.token))
    }
}

#[async_trait]
impl Backend for Embedded {
    fn info(&self) -> ModelInfo {
        self.info.clone()
    }

    async fn health(&self) -> Result<(), BackendError> {
        self.engine.health().await
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        let tokens = self.tokens(&request.prompt).await?;
        let prompt_tokens = tokens.len() as u32;
        let written: Arc<AtomicU32> = Arc::default();
        let departing = self.departing(&request).await;
        let (kept, token) =
            departing.map_or((Vec::new(), None), |(kept, token)| (kept, Some(token)));
        let given: Vec<u32> = kept.iter().map(|step| step.token).chain(token).collect();
        let count = given.len();
        let copying = self.copying(&request).await?;
        let words = self.words.iter().map(|word| (*word, request.words));
        let steps = Steps::new(tokens.len(), given, copying)
            .beginning(words.collect())
            .known(kept);
        let steps = Arc::new(Mutex::new(steps));
        let kept = Kept {
            steps: steps.clone(),
            recent: self.recent.clone(),
            vocabulary: self.vocabulary.clone(),
            prompt: request.prompt,
            given: count,
            end: self.end,
        };
        let job = Job {
            tokens,
            grammar: request.grammar,
            max_tokens: request.max_tokens,
            temperature: request.temperature,
            seed: request.seed,
            steps,
            written: written.clone(),
        };
        let pieces = self.engine.start(job).await?;
        let mut text = String::new();
        let chunks = pieces.map(move |piece| match piece? {
            Piece::Text(piece) => {
                text.push_str(&piece);
                Ok(Chunk::Text(piece))
            }
            // The last piece is inside the whole text of the end.
            Piece::Last(piece) => {
                text.push_str(&piece);
                Ok(Chunk::Done {
                    likelihood: Some(kept.keep(&text)),
                    text: std::mem::take(&mut text),
                    prompt_tokens,
                    completion_tokens: written.load(Ordering::Relaxed),
                })
            }
        });
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
            token: step.token,
            text: text(vocabulary, step.token),
            surprise: step.surprise,
            others: step.others.iter().map(other).collect(),
        })
        .collect()
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
        };
        let likelihood = -surprise(&self::steps(&scored.steps, &self.vocabulary));
        self.recent
            .keep(self.prompt.clone(), text.to_string(), scored);
        likelihood
    }
}

fn existing(path: &Path) -> Result<PathBuf, BackendError> {
    std::fs::canonicalize(path).map_err(|_| BackendError::Missing {
        path: path.display().to_string(),
    })
}

fn load(error: decoder::Error) -> BackendError {
    BackendError::Load(error.to_string())
}
