//! A tiny random model for tests.

use super::{Architecture, Base, Document, Piece, Place, Spec, order};
use crate::ops::difference::noise;
use candle_core::Result;
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use std::path::Path;

pub(crate) fn spec(architecture: Architecture) -> Spec {
    let qwen = architecture == Architecture::Qwen3;
    Spec {
        architecture,
        layers: 2,
        width: 64,
        heads: 4,
        groups: 2,
        // Qwen3's heads are together wider than the model.
        head: if qwen { 24 } else { 16 },
        inner: 96,
        vocabulary: 160,
        rope_base: 10_000.0,
        epsilon: 1e-5,
        tied: !qwen,
    }
}

/// Seeded weights, small enough that the scores stay tame.
pub(crate) fn base(architecture: Architecture) -> Base {
    let spec = spec(architecture);
    let weight = |place: Place| -> Result<_> {
        let seed = match place {
            Place::Embedding => 7,
            Place::Norm => 8,
            Place::Output => 9,
            Place::Block(i, piece) => {
                100 * i as u64
                    + match piece {
                        Piece::AttentionNorm => 1,
                        Piece::FeedNorm => 2,
                        Piece::QueryNorm => 3,
                        Piece::KeyNorm => 4,
                        Piece::Linear(linear) => 10 + linear as u64,
                    }
            }
        };
        let values = noise(seed, &place.shape(&spec));
        match place {
            // Far enough from one that it shows when they are left out or stand in the wrong order.
            Place::Block(_, Piece::QueryNorm | Piece::KeyNorm) => values.affine(0.4, 1.0),
            _ if place.is_gain() => values.affine(0.1, 1.0),
            _ => values * 0.2,
        }
    };
    Base::gather(&spec, weight).unwrap()
}

pub(crate) fn document(seed: u32, len: usize) -> Document {
    Document {
        tokens: (0..len as u32)
            .map(|i| (i * i * 7 + i * seed + seed) % 160)
            .collect(),
        weights: (0..len).map(|i| f32::from(i > len / 3)).collect(),
    }
}

/// Writes a model as a GGUF file, in the row order that files of its family have.
pub(crate) fn write_gguf(base: &Base, path: &Path) {
    let spec = &base.spec;
    let name = spec.architecture.name();
    let tensors: Vec<(String, QTensor)> = Place::all(spec)
        .into_iter()
        .map(|place| {
            let mut tensor = base.weight(place).unwrap().clone();
            if place.is_rotated() && spec.architecture == Architecture::Qwen3 {
                tensor = order::to_halves(&tensor, spec.head).unwrap();
            }
            let tensor = QTensor::quantize(&tensor, GgmlDType::F32).unwrap();
            (place.gguf(), tensor)
        })
        .collect();
    let number = |n: usize| Value::U32(n as u32);
    let sizes = [
        ("block_count", spec.layers),
        ("context_length", 512),
        ("embedding_length", spec.width),
        ("attention.head_count", spec.heads),
        ("attention.head_count_kv", spec.groups),
        ("attention.key_length", spec.head),
        ("feed_forward_length", spec.inner),
    ];
    let mut metadata: Vec<(String, Value)> = sizes
        .iter()
        .map(|(key, size)| (format!("{name}.{key}"), number(*size)))
        .collect();
    metadata.extend([
        ("general.architecture".into(), Value::String(name.into())),
        ("general.file_type".into(), number(0)),
        (
            format!("{name}.attention.layer_norm_rms_epsilon"),
            Value::F32(spec.epsilon),
        ),
        (
            format!("{name}.rope.freq_base"),
            Value::F32(spec.rope_base as f32),
        ),
        (
            "tokenizer.chat_template".into(),
            Value::String("template".into()),
        ),
    ]);
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(k, v)| (k.as_str(), v)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(n, t)| (n.as_str(), t)).collect();
    let mut file = std::fs::File::create(path).unwrap();
    gguf_file::write(&mut file, &metadata, &tensors).unwrap();
}
