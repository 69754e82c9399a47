//! Reads a base model out of a folder in Hugging Face layout: `config.json`, the weights in one
//! safetensors file or several, and `tokenizer.json`.

use super::{Architecture, Base, Place, Spec, order};
use anyhow::{Context, Result, bail, ensure};
use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Tensor};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The file of sizes and settings.
pub const CONFIG: &str = "config.json";
/// The weights, where one file holds them all.
pub const WEIGHTS: &str = "model.safetensors";
/// Which file holds which weight, where there are several.
pub const INDEX: &str = "model.safetensors.index.json";
/// The tokenizer.
pub const TOKENIZER: &str = "tokenizer.json";

/// An open folder. The weights are mapped into memory, and read as they are asked for.
pub struct Folder {
    pub path: PathBuf,
    pub config: Value,
    /// The files with weights; none where there is only a configuration.
    pub files: Vec<PathBuf>,
    spec: Spec,
    weights: Option<MmapedSafetensors>,
}

/// What is read of `config.json`.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    architectures: Vec<String>,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    head_dim: Option<usize>,
    vocab_size: usize,
    rms_norm_eps: f32,
    rope_theta: Option<f64>,
    /// Where newer files keep what is about the rotation.
    rope_parameters: Option<Rope>,
    rope_scaling: Option<Rope>,
    tie_word_embeddings: Option<bool>,
    attention_bias: Option<bool>,
    mlp_bias: Option<bool>,
    hidden_act: Option<String>,
    use_sliding_window: Option<bool>,
    quantization_config: Option<Value>,
}

#[derive(Deserialize)]
struct Rope {
    rope_theta: Option<f64>,
    #[serde(alias = "type")]
    rope_type: Option<String>,
}

impl Rope {
    fn scales(&self) -> bool {
        self.rope_type
            .as_deref()
            .is_some_and(|kind| kind != "default")
    }
}

/// The sizes in a `config.json`, or a sentence that says why such a model cannot be trained.
pub fn spec(config: &Value) -> Result<Spec> {
    let c: Config = serde_json::from_value(config.clone())?;
    let Some(architecture) = Architecture::ALL
        .into_iter()
        .find(|a| c.architectures.iter().any(|class| class == a.class()))
    else {
        bail!(
            "the architecture is {:?}; only {} can be trained",
            c.architectures,
            Architecture::ALL.map(Architecture::class).join(" and ")
        );
    };
    let ropes = [&c.rope_parameters, &c.rope_scaling];
    ensure!(
        !ropes.into_iter().flatten().any(Rope::scales),
        "the rotation is scaled for long texts, which is not supported"
    );
    let biased = [c.attention_bias, c.mlp_bias].contains(&Some(true));
    ensure!(
        !biased,
        "the linear layers have biases, which is not supported"
    );
    let activation = c.hidden_act.as_deref().unwrap_or("silu");
    ensure!(
        activation == "silu",
        "the activation is {activation}; only silu is supported"
    );
    ensure!(
        c.use_sliding_window != Some(true),
        "attention sees a sliding window only, which is not supported"
    );
    ensure!(
        c.quantization_config.is_none(),
        "the weights are quantised; training needs them in bf16, f16 or f32"
    );
    ensure!(
        c.num_attention_heads > 0 && c.hidden_size > 0 && c.num_hidden_layers > 0,
        "a size is zero"
    );
    let groups = c.num_key_value_heads.unwrap_or(c.num_attention_heads);
    ensure!(
        groups > 0 && c.num_attention_heads.is_multiple_of(groups),
        "{} heads cannot share {groups} key and value heads",
        c.num_attention_heads
    );
    // Qwen3's own default is 128, whatever the width.
    let head = c.head_dim.unwrap_or(match architecture {
        Architecture::Llama => c.hidden_size / c.num_attention_heads,
        Architecture::Qwen3 => 128,
    });
    ensure!(
        head > 0 && head.is_multiple_of(2),
        "a head of {head} numbers cannot be rotated"
    );
    let theta = c.rope_parameters.as_ref().and_then(|rope| rope.rope_theta);
    Ok(Spec {
        architecture,
        layers: c.num_hidden_layers,
        width: c.hidden_size,
        heads: c.num_attention_heads,
        groups,
        head,
        inner: c.intermediate_size,
        vocabulary: c.vocab_size,
        rope_base: theta.or(c.rope_theta).unwrap_or(10_000.0),
        epsilon: c.rms_norm_eps,
        tied: c.tie_word_embeddings.unwrap_or(false),
    })
}

