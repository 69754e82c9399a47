//! Measures a model file: load time, and the speeds of reading and writing.
//!
//! `measure MODEL.gguf PROMPTS.jsonl [COUNT]` takes the prompts of a dataset of the trainer, without a
//! grammar and up to 64 tokens each, exactly as `e2e/compare/llamacpp.mjs` does with llama.cpp.
//! `measure MODEL.gguf --turns CASES.jsonl OUT.jsonl [COUNT]` writes the first program of COUNT cases of a
//! benchmark, under the grammar of each, and puts prompts, grammars and what was written into a file, with which
//! `e2e/compare/llamacpp.py` does the same through llama.cpp.
//! `measure MODEL.gguf` alone takes made-up prompts of several lengths.
//! With `--mistral` anywhere, mistral.rs runs the model.

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

use std::sync::Arc;

use agent::backend::{
    Backend, Chunk, Generate,
    embedded::{Embedded, RunBy},
};
use agent::drive::tools_for;
use agent::tools::Tools;
use agent::turn::{Ask, Request, Told, Turn};
use flow::Catalog;
use futures::StreamExt;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mistral, arguments): (Vec<String>, Vec<String>) =
        std::env::args().partition(|argument| argument == "--mistral");
    let argument = |place: usize| arguments.get(place).cloned();
    let path = argument(1).ok_or("usage: measure MODEL.gguf")?;
    let start = Instant::now();
    let run_by = (!mistral.is_empty()).then_some(RunBy::Mistral);
    let model = Embedded::load_to_be(path.as_ref(), run_by).await?;
    println!("loaded in {:.1} s", start.elapsed().as_secs_f64());
    if argument(2).as_deref() == Some("--turns") {
        let path = |place| argument(place).ok_or("CASES.jsonl and OUT.jsonl are missing");
        let count = argument(5).map_or(Ok(40), |count| count.parse())?;
        return turns(&model, &path(3)?, &path(4)?, count).await;
    }
    if let Some(prompts) = argument(2) {
        let count = argument(3).map_or(Ok(10), |count| count.parse())?;
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

/// Writes the first answer of some cases, evenly spread over a benchmark, and prints how long that took.
async fn turns(
    model: &Embedded,
    cases: &str,
    out: &str,
    count: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(cases)?;
    let cases: Vec<&str> = text.lines().collect();
    let (mut lines, mut read, mut written, mut seconds) = (String::new(), 0, 0, 0.0);
    for case in cases
        .iter()
        .step_by(cases.len().div_ceil(count.max(1)).max(1))
    {
        let case: Value = serde_json::from_str(case)?;
        let start = Instant::now();
        let Some(request) = first(&case)? else {
            continue;
        };
        let (prompt, grammar) = (request.prompt.clone(), request.grammar.clone());
        let prepared = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let mut chunks = model.generate(request).await?;
        while let Some(chunk) = chunks.next().await {
            if let Chunk::Done {
                text,
                prompt_tokens,
                completion_tokens,
                ..
            } = chunk?
            {
                let took = start.elapsed().as_secs_f64();
                read += prompt_tokens;
                written += completion_tokens;
                seconds += took;
                let line = json!({
                    "id": case["id"],
                    "prompt": prompt,
                    "grammar": grammar,
                    "text": text,
                    "prepared": prepared,
                    "seconds": took,
                });
                lines.push_str(&format!("{line}\n"));
            }
        }
    }
    std::fs::write(out, &lines)?;
    println!(
        "{} turns, {read} tokens read and {written} written in {seconds:.1} s",
        lines.lines().count()
    );
    Ok(())
}

/// What a case has the model write first, but for what only this backend takes: a head start of some tokens.
fn first(case: &Value) -> Result<Option<Generate>, Box<dyn std::error::Error>> {
    let installed: Vec<String> = serde_json::from_value(case["installed"].clone())?;
    let workflow = match &case["workflow"] {
        Value::Null => None,
        json => Some(
            flow::json::parse(&json.to_string())
                .map_err(|_| "a workflow does not read")?
                .workflow,
        ),
    };
    let catalog = Arc::new(Catalog::builtin().with_connectors(&installed));
    let tools = tools_for(&catalog);
    let mut turn = Turn::new(Request {
        turn: 1,
        text: case["request"].as_str().unwrap_or_default().to_string(),
        previous: None,
        workflow,
        catalog,
        resources: Arc::from([]),
        doubting: false,
        seed: 1,
    });
    loop {
        match turn.ask() {
            Ask::RunTool { tool, arguments } => {
                turn.told(Told::ToolResult(tools.call(&tool, &arguments)));
            }
            Ask::Sample(request) => {
                return Ok(Some(Generate {
                    edits: None,
                    words: 0.0,
                    ..request
                }));
            }
            Ask::Done(_) => return Ok(None),
        }
    }
}
