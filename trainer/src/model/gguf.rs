//! Reads the base model out of a GGUF file.

use super::{Base, Layer, Linear, Spec};
use anyhow::{Context, Result, bail, ensure};
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{Device, Tensor};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// An open GGUF file.
pub struct Gguf {
    pub path: PathBuf,
    pub content: Content,
    reader: BufReader<File>,
}

impl Gguf {
    /// Opens a file and reads its header.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| {
            format!(
                "The base model {} could not be opened; `cargo xtask run` fetches it.",
                path.display()
            )
        })?;
        let mut reader = BufReader::new(file);
        let content = Content::read(&mut reader)
            .with_context(|| format!("{} is not a GGUF file.", path.display()))?;
        Ok(Gguf {
            path: path.to_path_buf(),
            content,
            reader,
        })
    }

    /// A tensor in `f32`, on the CPU.
    pub fn tensor(&mut self, name: &str) -> Result<Tensor> {
        let tensor = self
            .content
            .tensor(&mut self.reader, name, &Device::Cpu)
            .with_context(|| format!("{} lacks the tensor {name}.", self.path.display()))?;
        Ok(tensor.dequantize(&Device::Cpu)?)
    }

    fn value(&self, key: &str) -> Result<&Value> {
        match self.content.metadata.get(key) {
            Some(value) => Ok(value),
            None => bail!("{} lacks the entry {key}.", self.path.display()),
        }
    }

    fn size(&self, key: &str) -> Result<usize> {
        Ok(self.value(key)?.to_u32()? as usize)
    }

    /// The sizes of the model.
    pub fn spec(&self) -> Result<Spec> {
        let architecture = self.value("general.architecture")?.to_string()?;
        ensure!(
            architecture == "llama",
            "{} holds a model of architecture {architecture}; only llama can be trained.",
            self.path.display()
        );
        let (width, heads) = (
            self.size("llama.embedding_length")?,
            self.size("llama.attention.head_count")?,
        );
        let Some(embedding) = self.content.tensor_infos.get("token_embd.weight") else {
            bail!(
                "{} lacks the tensor token_embd.weight.",
                self.path.display()
            );
        };
        Ok(Spec {
            layers: self.size("llama.block_count")?,
            width,
            heads,
            groups: self.size("llama.attention.head_count_kv")?,
            head: width / heads,
            inner: self.size("llama.feed_forward_length")?,
            vocabulary: embedding.shape.dims()[0],
            rope_base: match self.content.metadata.get("llama.rope.freq_base") {
                Some(value) => f64::from(value.to_f32()?),
                None => 10_000.0,
            },
            epsilon: self
                .value("llama.attention.layer_norm_rms_epsilon")?
                .to_f32()?,
        })
    }

    /// The whole model in `f32` on a device.
    pub fn base(&mut self, device: &Device) -> Result<Base> {
        let spec = self.spec()?;
        let mut load = |name: &str| -> Result<Tensor> { Ok(self.tensor(name)?.to_device(device)?) };
        let embedding = load("token_embd.weight")?;
        let mut layers = Vec::with_capacity(spec.layers);
        for i in 0..spec.layers {
            let mut linears = Vec::with_capacity(7);
            for linear in Linear::ALL {
                linears.push(load(&format!("blk.{i}.{}.weight", linear.gguf()))?);
            }
            let Ok(linears) = <[Tensor; 7]>::try_from(linears) else {
                bail!("A block has seven linear layers.");
            };
            layers.push(Layer {
                attention_norm: load(&format!("blk.{i}.attn_norm.weight"))?,
                feed_norm: load(&format!("blk.{i}.ffn_norm.weight"))?,
                linears,
            });
        }
        let norm = load("output_norm.weight")?;
        let output = if self.content.tensor_infos.contains_key("output.weight") {
            self.tensor("output.weight")?.to_device(device)?
        } else {
            embedding.clone()
        };
        Ok(Base {
            spec,
            embedding,
            layers,
            norm,
            output,
            rounded: None,
        })
    }
}

/// Where the base model lies: `$FLOWRIGHT_CACHE/models`, by default in the user's cache folder.
pub fn default_base() -> PathBuf {
    let cache = std::env::var_os("FLOWRIGHT_CACHE")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("XDG_CACHE_HOME").map(|c| PathBuf::from(c).join("flowright")))
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache/flowright")))
        .unwrap_or_else(|| PathBuf::from(".cache/flowright"));
    cache.join("models/SmolLM2-135M-Instruct.Q4_1.gguf")
}