impl Folder {
    /// Opens a folder, or a bare configuration file, which has no weights.
    pub fn open(path: &Path) -> Result<Self> {
        let (at, whole) = match path.is_dir() {
            true => (path.join(CONFIG), true),
            false => (path.to_path_buf(), false),
        };
        let text = std::fs::read(&at)
            .with_context(|| format!("The base model's {} could not be read.", at.display()))?;
        let config: Value = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not valid JSON.", at.display()))?;
        let spec = spec(&config)
            .map_err(|why| anyhow::anyhow!("{} cannot be used: {why}.", at.display()))?;
        let files = if whole { weight_files(path)? } else { vec![] };
        let weights = match files.is_empty() {
            true => None,
            // SAFETY: as everywhere that a checkpoint is mapped, nobody may change the files while
            // the program runs.
            false => Some(
                unsafe { MmapedSafetensors::multi(&files) }.with_context(|| {
                    format!("The weights in {} could not be opened.", path.display())
                })?,
            ),
        };
        if let Some(weights) = &weights {
            let names = weights.tensors().into_iter().map(|(name, _)| name);
            if let Some(bias) = names.into_iter().find(|name| name.ends_with(".bias")) {
                bail!(
                    "{} has the bias {bias}; models with biases are not supported.",
                    path.display()
                );
            }
        }
        Ok(Folder {
            path: path.to_path_buf(),
            config,
            files,
            spec,
            weights,
        })
    }

    /// The sizes of the model.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// A weight of the model, on the CPU, in the type of its file, with rotated rows in pairs.
    pub fn weight(&self, place: Place) -> Result<Tensor> {
        let Some(weights) = &self.weights else {
            bail!(
                "{} has no weights ({WEIGHTS} or {INDEX}); --measure with --random makes some up.",
                self.path.display()
            );
        };
        let name = place.huggingface();
        let tensor = weights
            .load(&name, &Device::Cpu)
            .with_context(|| format!("{} lacks the weight {name}.", self.path.display()))?;
        match place.is_rotated() {
            true => Ok(order::to_pairs(&tensor, self.spec.head)?),
            false => Ok(tensor),
        }
    }

    /// The tokenizer's file.
    pub fn tokenizer(&self) -> PathBuf {
        self.path.join(TOKENIZER)
    }
}

/// Whether a folder holds a whole model rather than an adapter.
pub fn is_model(folder: &Path) -> bool {
    folder.join(CONFIG).is_file()
}

/// Writes a model in `bf16`, beside the configuration that goes with it.
pub fn save(base: &Base, config: &Value, folder: &Path) -> Result<()> {
    let mut tensors = HashMap::new();
    for place in Place::all(&base.spec) {
        let Some(weight) = base.weight(place) else {
            bail!("The model lacks {}.", place.huggingface());
        };
        let mut weight = weight.detach().to_dtype(DType::BF16)?;
        if place.is_rotated() {
            weight = order::to_halves(&weight, base.spec.head)?;
        }
        tensors.insert(place.huggingface(), weight.to_device(&Device::Cpu)?);
    }
    // Some readers insist on being told which library's layout this is.
    let told = HashMap::from([("format".to_string(), "pt".to_string())]);
    let fresh = folder.join(format!("{WEIGHTS}.new"));
    safetensors::serialize_to_file(tensors, Some(told), &fresh)
        .with_context(|| format!("{} could not be written.", fresh.display()))?;
    std::fs::rename(&fresh, folder.join(WEIGHTS))?;
    let text = serde_json::to_string_pretty(config)? + "\n";
    std::fs::write(folder.join(CONFIG), text)?;
    Ok(())
}

