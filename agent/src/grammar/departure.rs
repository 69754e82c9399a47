//! Where a completion that is not wanted could most likely have gone on differently.
//!
//! A small model that edits a workflow has read the program it is to change, and copying it to the end
//! is often likelier, token by token, than the one change that was asked for. When nothing came out
//! but the copy, the place at which something else was nearly written is the best guess of what was
//! meant. In the same way a condition may be left out of a new workflow: then what begins a value that
//! the merchant said comes first. Only what the grammar allows there counts.

use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::ApproximateTokEnv;
use llguidance::{Matcher, ParserFactory};

/// What a token that ends the text is written as.
pub const END: &str = "<|im_end|>";

/// What was written at one step, and what else came into question.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub text: String,
    /// In any order.
    pub others: Vec<Other>,
}

/// A token that was not written.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    pub token: u32,
    pub text: String,
    /// By how much its logarithmic probability is below that of what was written.
    pub behind: f32,
}

/// How a text departs from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Departure {
    /// How many steps stay as they were.
    pub kept: usize,
    /// What is written then.
    pub token: u32,
    /// How far it was behind, less what it is favoured by.
    pub behind: f32,
}

/// What is farther behind is a guess out of the blue.
const FARTHEST: f32 = 9.0;

/// How much nearer the beginning of a wanted value counts.
const WANTED: f32 = 4.0;

/// The likeliest departure that the grammar allows. Another name for the function is none, and neither
/// is the same text in other tokens.
///
/// Where values are wanted, what begins one of them counts as nearer, and within a text nothing else is
/// a departure: texts can be worded in many ways, and another one brings no value into use.
pub fn likeliest(lark: &str, steps: &[Step], wanted: &[String]) -> Option<Departure> {
    let bytes = ApproximateTokEnv::single_byte_env();
    let mut factory = ParserFactory::new_simple(&bytes).ok()?;
    factory.quiet();
    let grammar = TopLevelGrammar::from_lark(lark.to_string());
    let mut matcher = Matcher::new(factory.create_parser(grammar));
    let mut best: Option<Departure> = None;
    let mut written = String::new();
    for (kept, step) in steps.iter().enumerate() {
        let line = written.rsplit('\n').next().unwrap_or_default();
        let names = line.starts_with("def") && !line.contains('(');
        if !names {
            let rest: String = steps[kept..]
                .iter()
                .map(|step| step.text.as_str())
                .collect();
            let in_text = line.replace("\\\"", "").matches('"').count() % 2 == 1;
            for other in &step.others {
                let bar = best.map_or(FARTHEST, |best| best.behind);
                let begins = begins(&other.text, wanted);
                if !wanted.is_empty() && in_text && !begins {
                    continue;
                }
                let behind = match begins {
                    true => other.behind - WANTED,
                    false => other.behind,
                };
                if behind < bar
                    && !other.text.is_empty()
                    && !rest.starts_with(&other.text)
                    && allowed(&mut matcher, &other.text)
                {
                    best = Some(Departure {
                        kept,
                        token: other.token,
                        behind,
                    });
                }
            }
        }
        if !allowed(&mut matcher, &step.text)
            || matcher.consume_tokens(&tokens(&step.text)).is_err()
        {
            break;
        }
        written.push_str(&step.text);
    }
    best
}

/// Whether a text is the beginning of one of the values, of two letters or more.
fn begins(text: &str, wanted: &[String]) -> bool {
    let bare = text.trim_start_matches([' ', '"', '[', '(']).to_lowercase();
    bare.len() >= 2
        && wanted
            .iter()
            .any(|value| value.to_lowercase().starts_with(&bare))
}

fn tokens(text: &str) -> Vec<u32> {
    text.bytes().map(u32::from).collect()
}

fn allowed(matcher: &mut Matcher, text: &str) -> bool {
    if text == END {
        return matcher.is_accepting().is_ok_and(|accepting| accepting);
    }
    let tokens = tokens(text);
    matcher
        .validate_tokens(&tokens)
        .is_ok_and(|valid| valid == tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str, others: &[(u32, &str, f32)]) -> Step {
        Step {
            text: text.to_string(),
            others: others
                .iter()
                .map(|(token, text, behind)| Other {
                    token: *token,
                    text: text.to_string(),
                    behind: *behind,
                })
                .collect(),
        }
    }

    const LARK: &str =
        "start: \"@\" /[a-z]+/ \"\\ndef \" /[a-z]+/ \"():\\n\" (\"a\" | \"b\" | \"cd\")*\n";

    fn kept(steps: &[Step]) -> Option<(usize, u32)> {
        likeliest(LARK, steps, &[]).map(|departure| (departure.kept, departure.token))
    }

    #[test]
    fn the_nearest_that_is_allowed_is_taken() {
        let steps = [
            step("@paid", &[(1, "@created", 3.0)]),
            step("\ndef", &[(2, "\nfed", 0.1)]),
            step(" name", &[(3, " other", 0.2)]),
            step("():\n", &[]),
            step("a", &[(4, "b", 4.0), (5, "z", 0.3)]),
        ];
        assert_eq!(kept(&steps), Some((0, 1)));
        assert_eq!(kept(&[&steps[1..2], &steps[1..]].concat()), None);
        let nearer = [&steps[..4], &[step("a", &[(6, "cd", 2.0)])]].concat();
        assert_eq!(kept(&nearer), Some((4, 6)));
    }

    #[test]
    fn other_tokens_of_the_same_text_are_no_departure() {
        let head = step("@paid\ndef x():\n", &[]);
        let steps = [
            head.clone(),
            step("c", &[(1, "cd", 0.5)]),
            step("d", &[(2, "", 0.1)]),
            step("a", &[(3, "ab", 1.0)]),
        ];
        assert_eq!(kept(&steps), Some((3, 3)));
        assert_eq!(kept(&[head.clone(), step("a", &[(1, "b", 20.0)])]), None);
        // A text may end earlier where the grammar lets it.
        let end = [head, step("c", &[(1, END, 0.5)]), step("d", &[])];
        assert_eq!(kept(&end), Some((1, 1)));
        assert_eq!(
            kept(
                &[
                    &end[..1],
                    &[step("cd", &[]), step("c", &[]), step("d", &[(1, END, 0.5)])]
                ]
                .concat()
            ),
            None
        );
    }

    #[test]
    fn what_begins_a_wanted_value_comes_first() {
        const TEXTS: &str =
            "start: \"@x\\ndef y():\\n\" (\"a(\\\"\" /[a-z]*/ \"\\\")\\n\" | \"if\")*\n";
        let steps = [
            step("@x\ndef y():\n", &[]),
            step("a(\"", &[(1, "if", 5.0)]),
            step("red", &[(2, "blue", 0.5), (3, "late", 8.0)]),
            step("\")\n", &[]),
        ];
        let kept = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|value| value.to_string()).collect();
            likeliest(TEXTS, &steps, &wanted).map(|departure| (departure.kept, departure.token))
        };
        assert_eq!(kept(&[]), Some((2, 2)));
        assert_eq!(kept(&["Latecomer"]), Some((2, 3)));
        assert_eq!(kept(&["other"]), Some((1, 1)));
    }
}
