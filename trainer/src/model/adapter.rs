//! `LoRA` adapters: two small matrices beside each linear layer, and their PEFT files.
//!
//! Inside the trainer the two rows of a rotated pair are neighbours in the query and key projections.
//! PEFT files have Hugging Face order, in which they are half a head apart. The rows of `B` are
//! reordered on the way in and on the way out.

use super::{Spec, order};
use anyhow::{Context, Result, bail, ensure};
use candle_core::{DType, Device, Tensor, Var};
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// The linear layers of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Linear {
    Query,
    Key,
    Value,
    Output,
    Gate,
    Up,
    Down,
}

impl Linear {
    /// In the order in which the weights of a layer are stored.
    pub const ALL: [Linear; 7] = [
        Linear::Query,
        Linear::Key,
        Linear::Value,
        Linear::Output,
        Linear::Gate,
        Linear::Up,
        Linear::Down,
    ];

    /// The module in Hugging Face's Llama and Qwen3.
    pub fn module(self) -> &'static str {
        match self {
            Linear::Query => "self_attn.q_proj",
            Linear::Key => "self_attn.k_proj",
            Linear::Value => "self_attn.v_proj",
            Linear::Output => "self_attn.o_proj",
            Linear::Gate => "mlp.gate_proj",
            Linear::Up => "mlp.up_proj",
            Linear::Down => "mlp.down_proj",
        }
    }

    /// The tensor in a GGUF file, without block and `.weight`.
    pub fn gguf(self) -> &'static str {
        match self {
            Linear::Query => "attn_q",
            Linear::Key => "attn_k",
            Linear::Value => "attn_v",
            Linear::Output => "attn_output",
            Linear::Gate => "ffn_gate",
            Linear::Up => "ffn_up",
            Linear::Down => "ffn_down",
        }
    }

    /// Whether the rows are rotated heads, whose order differs between the two formats.
    fn rotated(self) -> bool {
        matches!(self, Linear::Query | Linear::Key)
    }
}

/// The two matrices beside one linear layer.
pub struct Part {
    /// `[rank, in]`
    pub a: Var,
    /// `[out, rank]`
    pub b: Var,
}

/// An adapter for all linear layers of a model.
pub struct Adapter {
    pub rank: usize,
    pub alpha: f64,
    parts: Vec<[Part; 7]>,
    head: usize,
}

/// The fields of `adapter_config.json` that matter here; PEFT reads the rest too.
#[derive(Serialize, Deserialize)]
struct Config {
    r: usize,
    lora_alpha: f64,
    #[serde(default)]
    use_rslora: bool,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// The weights file of an adapter folder.
pub const WEIGHTS: &str = "adapter_model.safetensors";
/// The settings file of an adapter folder.
pub const CONFIG: &str = "adapter_config.json";

impl Adapter {
    /// A fresh adapter that changes nothing yet: `A` is seeded noise, `B` is zero.
    pub fn new(
        spec: &Spec,
        rank: usize,
        alpha: f64,
        seed: u64,
        device: &Device,
    ) -> candle_core::Result<Self> {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut parts = Vec::with_capacity(spec.layers);
        for _ in 0..spec.layers {
            let mut layer = Vec::with_capacity(7);
            for linear in Linear::ALL {
                let (out, input) = spec.shape(linear);
                let bound = 1.0 / (input as f32).sqrt();
                let a: Vec<f32> = (0..rank * input)
                    .map(|_| random.random_range(-bound..bound))
                    .collect();
                layer.push(Part {
                    a: Var::from_tensor(&Tensor::from_vec(a, (rank, input), device)?)?,
                    b: Var::zeros((out, rank), DType::F32, device)?,
                });
            }
            match <[Part; 7]>::try_from(layer) {
                Ok(layer) => parts.push(layer),
                Err(_) => candle_core::bail!("a block has seven linear layers"),
            }
        }
        Ok(Adapter {
            rank,
            alpha,
            parts,
            head: spec.head,
        })
    }

    /// What the product of the two matrices is multiplied by.
    pub fn scale(&self) -> f32 {
        (self.alpha / self.rank as f64) as f32
    }

    /// The matrices beside a linear layer.
    pub fn part(&self, layer: usize, linear: Linear) -> &Part {
        &self.parts[layer][linear as usize]
    }

    /// All matrices with their PEFT names, in a fixed order.
    pub fn variables(&self) -> Vec<(String, &Var)> {
        let mut all = Vec::with_capacity(self.parts.len() * 14);
        for (i, layer) in self.parts.iter().enumerate() {
            for (linear, part) in Linear::ALL.iter().zip(layer) {
                let name = format!("base_model.model.model.layers.{i}.{}", linear.module());
                all.push((format!("{name}.lora_A.weight"), &part.a));
                all.push((format!("{name}.lora_B.weight"), &part.b));
            }
        }
        all
    }

    /// What the adapter adds to a weight `[out, in]`, with rotated pairs side by side.
    pub fn delta(&self, layer: usize, linear: Linear) -> candle_core::Result<Tensor> {
        let part = self.part(layer, linear);
        part.b.as_tensor().matmul(part.a.as_tensor())? * f64::from(self.scale())
    }

