//! Measures a model file: load time, and the speeds of reading and writing.
//!
//! `measure MODEL.gguf PROMPTS.jsonl [COUNT]` takes the prompts of a dataset of the trainer, without a
//! grammar and up to 64 tokens each, exactly as `e2e/compare/llamacpp.mjs` does with llama.cpp.
//! `measure MODEL.gguf` alone takes made-up prompts of several lengths.

use std::time::Instant;

/// Seconds of processor time this process has used, where that can be read.
fn processor() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else {
        return 0.0;
    };
    let ticks = |place: usize| -> f64 {
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let field = fields.split_whitespace().nth(place);
        field.and_then(|text| text.parse().ok()).unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

use agent::backend::{Backend, Chunk, Generate, embedded::Embedded};
use futures::StreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: measure MODEL.gguf")?;
    let start = Instant::now();
    let model = Embedded::load(path.as_ref()).await?;
    println!("loaded in {:.1} s", start.elapsed().as_secs_f64());
    if let Some(prompts) = std::env::args().nth(2) {
        let count = std::env::args()
            .nth(3)
            .map_or(Ok(10), |count| count.parse())?;
        return compare(&model, &prompts, count).await;
    }
    for words in [20, 60, 60] {
        let filler: String = (0..words).map(|n| format!("order {n} ")).collect();
        let request = Generate {
            prompt: format!(
                "<|im_start|>user\nWrite a long story about {filler}<|im_end|>\n<|im_start|>assistant\n"
            ),
            grammar: None,
            max_tokens: 80,
            temperature: 0.0,
            seed: 0,
            other_than: Vec::new(),
            wanted: Vec::new(),
            suspects: Vec::new(),
            edits: None,
            words: 0.0,
        };
        let (start, used) = (Instant::now(), processor());
        let mut used_first = used;
        let mut chunks = model.generate(request).await?;
        let mut first = None;
        while let Some(chunk) = chunks.next().await {
            if first.is_none() {
                first = Some(start.elapsed().as_secs_f64());
                used_first = processor();
            }
            if let Chunk::Done {
                prompt_tokens,
                completion_tokens,
                text,
                ..
            } = chunk?
            {
                let first = first.unwrap_or_default();
                let total = start.elapsed().as_secs_f64();
                println!(
                    "{prompt_tokens} prompt tokens in {first:.2} s ({:.0} tok/s), {completion_tokens} completion tokens in {:.2} s ({:.0} tok/s), processor {:.2} + {:.2} s {:?}",
                    f64::from(prompt_tokens) / first,
                    total - first,
                    f64::from(completion_tokens.saturating_sub(1)) / (total - first),
                    used_first - used,
                    processor() - used_first,
                    text.chars().take(40).collect::<String>(),
                );
            }
        }
    }
    Ok(())
}

/// Reads and writes like the comparison script, and prints its line.
async fn compare(
    model: &Embedded,
    prompts: &str,
    count: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let (mut read, mut reading, mut written, mut writing) = (0, 0.0, 0, 0.0);
    for line in std::fs::read_to_string(prompts)?.lines().take(count) {
        let example: serde_json::Value = serde_json::from_str(line)?;
        let prompt = example["segments"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|segment| segment["loss"] == false)
            .filter_map(|segment| segment["text"].as_str())
            .collect();
        let start = Instant::now();
        let mut first = None;
        let mut chunks = model
            .generate(Generate {
                prompt,
                grammar: None,
                max_tokens: 64,
                temperature: 0.0,
                seed: 0,
                other_than: Vec::new(),
                wanted: Vec::new(),
                suspects: Vec::new(),
                edits: None,
                words: 0.0,
            })
            .await?;
        while let Some(chunk) = chunks.next().await {
            let first = *first.get_or_insert_with(|| start.elapsed().as_secs_f64());
            if let Chunk::Done {
                prompt_tokens,
                completion_tokens,
                ..
            } = chunk?
            {
                read += prompt_tokens;
                reading += first;
                written += completion_tokens.saturating_sub(1);
                writing += start.elapsed().as_secs_f64() - first;
            }
        }
    }
    println!(
        "prompt {:.0} tokens/s ({read} tokens), completion {:.1} tokens/s ({written} tokens)",
        f64::from(read) / reading,
        f64::from(written) / writing
    );
    Ok(())
}
