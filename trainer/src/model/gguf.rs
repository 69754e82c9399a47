//! The base model in a GGUF file.

use super::{Place, Spec, order};
use anyhow::{Context, Result};
use candle_core::{Device, Tensor};
use decoder::Gguf;
use std::path::{Path, PathBuf};

/// Opens a file and reads its header.
pub fn open(path: &Path) -> Result<Gguf> {
    Gguf::open(path).with_context(|| {
        format!(
            "The base model {} could not be opened; `cargo xtask run` fetches it.",
            path.display()
        )
    })
}

/// The sizes of the model.
pub fn spec(gguf: &Gguf) -> Result<Spec> {
    let spec = decoder::Spec::read(gguf)?;
    Ok(Spec {
        architecture: spec.architecture,
        layers: spec.layers,
        width: spec.width,
        heads: spec.heads,
        groups: spec.groups,
        head: spec.head,
        inner: spec.inner,
        vocabulary: spec.vocabulary,
        rope_base: f64::from(spec.rope_base),
        epsilon: spec.epsilon,
        tied: spec.tied,
    })
}

/// A tensor in `f32`, on the CPU.
pub fn tensor(gguf: &mut Gguf, name: &str) -> Result<Tensor> {
    Ok(gguf.tensor(name)?.dequantize(&Device::Cpu)?)
}

/// A weight of the model, in `f32` on the CPU, with rotated rows in pairs side by side.
pub fn weight(gguf: &mut Gguf, spec: &Spec, place: Place) -> Result<Tensor> {
    let tensor = tensor(gguf, &place.gguf())?;
    if place.is_rotated() && !spec.architecture.pairs_in_gguf() {
        return Ok(order::to_pairs(&tensor, spec.head)?);
    }
    Ok(tensor)
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
