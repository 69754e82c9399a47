//! Our decoder in a thread of its own, which writes several texts side by side.
//!
//! Each pass reads on in all of them. What was read of the last texts is remembered, so that the next
//! attempt at a request reads only what is new in it. Grammars are prepared while prompts are read, and
//! the last ones are kept.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::JoinHandle;

use async_trait::async_trait;
use decoder::{Kernel, Memory, Model, Run, Tokenizer};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::sync::mpsc;

use super::engine::{AT_ONCE, Engine, Job, Piece};
use super::grammars::Grammars;
use super::sequence::{Allowed, Sequence};
use crate::backend::BackendError;
use crate::grammar::departure::{END, Grammar, Reads};
use crate::grammar::masks::Masks;

/// Texts of which is remembered what was read.
const REMEMBERED: usize = 4;

/// More threads than this wait for each other, and for the memory, longer than they compute.
const MOST_THREADS: usize = 16;

/// A model that our decoder runs.
pub struct Writer {
    tokenizer: Arc<Tokenizer>,
    words: Arc<Vec<Vec<u8>>>,
    end: u32,
    grammars: Arc<Grammars>,
    /// Ends the thread when it is dropped.
    sequences: Sender<Sequence>,
    thread: JoinHandle<()>,
    model: Arc<Model>,
}

impl Writer {
    /// Loads a GGUF file. [`decoder::Error::Unsupported`] says that something else may run it.
    pub async fn load(path: &Path) -> Result<Writer, decoder::Error> {
        let path = path.to_path_buf();
        let loaded = tokio::task::spawn_blocking(move || Writer::open(&path));
        loaded
            .await
            .unwrap_or_else(|error| Err(decoder::Error::Threads(error.to_string())))
    }

    fn open(path: &Path) -> Result<Writer, decoder::Error> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.min(MOST_THREADS);
        let model = Arc::new(Model::open(path, Kernel::best(), threads)?);
        let tokenizer = Arc::new(Tokenizer::open(path)?);
        let words = Arc::new(tokenizer.words());
        let lacking = || decoder::Error::Unsupported {
            path: path.to_path_buf(),
            what: format!("does not end messages with {END}"),
        };
        let end = tokenizer.token_of(END).ok_or_else(lacking)?;
        let encode = tokenizer.clone();
        let masks = Masks::forcing(&words, end, move |text| {
            encode.encode(text).unwrap_or_default()
        });
        let grammars = masks.map_err(decoder::Error::Tokenizer)?;
        let grammars = Arc::new(Grammars::new(grammars));
        let (sequences, received) = channel();
        let thread = Thread {
            model: model.clone(),
            received,
            remembered: VecDeque::new(),
        };
        let thread = std::thread::Builder::new()
            .name("model".to_string())
            .spawn(move || thread.run())
            .map_err(|error| decoder::Error::Threads(error.to_string()))?;
        tracing::debug!(kernel = ?Kernel::best(), threads, "the decoder runs the model");
        Ok(Writer {
            tokenizer,
            words,
            end,
            grammars,
            sequences,
            thread,
            model,
        })
    }
}

fn ended() -> BackendError {
    BackendError::Interrupted("the model's thread has ended".to_string())
}

#[async_trait]
impl Engine for Writer {
    async fn health(&self) -> Result<(), BackendError> {
        match self.thread.is_finished() {
            true => Err(ended()),
            false => Ok(()),
        }
    }

    async fn tokens(&self, text: &str) -> Result<Vec<u32>, BackendError> {
        let tokens = self.tokenizer.encode(text);
        tokens.map_err(|error| BackendError::Rejected(error.to_string()))
    }

    async fn vocabulary(&self) -> Result<Vec<String>, BackendError> {
        let text = |(token, word): (u32, &Vec<u8>)| match word.is_empty() {
            // Marks have no bytes, but a text that they are written as.
            true => self.tokenizer.decode(&[token]).unwrap_or_default(),
            false => String::from_utf8(word.clone()).unwrap_or_default(),
        };
        Ok((0..).zip(self.words.iter()).map(text).collect())
    }

