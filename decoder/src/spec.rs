//! The family and the sizes of a model.

use candle_core::quantized::gguf_file::Value;

use crate::error::Error;
use crate::gguf::Gguf;

/// The family a model belongs to. The families differ in little more than names and normalisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    Llama,
    /// As Llama, with each head of queries and keys normalised before it is rotated.
    Qwen3,
}

impl Architecture {
    /// All families that are known.
    pub const ALL: [Architecture; 2] = [Architecture::Llama, Architecture::Qwen3];

    /// The name in a GGUF file, which is also the `model_type` of a `config.json`.
    pub fn name(self) -> &'static str {
        match self {
            Architecture::Llama => "llama",
            Architecture::Qwen3 => "qwen3",
        }
    }

    /// The class in `architectures` of a `config.json`.
    pub fn class(self) -> &'static str {
        match self {
            Architecture::Llama => "LlamaForCausalLM",
            Architecture::Qwen3 => "Qwen3ForCausalLM",
        }
    }

    /// Whether each head of queries and keys is normalised.
    pub fn normalises_heads(self) -> bool {
        self == Architecture::Qwen3
    }

    /// Whether GGUF files of the family keep the two rows of a rotated pair side by side.
    pub fn pairs_in_gguf(self) -> bool {
        self == Architecture::Llama
    }
}

/// The sizes of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub architecture: Architecture,
    pub layers: usize,
    pub width: usize,
    pub heads: usize,
    /// Key and value heads.
    pub groups: usize,
    /// Width of one head; the heads together need not be as wide as the model.
    pub head: usize,
    /// Width of the feed-forward block.
    pub inner: usize,
    pub vocabulary: usize,
    pub rope_base: f32,
    pub epsilon: f32,
    /// The longest text in tokens.
    pub context: usize,
    /// Whether the embedding is the output projection as well.
    pub tied: bool,
}

impl Spec {
    /// Reads the sizes; the error says what else the model has that is not known here.
    pub fn read(gguf: &Gguf) -> Result<Spec, Error> {
        let name = gguf.text("general.architecture")?;
        let architecture = Architecture::ALL.into_iter().find(|a| a.name() == name);
        let Some(architecture) = architecture else {
            let known = Architecture::ALL.map(Architecture::name).join(" and ");
            return Err(gguf.unsupported(format!(
                "holds a model of architecture {name}; only {known} are known"
            )));
        };
        let key = |entry: &str| format!("{name}.{entry}");
        let size = |entry: &str| gguf.size(&key(entry));
        let float = |entry: &str| gguf.float(&key(entry));
        let has = |entry: &str| gguf.entry(&key(entry)).is_some();
        let scaling = gguf.entry(&key("rope.scaling.type"));
        let scaled =
            scaling.is_some_and(|kind| !matches!(kind, Value::String(kind) if kind == "none"));
        if scaled || gguf.has("rope_freqs.weight") {
            return Err(gguf.unsupported("scales the rotation of long texts".to_string()));
        }
        if let Some(bias) = gguf.tensors().find(|tensor| tensor.ends_with(".bias")) {
            return Err(gguf.unsupported(format!("has the bias {bias}")));
        }
        let (width, heads) = (size("embedding_length")?, size("attention.head_count")?);
        let (groups, head) = ("attention.head_count_kv", "attention.key_length");
        let spec = Spec {
            architecture,
            layers: size("block_count")?,
            width,
            heads,
            groups: if has(groups) { size(groups)? } else { heads },
            head: if has(head) {
                size(head)?
            } else {
                width / heads.max(1)
            },
            inner: size("feed_forward_length")?,
            vocabulary: gguf.rows("token_embd.weight")?,
            rope_base: match has("rope.freq_base") {
                true => float("rope.freq_base")?,
                false => 10_000.0,
            },
            epsilon: float("attention.layer_norm_rms_epsilon")?,
            context: size("context_length")?,
            tied: !gguf.has("output.weight"),
        };
        if has("rope.dimension_count") && size("rope.dimension_count")? != spec.head {
            return Err(gguf.unsupported("rotates a part of each head".to_string()));
        }
        if spec.head == 0 || spec.groups == 0 || !spec.heads.is_multiple_of(spec.groups) {
            return Err(gguf.unsupported(format!(
                "has {heads} heads of {} in {} groups",
                spec.head, spec.groups
            )));
        }
        Ok(spec)
    }

    /// How many query heads share a key head.
    pub(crate) fn shared(&self) -> usize {
        self.heads / self.groups
    }
}
