//! `trainer publish`: merges an adapter into the base, or takes a whole model, re-quantises, and hands the model to the
//! server by renaming one small file.

use crate::model::gguf::{self, default_base};
use crate::model::huggingface::{self, Folder};
use crate::model::{Adapter, Piece, Place, Spec, order, source};
use crate::train::{data, lineage};
use anyhow::{Context, Result, ensure};
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Tensor};
use decoder::Gguf;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// How the merged weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum WeightType {
    /// Eight bits; the fastest to decode on a CPU.
    #[value(name = "q8_0")]
    Q8_0,
    /// Four bits.
    #[value(name = "q4_0")]
    Q4_0,
    /// Half precision.
    F16,
    /// Single precision.
    F32,
}

impl WeightType {
    fn dtype(self) -> GgmlDType {
        match self {
            WeightType::Q8_0 => GgmlDType::Q8_0,
            WeightType::Q4_0 => GgmlDType::Q4_0,
            WeightType::F16 => GgmlDType::F16,
            WeightType::F32 => GgmlDType::F32,
        }
    }

    /// The number that GGUF's `general.file_type` has for it.
    fn file_type(self) -> u32 {
        match self {
            WeightType::F32 => 0,
            WeightType::F16 => 1,
            WeightType::Q4_0 => 2,
            WeightType::Q8_0 => 7,
        }
    }
}

/// Where `trainer train` leaves an adapter that was given no name.
pub const CANDIDATE: &str = "var/adapters/candidate";

/// What to publish, and where.
#[derive(clap::Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  trainer publish\n  trainer publish --adapter models/flowright-smollm2-135m\n  trainer publish --adapter none --name base"
)]
pub struct Args {
    /// The adapter folder (PEFT layout), the folder of a whole model that was trained from this base
    /// with --full, or `none` for the bare base.
    #[arg(long, value_name = "DIR", default_value = CANDIDATE)]
    pub adapter: String,
    /// The base model, a GGUF file.
    #[arg(long, value_name = "FILE", default_value_os_t = default_base())]
    pub base: PathBuf,
    /// The model's name [default: the adapter's]
    #[arg(long)]
    pub name: Option<String>,
    /// How the weights are stored.
    #[arg(long = "type", value_enum, default_value_t = WeightType::Q8_0)]
    pub weights: WeightType,
    /// The folder that the server serves models from.
    #[arg(long, value_name = "DIR", default_value = "var/models")]
    pub models: PathBuf,
    /// Write the model, but leave the server with the one it has.
    #[arg(long)]
    pub keep_current: bool,
}

/// Runs the subcommand.
pub fn run(args: Args) -> Result<()> {
    let published = publish(&args, &agent::contract::hash())?;
    println!("{}", published.display());
    Ok(())
}

/// Publishes a model and returns its folder. `contract` is what this build speaks: an adapter that
/// was trained for another one is refused, because the server would refuse it too.
pub fn publish(args: &Args, contract: &str) -> Result<PathBuf> {
    let folder = (args.adapter != "none").then(|| PathBuf::from(&args.adapter));
    let base_sha256 = data::sha256(&args.base).with_context(|| {
        format!(
            "The base model {} could not be read; `cargo xtask run` fetches it.",
            args.base.display()
        )
    })?;
    let mut card = match &folder {
        Some(folder) => {
            let card = lineage::Lineage::load(folder)?;
            ensure!(
                card.contract == contract,
                "What is in {} was trained for contract {}, but this build speaks contract {contract}; train it again.",
                folder.display(),
                card.contract
            );
            // A whole model brings all weights; only its tokenizer comes out of the base's file.
            ensure!(
                huggingface::is_model(folder) || card.base_sha256 == base_sha256,
                "The adapter {} was trained on a base with SHA-256 {}, but {} has {base_sha256}.",
                folder.display(),
                card.base_sha256,
                args.base.display()
            );
            serde_json::to_value(card)?
        }
        None => json!({
            "name": "base",
            "base": source::DEFAULT,
            "base_sha256": base_sha256,
            "contract": contract,
            "scores": {},
        }),
    };
    let name = match &args.name {
        Some(name) => name.clone(),
        None => card["name"].as_str().unwrap_or("model").to_string(),
    };
    ensure!(
        !name.is_empty()
            && !name.starts_with('.')
            && name != "current"
            && !name.contains(['/', '\\', '\n']),
        "{name:?} cannot be the name of a model; use letters, digits and dashes."
    );
    let target = args.models.join(&name);
    std::fs::create_dir_all(&target)
        .with_context(|| format!("The folder {} could not be made.", target.display()))?;

    let mut gguf = gguf::open(&args.base)?;
    let trained = match folder {
        None => Trained::Nothing,
        Some(folder) if huggingface::is_model(&folder) => {
            let model = Folder::open(&folder)?;
            ensure!(
                model.spec().has_sizes_of(&gguf::spec(&gguf)?),
                "The model in {} does not have the sizes of {}.",
                folder.display(),
                args.base.display()
            );
            Trained::Model(Box::new(model))
        }
        Some(folder) => {
            Trained::Adapter(Adapter::load(&folder, &gguf::spec(&gguf)?, &Device::Cpu)?)
        }
    };
    // A running server may have the old file open: the new one takes its place by a rename.
    let mut file = tempfile::NamedTempFile::new_in(&target)?;
    write(&mut gguf, &trained, args.weights, &mut file)?;
    file.as_file().sync_all()?;
    readable(&file)?;
    file.persist(target.join("model.gguf"))?;

    card["name"] = json!(name);
    card["weights"] = json!(format!("{:?}", args.weights).to_lowercase());
    replace(
        &target.join(lineage::FILE),
        &(serde_json::to_string_pretty(&card)? + "\n"),
    )?;
    if !args.keep_current {
        replace(&args.models.join("current"), &format!("{name}\n"))?;
    }
    Ok(target)
}

