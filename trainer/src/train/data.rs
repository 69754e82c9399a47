//! Reads datasets: one training example per line, in segments of which some are learned.

use crate::model::Document;
use crate::model::tokenizer::Tokenizer;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read};
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
        let (mut examples, mut too_long, mut lines) = (vec![], 0, 0);
        for file in files {
            let open = |e| DataError::Open(file.clone(), e);
            let mut bytes = vec![];
            std::fs::File::open(file)
                .and_then(|mut f| f.read_to_end(&mut bytes))
                .map_err(open)?;
            hasher.update(&bytes);
            for (i, text) in BufReader::new(bytes.as_slice()).lines().enumerate() {
                let bad = |why: String| DataError::Line {
                    file: file.clone(),
                    line: i + 1,
                    why,
                };
                let text = text.map_err(|_| bad("it is not UTF-8 text".into()))?;
                if text.trim().is_empty() {
                    continue;
                }
                let line: Line = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
                if line.contract != contract {
                    return Err(DataError::Contract {
                        file: file.clone(),
                        line: i + 1,
                        found: line.contract,
                        ours: contract.to_string(),
                    });
                }
                if !line.segments.iter().any(|s| s.loss && !s.text.is_empty()) {
                    return Err(bad("no segment has \"loss\": true".into()));
                }
                let document = document(&line.segments, tokenizer)?;
                if document.tokens.len() > longest {
                    too_long += 1;
                } else {
                    examples.push(Example {
                        id: line.id,
                        document,
                    });
                }
                lines += 1;
                seen(lines);
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

/// Tokenises segments. Neighbours of one kind are joined first: serving tokenises the prompt as one
/// text, and the model's own text begins at a border between tokens.
fn document(segments: &[Segment], tokenizer: &Tokenizer) -> Result<Document, DataError> {
    let mut document = Document {
        tokens: vec![],
        learned: vec![],
    };
    for joined in segments.chunk_by(|a, b| a.loss == b.loss) {
        let text: String = joined.iter().map(|s| s.text.as_str()).collect();
        let tokens = tokenizer
            .encode(&text)
            .map_err(|e| DataError::Tokenise(e.to_string()))?;
        document
            .learned
            .extend(std::iter::repeat_n(joined[0].loss, tokens.len()));
        document.tokens.extend(tokens);
    }
    Ok(document)
}

/// SHA-256 of a file, in hexadecimal.
pub fn sha256(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    Ok(hex::encode(hasher.finalize()))
}
