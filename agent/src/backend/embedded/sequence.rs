//! One text that is being written.
//!
//! What a grammar forces is not asked for: it is read along with the token before it, in one pass.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, PoisonError};

use decoder::{Memory, Run};
use llguidance::Matcher;
use tokio::sync::mpsc;

use super::choice::Choice;
use super::engine::{Job, Piece};
use crate::backend::BackendError;

/// Tokens of a prompt that are read in one pass, so that other texts go on meanwhile.
const AT_A_TIME: usize = 128;

/// Where the pieces of a text go.
pub type Pieces = mpsc::UnboundedSender<Result<Piece, BackendError>>;

/// What a text may be.
pub enum Allowed {
    Anything,
    /// A grammar that is still being prepared.
    Soon(Receiver<Result<Matcher, BackendError>>),
    Grammar(Box<Matcher>),
}

/// A text that is being written.
pub struct Sequence {
    job: Job,
    allowed: Allowed,
    pieces: Pieces,
    choice: Choice,
    /// The bytes of every token.
    words: Arc<Vec<Vec<u8>>>,
    end: u32,
    memory: Memory,
    /// The prompt and what was written.
    context: Vec<u32>,
    /// Tokens of the context before the first that is chosen here.
    start: usize,
    /// The beginning of a letter whose other bytes are still to come.
    letter: Vec<u8>,
    over: bool,
}

impl Sequence {
    /// Begins a text of which nothing is read yet.
    pub fn new(
        job: Job,
        allowed: Allowed,
        pieces: Pieces,
        words: Arc<Vec<Vec<u8>>>,
        end: u32,
        memory: Memory,
    ) -> Sequence {
        Sequence {
            choice: Choice::new(job.temperature, job.seed),
            context: job.tokens.clone(),
            start: job.tokens.len(),
            job,
            allowed,
            pieces,
            words,
            end,
            memory,
            letter: Vec::new(),
            over: false,
        }
    }

    /// Whether nothing more is to be written, or nobody waits for it any more.
    pub fn is_over(&self) -> bool {
        self.over || self.pieces.is_closed()
    }

    /// Whether its grammar is ready.
    pub fn is_ready(&self) -> bool {
        !matches!(self.allowed, Allowed::Soon(_))
    }

    /// How much of what was read of another text is the beginning of this one, with the steps that are known.
    pub fn common(&self, memory: &Memory) -> usize {
        memory.common(&self.beginning())
    }

    /// Takes over what was read of another text that begins alike. One token is always left to read, since
    /// only that shows what follows it.
    pub fn recall(&mut self, memory: &Memory) {
        let beginning = self.beginning();
        let common = memory.common(&beginning).min(beginning.len() - 1);
        self.memory = memory.beginning(common);
    }

    /// The prompt and the steps that are known.
    fn beginning(&self) -> Vec<u32> {
        let steps = self
            .job
            .steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        [self.job.tokens.clone(), steps.known_tokens()].concat()
    }

    /// What was read, for texts that begin alike.
    pub fn into_memory(self) -> Memory {
        self.memory
    }

    pub fn fail(&mut self, error: BackendError) {
        self.over = true;
        // Nobody may be waiting any more.
        let _ = self.pieces.send(Err(error));
    }

    /// Looks whether the grammar is ready, and waits for it if asked to.
    pub fn prepare(&mut self, wait: bool) {
        let Allowed::Soon(soon) = &self.allowed else {
            return;
        };
        let prepared = match wait {
            true => soon.recv().ok(),
            false => match soon.try_recv() {
                Ok(prepared) => Some(prepared),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => None,
            },
        };
        match prepared {
            Some(Ok(matcher)) => self.begin(matcher),
            Some(Err(error)) => self.fail(error),
            None => self.fail(interrupted("the grammar was not prepared")),
        }
    }

    /// Goes on from the steps that are known, and with what the grammar forces.
    fn begin(&mut self, mut matcher: Matcher) {
        let mut steps = self
            .job
            .steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = steps.known_tokens();
        let goes_on = matcher
            .validate_tokens(&known)
            .is_ok_and(|count| count == known.len())
            && matcher.consume_tokens(&known).is_ok();
        if goes_on {
            steps.resume();
            self.context.extend(&known);
            self.start = self.context.len();
        }
        drop(steps);
        // Where the known steps are not gone on from, they are not read either.
        let common = self.memory.common(&self.context);
        let common = common.min(self.context.len() - 1);
        if common < self.memory.tokens().len() {
            self.memory = self.memory.beginning(common);
        }
        self.allowed = Allowed::Grammar(Box::new(matcher));
        if goes_on && !known.is_empty() {
            self.tell(self.job.tokens.len());
        } else {
            let before = self.context.len();
            self.follow();
            self.tell(before);
        }
    }

