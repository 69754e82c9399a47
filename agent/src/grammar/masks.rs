//! A grammar over the tokens of a model: what its masks cost, and what can be written under them
//! whatever the weights are.
//!
//! Serving follows grammars with this engine and these tokens; it needs no model, so that it can be measured
//! and used for proofs as well.

#[cfg(feature = "embedded")]
mod forcing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory};

/// The grammar engine over one vocabulary.
pub struct Masks {
    factory: ParserFactory,
    end: u32,
}

/// What the masks of one answer cost.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Reading the grammar and preparing it.
    pub prepare: Duration,
    /// One mask for every token.
    pub masks: Vec<Duration>,
}

impl Masks {
    /// Prepares a vocabulary: the bytes of every token, and the token that ends a text. Tokens that
    /// stand for no text have no bytes.
    pub fn new(words: &[Vec<u8>], end: u32) -> Result<Masks, String> {
        let size = u32::try_from(words.len()).map_err(|error| error.to_string())?;
        let trie = TokTrie::from(&TokRxInfo::new(size, end), words);
        let tokens: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        let mut factory = ParserFactory::new_simple(&tokens).map_err(|error| error.to_string())?;
        factory.quiet();
        Ok(Masks { factory, end })
    }

    /// Masks over single bytes, whose tokens are the bytes.
    pub fn of_bytes() -> Result<Masks, String> {
        let tokens = ApproximateTokEnv::single_byte_env();
        let end = tokens.tok_trie().eos_token();
        let mut factory = ParserFactory::new_simple(&tokens).map_err(|error| error.to_string())?;
        factory.quiet();
        Ok(Masks { factory, end })
    }

    /// Prepares a vocabulary for writing: what the grammar forces is known in the tokens that `encode` makes of a text.
    #[cfg(feature = "embedded")]
    pub(crate) fn forcing(
        words: &[Vec<u8>],
        end: u32,
        encode: impl Fn(&str) -> Vec<u32> + Send + Sync + 'static,
    ) -> Result<Masks, String> {
        let tokens: TokEnv = Arc::new(forcing::Tokens::new(words, end, Box::new(encode))?);
        let able = llguidance::toktrie::InferenceCapabilities {
            ff_tokens: true,
            ..Default::default()
        };
        let slices = llguidance::earley::SlicedBiasComputer::general_slices();
        let mut factory =
            ParserFactory::new(&tokens, able, &slices).map_err(|error| error.to_string())?;
        factory.quiet();
        Ok(Masks { factory, end })
    }

    /// A grammar, to be followed from its beginning. What is wrong with it, the matcher says.
    pub fn matcher(&self, lark: &str) -> Matcher {
        let grammar = TopLevelGrammar::from_lark(lark.to_string());
        Matcher::new(self.factory.create_parser(grammar))
    }

    /// Measures the masks of an answer. The error says which token the grammar does not allow.
    pub fn cost(&self, lark: &str, answer: &[u32]) -> Result<Cost, String> {
        let start = Instant::now();
        let mut matcher = self.matcher(lark);
        let mut cost = Cost {
            prepare: start.elapsed(),
            masks: Vec::with_capacity(answer.len()),
        };
        for (place, token) in answer.iter().enumerate() {
            let start = Instant::now();
            let mask = matcher.compute_mask().map_err(|error| error.to_string())?;
            cost.masks.push(start.elapsed());
            if !mask.is_allowed(*token) {
                return Err(format!("token {place} ({token}) is not allowed"));
            }
            matcher
                .consume_token(*token)
                .map_err(|error| error.to_string())?;
        }
        Ok(cost)
    }

    /// Writes a text of at most `most` tokens; `pick` chooses one of the allowed tokens, of which the
    /// one that ends the text is given apart.
    ///
    /// Returns the tokens, and whether the text came to its end.
    pub fn decode(
        &self,
        lark: &str,
        most: usize,
        mut pick: impl FnMut(&[u32], Option<u32>) -> u32,
    ) -> Result<(Vec<u32>, bool), String> {
        let mut matcher = self.matcher(lark);
        let mut written = Vec::new();
        while written.len() < most {
            if matcher.is_stopped() {
                return Ok((written, true));
            }
            let mask = matcher.compute_mask().map_err(|error| error.to_string())?;
            let mut allowed = Vec::new();
            mask.iter_set_entries(|token| allowed.push(token as u32));
            let ends = allowed.iter().position(|token| *token == self.end);
            let end = ends.map(|place| allowed.swap_remove(place));
            if allowed.is_empty() && end.is_none() {
                return Err("nothing can follow".to_string());
            }
            let token = match (allowed.is_empty(), end) {
                (true, Some(end)) => end,
                _ => pick(&allowed, end),
            };
            if token == self.end {
                return Ok((written, true));
            }
            matcher
                .consume_token(token)
                .map_err(|error| error.to_string())?;
            written.push(token);
        }
        Ok((written, matcher.is_stopped()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Masks {
        let mut words: Vec<Vec<u8>> = (0..=255_u8).map(|byte| vec![byte]).collect();
        words.push(Vec::new());
        Masks::new(&words, 256).expect("a vocabulary")
    }

    fn tokens(text: &str) -> Vec<u32> {
        text.bytes().map(u32::from).collect()
    }

    #[test]
    fn every_token_of_an_answer_has_a_mask() {
        let masks = bytes();
        let lark = "start: \"ab\" \"c\"*\n";
        let cost = masks.cost(lark, &tokens("abcc")).expect("allowed");
        assert_eq!(cost.masks.len(), 4);
        masks.cost(lark, &tokens("abd")).expect_err("not allowed");
    }

    #[test]
    fn what_is_decoded_is_what_the_grammar_allows() {
        let masks = bytes();
        let lark = "start: \"a\" (\"b\" | \"c\") \"d\"\n";
        let (text, whole) = masks
            .decode(lark, 10, |allowed, _| *allowed.last().expect("a token"))
            .expect("decoded");
        assert_eq!((text, whole), (tokens("acd"), true));
        let (text, whole) = masks
            .decode("start: \"a\"*\n", 5, |allowed, _| allowed[0])
            .expect("decoded");
        assert_eq!((text, whole), (tokens("aaaaa"), false));
    }
}
