//! Reads datasets: one training example per line, in segments of which some are learned.

use super::weights;
use crate::model::Document;
use crate::model::Tokenizer;
use rayon::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a dataset cannot be trained on.
#[derive(Debug, Error)]
pub enum DataError {
    #[error("The dataset {0} could not be read; `trainer synth` or `trainer curate` writes one.")]
    Open(PathBuf, #[source] std::io::Error),
    #[error("Line {line} of {file} is not a training example: {why}.")]
    Line {
        file: PathBuf,
        line: usize,
        why: String,
    },
    #[error(
        "Line {line} of {file} was written for contract {found}, but this trainer speaks contract {ours}; write the dataset again with `trainer synth`."
    )]
    Contract {
        file: PathBuf,
        line: usize,
        found: String,
        ours: String,
    },
    #[error("The dataset has no example that can be trained on.")]
    Empty,
    #[error("An example could not be tokenised: {0}")]
    Tokenise(String),
}

#[derive(Deserialize)]
struct Line {
    id: String,
    contract: String,
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    text: String,
    loss: bool,
}

/// A tokenised example.
#[derive(Clone, Debug)]
pub struct Example {
    pub id: String,
    pub document: Document,
}

/// A tokenised dataset.
pub struct Dataset {
    pub examples: Vec<Example>,
    /// Examples left out because they are longer than a row.
    pub too_long: usize,
    /// SHA-256 over the bytes of all files, in order.
    pub sha256: String,
}

impl Dataset {
    /// Reads the files in order; `seen` is told the number of lines read so far.
    pub fn read(
        files: &[PathBuf],
        tokenizer: &Tokenizer,
        contract: &str,
        longest: usize,
        mut seen: impl FnMut(usize),
    ) -> Result<Self, DataError> {
        let mut hasher = Sha256::new();
        let (mut examples, mut too_long) = (vec![], 0);
        for file in files {
            let bytes = std::fs::read(file).map_err(|e| DataError::Open(file.clone(), e))?;
            hasher.update(&bytes);
            let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
            // In parts, so that the first mistake is reported soon and progress can be shown.
            for (part, lines) in lines.chunks(PART).enumerate() {
                let read: Vec<_> = lines
                    .par_iter()
                    .enumerate()
                    .map(|(i, line)| example(line, file, part * PART + i + 1, tokenizer, contract))
                    .collect();
                for example in read {
                    match example? {
                        Some(e) if e.document.tokens.len() > longest => too_long += 1,
                        Some(e) => examples.push(e),
                        None => {}
                    }
                }
                seen(examples.len() + too_long);
            }
        }
        if examples.is_empty() {
            return Err(DataError::Empty);
        }
        Ok(Dataset {
            examples,
            too_long,
            sha256: hex::encode(hasher.finalize()),
        })
    }

    /// Splits off about `share` of the examples, chosen by a hash of their id, so that an example
    /// stays on its side when the dataset grows.
    pub fn hold_out(&mut self, share: f64) -> Vec<Example> {
        let bar = (share * f64::from(u32::MAX)) as u32;
        let (held, kept) = std::mem::take(&mut self.examples)
            .into_iter()
            .partition(|example| {
                let hash = Sha256::digest(example.id.as_bytes());
                u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) < bar
            });
        self.examples = kept;
        held
    }
}

/// Lines that are read at the same time.
const PART: usize = 4096;

/// Reads one line; `None` when it is blank.
fn example(
    line: &[u8],
    file: &Path,
    number: usize,
    tokenizer: &Tokenizer,
    contract: &str,
) -> Result<Option<Example>, DataError> {
    let bad = |why: String| DataError::Line {
        file: file.to_path_buf(),
        line: number,
        why,
    };
    let text = std::str::from_utf8(line).map_err(|_| bad("it is not UTF-8 text".into()))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let line: Line = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
    if line.contract != contract {
        return Err(DataError::Contract {
            file: file.to_path_buf(),
            line: number,
            found: line.contract,
            ours: contract.to_string(),
        });
    }
    let document = document(&line.segments, tokenizer)?;
    if document.learned().next().is_none() {
        return Err(bad("no segment has \"loss\": true".into()));
    }
    Ok(Some(Example {
        id: line.id,
        document,
    }))
}