    /// Writes `adapter_model.safetensors` (in `bf16`) and `adapter_config.json`.
    pub fn save(&self, folder: &Path, base_name: &str) -> Result<()> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("The folder {} could not be made.", folder.display()))?;
        let mut tensors = HashMap::new();
        for (i, layer) in self.parts.iter().enumerate() {
            for (linear, part) in Linear::ALL.iter().zip(layer) {
                let name = format!("base_model.model.model.layers.{i}.{}", linear.module());
                let mut b = part.b.as_tensor().to_device(&Device::Cpu)?;
                if linear.rotated() {
                    b = order::to_halves(&b, self.head)?;
                }
                let a = part.a.as_tensor().to_device(&Device::Cpu)?;
                tensors.insert(format!("{name}.lora_A.weight"), a.to_dtype(DType::BF16)?);
                tensors.insert(format!("{name}.lora_B.weight"), b.to_dtype(DType::BF16)?);
            }
        }
        candle_core::safetensors::save(&tensors, folder.join(WEIGHTS))?;
        let config = serde_json::json!({
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": base_name,
            "inference_mode": true,
            "r": self.rank,
            "lora_alpha": self.alpha,
            "lora_dropout": 0.0,
            "bias": "none",
            "fan_in_fan_out": false,
            "init_lora_weights": true,
            "use_rslora": false,
            "use_dora": false,
            "modules_to_save": null,
            "target_modules": Linear::ALL.map(|l| l.module().rsplit('.').next().unwrap_or_default()),
        });
        std::fs::write(
            folder.join(CONFIG),
            serde_json::to_string_pretty(&config)? + "\n",
        )?;
        Ok(())
    }

    /// Rank and alpha of the adapter in a folder.
    pub fn sizes(folder: &Path) -> Result<(usize, f64)> {
        let path = folder.join(CONFIG);
        let bytes = std::fs::read(&path)
            .with_context(|| format!("The adapter file {} could not be read.", path.display()))?;
        let config: Config = serde_json::from_slice(&bytes)
            .with_context(|| format!("{CONFIG} in {} is not valid.", folder.display()))?;
        Ok((config.r, config.lora_alpha))
    }

    /// Reads an adapter folder.
    pub fn load(folder: &Path, spec: &Spec, device: &Device) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path)
                .with_context(|| format!("The adapter file {} could not be read.", path.display()))
        };
        let config: Config = serde_json::from_slice(&read(CONFIG)?)
            .with_context(|| format!("{CONFIG} in {} is not valid.", folder.display()))?;
        ensure!(
            !config.use_rslora,
            "The adapter in {} uses rsLoRA scaling, which is not supported.",
            folder.display()
        );
        let tensors = candle_core::safetensors::load_buffer(&read(WEIGHTS)?, &Device::Cpu)?;
        let adapter = Adapter::new(spec, config.r, config.lora_alpha, 0, device)?;
        for (i, layer) in adapter.parts.iter().enumerate() {
            for (linear, part) in Linear::ALL.iter().zip(layer) {
                let name = format!("base_model.model.model.layers.{i}.{}", linear.module());
                for (suffix, var) in [("lora_A", &part.a), ("lora_B", &part.b)] {
                    let name = format!("{name}.{suffix}.weight");
                    let Some(tensor) = tensors.get(&name) else {
                        bail!("The adapter in {} lacks {name}.", folder.display());
                    };
                    ensure!(
                        tensor.dims() == var.dims(),
                        "{name} in {} is {:?}, but the base needs {:?}.",
                        folder.display(),
                        tensor.dims(),
                        var.dims()
                    );
                    let mut tensor = tensor.to_dtype(DType::F32)?;
                    if suffix == "lora_B" && linear.rotated() {
                        tensor = order::to_pairs(&tensor, spec.head)?;
                    }
                    var.set(&tensor.to_device(device)?)?;
                }
            }
        }
        Ok(adapter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Architecture, tiny};

    #[test]
    fn an_adapter_survives_its_files() {
        Architecture::ALL.into_iter().for_each(survives);
    }

    fn survives(architecture: Architecture) {
        let spec = tiny::spec(architecture);
        let adapter = Adapter::new(&spec, 4, 8.0, 3, &Device::Cpu).unwrap();
        for (i, (_, var)) in adapter.variables().into_iter().enumerate() {
            let noise = crate::ops::difference::noise(i as u64, var.dims());
            // The file holds bf16, so start from values that bf16 can hold.
            let noise = noise.to_dtype(DType::BF16).unwrap();
            var.set(&noise.to_dtype(DType::F32).unwrap()).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        adapter.save(folder.path(), "tiny").unwrap();
        // The first pair of a head is neighbours here, and half a head apart in the file.
        let file = std::fs::read(folder.path().join(WEIGHTS)).unwrap();
        let file = candle_core::safetensors::load_buffer(&file, &Device::Cpu).unwrap();
        let name = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight";
        let there = file[name].to_dtype(DType::F32).unwrap();
        let there = there.to_vec2::<f32>().unwrap();
        let here = adapter.part(0, Linear::Query).b.to_vec2::<f32>().unwrap();
        assert_eq!(there[0], here[0]);
        assert_eq!(there[spec.head / 2], here[1]);
        let again = Adapter::load(folder.path(), &spec, &Device::Cpu).unwrap();
        for ((name, a), (_, b)) in adapter.variables().iter().zip(again.variables()) {
            assert_eq!(
                a.to_vec2::<f32>().unwrap(),
                b.to_vec2::<f32>().unwrap(),
                "{name}"
            );
        }
    }

    #[test]
    fn a_missing_matrix_is_named() {
        let spec = tiny::spec(Architecture::Llama);
        let folder = tempfile::tempdir().unwrap();
        Adapter::new(&spec, 4, 8.0, 3, &Device::Cpu)
            .unwrap()
            .save(folder.path(), "tiny")
            .unwrap();
        let larger = Spec { layers: 3, ..spec };
        let Err(error) = Adapter::load(folder.path(), &larger, &Device::Cpu) else {
            panic!("loaded");
        };
        assert!(
            error
                .to_string()
                .contains("layers.2.self_attn.q_proj.lora_A"),
            "{error}"
        );
    }
}
