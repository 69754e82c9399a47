//! The last grammars, prepared. That takes a fifth of a second, and the attempts at a request share one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use llguidance::Matcher;

use crate::backend::BackendError;
use crate::grammar::masks::Masks;

/// Prepared grammars that are kept.
const KEPT: usize = 8;

/// Grammars over one vocabulary.
pub struct Grammars {
    masks: Masks,
    last: Mutex<VecDeque<(String, Matcher)>>,
}

impl Grammars {
    pub fn new(masks: Masks) -> Grammars {
        let last = Mutex::default();
        Grammars { masks, last }
    }

    /// A grammar at its beginning.
    pub fn prepare(&self, grammar: &str) -> Result<Matcher, BackendError> {
        let start = Instant::now();
        let known = self.known(grammar);
        let is_known = known.is_some();
        let matcher = known.unwrap_or_else(|| self.masks.matcher(grammar));
        if let Some(error) = matcher.get_error() {
            let reason = format!("its grammar does not read: {error}");
            return Err(BackendError::Rejected(reason));
        }
        if !is_known {
            let kept = (grammar.to_string(), matcher.deep_clone());
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.truncate(KEPT - 1);
            last.push_front(kept);
        }
        tracing::debug!(is_known, took = ?start.elapsed(), "a grammar is ready");
        Ok(matcher)
    }

    /// The same on a thread that may be held up.
    pub async fn prepared(self: &Arc<Self>, grammar: &str) -> Result<Matcher, BackendError> {
        let (grammars, grammar) = (self.clone(), grammar.to_string());
        let prepared = tokio::task::spawn_blocking(move || grammars.prepare(&grammar));
        prepared
            .await
            .unwrap_or_else(|error| Err(BackendError::Interrupted(error.to_string())))
    }

    fn known(&self, grammar: &str) -> Option<Matcher> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.iter().find(|(text, _)| text == grammar);
        known.map(|(_, matcher)| matcher.deep_clone())
    }
}
