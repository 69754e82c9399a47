//! Where a completion that is not wanted could most likely have gone on differently.
//!
//! A small model that edits a workflow has read the program it is to change, and copying it to the end
//! is often likelier, token by token, than the one change that was asked for. When nothing came out
//! but the copy, the place at which something else was nearly written is the best guess of what was
//! meant. In the same way a condition may be left out of a new workflow: then what begins a value that
//! the merchant said comes first. Only what the grammar allows there counts.

use std::ops::Range;

use llguidance::Matcher;

/// What a token that ends the text is written as.
pub const END: &str = "<|im_end|>";

/// A grammar at its beginning, and what it reads.
pub struct Grammar {
    pub matcher: Matcher,
    pub reads: Reads,
}

/// What a grammar reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The tokens of the model.
    Tokens,
    /// The bytes of their texts, where the tokens are not known here.
    Bytes,
}

/// What was written at one step, and what else came into question.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub token: u32,
    pub text: String,
    /// The negative logarithm of its probability.
    pub surprise: f32,
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

/// A completion that is not wanted again.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub steps: Vec<Step>,
    /// How many of them were given.
    pub given: usize,
}

/// How a text departs from one of the attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Departure {
    /// The attempt, by its place.
    pub attempt: usize,
    /// How many of its steps stay as they were.
    pub kept: usize,
    /// What is written then.
    pub token: u32,
    /// The negative logarithm of the probability of what is given, less what the departure is favoured by.
    rank: f32,
}

/// What is farther behind is a guess out of the blue.
const FARTHEST: f32 = 12.0;

/// The most that a token within a text, or of a function's name, counts.
const WORDING: f32 = 0.5;

/// How much farther another wording of a text counts.
const WORDED: f32 = 3.0;

/// How much nearer the beginning of a wanted value counts.
const WANTED: f32 = 4.0;

/// How much nearer a departure within a suspected piece counts.
const SUSPECTED: f32 = 4.0;

/// The likeliest departure from any of the attempts that the grammar allows.
///
/// It is the one whose tokens, up to and with the one that departs, the model finds likeliest of all. Where the
/// grammar ruled out what the model would have written, everything after that is unlikely, so that departures
/// before it come first. Another name for the function is none, and neither is what begins one of the attempts,
/// in these tokens or in others.
///
/// Where values are wanted, what begins one of them or goes on with it counts as nearer, and within a text
/// nothing else is a departure: texts can be worded in many ways, and another one brings no value into use.
/// What departs within one of the suspected pieces, or right before it, counts as nearer too. Both are about the
/// last attempt.
pub fn likeliest(
    grammar: &Grammar,
    attempts: &[Attempt],
    wanted: &[String],
    suspects: &[String],
) -> Option<Departure> {
    let texts: Vec<String> = attempts
        .iter()
        .map(|attempt| {
            attempt
                .steps
                .iter()
                .map(|step| step.text.as_str())
                .collect()
        })
        .collect();
    let wanted: Vec<String> = wanted.iter().map(|value| value.to_lowercase()).collect();
    let mut best: Option<Departure> = None;
    for (place, attempt) in attempts.iter().enumerate() {
        let mut matcher = grammar.matcher.deep_clone();
        let last = place + 1 == attempts.len();
        let suspected = spans(&texts[place], if last { suspects } else { &[] });
        let mut written = String::new();
        // How the best attempt came about does not count against it.
        let mut surprise: f32 = 0.0;
        let counted = if last { attempt.given } else { 0 };
        for (kept, step) in attempt.steps.iter().enumerate() {
            let line = written.rsplit('\n').next().unwrap_or_default();
            let names = names(line);
            let text = open_text(line);
            let span = written.len()..written.len() + step.text.len();
            let bonus = match suspected
                .iter()
                .any(|piece| span.start < piece.end && piece.start < span.end)
            {
                true => SUSPECTED,
                false => 0.0,
            };
            for other in step.others.iter().filter(|_| !names) {
                let uses = last && uses(&other.text, &step.text, text, &wanted);
                if !wanted.is_empty() && text.is_some() && !uses {
                    continue;
                }
                // One suspected piece in place of another is no better.
                let bare = other.text.trim();
                let another = bonus > 0.0 && suspects.iter().any(|piece| piece.starts_with(bare));
                let favoured = match (uses, another) {
                    (true, _) => bonus + WANTED,
                    (false, true) => 0.0,
                    (false, false) if bonus == 0.0 && text.is_some() => -WORDED,
                    (false, false) => bonus,
                };
                let departure = Departure {
                    attempt: place,
                    kept,
                    token: other.token,
                    rank: surprise + step.cost(line) + other.behind - favoured,
                };
                if departure.rank < best.map_or(FARTHEST, |best| best.rank)
                    && !other.text.is_empty()
                    && texts
                        .iter()
                        .all(|text| departs(text, &written, &other.text))
                    && allowed(&mut matcher, &grammar.spelled(other.token, &other.text))
                {
                    best = Some(departure);
                }
            }
            let spelled = grammar.spelled(step.token, &step.text);
            if !allowed(&mut matcher, &spelled)
                || matcher
                    .consume_tokens(&spelled.unwrap_or_default())
                    .is_err()
            {
                break;
            }
            if kept >= counted {
                surprise += step.cost(line);
            }
            written.push_str(&step.text);
        }
    }
    best
}

