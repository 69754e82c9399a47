//! A program that arrives bit by bit, whole, cut off or spoilt.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::generate;

/// What a text is spoilt with.
const NOISE: [&str; 34] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "#",
    ":",
    "\n",
    "\r\n",
    "\t",
    " ",
    "    ",
    "\u{0}",
    "ä\u{301}🕴",
    "@",
    "def ",
    "if ",
    "else:\n",
    "elif x:\n",
    "for x in ",
    "with branch():\n",
    "with detached():\n",
    "return",
    "goto(\"a\")\n",
    "label(\"a\")\n",
    "not ",
    "_fields={",
    "=",
];

/// One change: where, how many characters go, and what comes there.
type Slip = (Index, usize, Option<&'static str>);

fn slips(most: usize) -> impl Strategy<Value = Vec<Slip>> {
    let noise = prop::option::of(select(&NOISE[..]));
    prop::collection::vec((any::<Index>(), 0..40_usize, noise), 0..most)
}

fn spoil(text: &str, slips: &[Slip]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, gone, noise) in slips {
        let at = at.index(chars.len() + 1);
        let end = (at + gone).min(chars.len());
        chars.splice(at..end, noise.unwrap_or_default().chars());
    }
    chars.into_iter().collect()
}

fn program() -> impl Strategy<Value = String> {
    generate::workflow().prop_map(|workflow| print(&workflow, shipped()))
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        prop::collection::vec(1..40_usize, 1..30),
        Just(vec![1]),
        Just(vec![usize::MAX])
    ]
}

/// Feeds a text in pieces. Whatever they are, the steps are those of the whole, each is given once,
/// with the links that came from before it, and none is taken back or changed.
fn arrives(text: &str, cuts: &[usize]) -> Result<(), TestCaseError> {
    let whole = parse(text, shipped());
    let mut reading = Incremental::new(shipped().clone());
    let mut drawn: Vec<Drawn> = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut sizes) = (0, cuts.iter().cycle());
    while at < chars.len() {
        let size = sizes.next().copied().unwrap_or(1);
        let end = at.saturating_add(size).min(chars.len());
        drawn.extend(reading.push(&chars[at..end].iter().collect::<String>()));
        at = end;
    }
    let before_the_end = drawn.len();
    let (last, parsed) = reading.finish();
    drawn.extend(last);
    prop_assert_eq!(&parsed, &whole);
    prop_assert!(before_the_end <= whole.workflow.steps.len());
    let steps: Vec<&Step> = drawn.iter().map(|drawn| &drawn.step).collect();
    prop_assert_eq!(steps, whole.workflow.steps.iter().collect::<Vec<_>>());
    let mut seen = std::collections::HashSet::new();
    for (at, drawn) in drawn.iter().enumerate() {
        for link in &drawn.links {
            prop_assert!(seen.insert(link.clone()), "{:?} twice", link);
            prop_assert!(whole.workflow.links.contains(link));
            // Nothing is linked before it was drawn.
            for end in [&link.from, &link.to] {
                let place = whole.workflow.steps.iter().position(|step| step.id == *end);
                prop_assert!(place.is_some_and(|place| place <= at), "{:?}", link);
            }
        }
    }
    // A path that was sent back to an earlier line is all that only the end tells.
    for link in whole
        .workflow
        .links
        .iter()
        .filter(|link| !seen.contains(link))
    {
        prop_assert!(text.contains("goto"), "{:?}", link);
    }
    Ok(())
}