    async fn grammar(&self, lark: &str) -> Result<Grammar, BackendError> {
        Ok(Grammar {
            matcher: self.grammars.prepared(lark).await?,
            reads: Reads::Tokens,
        })
    }

    async fn start(
        &self,
        mut job: Job,
    ) -> Result<BoxStream<'static, Result<Piece, BackendError>>, BackendError> {
        let limit = self.model.spec().context;
        if job.tokens.len() >= limit {
            return Err(BackendError::Rejected(format!(
                "it has {} tokens, and the model reads less than {limit}",
                job.tokens.len()
            )));
        }
        job.max_tokens = job.max_tokens.min(limit - job.tokens.len());
        let allowed = match &job.grammar {
            None => Allowed::Anything,
            Some(grammar) => {
                let (sender, soon) = sync_channel(1);
                let (grammars, grammar) = (self.grammars.clone(), grammar.clone());
                tokio::task::spawn_blocking(move || {
                    // Whoever asked may have gone.
                    let _ = sender.send(grammars.prepare(&grammar));
                });
                Allowed::Soon(soon)
            }
        };
        let (pieces, received) = mpsc::unbounded_channel();
        let memory = self.model.memory();
        let sequence = Sequence::new(job, allowed, pieces, self.words.clone(), self.end, memory);
        self.sequences.send(sequence).map_err(|_| ended())?;
        let pieces = futures::stream::unfold(Some(received), |received| async move {
            let mut received = received?;
            let piece = received.recv().await.unwrap_or_else(|| Err(ended()));
            let goes_on = matches!(piece, Ok(Piece::Text(_)));
            Some((piece, goes_on.then_some(received)))
        });
        Ok(pieces.boxed())
    }
}

/// What the thread of the model works with.
struct Thread {
    model: Arc<Model>,
    received: Receiver<Sequence>,
    /// What was read of the last texts.
    remembered: VecDeque<Memory>,
}

impl Thread {
    /// Writes until nobody can ask for more.
    fn run(mut self) {
        let mut active: Vec<Sequence> = Vec::new();
        loop {
            if active.is_empty() {
                let Ok(sequence) = self.received.recv() else {
                    return;
                };
                active.push(self.begun(sequence));
            }
            while active.len() < AT_ONCE
                && let Ok(sequence) = self.received.try_recv()
            {
                active.push(self.begun(sequence));
            }
            self.pass(&mut active);
            for place in (0..active.len()).rev() {
                if active[place].is_over() {
                    let memory = active.swap_remove(place).into_memory();
                    self.remember(memory);
                }
            }
        }
    }

    /// One pass for all texts that are ready for it.
    fn pass(&self, active: &mut [Sequence]) {
        for sequence in active.iter_mut() {
            sequence.prepare(false);
        }
        let (mut chosen, mut runs): (Vec<usize>, Vec<Run>) = active
            .iter_mut()
            .enumerate()
            .filter_map(|(place, sequence)| Some((place, sequence.run()?)))
            .unzip();
        if runs.is_empty() {
            // All wait for their grammars.
            if let Some(sequence) = active.iter_mut().find(|sequence| !sequence.is_over()) {
                sequence.prepare(true);
            }
            return;
        }
        match self.model.read(&mut runs) {
            Ok(scores) => {
                for (place, scores) in chosen.drain(..).zip(scores) {
                    active[place].take(scores);
                }
            }
            Err(error) => {
                for place in chosen {
                    active[place].fail(BackendError::Interrupted(error.to_string()));
                }
            }
        }
    }

    /// A text with what is remembered of its beginning.
    fn begun(&self, mut sequence: Sequence) -> Sequence {
        let common = |memory: &&Memory| sequence.common(memory);
        if let Some(memory) = self.remembered.iter().max_by_key(common) {
            sequence.recall(memory);
        }
        sequence
    }

    fn remember(&mut self, memory: Memory) {
        self.remembered.truncate(REMEMBERED - 1);
        self.remembered.push_front(memory);
    }
}
