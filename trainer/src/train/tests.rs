//! The subcommand as a whole, on tiny models: what it reads, what it writes, what it refuses.

use super::{Args, lineage, run_for};
use crate::model::Tokenizer;
use crate::model::{Architecture, Base, Batch, Document, Source, Spec, huggingface, random, tiny};
use crate::publish::{self, WeightType};
use candle_core::{DType, Device};
use clap::Parser;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: Args,
}

/// A folder with a tiny base in Hugging Face layout and a dataset.
struct House(tempfile::TempDir);

fn spec(architecture: Architecture) -> Spec {
    Spec {
        vocabulary: 260,
        tied: architecture == Architecture::Llama,
        ..tiny::spec(architecture)
    }
}

fn config(spec: &Spec) -> Value {
    json!({
        "architectures": [spec.architecture.class()], "hidden_size": spec.width,
        "intermediate_size": spec.inner, "num_hidden_layers": spec.layers,
        "num_attention_heads": spec.heads, "num_key_value_heads": spec.groups,
        "head_dim": spec.head, "vocab_size": spec.vocabulary, "rms_norm_eps": 1e-5,
        "rope_theta": spec.rope_base, "tie_word_embeddings": spec.tied,
        "_name_or_path": "somebody/tiny",
    })
}

impl House {
    fn new(architecture: Architecture) -> Self {
        let house = House(tempfile::tempdir().unwrap());
        let spec = spec(architecture);
        let base = house.at("base");
        std::fs::create_dir(&base).unwrap();
        let weights = random::base(&spec, DType::F32, 3, &Device::Cpu).unwrap();
        huggingface::save(&weights, &config(&spec), &base).unwrap();
        Tokenizer::of_bytes()
            .unwrap()
            .save(&base.join("tokenizer.json"))
            .unwrap();
        let lines: Vec<String> = (0..12)
            .map(|i| {
                let asked = format!("<|im_start|>user\nnumber {i}<|im_end|>\n");
                let segments = json!([
                    {"text": asked, "loss": false},
                    {"text": format!("it is {i}{i}<|im_end|>"), "loss": true},
                ]);
                json!({"id": i.to_string(), "contract": "ours", "segments": segments}).to_string()
            })
            .collect();
        std::fs::write(house.at("data.jsonl"), lines.join("\n")).unwrap();
        house
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Trains with these words after the usual ones.
    fn train(&self, words: &str) -> anyhow::Result<()> {
        let (base, data) = (self.at("base"), self.at("data.jsonl"));
        let mut all = vec!["train".to_string()];
        for (name, usual) in [
            ("--base", base.display().to_string()),
            ("--dataset", data.display().to_string()),
            ("--rows", "2".into()),
            ("--length", "64".into()),
            ("--held-out", "0".into()),
            ("--precision", "f32".into()),
            ("--log-every", "1".into()),
        ] {
            if !words.contains(name) {
                all.extend([name.to_string(), usual]);
            }
        }
        let place = |word: &str| match word.strip_prefix('@') {
            Some(name) => self.at(name).display().to_string(),
            None => word.to_string(),
        };
        all.extend(words.split_whitespace().map(place));
        run_for(Cli::parse_from(all).args, "ours")
    }

    fn refused(&self, words: &str) -> String {
        match self.train(words) {
            Ok(()) => panic!("{words} was done"),
            Err(error) => format!("{error:#}"),
        }
    }
}

fn open(path: &Path) -> Base {
    let mut source = Source::open(path).unwrap();
    source.base(DType::F32, &Device::Cpu).unwrap()
}

fn loss(base: &Base) -> f32 {
    let text = "<|im_start|>user\nnumber 7<|im_end|>\nit is 77<|im_end|>";
    let tokens = Tokenizer::of_bytes().unwrap().encode(text).unwrap();
    let document = Document {
        weights: vec![1.0 / tokens.len() as f32; tokens.len()],
        tokens,
    };
    let batch = Batch::new(&[vec![&document]], 64, &base.spec, &Device::Cpu).unwrap();
    let loss = base.loss(None, &batch, 1.0, false).unwrap();
    loss.to_vec1::<f32>().unwrap()[0]
}

#[test]
fn an_adapter_is_trained_for_a_hugging_face_base() {
    let house = House::new(Architecture::Qwen3);
    house.train("--out @adapter --epochs 2").unwrap();
    let config = std::fs::read(house.at("adapter/adapter_config.json")).unwrap();
    let config: Value = serde_json::from_slice(&config).unwrap();
    assert_eq!(config["base_model_name_or_path"], "somebody/tiny");
    let card = lineage::Lineage::load(&house.at("adapter")).unwrap();
    assert_eq!(card.base, "somebody/tiny");
    assert!(card.steps >= 6, "{}", card.steps);
    // And on from there, with less memory.
    house
        .train("--out @more --from @adapter --recompute")
        .unwrap();
    let card = lineage::Lineage::load(&house.at("more")).unwrap();
    assert!(card.parent_sha256.is_some());
}

#[test]
fn a_whole_llama_is_trained_and_published() {
    train_and_publish(Architecture::Llama);
}

#[test]
fn a_whole_qwen3_is_trained_and_published() {
    train_and_publish(Architecture::Qwen3);
}

fn train_and_publish(architecture: Architecture) {
    let house = House::new(architecture);
    let before = loss(&open(&house.at("base")));
    let words = "--full --epochs 3 --learning-rate 0.003";
    house.train(&format!("{words} --out @model")).unwrap();
    let trained = loss(&open(&house.at("model")));
    assert!(trained < before - 0.1, "{before} {trained}");
    let card = lineage::Lineage::load(&house.at("model")).unwrap();
    assert_eq!(card.hyperparameters["full"], true);

    // On from there as the base, and as what is started from.
    house
        .train(&format!("{words} --base @model --out @more"))
        .unwrap();
    house
        .train(&format!("{words} --from @model --recompute --out @again"))
        .unwrap();
    for further in ["more", "again"] {
        let further = loss(&open(&house.at(further)));
        assert!(further < trained - 0.01, "{trained} {further}");
    }
    let card = lineage::Lineage::load(&house.at("again")).unwrap();
    assert!(card.parent_sha256.is_some());

    // The file that is served computes what the folder computes.
    tiny::write_gguf(&open(&house.at("base")), &house.at("base.gguf"));
    let mut args = publish::Args {
        adapter: house.at("model").display().to_string(),
        base: house.at("base.gguf"),
        name: Some("tiny".into()),
        weights: WeightType::F32,
        models: house.at("models"),
        keep_current: false,
    };
    let out = publish::publish(&args, "ours").unwrap();
    let published = loss(&open(&out.join("model.gguf")));
    assert!((published - trained).abs() < 1e-4, "{published} {trained}");

    // A base of other sizes has no place for these weights.
    tiny::write_gguf(&tiny::base(architecture), &house.at("other.gguf"));
    args.base = house.at("other.gguf");
    let error = publish::publish(&args, "ours").unwrap_err().to_string();
    assert!(error.contains("does not have the sizes"), "{error}");
}

#[test]
fn full_training_goes_on_from_an_adapter_and_from_a_gguf_file() {
    let house = House::new(Architecture::Llama);
    house
        .train("--out @adapter --epochs 3 --learning-rate 0.01")
        .unwrap();
    let words = "--full --learning-rate 0 --steps 1";
    house
        .train(&format!("{words} --from @adapter --out @merged"))
        .unwrap();
    let (base, merged) = (
        loss(&open(&house.at("base"))),
        loss(&open(&house.at("merged"))),
    );
    // Nothing is learned at a rate of zero: what is better is the adapter's doing.
    assert!(merged < base - 0.01, "{base} {merged}");
    let gguf = house.at("base.gguf");
    tiny::write_gguf(&open(&house.at("base")), &gguf);
    let words = ["train", "--full", "--measure", "1", "--rows", "1", "--base"];
    let words = words.into_iter().map(PathBuf::from).chain([gguf]);
    run_for(Cli::parse_from(words).args, "ours").unwrap();
}

#[test]
fn mixed_up_folders_are_refused() {
    let house = House::new(Architecture::Llama);
    house.train("--full --steps 1 --out @model").unwrap();
    house.train("--steps 1 --out @adapter").unwrap();
    for (words, expected) in [
        ("--out @model", "holds a whole model already"),
        ("--full --out @adapter", "holds an adapter already"),
        ("--from @model --out @new", "give it as --base"),
        (
            "--full --precision bf16 --out @new",
            "with --full choose f32",
        ),
    ] {
        let said = house.refused(words);
        assert!(said.contains(expected), "{words}: {said}");
    }
}

#[test]
fn a_shape_alone_can_be_measured_with_made_up_weights() {
    let house = House::new(Architecture::Qwen3);
    let spec = spec(Architecture::Qwen3);
    std::fs::write(house.at("shape.json"), config(&spec).to_string()).unwrap();
    let run = |words: &str| {
        let base = house.at("shape.json").display().to_string();
        let mut all = vec!["train", "--base", &base, "--measure", "1", "--rows", "1"];
        all.extend(words.split_whitespace());
        run_for(Cli::parse_from(all).args, "ours")
    };
    run("--random --peak-tflops 1").unwrap();
    run("--random --full --recompute").unwrap();
    // Half a row is long enough for what is made up, as --verify wants it.
    run("--random --verify --accumulate 2 --length 700").unwrap();
    run("--random --full --verify --accumulate 2 --length 700").unwrap();
    let error = run("").unwrap_err().to_string();
    assert!(error.contains("has no weights"), "{error}");
    let words = ["train", "--random", "--base", "x.json"];
    assert!(Cli::try_parse_from(words).is_err(), "only with --measure");
}

#[test]
fn batches_are_written_without_training() {
    let house = House::new(Architecture::Llama);
    house
        .train("--write-batches @batches.jsonl 2 --out @none")
        .unwrap();
    let text = std::fs::read_to_string(house.at("batches.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(!house.at("none").exists());
}
