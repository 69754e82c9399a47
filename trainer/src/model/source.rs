//! The base model, from whichever kind of file it comes.

use super::gguf::{self, default_base};
use super::huggingface::{self, Folder};
use super::{Base, Place, Spec};
use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor};
use decoder::{Gguf, Tokenizer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The name of the default base on the Hugging Face hub, which PEFT looks up.
pub const DEFAULT: &str = "HuggingFaceTB/SmolLM2-135M-Instruct";

/// What other programs read beside the tokenizer: marks, chat template, ends of generation.
const TOKENIZER_TOO: [&str; 4] = [
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "generation_config.json",
];

/// An open base model.
pub enum Source {
    Gguf(Box<Gguf>),
    HuggingFace(Box<Folder>),
}

impl Source {
    /// Opens a GGUF file, a folder in Hugging Face layout, or a bare `config.json`, which describes
    /// a model without weights.
    pub fn open(path: &Path) -> Result<Self> {
        if path.is_dir() || path.extension().is_some_and(|e| e == "json") {
            return Ok(Source::HuggingFace(Box::new(Folder::open(path)?)));
        }
        Ok(Source::Gguf(Box::new(gguf::open(path)?)))
    }

    /// The sizes of the model.
    pub fn spec(&self) -> Result<Spec> {
        match self {
            Source::Gguf(gguf) => gguf::spec(gguf),
            Source::HuggingFace(folder) => Ok(folder.spec().clone()),
        }
    }

    /// The tokenizer that goes with the model.
    pub fn tokenizer(&self) -> Result<Tokenizer> {
        match self {
            Source::Gguf(gguf) => Ok(Tokenizer::read(gguf)?),
            Source::HuggingFace(folder) => Ok(Tokenizer::from_file(&folder.tokenizer())?),
        }
    }

    /// Writes the tokenizer into a folder, so that the folder is a model without its base.
    pub fn save_tokenizer(&self, folder: &Path) -> Result<()> {
        let to = folder.join(huggingface::TOKENIZER);
        match self {
            // A test's model, and one of another kind of tokenizer, has none that could be written.
            Source::Gguf(gguf) => match Tokenizer::read(gguf) {
                Ok(tokenizer) => Ok(tokenizer.save(&to)?),
                Err(_) => Ok(()),
            },
            Source::HuggingFace(base) if base.tokenizer() != to => {
                let mut names = vec![huggingface::TOKENIZER];
                names.extend(TOKENIZER_TOO);
                for name in names {
                    let from = base.path.join(name);
                    if from.is_file() {
                        std::fs::copy(&from, folder.join(name))
                            .with_context(|| format!("{} could not be copied.", from.display()))?;
                    }
                }
                Ok(())
            }
            Source::HuggingFace(_) => Ok(()),
        }
    }

    /// A weight on the CPU, in the type that it is stored in or `f32`, with rotated rows in pairs.
    pub fn weight(&mut self, spec: &Spec, place: Place) -> Result<Tensor> {
        match self {
            Source::Gguf(gguf) => gguf::weight(gguf, spec, place),
            Source::HuggingFace(folder) => folder.weight(place),
        }
    }

    /// The whole model on a device, its products' weights in `dtype`, its gains in `f32`. The
    /// weights are read one after the other, so that they are never all in the machine's memory and
    /// the device's at once.
    pub fn base(&mut self, dtype: DType, device: &Device) -> Result<Base> {
        let spec = self.spec()?;
        Base::gather(&spec, |place| -> Result<Tensor> {
            let dtype = if place.is_gain() { DType::F32 } else { dtype };
            let weight = self.weight(&spec, place)?.to_dtype(dtype)?;
            Ok(weight.to_device(device)?)
        })
    }

    /// The files that the model consists of, the tokenizer apart.
    fn files(&self) -> Vec<PathBuf> {
        match self {
            Source::Gguf(gguf) => vec![gguf.path.clone()],
            Source::HuggingFace(folder) if folder.path.is_dir() => {
                let mut files = vec![folder.path.join(huggingface::CONFIG)];
                files.extend(folder.files.iter().cloned());
                files
            }
            Source::HuggingFace(folder) => vec![folder.path.clone()],
        }
    }

    /// SHA-256 over the bytes of the model's files, in hexadecimal.
    pub fn sha256(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        for file in self.files() {
            std::fs::File::open(&file)
                .and_then(|mut open| std::io::copy(&mut open, &mut hasher))
                .with_context(|| format!("{} could not be read.", file.display()))?;
        }
        Ok(hex::encode(hasher.finalize()))
    }

    /// What the model is called, for lineage cards and for PEFT, which looks the base up by it.
    pub fn name(&self) -> String {
        let (path, told) = match self {
            Source::Gguf(gguf) => {
                if gguf.path.file_name() == default_base().file_name() {
                    return DEFAULT.into();
                }
                let told = gguf.content.metadata.get("general.name");
                let told = told.and_then(|name| name.to_string().ok());
                (&gguf.path, told.map(String::as_str))
            }
            Source::HuggingFace(folder) => (&folder.path, folder.config["_name_or_path"].as_str()),
        };
        match told {
            Some(name) if !name.is_empty() => name.into(),
            _ => path.display().to_string(),
        }
    }

    /// A `config.json` for a model of the same shape whose weights are in `bf16`.
    pub fn config(&self) -> Result<Value> {
        let mut config = match self {
            Source::Gguf(gguf) => {
                let spec = gguf::spec(gguf)?;
                let entry = |key: &str| gguf.content.metadata.get(key)?.to_u32().ok();
                let name = spec.architecture.name();
                json!({
                    "architectures": [spec.architecture.class()],
                    "model_type": name,
                    "hidden_size": spec.width,
                    "intermediate_size": spec.inner,
                    "num_hidden_layers": spec.layers,
                    "num_attention_heads": spec.heads,
                    "num_key_value_heads": spec.groups,
                    "head_dim": spec.head,
                    "vocab_size": spec.vocabulary,
                    // By way of its text, so that 1e-5 does not become 0.00000999999974.
                    "rms_norm_eps": spec.epsilon.to_string().parse::<f64>()?,
                    "rope_theta": spec.rope_base,
                    "rope_scaling": null,
                    "tie_word_embeddings": spec.tied,
                    "max_position_embeddings": entry(&format!("{name}.context_length")).unwrap_or(2048),
                    "bos_token_id": entry("tokenizer.ggml.bos_token_id"),
                    "eos_token_id": entry("tokenizer.ggml.eos_token_id"),
                    "hidden_act": "silu",
                    "attention_bias": false,
                    "use_cache": true,
                })
            }
            Source::HuggingFace(folder) => folder.config.clone(),
        };
        // Older readers know the first name, newer ones the second.
        config["torch_dtype"] = json!("bfloat16");
        config["dtype"] = json!("bfloat16");
        Ok(config)
    }
}
