//! The tokens of a model as the grammar engine takes them, cut as the model's own tokenizer cuts.

use llguidance::toktrie::{TokRxInfo, TokTrie, TokenId, TokenizerEnv};

type Encode = Box<dyn Fn(&str) -> Vec<u32> + Send + Sync>;

/// A vocabulary with its tokenizer.
pub struct Tokens {
    trie: TokTrie,
    encode: Encode,
}

impl Tokens {
    pub fn new(words: &[Vec<u8>], end: u32, encode: Encode) -> Result<Tokens, String> {
        let size = u32::try_from(words.len()).map_err(|error| error.to_string())?;
        let trie = TokTrie::from(&TokRxInfo::new(size, end), words);
        Ok(Tokens { trie, encode })
    }
}

impl TokenizerEnv for Tokens {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        self.trie
            .tokenize_with_greedy_fallback(bytes, |text| (self.encode)(text))
    }
}
