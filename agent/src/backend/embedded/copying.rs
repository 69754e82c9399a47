//! Follows how the text of an edit copies the program that it edits, and says what copying on would
//! write next.
//!
//! Everything that was not asked for should stay, so copying on deserves a head start over what the
//! model is used to writing: a sentence of a mail in the merchant's own words otherwise turns into the
//! usual one. The head start is small enough for what was asked for to overtake it, and larger in such
//! sentences, which are seldom what is to change.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Added to the score of a token that copies on. The training counts tokens at which an edit departs
/// twice as much as copied ones, which is worth 0.7.
const HEAD_START: f32 = 0.7;

/// The same within prose.
const IN_PROSE: f32 = 3.0;

/// Where the written text stands in the program it edits. Lines are what is inserted, left out and put
/// in another's place; within a line, what follows a changed value is found again.
#[derive(Clone, Debug, Default)]
pub struct Copying {
    old: Vec<u32>,
    /// What copying each of them is favoured by.
    head_starts: Vec<f32>,
    /// Where the lines of the old program begin: its first token, then every token that ends a line.
    starts: Vec<usize>,
    /// The tokens that end a line and indent the next.
    breaks: BTreeSet<u32>,
    end: u32,
    /// The first old line of which nothing is written yet, or which is being written.
    line: usize,
    /// Whether the written line is the old one so far.
    same: bool,
    /// Places in the old program that may come next.
    next: Vec<usize>,
    /// The written line so far, without the token that began it.
    written: Vec<u32>,
}

impl Copying {
    /// A text that edits `old` is to be written: tokens and what each is written as. `breaks` are the
    /// tokens that end a line, `end` is the one that ends the text.
    pub fn new(old: Vec<(u32, String)>, breaks: BTreeSet<u32>, end: u32) -> Copying {
        let texts: Vec<&str> = old.iter().map(|(_, text)| text.as_str()).collect();
        let head_starts = head_starts(&texts);
        let old: Vec<u32> = old.iter().map(|(token, _)| *token).collect();
        let mut starts = vec![0];
        starts.extend((1..old.len()).filter(|place| breaks.contains(&old[*place])));
        Copying {
            next: if old.is_empty() { vec![] } else { vec![0] },
            old,
            head_starts,
            starts,
            breaks,
            end,
            line: 0,
            same: true,
            written: Vec::new(),
        }
    }

    /// The tokens that would copy on, and what each is favoured by.
    pub fn favoured(&self) -> BTreeMap<u32, f32> {
        let head_start = |place: &usize| self.head_starts.get(*place).copied();
        self.next
            .iter()
            .map(|place| {
                let token = self.old.get(*place).copied().unwrap_or(self.end);
                (token, head_start(place).unwrap_or(HEAD_START))
            })
            .collect()
    }

    /// This token was written.
    pub fn wrote(&mut self, token: u32) {
        if self.breaks.contains(&token) {
            return self.broke();
        }
        self.written.push(token);
        let old = &self.old;
        self.next.retain(|place| old.get(*place) == Some(&token));
        self.next.iter_mut().for_each(|place| *place += 1);
        if self.next.is_empty() {
            self.same = false;
            self.next = self.found_again().into_iter().collect();
        }
    }

    /// A line ends. An old line that was written to its end is done with; any other may have been
    /// replaced by what was written, or may still come after it.
    fn broke(&mut self) {
        let whole = |line: usize| self.next.contains(&self.line_at(line + 1));
        let done = (self.line..self.starts.len()).find(|line| whole(*line));
        let candidates = match done {
            Some(line) if self.same => vec![line + 1],
            _ => {
                let line = done.unwrap_or(self.line);
                vec![line, line + 1]
            }
        };
        self.line = candidates[0];
        self.next = candidates
            .into_iter()
            .filter(|line| *line < self.starts.len())
            .map(|line| self.content(line).start)
            .collect();
        self.same = true;
        self.written.clear();
    }

    /// Where the old program goes on after what was written last: in a later line that begins as the
    /// written one does, when lines were left out, or after the next two tokens that agree.
    fn found_again(&mut self) -> Option<usize> {
        let later = (self.line..self.starts.len())
            .find(|line| self.old[self.content(*line)].starts_with(&self.written));
        if let Some(line) = later {
            self.same = true;
            return Some(self.content(line).start + self.written.len());
        }
        let last = self.written.last_chunk::<2>()?;
        let content = self.content(self.line.min(self.starts.len().saturating_sub(1)));
        let at = self.old[content.clone()]
            .windows(2)
            .position(|pair| pair == last)?;
        Some(content.start + at + 2)
    }

    /// Where a line begins, or the end of the program.
    fn line_at(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.old.len())
    }

    /// A line without the token that began it.
    fn content(&self, line: usize) -> Range<usize> {
        let start = self.line_at(line);
        let first = start + usize::from(line > 0);
        first..self.line_at(line + 1).max(first)
    }
}

