//! `--write-batches`: the batches of a run for another trainer, so that both can be compared on
//! exactly the same tokens in the same order.

use super::data::Dataset;
use super::run::Settings;
use anyhow::{Context, Result};
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes the first `count` batches of the plan, which is another one on the CPU than
/// on a GPU, one per line:
/// `{"rows":[[{"tokens":[...],"weights":[...]},...],...]}`. The weight of a token says how much it counts
/// when it is predicted from those before it; that of the first token of a document counts nothing.
pub fn write(
    path: &Path,
    count: usize,
    dataset: &Dataset,
    settings: &Settings,
    cpu: bool,
) -> Result<()> {
    let file = std::fs::File::create(path)
        .with_context(|| format!("{} could not be written.", path.display()))?;
    let mut to = BufWriter::new(file);
    let examples = &dataset.examples;
    let lengths: Vec<usize> = examples.iter().map(|e| e.document.tokens.len()).collect();
    let epochs = (0..settings.epochs).flat_map(|epoch| settings.plan(&lengths, epoch, cpu));
    let mut written = 0;
    for batch in epochs.take(count) {
        let document = |i: &usize| {
            let document = &examples[*i].document;
            json!({"tokens": document.tokens, "weights": document.weights})
        };
        let rows: Vec<Vec<_>> = batch
            .iter()
            .map(|row| row.iter().map(document).collect())
            .collect();
        writeln!(to, "{}", json!({ "rows": rows }))?;
        written += 1;
    }
    to.flush()?;
    println!("{written} batches in {}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::datasets::made_up;

    #[test]
    fn the_batches_are_those_of_the_plan() {
        let dataset = made_up(9, 350, 100);
        let settings = Settings {
            rows: 2,
            length: 800,
            epochs: 2,
            ..Settings::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("batches.jsonl");
        // Nine documents, two in a row, two rows in a batch: three batches in each of two epochs.
        for cpu in [true, false] {
            write(&at, 5, &dataset, &settings, cpu).unwrap();
            compare(&at, &dataset, &settings, cpu);
        }
    }

    fn compare(at: &Path, dataset: &Dataset, settings: &Settings, cpu: bool) {
        let text = std::fs::read_to_string(at).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(lines.len(), 5);
        let lengths = vec![350; 9];
        for (epoch, lines) in lines.chunks(3).enumerate() {
            let plan = settings.plan(&lengths, epoch as u64, cpu);
            for (line, rows) in lines.iter().zip(plan) {
                for (row, expected) in line["rows"].as_array().unwrap().iter().zip(&rows) {
                    for (document, i) in row.as_array().unwrap().iter().zip(expected) {
                        let expected = &dataset.examples[*i].document;
                        assert_eq!(document["tokens"], json!(expected.tokens));
                        assert_eq!(document["weights"], json!(expected.weights));
                    }
                    assert_eq!(row.as_array().unwrap().len(), expected.len());
                }
            }
        }
    }
}