/// How surprising a program is: the negative logarithm of its probability, but for how it words its texts and
/// what it calls its function, which can be said in many ways.
pub fn surprise(steps: &[Step]) -> f32 {
    let mut written = String::new();
    let mut sum = 0.0;
    for step in steps {
        sum += step.cost(written.rsplit('\n').next().unwrap_or_default());
        written.push_str(&step.text);
    }
    sum
}

impl Step {
    /// What a step costs after the beginning of its line.
    fn cost(&self, line: &str) -> f32 {
        match names(line) || open_text(line).is_some() {
            true => self.surprise.min(WORDING),
            false => self.surprise,
        }
    }
}

/// Whether the name of the function follows on the beginning of a line.
fn names(line: &str) -> bool {
    line.starts_with("def") && !line.contains('(')
}

/// Where pieces stand in a text, with the gap before them, in which something else may begin.
fn spans(text: &str, pieces: &[String]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        for (at, _) in text.match_indices(piece.as_str()) {
            let start = text[..at].trim_end().len();
            found.push(start..at + piece.len());
        }
    }
    found
}

/// Whether a token after what was written begins another text than this one.
fn departs(text: &str, written: &str, other: &str) -> bool {
    let Some(rest) = text.strip_prefix(written) else {
        return true;
    };
    match other {
        END => !rest.trim_end_matches(END).trim().is_empty(),
        other => !rest.starts_with(other),
    }
}

/// What stands in the text that is open at the end of a line of a program.
fn open_text(line: &str) -> Option<&str> {
    let quotes = |at: &(usize, &str)| !line[..at.0].ends_with('\\');
    let places: Vec<usize> = line
        .match_indices('"')
        .filter(quotes)
        .map(|at| at.0)
        .collect();
    match places.len() % 2 {
        1 => places.last().and_then(|at| line.get(at + 1..)),
        _ => None,
    }
}

/// Whether a token begins one of the values with two letters or more, or goes on with one that the open text
/// ends with, where the token that was written does not.
fn uses(token: &str, instead_of: &str, open: Option<&str>, wanted: &[String]) -> bool {
    let bare = token
        .trim_start_matches([' ', '"', '[', '('])
        .to_lowercase();
    if bare.len() >= 2 && wanted.iter().any(|value| value.starts_with(&bare)) {
        return true;
    }
    let Some(open) = open else {
        return false;
    };
    let open = open.to_lowercase();
    wanted.iter().any(|value| {
        let begun = value.char_indices().map(|(at, _)| at).skip(1);
        begun
            .filter(|at| open == value[..*at] || (*at > 1 && open.ends_with(&value[..*at])))
            .any(|at| {
                let rest = &value[at..];
                rest.starts_with(&token.to_lowercase())
                    && !rest.starts_with(&instead_of.to_lowercase())
            })
    })
}

impl Grammar {
    /// What the grammar reads of a token; `None` for the one that ends the text.
    fn spelled(&self, token: u32, text: &str) -> Option<Vec<u32>> {
        match self.reads {
            _ if text == END => None,
            Reads::Tokens => Some(vec![token]),
            Reads::Bytes => Some(text.bytes().map(u32::from).collect()),
        }
    }
}

