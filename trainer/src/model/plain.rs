//! An implementation of both architectures that shares nothing with the trainer's: loops over `f64`,
//! with rotation by halves as Hugging Face has it. What the trainer reads out of files is compared
//! with it.

use super::{Batch, Document, Source};
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Tensor};
use rand::{Rng, SeedableRng};
use std::collections::HashMap;
use std::path::Path;

const WIDTH: usize = 32;
const INNER: usize = 48;
const LAYERS: usize = 2;
const HEADS: usize = 4;
const GROUPS: usize = 2;
const VOCABULARY: usize = 50;
const BASE: f64 = 5000.0;
const EPSILON: f64 = 1e-5;

/// A model as Hugging Face names its weights: the shape and the values of each.
struct Model {
    qwen: bool,
    tied: bool,
    head: usize,
    weights: HashMap<String, (Vec<usize>, Vec<f64>)>,
}

type Rows = Vec<Vec<f64>>;

impl Model {
    fn new(qwen: bool, tied: bool) -> Self {
        let head = if qwen { 12 } else { WIDTH / HEADS };
        let (wide, narrow) = (HEADS * head, GROUPS * head);
        let mut model = Model {
            qwen,
            tied,
            head,
            weights: HashMap::new(),
        };
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(17);
        let mut add = |name: String, shape: &[usize]| {
            let count = shape.iter().product();
            let values: Vec<f64> = (0..count)
                // Values that bf16 can hold, so that a file in bf16 loses nothing.
                .map(|_| f64::from(random.random_range(-60i32..=60)) / 128.0)
                .map(|v| if shape.len() == 1 { 1.0 + v } else { v })
                .collect();
            model.weights.insert(name, (shape.to_vec(), values));
        };
        add("model.embed_tokens.weight".into(), &[VOCABULARY, WIDTH]);
        add("model.norm.weight".into(), &[WIDTH]);
        if !tied {
            add("lm_head.weight".into(), &[VOCABULARY, WIDTH]);
        }
        for i in 0..LAYERS {
            let mut add = |name: &str, shape: &[usize]| {
                add(format!("model.layers.{i}.{name}.weight"), shape);
            };
            add("input_layernorm", &[WIDTH]);
            add("post_attention_layernorm", &[WIDTH]);
            add("self_attn.q_proj", &[wide, WIDTH]);
            add("self_attn.k_proj", &[narrow, WIDTH]);
            add("self_attn.v_proj", &[narrow, WIDTH]);
            add("self_attn.o_proj", &[WIDTH, wide]);
            add("mlp.gate_proj", &[INNER, WIDTH]);
            add("mlp.up_proj", &[INNER, WIDTH]);
            add("mlp.down_proj", &[WIDTH, INNER]);
            if qwen {
                add("self_attn.q_norm", &[head]);
                add("self_attn.k_norm", &[head]);
            }
        }
        model
    }

    fn weight(&self, name: &str) -> &[f64] {
        &self.weights[&format!("{name}.weight")].1
    }

    fn linear(&self, name: &str, x: &Rows) -> Rows {
        let weight = self.weight(name);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        x.iter()
            .map(|x| weight.chunks(x.len()).map(|row| dot(row, x)).collect())
            .collect()
    }

    fn norm(&self, name: &str, x: &Rows) -> Rows {
        x.iter().map(|x| norm(x, self.weight(name))).collect()
    }

    /// Heads of a projection: `[token][head][number]`, normalised and rotated.
    fn heads(&self, prefix: &str, which: &str, x: &Rows) -> Vec<Rows> {
        let projected = self.linear(&format!("{prefix}.self_attn.{which}_proj"), x);
        let cut = projected.iter().enumerate().map(|(position, row)| {
            let heads = row.chunks(self.head).map(|head| {
                let mut head = head.to_vec();
                if which == "v" {
                    return head;
                }
                if self.qwen {
                    let gain = format!("{prefix}.self_attn.{which}_norm");
                    head = norm(&head, self.weight(&gain));
                }
                rotate(&head, position)
            });
            heads.collect()
        });
        cut.collect()
    }