proptest! {
    #![proptest_config(generate::cases(100))]

    #[test]
    fn programs_arrive_in_any_pieces(text in program(), cuts in cuts()) {
        arrives(&text, &cuts)?;
    }

    #[test]
    fn spoilt_programs_arrive_in_any_pieces(text in program(), slips in slips(8), cuts in cuts()) {
        arrives(&spoil(&text, &slips), &cuts)?;
    }

    #[test]
    fn any_bytes_arrive_in_any_pieces(bytes in prop::collection::vec(any::<u8>(), 0..400), noise in prop::collection::vec(select(&NOISE[..]), 0..40), cuts in cuts()) {
        arrives(&String::from_utf8_lossy(&bytes), &cuts)?;
        arrives(&noise.concat(), &cuts)?;
    }

    /// Each step is there as soon as its line is, and every prefix of a text draws what the text
    /// draws, as far as it goes.
    #[test]
    fn every_prefix_draws_the_beginning(text in program(), slips in slips(3)) {
        let text = spoil(&text, &slips);
        let whole = parse(&text, shipped()).workflow.steps;
        let mut reading = Incremental::new(shipped().clone());
        let mut drawn = 0;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            at += line.len();
            drawn += reading.push(line).len();
            let prefix = parse(&text[..at], shipped()).workflow.steps;
            // A bracket that is open may still become a step of another kind.
            prop_assert!(prefix.len() >= drawn);
            prop_assert_eq!(&prefix[..drawn], &whole[..drawn]);
        }
        let mut cut = text.len() / 3;
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        arrives(&text[..cut], &[7])?;
    }

    /// In a program as it is printed, every line is complete where it ends.
    #[test]
    fn a_complete_line_gives_its_step_at_once(text in program()) {
        let mut reading = Incremental::new(shipped().clone());
        let (mut drawn, mut at) = (0, 0);
        for line in text.split_inclusive('\n') {
            at += line.len();
            drawn += reading.push(line).len();
            prop_assert_eq!(drawn, parse(&text[..at], shipped()).workflow.steps.len(), "{}", &text[..at]);
        }
    }
}

#[test]
fn deep_nesting_is_a_finding_and_never_a_crash() {
    let n = 100_000;
    let head = "@order_created\ndef f(order):\n";
    for text in [
        format!("{head}    log_output(message={})\n", "(".repeat(n)),
        format!(
            "{head}    log_output(message={}{})\n",
            "[".repeat(n),
            "]".repeat(n)
        ),
        format!(
            "{head}    log_output(message={}\"x\"{})\n",
            "(".repeat(n),
            ")".repeat(n)
        ),
        format!(
            "{head}    log_output(_fields={}1{})\n",
            "{\"a\": ".repeat(n),
            "}".repeat(n)
        ),
        format!("{head}    {}x{}\n", "f(".repeat(n), ")".repeat(n)),
        format!(
            "{head}    if {}order.test{}:\n        pass\n",
            "(".repeat(n),
            ")".repeat(n)
        ),
        format!(
            "{head}    if {}order.test:\n        pass\n",
            "not ".repeat(n)
        ),
        format!(
            "{head}    if {}x{}:\n        pass\n",
            "any(".repeat(n),
            " for x in order.tags)".repeat(n)
        ),
        format!("{head}    for x in {}:\n        pass\n", "(".repeat(n)),
        format!("@{}\ndef f(order):\n    pass\n", "(".repeat(n)),
        (0..2_000).fold(head.to_string(), |text, n| {
            text + &" ".repeat(n + 4) + "if order.test:\n"
        }),
        (0..2_000).fold(head.to_string(), |text, n| {
            text + &" ".repeat(n + 4) + "with branch():\n"
        }),
        (0..2_000).fold(head.to_string(), |text, _| {
            text + "    elif order.test:\n        pass\n"
        }),
        (0..200).fold(
            format!("{head}    if order.test:\n        pass\n"),
            |text, _| text + "    elif order.test:\n        pass\n",
        ),
        format!(
            "{head}{}log_output(message=\"x\")\n{}log_output(message=\"y\")\n",
            " ".repeat(n),
            "\t".repeat(n)
        ),
    ] {
        let mut reading = Incremental::new(shipped().clone());
        reading.push(&text);
        let (_, parsed) = reading.finish();
        let deep = text.contains(&" ".repeat(n));
        assert_eq!(parsed.findings.is_empty(), deep, "{}", &text[..80]);
        assert_eq!(
            parse(&print(&parsed.workflow, shipped()), shipped())
                .workflow
                .steps
                .len(),
            parsed.workflow.steps.len()
        );
    }
}