fn allowed(matcher: &mut Matcher, spelled: &Option<Vec<u32>>) -> bool {
    match spelled {
        None => matcher.is_accepting().is_ok_and(|accepting| accepting),
        Some(tokens) => matcher
            .validate_tokens(tokens)
            .is_ok_and(|valid| valid == tokens.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str, others: &[(u32, &str, f32)]) -> Step {
        Step {
            token: 0,
            text: text.to_string(),
            surprise: 0.0,
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

    fn bytes(lark: &str) -> Grammar {
        let masks = crate::grammar::masks::Masks::of_bytes().expect("a vocabulary");
        Grammar {
            matcher: masks.matcher(lark),
            reads: Reads::Bytes,
        }
    }

    fn kept(steps: &[Step]) -> Option<(usize, u32)> {
        likeliest(&bytes(LARK), &[attempt(steps)], &[], &[])
            .map(|departure| (departure.kept, departure.token))
    }

    fn attempt(steps: &[Step]) -> Attempt {
        Attempt {
            steps: steps.to_vec(),
            given: 0,
        }
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
    fn what_follows_on_a_surprise_is_no_way_out() {
        let surprising = |surprise: f32, step: Step| Step { surprise, ..step };
        let steps = [
            step("@paid\ndef x():\n", &[]),
            surprising(0.5, step("a", &[(1, "b", 4.0)])),
            // The grammar ruled out what the model would have written.
            surprising(10.0, step("b", &[(2, "cd", 0.1)])),
            surprising(0.2, step("cd", &[(3, "a", 1.0)])),
        ];
        assert_eq!(kept(&steps), Some((1, 1)));
        assert!((surprise(&steps) - 10.7).abs() < 1e-3);
        // However a text is worded, and a function is named, it costs little.
        let texts = [
            surprising(9.0, step("@paid\ndef", &[])),
            surprising(9.0, step(" x", &[])),
            surprising(0.0, step("():\n    a(\"", &[])),
            surprising(9.0, step("red", &[])),
            surprising(0.0, step("\")\n", &[])),
            surprising(3.0, step("b", &[])),
        ];
        assert!((surprise(&texts) - (9.0 + 2.0 * WORDING + 3.0)).abs() < 1e-3);
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
            likeliest(&bytes(TEXTS), &[attempt(&steps)], &wanted, &[])
                .map(|departure| (departure.kept, departure.token))
        };
        assert_eq!(kept(&[]), Some((2, 2)));
        assert_eq!(kept(&["Latecomer"]), Some((2, 3)));
        assert_eq!(kept(&["other"]), Some((1, 1)));
    }

    #[test]
    fn what_goes_on_with_a_wanted_value_comes_first() {
        const TEXTS: &str = "start: \"@x\\ndef y():\\na(\\\"\" /[a-z \\-]*/ \"\\\")\\n\"\n";
        let steps = [
            step("@x\ndef y():\na(\"", &[]),
            step("small", &[]),
            step(" change", &[(1, "-", 6.0), (2, "ish", 1.0)]),
            step("\")\n", &[(3, "-x", 2.0)]),
        ];
        let wanted = ["small-change".to_string()];
        let departure = likeliest(&bytes(TEXTS), &[attempt(&steps)], &wanted, &[]).expect("one");
        assert_eq!((departure.kept, departure.token), (2, 1));
        assert_eq!(
            likeliest(
                &bytes(TEXTS),
                &[attempt(&steps)],
                &["other".to_string()],
                &[]
            ),
            None
        );
    }

    #[test]
    fn no_attempt_is_made_twice() {
        let head = step("@paid\ndef x():\n", &[]);
        let first = attempt(&[
            head.clone(),
            step("a", &[(1, "b", 2.0), (2, "cd", 3.0)]),
            step("a", &[(3, "b", 4.0)]),
        ]);
        let second = Attempt {
            steps: vec![
                head.clone(),
                // It was given, and what was written first is nearer.
                Step {
                    surprise: 2.0,
                    ..step("b", &[(4, "a", -2.0), (2, "cd", 1.0)])
                },
                step("a", &[(1, "b", 0.5), (5, END, 0.2)]),
            ],
            given: 2,
        };
        let both = [first.clone(), second];
        let departure = likeliest(&bytes(LARK), &both, &[], &[]).expect("one");
        assert_eq!((departure.attempt, departure.kept), (1, 2));
        assert_eq!(departure.token, 5);
        // A text that ends there was written already.
        let ended = attempt(&[head, step("b", &[]), step(END, &[])]);
        let all = [first, both[1].clone(), ended];
        let departure = likeliest(&bytes(LARK), &all, &[], &[]).expect("one");
        assert_eq!((departure.attempt, departure.token), (1, 1));
    }

    #[test]
    fn what_is_suspected_comes_first() {
        let steps = [
            step("@paid\ndef x():\n", &[]),
            step("a", &[(1, "b", 2.0)]),
            step("b", &[(2, "cd", 3.0)]),
            step("cd", &[(3, "a", 5.5), (4, END, 6.5)]),
        ];
        let departure = |suspects: &[&str]| {
            let suspects: Vec<String> = suspects.iter().map(|piece| piece.to_string()).collect();
            let found = likeliest(&bytes(LARK), &[attempt(&steps)], &[], &suspects)?;
            Some((found.kept, found.token))
        };
        assert_eq!(departure(&[]), Some((1, 1)));
        assert_eq!(departure(&["b"]), Some((2, 2)));
        assert_eq!(departure(&["cd"]), Some((3, 3)));
        assert_eq!(departure(&["z", ""]), Some((1, 1)));
        // What is suspected too is no better.
        assert_eq!(departure(&["cd", "a "]), Some((1, 1)));
        let gap: Vec<usize> = spans("a > 10", &["> 10".to_string()])
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(gap, [1, 2, 3, 4, 5]);
    }
}
