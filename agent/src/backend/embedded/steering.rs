//! What else came into question while a text was written, and how a second text is led to depart from
//! the first.
//!
//! The logits processor of a request sees the scores of every step before the grammar does, and once
//! more under the grammar's mask when the first choice was not allowed. It keeps the best of them; and
//! it can lead: the steps that stay are given, and so is the one that departs. What copies on in an edit
//! has a head start ([`Copying`]).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::copying::Copying;

/// Tokens kept for a step.
const KEPT: usize = 16;

/// Completions whose steps are kept.
const COMPLETIONS: usize = 8;

/// Added to the score of a token that is given; no model's scores are that far apart.
const GIVEN: f32 = 1e5;

/// One step: the token that was written, and others with what they are behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    pub token: u32,
    /// The negative logarithm of the token's probability among all tokens, whatever the grammar allowed.
    pub surprise: f32,
    pub others: Vec<(u32, f32)>,
}

/// The steps of one completion, as they are made.
#[derive(Debug, Default)]
pub struct Steps {
    /// Tokens of the prompt.
    prompt: usize,
    /// Tokens that are given for the first steps.
    given: Vec<u32>,
    /// How the program that is edited is copied.
    copying: Option<Copying>,
    /// What is added to which scores of the first step.
    beginning: Vec<(u32, f32)>,
    /// The first of the steps that are given, as an attempt before made them.
    known: Vec<Scored>,
    /// The scores of the step that is being made.
    scores: Vec<f32>,
    done: Vec<Scored>,
    /// How many tokens have a score.
    width: u32,
    /// The step whose whole distribution is known, and the logarithm of what its scores add up to.
    whole: Option<(usize, f32)>,
}

impl Steps {
    pub fn new(prompt: usize, given: Vec<u32>, copying: Option<Copying>) -> Steps {
        Steps {
            prompt,
            given,
            copying,
            ..Steps::default()
        }
    }

    /// The same, with a head start for tokens that may begin the text.
    pub fn beginning(mut self, beginning: Vec<(u32, f32)>) -> Steps {
        self.beginning = beginning;
        self
    }

    /// The same, with the first of the given steps as they are known from an attempt before.
    pub fn known(mut self, known: Vec<Scored>) -> Steps {
        self.known = known;
        self
    }

    /// The tokens of the steps that are known and not made yet.
    pub fn known_tokens(&self) -> Vec<u32> {
        self.known.iter().map(|step| step.token).collect()
    }

    /// Takes the steps that are known for made: who writes does not make them again.
    pub fn resume(&mut self) {
        if let Some(copying) = &mut self.copying {
            self.known.iter().for_each(|step| copying.wrote(step.token));
        }
        self.done.append(&mut self.known);
    }

    /// The step that is being made has no choice but this token.
    pub fn forced(&mut self, token: u32) {
        for (other, score) in (0..).zip(&mut self.scores) {
            if other != token {
                *score = f32::NEG_INFINITY;
            }
        }
    }

    /// Sees the scores of the step after `context`; returns what is added to which of them.
    pub fn see(&mut self, scores: Vec<f32>, context: &[u32]) -> Vec<(u32, f32)> {
        let step = context.len().saturating_sub(self.prompt);
        if step > self.done.len()
            && let Some(token) = context.last()
        {
            self.made(*token);
        }
        self.width = u32::try_from(scores.len()).unwrap_or(u32::MAX);
        self.scores = scores;
        let copied = self.copying.iter().flat_map(Copying::favoured);
        let beginning = self.beginning.iter().filter(|_| step == 0).copied();
        let favoured: Vec<(u32, f32)> = copied.chain(beginning).collect();
        for (token, head_start) in &favoured {
            if let Some(score) = self.scores.get_mut(*token as usize) {
                *score += head_start;
            }
        }
        // Seen once more, scores are only those of what a grammar allows.
        if self.whole.is_none_or(|(known, _)| known != step) {
            self.whole = Some((step, sum(&self.scores)));
        }
        match self.given.get(step) {
            Some(given) => vec![(*given, GIVEN)],
            None => favoured,
        }
    }

    /// The last step made this token.
    fn made(&mut self, token: u32) {
        if let Some(copying) = &mut self.copying {
            copying.wrote(token);
        }
        let scores = std::mem::take(&mut self.scores);
        let own = scores.get(token as usize).copied().unwrap_or(f32::MIN);
        let whole = self.whole.map_or(own, |(_, whole)| whole);
        let mut best: Vec<(u32, f32)> = Vec::with_capacity(KEPT + 1);
        for (other, score) in (0..).zip(scores) {
            let behind = own - score;
            let last = best.last().map_or(f32::INFINITY, |(_, behind)| *behind);
            if other != token && behind.is_finite() && (best.len() < KEPT || behind < last) {
                let place = best.partition_point(|(_, before)| *before <= behind);
                best.insert(place, (other, behind));
                best.truncate(KEPT);
            }
        }
        self.done.push(Scored {
            token,
            surprise: whole - own,
            others: best,
        });
    }

