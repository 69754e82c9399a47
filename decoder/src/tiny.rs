//! Small models with random weights, for tests.

use std::fs::File;
use std::path::Path;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Result, Tensor};

use crate::spec::{Architecture, Spec};
use crate::tokenizer::byte_letters;

/// What follows the tokens of single bytes.
const MARKS: [&str; 4] = ["ab", "<|im_start|>", "<|im_end|>", "<|endoftext|>"];

/// The type number of a mark in a GGUF vocabulary.
const MARK: i32 = 3;

/// The sizes of a small model.
pub fn spec(architecture: Architecture) -> Spec {
    Spec {
        architecture,
        layers: 2,
        width: 64,
        heads: 4,
        groups: 2,
        head: match architecture {
            Architecture::Llama => 16,
            Architecture::Qwen3 => 32,
        },
        inner: 96,
        vocabulary: 256 + MARKS.len(),
        rope_base: 10_000.0,
        epsilon: 1e-5,
        context: 512,
        tied: architecture == Architecture::Llama,
    }
}

/// Writes a model of these sizes, with a token for each byte and the marks of `ChatML`. Its weights follow
/// from the seed.
pub fn write(spec: &Spec, seed: u64, path: &Path) -> Result<()> {
    let mut random = Random(seed);
    let mut tensors: Vec<(String, QTensor)> = Vec::new();
    let mut add = |name: String, shape: &[usize], matrix: bool| -> Result<()> {
        let count = shape.iter().product();
        let number = |_| random.next() * if matrix { 0.3 } else { 0.2 } + f32::from(!matrix);
        let numbers: Vec<f32> = (0..count).map(number).collect();
        let tensor = Tensor::from_vec(numbers, shape, &Device::Cpu)?;
        let dtype = if matrix {
            GgmlDType::Q8_0
        } else {
            GgmlDType::F32
        };
        tensors.push((name, QTensor::quantize(&tensor, dtype)?));
        Ok(())
    };
    let (wide, narrow) = (spec.heads * spec.head, spec.groups * spec.head);
    add(
        "token_embd.weight".into(),
        &[spec.vocabulary, spec.width],
        true,
    )?;
    for layer in 0..spec.layers {
        for (name, rows, columns) in [
            ("attn_q", wide, spec.width),
            ("attn_k", narrow, spec.width),
            ("attn_v", narrow, spec.width),
            ("attn_output", spec.width, wide),
            ("ffn_gate", spec.inner, spec.width),
            ("ffn_up", spec.inner, spec.width),
            ("ffn_down", spec.width, spec.inner),
        ] {
            add(format!("blk.{layer}.{name}.weight"), &[rows, columns], true)?;
        }
        for name in ["attn_norm", "ffn_norm"] {
            add(format!("blk.{layer}.{name}.weight"), &[spec.width], false)?;
        }
        if spec.architecture.normalises_heads() {
            for name in ["attn_q_norm", "attn_k_norm"] {
                add(format!("blk.{layer}.{name}.weight"), &[spec.head], false)?;
            }
        }
    }
    add("output_norm.weight".into(), &[spec.width], false)?;
    if !spec.tied {
        add("output.weight".into(), &[spec.vocabulary, spec.width], true)?;
    }
    let metadata = metadata(spec);
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(k, v)| (k.as_str(), v)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(n, t)| (n.as_str(), t)).collect();
    gguf_file::write(&mut File::create(path)?, &metadata, &tensors)
}

fn metadata(spec: &Spec) -> Vec<(String, Value)> {
    let name = spec.architecture.name();
    let number = |number: usize| Value::U32(u32::try_from(number).unwrap_or(u32::MAX));
    let text = |text: &str| Value::String(text.to_string());
    let mut tokens: Vec<(u8, Value)> = byte_letters()
        .map(|(letter, byte)| (byte, text(&letter.to_string())))
        .collect();
    tokens.sort_by_key(|(byte, _)| *byte);
    let marks = MARKS.map(text);
    let tokens = tokens.into_iter().map(|(_, token)| token).chain(marks);
    let kind = |place: usize| Value::I32(if place > 256 { MARK } else { 1 });
    let sizes = [
        ("block_count", spec.layers),
        ("context_length", spec.context),
        ("embedding_length", spec.width),
        ("feed_forward_length", spec.inner),
        ("attention.head_count", spec.heads),
        ("attention.head_count_kv", spec.groups),
        ("attention.key_length", spec.head),
        ("attention.value_length", spec.head),
        ("rope.dimension_count", spec.head),
    ];
    let mut metadata: Vec<(String, Value)> = sizes
        .iter()
        .map(|(key, size)| (format!("{name}.{key}"), number(*size)))
        .collect();
    let epsilon = format!("{name}.attention.layer_norm_rms_epsilon");
    metadata.extend([
        ("general.architecture".into(), text(name)),
        (epsilon, Value::F32(spec.epsilon)),
        (format!("{name}.rope.freq_base"), Value::F32(spec.rope_base)),
        ("tokenizer.ggml.model".into(), text("gpt2")),
        (
            "tokenizer.ggml.tokens".into(),
            Value::Array(tokens.collect()),
        ),
        (
            "tokenizer.ggml.merges".into(),
            Value::Array(vec![text("a b")]),
        ),
        (
            "tokenizer.ggml.token_type".into(),
            Value::Array((0..spec.vocabulary).map(kind).collect()),
        ),
        ("tokenizer.ggml.eos_token_id".into(), number(258)),
    ]);
    metadata
}

/// Numbers between -1 and 1 (`SplitMix64`, Steele et al. 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let unit = (mixed >> 40) as f32 / (1_u64 << 24) as f32;
        2.0 * unit - 1.0
    }
}