/// What is put into the base.
enum Trained {
    Nothing,
    Adapter(Adapter),
    Model(Box<Folder>),
}

impl Trained {
    /// The weight that takes the place of `weight`; both have the order of rows of the base's file.
    fn weight(&self, weight: Tensor, place: Place, spec: &Spec) -> Result<Tensor> {
        let in_file = |tensor: Tensor| -> Result<Tensor> {
            match place.is_rotated() && !spec.architecture.pairs_in_gguf() {
                true => Ok(order::to_halves(&tensor, spec.head)?),
                false => Ok(tensor),
            }
        };
        match (self, place) {
            (Trained::Adapter(adapter), Place::Block(layer, Piece::Linear(linear))) => {
                Ok((weight + in_file(adapter.delta(layer, linear)?)?)?)
            }
            (Trained::Model(model), _) => {
                let trained = in_file(model.weight(place)?.to_dtype(DType::F32)?)?;
                ensure!(
                    trained.dims() == weight.dims(),
                    "{} has the shape {:?} in the trained model and {:?} in the base.",
                    place.huggingface(),
                    trained.dims(),
                    weight.dims()
                );
                Ok(trained)
            }
            _ => Ok(weight),
        }
    }
}

/// Writes the base with what was trained merged into it or in its place.
fn write(
    gguf: &mut Gguf,
    trained: &Trained,
    weights: WeightType,
    to: &mut impl Write,
) -> Result<()> {
    let spec = gguf::spec(gguf)?;
    let places: HashMap<String, Place> = Place::all(&spec)
        .into_iter()
        .map(|place| (place.gguf(), place))
        .collect();
    let mut names: Vec<String> = gguf.content.tensor_infos.keys().cloned().collect();
    // In the order of the base's file.
    names.sort_by_key(|name| gguf.content.tensor_infos[name].offset);
    let bar = ProgressBar::new(names.len() as u64).with_style(
        ProgressStyle::with_template("{bar:30} merging {pos}/{len} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut tensors = Vec::with_capacity(names.len());
    for name in &names {
        let mut tensor = gguf::tensor(gguf, name)?;
        if let Some(place) = places.get(name) {
            tensor = trained.weight(tensor, *place, &spec)?;
        }
        // Gains are a few numbers each; runtimes want them in full.
        let dtype = if tensor.rank() == 1 {
            GgmlDType::F32
        } else {
            weights.dtype()
        };
        tensors.push(QTensor::quantize(&tensor, dtype)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut metadata: Vec<(&str, &Value)> = gguf
        .content
        .metadata
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    metadata.sort_by_key(|(key, _)| *key);
    let file_type = Value::U32(weights.file_type());
    for (key, value) in &mut metadata {
        if *key == "general.file_type" {
            *value = &file_type;
        }
    }
    let pairs: Vec<(&str, &QTensor)> = names.iter().map(String::as_str).zip(&tensors).collect();
    let mut bytes = std::io::Cursor::new(vec![]);
    gguf_file::write(&mut bytes, &metadata, &pairs)?;
    let mut to = BufWriter::new(to);
    to.write_all(bytes.get_ref())?;
    to.flush()?;
    Ok(())
}

/// Replaces a small file in one step, so that a reader sees the old text or the new one.
fn replace(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    readable(&file)?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are private; the server may run as somebody else.
fn readable(file: &tempfile::NamedTempFile) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Architecture, Base, Batch, Document, Source, tiny};

    fn tiny_gguf(path: &Path) {
        tiny::write_gguf(&tiny::base(Architecture::Llama), path);
    }

    fn adapter(spec: &Spec, folder: &Path, base_sha256: &str) -> Adapter {
        let adapter = Adapter::new(spec, 4, 8.0, 3, &Device::Cpu).unwrap();
        for (i, (_, var)) in adapter.variables().into_iter().enumerate() {
            let noise = (crate::ops::difference::noise(i as u64, var.dims()) * 0.1).unwrap();
            let noise = noise.to_dtype(DType::BF16).unwrap();
            var.set(&noise.to_dtype(DType::F32).unwrap()).unwrap();
        }
        adapter.save(folder, "tiny").unwrap();
        let card = json!({
            "name": "tiny", "base": "tiny", "base_sha256": base_sha256, "contract": "ours",
            "dataset_sha256": "", "examples": 1, "tokens": 1, "seed": 1, "steps": 1,
            "hyperparameters": {}, "seconds": 1.0, "hardware": "none",
            "losses": {"first": 1.0, "last": 0.5, "held_out": null},
        });
        std::fs::write(folder.join("lineage.json"), card.to_string()).unwrap();
        adapter
    }

    fn hidden(base: &Base, adapter: Option<&Adapter>) -> Vec<f32> {
        let document: Document = tiny::document(3, 30);
        let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
        let hidden = base.hidden(adapter, &batch, false).unwrap();
        hidden.flatten_all().unwrap().to_vec1().unwrap()
    }

    fn args(folder: &Path, adapter: &str, weights: WeightType) -> Args {
        Args {
            adapter: adapter.to_string(),
            base: folder.join("base.gguf"),
            name: None,
            weights,
            models: folder.join("models"),
            keep_current: false,
        }
    }

    #[test]
    fn a_merged_llama_computes_what_base_and_adapter_compute() {
        compare_merged(Architecture::Llama);
    }

    #[test]
    fn a_merged_qwen3_computes_what_base_and_adapter_compute() {
        compare_merged(Architecture::Qwen3);
    }

    fn compare_merged(architecture: Architecture) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        tiny::write_gguf(&tiny::base(architecture), &at.join("base.gguf"));
        let sha256 = data::sha256(&at.join("base.gguf")).unwrap();
        let adapter = adapter(&tiny::spec(architecture), &at.join("adapter"), &sha256);
        let open = |path: &Path| {
            let mut source = Source::open(path).unwrap();
            source.base(DType::F32, &Device::Cpu).unwrap()
        };
        let base = open(&at.join("base.gguf"));
        let expected = hidden(&base, Some(&adapter));
        let bare = hidden(&base, None);
        let apart = |a: &[f32], b: &[f32]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max)
        };
        assert!(apart(&expected, &bare) > 0.1, "the adapter must matter");
        let adapter_folder = at.join("adapter").display().to_string();
        for (weights, tolerance) in [(WeightType::F32, 1e-4), (WeightType::Q8_0, 0.2)] {
            let out = publish(&args(at, &adapter_folder, weights), "ours").unwrap();
            assert_eq!(out, at.join("models/tiny"));
            let merged = gguf::open(&out.join("model.gguf")).unwrap();
            let template = &merged.content.metadata["tokenizer.chat_template"];
            assert_eq!(template.to_string().unwrap(), "template");
            let got = hidden(&open(&out.join("model.gguf")), None);
            assert!(
                apart(&got, &expected) < tolerance,
                "{weights:?} {}",
                apart(&got, &expected)
            );
        }
        let current = std::fs::read_to_string(at.join("models/current")).unwrap();
        assert_eq!(current.trim(), "tiny");
    }

    #[test]
    fn the_bare_base_can_be_published() {
        let folder = tempfile::tempdir().unwrap();
        tiny_gguf(&folder.path().join("base.gguf"));
        let out = publish(&args(folder.path(), "none", WeightType::F32), "ours").unwrap();
        let card = std::fs::read_to_string(out.join("lineage.json")).unwrap();
        let card: serde_json::Value = serde_json::from_str(&card).unwrap();
        assert_eq!(card["contract"], "ours");
        assert!(out.ends_with("models/base"));
    }

    #[test]
    fn an_adapter_of_another_contract_is_refused_with_both_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        tiny_gguf(&at.join("base.gguf"));
        adapter(&tiny::spec(Architecture::Llama), &at.join("adapter"), "");
        let adapter_folder = at.join("adapter").display().to_string();
        let error = publish(&args(at, &adapter_folder, WeightType::F32), "other").unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("contract ours") && text.contains("contract other"),
            "{text}"
        );
        assert!(!at.join("models").join("current").exists());
    }
}