    /// The weighted sum of the losses of a document.
    fn loss(&self, document: &Document) -> f64 {
        let embedding = self.weight("model.embed_tokens");
        let mut x: Rows = document
            .tokens
            .iter()
            .map(|t| embedding[*t as usize * WIDTH..][..WIDTH].to_vec())
            .collect();
        for i in 0..LAYERS {
            let prefix = format!("model.layers.{i}");
            let seen = self.norm(&format!("{prefix}.input_layernorm"), &x);
            let q = self.heads(&prefix, "q", &seen);
            let k = self.heads(&prefix, "k", &seen);
            let v = self.heads(&prefix, "v", &seen);
            let mut mixed = vec![];
            for (t, q) in q.iter().enumerate() {
                let mut row = vec![];
                for (h, q) in q.iter().enumerate() {
                    let group = h / (HEADS / GROUPS);
                    let scores: Vec<f64> = (0..=t)
                        .map(|s| q.iter().zip(&k[s][group]).map(|(a, b)| a * b).sum::<f64>())
                        .map(|score| (score / (self.head as f64).sqrt()).exp())
                        .collect();
                    let sum: f64 = scores.iter().sum();
                    row.extend((0..self.head).map(|d| {
                        let weighted = scores.iter().enumerate();
                        weighted.map(|(s, p)| p / sum * v[s][group][d]).sum::<f64>()
                    }));
                }
                mixed.push(row);
            }
            add(
                &mut x,
                self.linear(&format!("{prefix}.self_attn.o_proj"), &mixed),
            );
            let seen = self.norm(&format!("{prefix}.post_attention_layernorm"), &x);
            let mut inner = self.linear(&format!("{prefix}.mlp.gate_proj"), &seen);
            let up = self.linear(&format!("{prefix}.mlp.up_proj"), &seen);
            for (gate, up) in inner.iter_mut().flatten().zip(up.iter().flatten()) {
                *gate = *gate / (1.0 + (-*gate).exp()) * up;
            }
            add(
                &mut x,
                self.linear(&format!("{prefix}.mlp.down_proj"), &inner),
            );
        }
        let x = self.norm("model.norm", &x);
        let output = if self.tied {
            "model.embed_tokens"
        } else {
            "lm_head"
        };
        let scores = self.linear(output, &x);
        let losses = (1..document.tokens.len()).map(|t| {
            let row = &scores[t - 1];
            let sum: f64 = row.iter().map(|s| s.exp()).sum();
            let loss = sum.ln() - row[document.tokens[t] as usize];
            loss * f64::from(document.weights[t])
        });
        losses.sum()
    }

    fn tensor(&self, name: &str) -> Tensor {
        let (shape, values) = &self.weights[name];
        let values: Vec<f32> = values.iter().map(|v| *v as f32).collect();
        Tensor::from_vec(values, shape.as_slice(), &Device::Cpu).unwrap()
    }

    /// Writes the folder that Hugging Face's `save_pretrained` would write, in one file or two.
    fn write_folder(&self, folder: &Path, dtype: DType, shards: bool) {
        let class = if self.qwen {
            "Qwen3ForCausalLM"
        } else {
            "LlamaForCausalLM"
        };
        let config = serde_json::json!({
            "architectures": [class], "hidden_size": WIDTH, "intermediate_size": INNER,
            "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
            "num_key_value_heads": GROUPS, "head_dim": self.head, "vocab_size": VOCABULARY,
            "rms_norm_eps": EPSILON, "rope_theta": BASE, "tie_word_embeddings": self.tied,
        });
        std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
        let mut files = [HashMap::new(), HashMap::new()];
        let mut map = HashMap::new();
        for (i, name) in self.weights.keys().enumerate() {
            let shard = if shards { i % 2 } else { 0 };
            let tensor = self.tensor(name).to_dtype(dtype).unwrap();
            files[shard].insert(name.clone(), tensor);
            map.insert(name.clone(), format!("part-{shard}.safetensors"));
        }
        if shards {
            for (i, file) in files.iter().enumerate() {
                let at = folder.join(format!("part-{i}.safetensors"));
                candle_core::safetensors::save(file, at).unwrap();
            }
            let index = serde_json::json!({ "weight_map": map }).to_string();
            std::fs::write(folder.join("model.safetensors.index.json"), index).unwrap();
        } else {
            candle_core::safetensors::save(&files[0], folder.join("model.safetensors")).unwrap();
        }
    }

    /// Writes the file that llama.cpp's converter would write: for Llama it puts the rows of a
    /// rotated pair side by side, for Qwen3 it leaves them.
    fn write_gguf(&self, path: &Path) {
        let mut tensors = vec![];
        for name in self.weights.keys() {
            let mut tensor = self.tensor(name);
            let rotated = name.contains("q_proj") || name.contains("k_proj");
            if rotated && !self.qwen {
                let rows: Vec<Tensor> = (0..tensor.dim(0).unwrap())
                    .map(|row| {
                        let (head, at) = (row / self.head, row % self.head);
                        let from = head * self.head + at % 2 * (self.head / 2) + at / 2;
                        tensor.narrow(0, from, 1).unwrap()
                    })
                    .collect();
                tensor = Tensor::cat(&rows, 0).unwrap();
            }
            let mut short = name.clone();
            for (long, other) in [
                ("model.layers.", "blk."),
                ("self_attn.q_proj", "attn_q"),
                ("self_attn.k_proj", "attn_k"),
                ("self_attn.v_proj", "attn_v"),
                ("self_attn.o_proj", "attn_output"),
                ("self_attn.q_norm", "attn_q_norm"),
                ("self_attn.k_norm", "attn_k_norm"),
                ("mlp.gate_proj", "ffn_gate"),
                ("mlp.up_proj", "ffn_up"),
                ("mlp.down_proj", "ffn_down"),
                ("input_layernorm", "attn_norm"),
                ("post_attention_layernorm", "ffn_norm"),
                ("model.embed_tokens", "token_embd"),
                ("model.norm", "output_norm"),
                ("lm_head", "output"),
            ] {
                short = short.replace(long, other);
            }
            tensors.push((short, QTensor::quantize(&tensor, GgmlDType::F32).unwrap()));
        }
        let name = if self.qwen { "qwen3" } else { "llama" };
        let mut metadata = vec![(
            "general.architecture".to_string(),
            Value::String(name.into()),
        )];
        for (key, value) in [
            ("block_count", LAYERS),
            ("embedding_length", WIDTH),
            ("feed_forward_length", INNER),
            ("attention.head_count", HEADS),
            ("attention.head_count_kv", GROUPS),
            ("context_length", 512),
        ] {
            metadata.push((format!("{name}.{key}"), Value::U32(value as u32)));
        }
        if self.qwen {
            let key = format!("{name}.attention.key_length");
            metadata.push((key, Value::U32(self.head as u32)));
        }
        for (key, value) in [
            ("rope.freq_base", BASE),
            ("attention.layer_norm_rms_epsilon", EPSILON),
        ] {
            metadata.push((format!("{name}.{key}"), Value::F32(value as f32)));
        }
        let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(k, v)| (k.as_str(), v)).collect();
        let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(n, t)| (n.as_str(), t)).collect();
        let mut file = std::fs::File::create(path).unwrap();
        gguf_file::write(&mut file, &metadata, &tensors).unwrap();
    }
}