    /// The next tokens to read, if there are any. The last one of the prompt is read once the grammar is ready,
    /// which then says what comes next.
    pub fn run(&mut self) -> Option<Run<'_>> {
        let read = self.memory.tokens().len();
        let until = match self.is_ready() {
            true => self.context.len(),
            false => self.context.len() - 1,
        };
        let until = until.min(read + AT_A_TIME);
        if self.is_over() || read >= until {
            return None;
        }
        Some(Run {
            tokens: &self.context[read..until],
            memory: &mut self.memory,
            // What follows a token of the prompt is no choice, but for the last.
            scored: (until + 1).saturating_sub(self.start.max(read + 1)),
        })
    }

    /// The scores after the last tokens that were read.
    pub fn take(&mut self, scores: Vec<Vec<f32>>) {
        let first = self.memory.tokens().len() - scores.len();
        for (place, scores) in scores.into_iter().enumerate() {
            let read = first + place + 1;
            match self.context.get(read) {
                Some(forced) => {
                    let mut steps = self
                        .job
                        .steps
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner);
                    steps.see(scores, &self.context[..read]);
                    steps.forced(*forced);
                }
                None => self.write(scores),
            }
        }
    }

    /// Writes the next token, and those that must follow it.
    fn write(&mut self, scores: Vec<f32>) {
        let token = match self.chosen(scores) {
            Ok(token) => token,
            Err(error) => return self.fail(error),
        };
        let before = self.context.len();
        self.context.push(token);
        let written = self.context.len() - self.job.tokens.len();
        self.job.written.store(written as u32, Ordering::Relaxed);
        if token == self.end {
            self.context.pop();
            return self.last();
        }
        self.follow();
        self.tell(before);
        if self.context.len() - self.job.tokens.len() >= self.job.max_tokens {
            self.last();
        }
    }

    fn chosen(&mut self, scores: Vec<f32>) -> Result<u32, BackendError> {
        let mut steps = self
            .job
            .steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut choose = |scores: &[f32]| {
            let mut favoured = scores.to_vec();
            for (token, more) in steps.see(scores.to_vec(), &self.context) {
                if let Some(score) = favoured.get_mut(token as usize) {
                    *score += more;
                }
            }
            let chosen = self.choice.of(&favoured);
            chosen.ok_or_else(|| interrupted("no token has a score"))
        };
        let token = choose(&scores)?;
        let Allowed::Grammar(matcher) = &mut self.allowed else {
            return Ok(token);
        };
        let failed = |error| interrupted(&format!("the grammar does not go on: {error}"));
        let ends = matcher.is_stopped() || matcher.is_accepting().map_err(failed)?;
        // Where the vocabulary is padded, tokens without a word are none.
        let is_word = (token as usize) < self.words.len();
        let allowed = match token == self.end {
            true => ends,
            false => {
                is_word
                    && !matcher.is_stopped()
                    && matcher.validate_tokens(&[token]).map_err(failed)? == 1
            }
        };
        let token = match allowed {
            true => token,
            false => {
                let mask = matcher.compute_mask_or_eos().map_err(failed)?;
                let mut masked = vec![f32::NEG_INFINITY; scores.len()];
                mask.iter_set_entries(|token| {
                    if let (Some(masked), Some(score)) = (masked.get_mut(token), scores.get(token))
                    {
                        *masked = *score;
                    }
                });
                choose(&masked)?
            }
        };
        if token != self.end {
            matcher.consume_token(token).map_err(failed)?;
        }
        Ok(token)
    }

    /// Takes what the grammar forces next into the text.
    fn follow(&mut self) {
        let left = self.job.max_tokens + self.job.tokens.len() - self.context.len();
        if let Allowed::Grammar(matcher) = &mut self.allowed
            && !matcher.is_stopped()
        {
            let forced = matcher.consume_ff_tokens();
            self.context.extend(forced.into_iter().take(left));
            let written = self.context.len() - self.job.tokens.len();
            self.job.written.store(written as u32, Ordering::Relaxed);
        }
    }

    /// Tells what was written from a place on, up to the last whole letter.
    fn tell(&mut self, from: usize) {
        for token in &self.context[from..] {
            let word = self.words.get(*token as usize);
            self.letter.extend(word.into_iter().flatten());
        }
        let whole = match std::str::from_utf8(&self.letter) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => self.letter.len(),
        };
        let bytes: Vec<u8> = self.letter.drain(..whole).collect();
        if !bytes.is_empty() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            // Nobody may be waiting any more.
            let _ = self.pieces.send(Ok(Piece::Text(text)));
        }
    }

    fn last(&mut self) {
        let rest = String::from_utf8_lossy(&self.letter).into_owned();
        let _ = self.pieces.send(Ok(Piece::Last(rest)));
        self.over = true;
    }
}

