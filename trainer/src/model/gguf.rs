//! Reads the base model out of a GGUF file.

use super::{Architecture, Place, Spec, order};
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
        let name = self.value("general.architecture")?.to_string()?;
        let Some(architecture) = Architecture::ALL.into_iter().find(|a| a.name() == name) else {
            bail!(
                "{} holds a model of architecture {name}; only llama and qwen3 can be trained.",
                self.path.display()
            );
        };
        let size = |key: &str| self.size(&format!("{name}.{key}"));
        let entry = |key: &str| self.content.metadata.get(&format!("{name}.{key}"));
        let (width, heads) = (size("embedding_length")?, size("attention.head_count")?);
        let tensors = &self.content.tensor_infos;
        let embedding = Place::Embedding.gguf();
        let Some(embedding) = tensors.get(&embedding) else {
            bail!("{} lacks the tensor {embedding}.", self.path.display());
        };
        ensure!(
            !tensors.contains_key("rope_freqs.weight"),
            "{} scales the rotation of long texts, which is not supported.",
            self.path.display()
        );
        if let Some(bias) = tensors.keys().find(|tensor| tensor.ends_with(".bias")) {
            bail!(
                "{} has the bias {bias}; models with biases are not supported.",
                self.path.display()
            );
        }
        Ok(Spec {
            architecture,
            layers: size("block_count")?,
            width,
            heads,
            groups: size("attention.head_count_kv")?,
            head: match entry("attention.key_length") {
                Some(value) => value.to_u32()? as usize,
                None => width / heads,
            },
            inner: size("feed_forward_length")?,
            vocabulary: embedding.shape.dims()[0],
            rope_base: match entry("rope.freq_base") {
                Some(value) => f64::from(value.to_f32()?),
                None => 10_000.0,
            },
            epsilon: self
                .value(&format!("{name}.attention.layer_norm_rms_epsilon"))?
                .to_f32()?,
            tied: !tensors.contains_key(&Place::Output.gguf()),
        })
    }

    /// A weight of the model, in `f32` on the CPU, with rotated rows in pairs side by side.
    pub fn weight(&mut self, spec: &Spec, place: Place) -> Result<Tensor> {
        let tensor = self.tensor(&place.gguf())?;
        if place.is_rotated() && !spec.architecture.pairs_in_gguf() {
            return Ok(order::to_pairs(&tensor, spec.head)?);
        }
        Ok(tensor)
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
