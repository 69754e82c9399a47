//! How much each token of an answer counts in the loss.
//!
//! An edit copies most of a program and decides at very few places what becomes different. With equal
//! weights those places are lost among the copied tokens, and the model learns to copy. So the tokens
//! at which the new program leaves the one it edits count more. How much is a balance: a model for
//! which they counted twenty times as much as copied ones changed what was asked for, and much besides.
//! The name of the function, which nobody asked for and many would be right, counts little.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A token that stands in both programs.
const COPIED: f32 = 1.0;
/// The first token that differs, and the first after something was left out.
const DECIDES: f32 = 2.0;
/// Further tokens of what was added.
const ADDED: f32 = 1.2;
/// Tokens of a function's name.
const NAME: f32 = 0.2;

/// The program that an answer edits, out of the text before the answer: the draft that is repaired, or
/// else the current workflow.
pub fn edited(before: &str) -> Option<&str> {
    const DRAFT: &str = "<|im_start|>assistant\n@";
    if let Some(at) = before.rfind(DRAFT) {
        let program = &before[at + DRAFT.len() - 1..];
        return program.find("<|im_end|>").map(|end| &program[..end]);
    }
    let (_, program) = before.rsplit_once("current:\n@")?;
    let end = program.find("\nrequest: ")?;
    let start = before.len() - program.len() - 1;
    Some(&before[start..start + 1 + end])
}

/// Weights for the tokens of an answer. `spans` says which bytes of the answer each token covers; `old`
/// are the tokens of the program that is edited.
pub fn weights(
    answer: &str,
    tokens: &[u32],
    spans: &[Range<usize>],
    old: Option<&[u32]>,
) -> Vec<f32> {
    let mut weights = vec![1.0; tokens.len()];
    if !answer.starts_with('@') {
        return weights;
    }
    if let Some(old) = old {
        changes(&mut weights, old, tokens);
    }
    if let Some(name) = name(answer) {
        for (weight, span) in weights.iter_mut().zip(spans) {
            if span.start >= name.start && span.end <= name.end {
                *weight = weight.min(NAME);
            }
        }
    }
    weights
}

fn changes(weights: &mut [f32], old: &[u32], new: &[u32]) {
    for change in capture_diff_slices(Algorithm::Myers, old, new) {
        match change {
            DiffOp::Equal { new_index, len, .. } => {
                for weight in &mut weights[new_index..new_index + len] {
                    // What decides was set when the change before it was seen.
                    if *weight < DECIDES {
                        *weight = COPIED;
                    }
                }
            }
            DiffOp::Delete { new_index, .. } => {
                if let Some(weight) = weights.get_mut(new_index) {
                    *weight = DECIDES;
                }
            }
            DiffOp::Insert {
                new_index, new_len, ..
            }
            | DiffOp::Replace {
                new_index, new_len, ..
            } => {
                for weight in &mut weights[new_index..new_index + new_len] {
                    *weight = ADDED;
                }
                weights[new_index] = DECIDES;
            }
        }
    }
}

/// Where the name of the function stands.
fn name(answer: &str) -> Option<Range<usize>> {
    const DEF: &str = "\ndef ";
    let start = answer.find(DEF)? + DEF.len();
    let length = answer[start..].find('(')?;
    Some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_is_edited_is_found() {
        let current = "<|im_start|>user\ncurrent:\n@a\ndef b(c):\n    pass\nrequest: x<|im_end|>\n";
        assert_eq!(edited(current), Some("@a\ndef b(c):\n    pass"));
        let draft = format!("{current}<|im_start|>assistant\n@d\ndef e(f):\n    pass<|im_end|>\n");
        assert_eq!(edited(&draft), Some("@d\ndef e(f):\n    pass"));
        assert_eq!(edited("<|im_start|>user\nhello<|im_end|>\n"), None);
    }

    /// A token for each byte.
    fn weighed(old: Option<&str>, new: &str) -> Vec<f32> {
        let tokens = |text: &str| text.bytes().map(u32::from).collect::<Vec<_>>();
        let spans: Vec<_> = (0..new.len()).map(|at| at..at + 1).collect();
        let old = old.map(tokens);
        weights(new, &tokens(new), &spans, old.as_deref())
    }

    #[test]
    fn what_is_changed_counts_more_than_what_is_copied() {
        assert_eq!(
            weighed(Some("@abc"), "@axyc")[..],
            [COPIED, COPIED, DECIDES, ADDED, COPIED]
        );
        assert_eq!(weighed(Some("@abc"), "@abcxy")[4..], [DECIDES, ADDED]);
        // Where something was left out, the next token decides.
        assert_eq!(
            weighed(Some("@abcd"), "@acd")[..],
            [COPIED, COPIED, DECIDES, COPIED]
        );
    }

    #[test]
    fn a_name_counts_little_and_words_count_as_they_are() {
        let program = "@a\ndef bc(d):\n";
        let weights = weighed(None, program);
        let name = program.find("bc").unwrap();
        assert_eq!(weights[name - 1..name + 3], [1.0, NAME, NAME, 1.0]);
        assert_eq!(weighed(Some("@abc"), "answer: no"), [1.0; 10]);
    }
}