/// Tokenises segments. Neighbours of one kind are joined first: serving tokenises the prompt as one
/// text, and the model's own text begins at a border between tokens.
fn document(segments: &[Segment], tokenizer: &Tokenizer) -> Result<Document, DataError> {
    let failed = |e: decoder::Error| DataError::Tokenise(e.to_string());
    let mut document = Document {
        tokens: vec![],
        weights: vec![],
    };
    let mut before = String::new();
    for joined in segments.chunk_by(|a, b| a.loss == b.loss) {
        let text: String = joined.iter().map(|s| s.text.as_str()).collect();
        if joined[0].loss {
            let (tokens, spans) = tokenizer.encode_with_spans(&text).map_err(failed)?;
            let old = weights::edited(&before)
                .map(|program| {
                    tokenizer
                        .encode(&format!("{program}\n<|im_end|>"))
                        .map_err(failed)
                })
                .transpose()?;
            let weights = weights::weights(&text, &tokens, &spans, old.as_deref());
            document.weights.extend(weights);
            document.tokens.extend(tokens);
        } else {
            let tokens = tokenizer.encode(&text).map_err(failed)?;
            document.weights.extend(vec![0.0; tokens.len()]);
            document.tokens.extend(tokens);
        }
        before.push_str(&text);
    }
    Ok(document)
}

/// SHA-256 of a file, in hexadecimal.
pub fn sha256(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    Ok(hex::encode(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(lines: &[&str]) -> Option<Result<Dataset, DataError>> {
        let base = crate::model::gguf::default_base();
        // The tokenizer is in the base, which `cargo xtask` fetches.
        let tokenizer = base.exists().then(|| Tokenizer::open(&base).unwrap())?;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(lines.join("\n").as_bytes()).unwrap();
        let files = [file.path().to_path_buf()];
        Some(Dataset::read(&files, &tokenizer, "ours", 20, |_| ()))
    }

    const GOOD: &str = r#"{"id":"a","contract":"ours","segments":[{"text":"<|im_start|>user\nhi","loss":false},{"text":"<|im_end|>\n","loss":false},{"text":"yes<|im_end|>","loss":true}]}"#;

    #[test]
    fn segments_become_tokens_with_a_mask() {
        let Some(dataset) = read(&[GOOD, "", &GOOD.replace("hi", &"long ".repeat(30))]) else {
            return;
        };
        let dataset = dataset.unwrap();
        assert_eq!((dataset.examples.len(), dataset.too_long), (1, 1));
        let document = &dataset.examples[0].document;
        assert_eq!(document.tokens.first(), Some(&1));
        assert_eq!(document.tokens.last(), Some(&2));
        assert_eq!(document.learned().count(), 2);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (line, expected) in [
            ("{\"id\":", "Line 2 of "),
            (&GOOD.replace("true", "false"), "no segment has"),
            (
                &GOOD.replace("ours", "theirs"),
                "was written for contract theirs, but this trainer speaks contract ours",
            ),
        ] {
            let Some(result) = read(&[GOOD, line]) else {
                return;
            };
            let Err(error) = result else {
                panic!("{line} was read")
            };
            assert!(error.to_string().contains(expected), "{error}");
            assert!(error.to_string().contains("Line 2 of "), "{error}");
        }
    }

    #[test]
    fn held_out_examples_stay_held_out() {
        let example = |id: u32| Example {
            id: id.to_string(),
            document: Document {
                tokens: vec![],
                weights: vec![],
            },
        };
        let split = |count: u32| {
            let mut dataset = Dataset {
                examples: (0..count).map(example).collect(),
                too_long: 0,
                sha256: String::new(),
            };
            let held: Vec<String> = dataset.hold_out(0.1).into_iter().map(|e| e.id).collect();
            held
        };
        let (few, many) = (split(500), split(1000));
        assert!((20..90).contains(&few.len()), "{}", few.len());
        assert!(few.iter().all(|id| many.contains(id)));
    }
}