    /// How many tokens the model has a score for.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// All steps, the last of which made this token.
    pub fn finish(&mut self, end: u32) -> Vec<Scored> {
        if !self.scores.is_empty() {
            self.made(end);
        }
        std::mem::take(&mut self.done)
    }
}

/// The logarithm of the sum of what the scores are the logarithms of.
fn sum(scores: &[f32]) -> f32 {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
    most + sum.ln()
}

/// The steps of the last few completions.
#[derive(Debug, Default)]
pub struct Recent(Mutex<VecDeque<Completion>>);

#[derive(Clone, Debug)]
struct Completion {
    prompt: String,
    text: String,
    scored: Attempt,
}

/// The steps of a completion, and how many of them were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt {
    pub steps: Vec<Scored>,
    pub given: usize,
}

impl Recent {
    pub fn keep(&self, prompt: String, text: String, scored: Attempt) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(Completion {
            prompt,
            text,
            scored,
        });
        if all.len() > COMPLETIONS {
            all.pop_front();
        }
    }

    /// A completion, if it is one of the last.
    pub fn attempt(&self, prompt: &str, text: &str) -> Option<Attempt> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .rev()
            .find(|known| known.prompt == prompt && known.text == text)
            .map(|known| known.scored.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_kept_with_what_came_near() {
        let mut steps = Steps::new(2, vec![], None);
        assert_eq!(steps.see(vec![1.0, 3.0, 2.5], &[7, 7]), []);
        // The same step once more, under a mask.
        assert_eq!(steps.see(vec![1.0, f32::NEG_INFINITY, 2.5], &[7, 7]), []);
        assert_eq!(steps.see(vec![0.0, 9.0, 4.0], &[7, 7, 2]), []);
        let scored = |token, surprise, others: &[(u32, f32)]| Scored {
            token,
            surprise,
            others: others.to_vec(),
        };
        // The mask does not make what it leaves any likelier.
        let surprises = [sum(&[1.0, 3.0, 2.5]) - 2.5, sum(&[0.0, 9.0, 4.0]) - 9.0];
        assert!(surprises[0] > 0.9 && surprises[1] < 0.01);
        assert_eq!(steps.width(), 3);
        assert_eq!(
            steps.finish(1),
            [
                scored(2, surprises[0], &[(0, 1.5)]),
                scored(1, surprises[1], &[(2, 5.0), (0, 9.0)])
            ]
        );
    }

    #[test]
    fn given_tokens_lead_and_then_nothing_does() {
        let mut steps = Steps::new(1, vec![2], None);
        assert_eq!(steps.see(vec![5.0, 0.0, 1.0], &[9]), [(2, GIVEN)]);
        assert_eq!(steps.see(vec![5.0, 0.0, 1.0], &[9, 2]), []);
    }

    #[test]
    fn what_copies_on_has_a_head_start() {
        let old = [(2, "a"), (1, "b")].map(|(token, text)| (token, text.to_string()));
        let copying = Copying::new(old.to_vec(), [3].into(), 0);
        let start = copying.favoured()[&2];
        let mut steps = Steps::new(1, vec![1], Some(copying));
        let scores = vec![1.0, 1.5, 1.2, 0.0];
        // A given token leads all the same, and what it departs from is known by its head start.
        assert_eq!(steps.see(scores.clone(), &[9]), [(1, GIVEN)]);
        assert_eq!(steps.see(scores.clone(), &[9, 1]), []);
        let first = steps.finish(0).remove(0);
        assert_eq!(first.others[0].0, 2);
        assert!((first.others[0].1 - (1.5 - 1.2 - start)).abs() < 1e-3);

        let copying = Copying::new(old.to_vec(), [3].into(), 0);
        let mut steps = Steps::new(1, vec![], Some(copying));
        assert_eq!(steps.see(scores.clone(), &[9]), [(2, start)]);
        assert_eq!(steps.see(scores.clone(), &[9, 2]), [(1, start)]);
        assert_eq!(steps.see(scores, &[9, 2, 1]), [(0, start)]);
    }

    #[test]
    fn only_the_last_completions_are_known() {
        let recent = Recent::default();
        for number in 0..=COMPLETIONS {
            recent.keep("p".to_string(), number.to_string(), Attempt::default());
        }
        assert_eq!(recent.attempt("p", "0"), None);
        assert_eq!(recent.attempt("p", "1"), Some(Attempt::default()));
        assert_eq!(recent.attempt("q", "1"), None);
    }
}
