//! The hand-written material: triggers, tests, steps, whole workflows and conversations, as blocks of text.
//!
//! A block opens with `[name] words…`; then come `key: value` lines. `code:` alone on its line is
//! followed by program lines up to the first `say:`; `after:` the same, for the program
//! that an edit leads to. A key may stand on several lines.

use std::collections::BTreeMap;

/// One block of a seed file.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The name in brackets and the words after it.
    pub head: Vec<String>,
    /// Values by key, in file order.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Keys in file order.
    pub keys: Vec<String>,
    /// Program lines.
    pub code: Vec<String>,
    /// Lines of the program after an edit.
    pub after: Vec<String>,
}

impl Block {
    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.fields
            .get(key)
            .and_then(|values| values.first())
            .map(String::as_str)
    }

    /// All values of a key as alternatives of one phrase.
    pub fn joined(&self, key: &str) -> Option<String> {
        self.fields.get(key).map(|values| values.join("|"))
    }

    /// How often the block is drawn, relative to its neighbours.
    pub fn weight(&self) -> u32 {
        self.get("weight")
            .and_then(|weight| weight.parse().ok())
            .unwrap_or(1)
    }

    /// A comma separated key as a list.
    pub fn list(&self, key: &str) -> Vec<String> {
        self.get(key)
            .map(|text| {
                text.split(',')
                    .map(|item| item.trim().to_string())
                    .filter(|item| !item.is_empty())
                    .collect()
            })
            .unwrap_or_default()
    }
}

/// Program lines that are being read.
#[derive(Clone, Copy)]
enum Part {
    Code,
    After,
}

/// Reads a seed file.
pub fn parse(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut part: Option<Part> = None;
    for line in text.lines() {
        if let Some((name, words)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let head = name
                .split_whitespace()
                .chain(words.split_whitespace())
                .map(str::to_string)
                .collect();
            blocks.push(Block {
                head,
                ..Block::default()
            });
            part = None;
            continue;
        }
        let Some(block) = blocks.last_mut() else {
            continue;
        };
        let ends = ["say:", "after:"].iter().any(|key| line.starts_with(key));
        if let Some(part) = part
            && !ends
        {
            if !line.trim().is_empty() {
                match part {
                    Part::Code => block.code.push(line.to_string()),
                    Part::After => block.after.push(line.to_string()),
                }
            }
            continue;
        }
        part = None;
        if line.starts_with("# ") || line.trim().is_empty() {
            continue;
        }
        if let Some((key, value)) = line.split_once(':') {
            let value = value.trim();
            part = match (key, value) {
                ("code", "") => Some(Part::Code),
                ("after", "") => Some(Part::After),
                _ => None,
            };
            if part.is_some() {
                continue;
            }
            if !block.keys.iter().any(|known| known == key) {
                block.keys.push(key.to_string());
            }
            block
                .fields
                .entry(key.to_string())
                .or_default()
                .push(value.to_string());
        }
    }
    blocks
}

/// Program text in which text between backticks becomes a quoted string with its quotes escaped.
pub fn unquote_backticks(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for (at, part) in code.split('`').enumerate() {
        if at % 2 == 0 {
            out.push_str(part);
        } else {
            out.push('"');
            out.push_str(&part.replace('\\', "\\\\").replace('"', "\\\""));
            out.push('"');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_keys_and_code() {
        let blocks = parse(
            "# note\n[a] b\nweight: 3\ncode:\n@x\ndef f():\n    y()\nafter:\n@x\nsay: one\nsay: two\n\n[c]\ncode: z()\n",
        );
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[0].after, ["@x"]);
        assert_eq!(blocks[0].head, ["a", "b"]);
        assert_eq!(blocks[0].code.len(), 3);
        assert_eq!(blocks[0].joined("say").as_deref(), Some("one|two"));
        assert_eq!(blocks[1].get("code"), Some("z()"));
    }

    #[test]
    fn backticks_become_quoted() {
        assert_eq!(
            unquote_backticks(r#"f(a=`{"b":"\"c\""}`)"#),
            r#"f(a="{\"b\":\"\\\"c\\\"\"}")"#
        );
    }
}