fn norm(x: &[f64], gain: &[f64]) -> Vec<f64> {
    let mean = x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
    let factor = 1.0 / (mean + EPSILON).sqrt();
    x.iter().zip(gain).map(|(v, g)| v * factor * g).collect()
}

/// `x * cos + rotate_half(x) * sin`
fn rotate(x: &[f64], position: usize) -> Vec<f64> {
    let half = x.len() / 2;
    let turned = (0..x.len()).map(|i| {
        let angle = position as f64 / BASE.powf((i % half) as f64 / half as f64);
        let other = if i < half { -x[i + half] } else { x[i - half] };
        x[i] * angle.cos() + other * angle.sin()
    });
    turned.collect()
}

fn add(x: &mut Rows, more: Rows) {
    for (x, more) in x.iter_mut().flatten().zip(more.into_iter().flatten()) {
        *x += more;
    }
}

fn document() -> Document {
    Document {
        tokens: (0..20u32).map(|i| (i * i * 3 + i * 5 + 1) % 50).collect(),
        weights: (0..20).map(|i| (i % 4) as f32 * 0.5).collect(),
    }
}

fn loss(path: &Path) -> f64 {
    let mut source = Source::open(path).unwrap();
    let base = source.base(DType::F32, &Device::Cpu).unwrap();
    let document = document();
    let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
    let loss = base.loss(None, &batch, 1.0, false).unwrap();
    f64::from(loss.to_vec1::<f32>().unwrap()[0])
}

fn compare(qwen: bool, tied: bool) {
    let model = Model::new(qwen, tied);
    let expected = model.loss(&document());
    let folder = tempfile::tempdir().unwrap();
    for (i, (dtype, shards)) in [
        (DType::F32, false),
        (DType::F32, true),
        (DType::BF16, false),
    ]
    .into_iter()
    .enumerate()
    {
        let at = folder.path().join(i.to_string());
        std::fs::create_dir(&at).unwrap();
        model.write_folder(&at, dtype, shards);
        let got = loss(&at);
        assert!(
            (got - expected).abs() < 1e-4 * expected,
            "folder {i}: {got} {expected}"
        );
    }
    let at = folder.path().join("model.gguf");
    model.write_gguf(&at);
    let got = loss(&at);
    assert!(
        (got - expected).abs() < 1e-4 * expected,
        "gguf: {got} {expected}"
    );
}

#[test]
fn llama_computes_what_the_plain_implementation_computes() {
    compare(false, true);
}

#[test]
fn qwen3_computes_what_the_plain_implementation_computes() {
    compare(true, false);
}

#[test]
fn a_weight_of_the_wrong_shape_is_named() {
    let mut model = Model::new(true, true);
    let name = "model.layers.1.self_attn.k_norm.weight";
    model.weights.insert(name.into(), (vec![4], vec![1.0; 4]));
    let folder = tempfile::tempdir().unwrap();
    model.write_folder(folder.path(), DType::F32, false);
    let mut source = Source::open(folder.path()).unwrap();
    let Err(error) = source.base(DType::F32, &Device::Cpu) else {
        panic!("was read");
    };
    let said = format!("{error:#}");
    assert!(
        said.contains("k_norm") || said.contains("heads of 12"),
        "{said}"
    );
    model.weights.remove(name);
    model.write_folder(folder.path(), DType::F32, false);
    let mut source = Source::open(folder.path()).unwrap();
    let Err(error) = source.base(DType::F32, &Device::Cpu) else {
        panic!("was read");
    };
    assert!(
        error
            .to_string()
            .contains(&format!("lacks the weight {name}")),
        "{error}"
    );
}