/// The files with weights in a folder, in the order of their names.
fn weight_files(folder: &Path) -> Result<Vec<PathBuf>> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: HashMap<String, String>,
    }
    let single = folder.join(WEIGHTS);
    if single.is_file() {
        return Ok(vec![single]);
    }
    let index = folder.join(INDEX);
    if !index.is_file() {
        return Ok(vec![]);
    }
    let index: Index = serde_json::from_slice(&std::fs::read(&index)?)
        .with_context(|| format!("{} is not valid.", index.display()))?;
    let names: BTreeSet<String> = index.weight_map.into_values().collect();
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(change: Value) -> Value {
        let mut config = json!({
            "architectures": ["Qwen3ForCausalLM"], "hidden_size": 64, "intermediate_size": 96,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "head_dim": 24, "vocab_size": 160, "rms_norm_eps": 1e-6, "rope_theta": 1e6,
            "tie_word_embeddings": true, "attention_bias": false, "hidden_act": "silu",
            "rope_scaling": null, "use_sliding_window": false,
        });
        for (key, value) in change.as_object().unwrap() {
            config[key] = value.clone();
        }
        config
    }

    #[test]
    fn sizes_are_read() {
        let got = spec(&config(json!({}))).unwrap();
        assert_eq!((got.head, got.groups, got.tied), (24, 2, true));
        assert_eq!(got.architecture, Architecture::Qwen3);
        assert!((got.rope_base - 1e6).abs() < 1.0);
        // Newer files keep the base of the rotation elsewhere.
        let newer = json!({"rope_theta": null, "rope_parameters": {"rope_theta": 5e5, "rope_type": "default"}});
        assert!((spec(&config(newer)).unwrap().rope_base - 5e5).abs() < 1.0);
        // Left out, a head of Llama is as wide as its share of the model.
        let llama = json!({"architectures": ["LlamaForCausalLM"], "head_dim": null, "num_key_value_heads": null});
        let got = spec(&config(llama)).unwrap();
        assert_eq!((got.head, got.groups), (16, 4));
    }

    #[test]
    fn what_is_not_supported_is_said() {
        for (change, expected) in [
            (
                json!({"architectures": ["MistralForCausalLM"]}),
                "only LlamaForCausalLM and Qwen3ForCausalLM",
            ),
            (
                json!({"rope_scaling": {"rope_type": "yarn", "factor": 4.0}}),
                "rotation is scaled",
            ),
            (
                json!({"rope_parameters": {"rope_type": "llama3"}}),
                "rotation is scaled",
            ),
            (
                json!({"rope_scaling": {"type": "linear"}}),
                "rotation is scaled",
            ),
            (json!({"attention_bias": true}), "biases"),
            (json!({"hidden_act": "gelu"}), "only silu"),
            (json!({"use_sliding_window": true}), "sliding window"),
            (json!({"quantization_config": {"bits": 4}}), "quantised"),
            (json!({"num_key_value_heads": 3}), "cannot share 3"),
            (json!({"head_dim": 7}), "cannot be rotated"),
            (json!({"hidden_size": null}), "hidden_size"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut text = config(change);
            if text["hidden_size"].is_null() {
                text.as_object_mut().unwrap().remove("hidden_size");
            }
            std::fs::write(folder.path().join(CONFIG), text.to_string()).unwrap();
            let Err(error) = Folder::open(folder.path()) else {
                panic!("{expected}: was opened");
            };
            assert!(error.to_string().contains(expected), "{expected}: {error}");
            assert!(error.to_string().contains(CONFIG), "{error}");
        }
    }

    #[test]
    fn a_folder_without_weights_says_so() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CONFIG), config(json!({})).to_string()).unwrap();
        let opened = Folder::open(folder.path()).unwrap();
        let error = opened.weight(Place::Norm).unwrap_err().to_string();
        assert!(error.contains("has no weights"), "{error}");
    }
}