/// What copying the tokens of a program is favoured by. Prose is a text of several words or with data in
/// it; what begins and what ends it belong to it, so that it becomes neither longer nor shorter.
fn head_starts(texts: &[&str]) -> Vec<f32> {
    let program: String = texts.concat();
    let mut prose: Vec<Range<usize>> = Vec::new();
    let mut opened = None;
    let mut escaped = false;
    for (at, c) in program.char_indices() {
        match (c, opened) {
            ('"', Some(start)) if !escaped => {
                if program[start..at].contains(' ') {
                    prose.push(start + 1..at + 1);
                }
                opened = None;
            }
            ('"', None) => opened = Some(at),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    let mut at = 0;
    let spans = texts.iter().map(|text| {
        let start = at;
        at += text.len();
        start..at
    });
    // One token may hold the end of a text and what follows it.
    spans
        .map(|span| {
            let within = |range: &Range<usize>| span.start < range.end && range.start < span.end;
            match prose.iter().any(within) {
                true => IN_PROSE,
                false => HEAD_START,
            }
        })
        .collect()
}
#[cfg(test)]
mod tests {
    use super::*;

    const END: u32 = 0;

    /// Letters as tokens; what ends a line has its indentation in it.
    fn tokens(text: &str) -> Vec<u32> {
        let mut tokens: Vec<u32> = Vec::new();
        for c in text.chars() {
            match (c, tokens.last_mut()) {
                (' ', Some(last)) if *last >= 10_000 => *last += 1,
                ('\n', _) => tokens.push(10_000),
                (c, _) => tokens.push(c as u32),
            }
        }
        tokens
    }

    fn copying(old: &str) -> Copying {
        let old = tokens(old)
            .into_iter()
            .map(|token| (token, char::from_u32(token).unwrap_or('?').to_string()));
        Copying::new(old.collect(), (10_000..10_010).collect(), END)
    }

    /// What is favoured after this text: letters, `/` for the end of a line and `$` for that of the text.
    fn after(old: &str, written: &str) -> String {
        let mut copying = copying(old);
        tokens(written)
            .into_iter()
            .for_each(|token| copying.wrote(token));
        let shown = |token: u32| match token {
            END => '$',
            10_000.. => '/',
            other => char::from_u32(other).unwrap_or('?'),
        };
        copying.favoured().into_keys().map(shown).collect()
    }

    const OLD: &str = "@x\nif a>50:\n tag vip\n mail me, hello you\n";

    #[test]
    fn a_copy_is_favoured_to_its_end() {
        let mut copying = copying(OLD);
        for token in tokens(OLD) {
            assert_eq!(copying.favoured(), BTreeMap::from([(token, HEAD_START)]));
            copying.wrote(token);
        }
        assert_eq!(copying.favoured(), BTreeMap::from([(END, HEAD_START)]));
        assert!(
            super::Copying::new(vec![], BTreeSet::new(), END)
                .favoured()
                .is_empty()
        );
    }

    #[test]
    fn copying_goes_on_after_a_change() {
        for (written, favoured) in [
            // A changed value, and what follows it.
            ("@x\nif a>9", ""),
            ("@x\nif a>90:", "/"),
            ("@x\nif a>90:\n t", "a"),
            ("@x\nif a>50:\n tag gold\n ma", "i"),
            ("@x\nif a>50:\n tag vip\n mail us, hello", " "),
            // A line before another: the other comes next, or the one after it if it was replaced.
            ("@x\nif a>50:\n hold\n", "mt"),
            ("@x\nif a>50:\n hold\n tag vip\n", "m"),
            // A line is left out.
            ("@x\nif a>50:\n m", "a"),
            ("@x\nif a>50:\n mail me, hello you\n", "$"),
            // A line that begins as a later one does is not that one.
            ("@x\nif a>50:\n mail z\n", "mt"),
            // The condition is gone and all else indented otherwise.
            ("@x\ntag", " "),
            ("@x\ntag vip\nmail me", ","),
            // One line more at the end.
            ("@x\nif a>50:\n tag vip\n mail me, hello you\n note", ""),
        ] {
            assert_eq!(after(OLD, written), favoured, "{written}");
        }
    }

    #[test]
    fn sentences_are_harder_to_change_than_values() {
        let texts = [
            "(tags=", "[\"", "vip", "\"],", " text=\"", "Call", " them", " \\\"", "now", "\")",
        ];
        let prose = |start: f32| start == IN_PROSE;
        let seen: Vec<bool> = head_starts(&texts).into_iter().map(prose).collect();
        assert_eq!(
            seen,
            [
                false, false, false, false, false, true, true, true, true, true
            ]
        );
        let seen = head_starts(&["a=\"", "two", " words", "\"", ", b=1"]);
        assert_eq!(seen, [HEAD_START, IN_PROSE, IN_PROSE, IN_PROSE, HEAD_START]);
    }
}
