//! Every weight of a model: its shape, and its name in either file format.

use super::{Linear, Spec};

/// Where a weight belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Embedding,
    /// The output projection of a model whose embedding does not serve as one.
    Output,
    /// In the block of this number.
    Block(usize, Piece),
    /// The gain of the last normalisation.
    Norm,
}

/// A weight of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    AttentionNorm,
    /// The gain over each head of queries.
    QueryNorm,
    /// The gain over each head of keys.
    KeyNorm,
    FeedNorm,
    Linear(Linear),
}

impl Piece {
    fn huggingface(self) -> &'static str {
        match self {
            Piece::AttentionNorm => "input_layernorm",
            Piece::QueryNorm => "self_attn.q_norm",
            Piece::KeyNorm => "self_attn.k_norm",
            Piece::FeedNorm => "post_attention_layernorm",
            Piece::Linear(linear) => linear.module(),
        }
    }

    fn gguf(self) -> &'static str {
        match self {
            Piece::AttentionNorm => "attn_norm",
            Piece::QueryNorm => "attn_q_norm",
            Piece::KeyNorm => "attn_k_norm",
            Piece::FeedNorm => "ffn_norm",
            Piece::Linear(linear) => linear.gguf(),
        }
    }
}

impl Place {
    /// All weights of a model, in a fixed order.
    pub fn all(spec: &Spec) -> Vec<Place> {
        let mut all = vec![Place::Embedding];
        if !spec.tied {
            all.push(Place::Output);
        }
        let mut pieces = vec![Piece::AttentionNorm, Piece::FeedNorm];
        if spec.architecture.normalises_heads() {
            pieces.extend([Piece::QueryNorm, Piece::KeyNorm]);
        }
        pieces.extend(Linear::ALL.map(Piece::Linear));
        for i in 0..spec.layers {
            all.extend(pieces.iter().map(|piece| Place::Block(i, *piece)));
        }
        all.push(Place::Norm);
        all
    }

    /// The shape of the weight.
    pub fn shape(self, spec: &Spec) -> Vec<usize> {
        match self {
            Place::Embedding | Place::Output => vec![spec.vocabulary, spec.width],
            Place::Norm => vec![spec.width],
            Place::Block(_, Piece::AttentionNorm | Piece::FeedNorm) => vec![spec.width],
            Place::Block(_, Piece::QueryNorm | Piece::KeyNorm) => vec![spec.head],
            Place::Block(_, Piece::Linear(linear)) => {
                let (out, input) = spec.shape(linear);
                vec![out, input]
            }
        }
    }

    /// Whether this is the gain of a normalisation.
    pub fn is_gain(self) -> bool {
        match self {
            Place::Embedding | Place::Output => false,
            Place::Norm => true,
            Place::Block(_, piece) => !matches!(piece, Piece::Linear(_)),
        }
    }

    /// Whether the rows are those of rotated heads, whose order differs between the formats.
    pub fn is_rotated(self) -> bool {
        matches!(
            self,
            Place::Block(
                _,
                Piece::QueryNorm
                    | Piece::KeyNorm
                    | Piece::Linear(Linear::Query)
                    | Piece::Linear(Linear::Key)
            )
        )
    }

    /// The name in a Hugging Face checkpoint.
    pub fn huggingface(self) -> String {
        match self {
            Place::Embedding => "model.embed_tokens.weight".into(),
            Place::Output => "lm_head.weight".into(),
            Place::Norm => "model.norm.weight".into(),
            Place::Block(i, piece) => format!("model.layers.{i}.{}.weight", piece.huggingface()),
        }
    }

    /// The name in a GGUF file.
    pub fn gguf(self) -> String {
        match self {
            Place::Embedding => "token_embd.weight".into(),
            Place::Output => "output.weight".into(),
            Place::Norm => "output_norm.weight".into(),
            Place::Block(i, piece) => format!("blk.{i}.{}.weight", piece.gguf()),
        }
    }
}