fn interrupted(reason: &str) -> BackendError {
    BackendError::Interrupted(reason.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::sync_channel;

    use decoder::{Architecture, Kernel, Model, Tokenizer, tiny};

    use super::*;
    use crate::backend::embedded::steering::{Scored, Steps};
    use crate::grammar::masks::Masks;

    /// Writes a text whose first steps are known, on top of what was read of the prompt with them.
    fn written(known: &str) -> (String, usize) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("model.gguf");
        tiny::write(&tiny::spec(Architecture::Qwen3), 5, &path).expect("written");
        let model = Model::open(&path, Kernel::best(), 1).expect("a model");
        let tokenizer = Tokenizer::open(&path).expect("a tokenizer");
        let words = Arc::new(tokenizer.words());
        let end = tokenizer.token_of("<|im_end|>").expect("a mark");
        let tokens = |text: &str| tokenizer.encode(text).expect("tokens");
        let (prompt, known) = (tokens("a prompt"), tokens(known));
        let all = [prompt.clone(), known.clone(), tokens("x")].concat();
        let mut memory = model.memory();
        let run = Run {
            tokens: &all,
            memory: &mut memory,
            scored: 0,
        };
        model.read(&mut [run]).expect("read");

        let step = |token: &u32| Scored {
            token: *token,
            surprise: 0.0,
            others: Vec::new(),
        };
        let steps = Steps::new(prompt.len(), known.clone(), None);
        let steps = steps.known(known.iter().map(step).collect());
        let steps = Arc::new(Mutex::new(steps));
        let job = Job {
            tokens: prompt,
            grammar: None,
            max_tokens: 50,
            temperature: 0.0,
            seed: 0,
            steps: steps.clone(),
            written: Arc::default(),
        };
        let (sender, soon) = sync_channel(1);
        let (pieces, mut received) = mpsc::unbounded_channel();
        let unread = model.memory();
        let mut sequence =
            Sequence::new(job, Allowed::Soon(soon), pieces, words.clone(), end, unread);
        sequence.recall(&memory);
        assert!(sequence.run().is_none(), "the grammar says what comes next");
        let masks = Masks::forcing(&words, end, move |text| {
            tokenizer.encode(text).expect("tokens")
        });
        let matcher = masks
            .expect("masks")
            .matcher("start: \"tag \" /[a-c]{3}/ \"()\"\n");
        sender.send(Ok(matcher)).expect("awaited");
        sequence.prepare(true);
        while !sequence.is_over() {
            let scores = model.read(&mut [sequence.run().expect("a run")]);
            sequence.take(scores.expect("scores").remove(0));
        }
        let mut text = String::new();
        while let Ok(piece) = received.try_recv() {
            match piece.expect("no error") {
                Piece::Text(piece) | Piece::Last(piece) => text.push_str(&piece),
            }
        }
        let made = steps.lock().expect("steps").finish(end).len();
        (text, made)
    }

    #[test]
    fn known_steps_are_gone_on_from_and_refused_ones_are_not_read() {
        for known in ["tag c", "tag ", "t", "mail", ""] {
            let (text, made) = written(known);
            assert!(text.starts_with("tag ") && text.ends_with("()"), "{text:?}");
            assert_eq!(made, text.len() + 1, "a step for every byte and the end");
            if known == "tag c" {
                assert!(text.starts_with(known), "{text:?}");
            }
        }
    }
}
