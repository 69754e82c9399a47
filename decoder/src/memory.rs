//! The keys and values of what was read of a text.

use crate::spec::Spec;

/// What a model has read of one text. It can be cut back to a shorter beginning, and copied.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    tokens: Vec<u32>,
    /// For each layer and group: keys, then values, a head for each token.
    pub(crate) groups: Vec<(Vec<f32>, Vec<f32>)>,
    head: usize,
}

impl Memory {
    pub(crate) fn new(spec: &Spec) -> Memory {
        Memory {
            tokens: Vec::new(),
            groups: vec![Default::default(); spec.layers * spec.groups],
            head: spec.head,
        }
    }

    /// The tokens that were read.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// How many tokens at its beginning a text has in common with what was read.
    pub fn common(&self, text: &[u32]) -> usize {
        let both = self.tokens.iter().zip(text);
        both.take_while(|(read, token)| read == token).count()
    }

    /// A copy of the beginning.
    pub fn beginning(&self, tokens: usize) -> Memory {
        let tokens = tokens.min(self.tokens.len());
        let cut = |numbers: &Vec<f32>| numbers[..tokens * self.head].to_vec();
        let groups = self.groups.iter();
        Memory {
            tokens: self.tokens[..tokens].to_vec(),
            groups: groups
                .map(|(keys, values)| (cut(keys), cut(values)))
                .collect(),
            head: self.head,
        }
    }

    /// More tokens will have been read once their keys and values are here.
    pub(crate) fn read(&mut self, tokens: &[u32]) {
        self.tokens.extend(tokens);
    }
}
