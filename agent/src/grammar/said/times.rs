//! The times of day that a text may mean.

use std::collections::BTreeSet;

use super::numbers::{in_words, words};

/// Hours that go with a word where no number does.
const HOURS: [(&str, &[u32]); 10] = [
    ("midnight", &[0]),
    ("noon", &[12]),
    ("midday", &[12]),
    ("lunch", &[12, 13]),
    ("morning", &[6, 7, 8, 9, 10]),
    ("mornings", &[6, 7, 8, 9, 10]),
    ("afternoon", &[13, 14, 15, 16, 17]),
    ("evening", &[17, 18, 19, 20, 21]),
    ("night", &[0, 1, 2, 3, 20, 21, 22, 23]),
    ("nightly", &[0, 1, 2, 3, 22, 23]),
];

/// Parts of the day, and the hours that a number of twelve can mean in them.
const PARTS: [(&[&str], &[u32]); 4] = [
    (
        &["morning", "mornings"],
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ),
    (&["afternoon", "afternoons"], &[12, 13, 14, 15, 16, 17, 18]),
    (
        &["evening", "evenings", "tonight"],
        &[16, 17, 18, 19, 20, 21, 22, 23],
    ),
    (
        &["night", "nights", "nightly"],
        &[18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5],
    ),
];

/// The clock times that can be meant, as alternatives of a regular expression; all of them where the
/// text names neither a number nor a part of the day.
pub(super) fn clock(text: &str, current: &str) -> String {
    let lower = text.to_lowercase();
    let words = words(&lower);
    let exact = exact(&lower);
    let mut out = match exact.is_empty() {
        true => generous(text, &words),
        false => {
            let times: Vec<String> = exact
                .into_iter()
                .map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
                .collect();
            times.join("|")
        }
    };
    // What the workflow has already may stay.
    for piece in current.split('"').filter(|piece| is_time(piece)) {
        out.push('|');
        out.push_str(piece);
    }
    out
}

/// A word of a text, or a mark in it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece<'a> {
    Number(u32),
    /// Between two numbers that are written together: 9:30, 18h15.
    Colon,
    /// The same as it is also written in amounts: 9.30.
    Point,
    Word(&'a str),
}

/// The times that are spelled out, so that nothing else can be meant: "8:15", "5 pm", "half past four",
/// "ten at night". Where the half of the day is not said, both are meant.
fn exact(lower: &str) -> BTreeSet<(u32, u32)> {
    let pieces = pieces(lower);
    let part = {
        // A greeting, or a word about today, says nothing about the hour.
        let named = |name: &&str| {
            (0..pieces.len()).any(|at| {
                pieces[at] == Piece::Word(name)
                    && !matches!(
                        at.checked_sub(1).map(|before| pieces[before]),
                        Some(Piece::Word("good" | "this"))
                    )
            })
        };
        let mut parts = PARTS.iter().filter(|(names, _)| names.iter().any(named));
        match (parts.next(), parts.next()) {
            (Some((_, hours)), None) => Some(*hours),
            _ => None,
        }
    };
    let mut found = BTreeSet::new();
    let mut at = 0;
    // "Five past midnight" is not midnight as well.
    let mut counted = false;
    while at < pieces.len() {
        let Some((hour, minute, length)) = time(&pieces[at..]) else {
            at += 1;
            continue;
        };
        let named = pieces[at..(at + length).min(pieces.len())]
            .iter()
            .any(named_hour);
        counted |= named;
        at += length;
        let half = match (pieces.get(at), pieces.get(at + 1)) {
            (Some(Piece::Word("am")), _) => Some(false),
            (Some(Piece::Word("pm")), _) => Some(true),
            (Some(Piece::Word("a")), Some(Piece::Word("m"))) => Some(false),
            (Some(Piece::Word("p")), Some(Piece::Word("m"))) => Some(true),
            _ => None,
        };
        let either = match half {
            _ if hour > 12 || named => vec![hour],
            Some(false) => vec![hour % 12],
            Some(true) => vec![hour % 12 + 12],
            None => vec![hour, (hour + 12) % 24],
        };
        // A bare number is an hour only beside a part of the day.
        let bare = minute.is_none() && half.is_none();
        let hours: Vec<u32> = match part {
            Some(part) if half.is_none() && hour <= 12 && !named => either
                .into_iter()
                .filter(|hour| part.contains(hour))
                .collect(),
            None if bare => continue,
            _ => either,
        };
        found.extend(hours.into_iter().map(|hour| (hour, minute.unwrap_or(0))));
    }
    if !found.is_empty() && !counted {
        for (word, hour) in [("noon", 12), ("midday", 12), ("midnight", 0)] {
            if pieces.contains(&Piece::Word(word)) {
                found.insert((hour, 0));
            }
        }
    }
    found
}

/// Whether a word is an hour by itself.
fn named_hour(piece: &Piece) -> bool {
    matches!(piece, Piece::Word("noon" | "midday" | "midnight"))
}

/// A time at the beginning: its hour, its minute if one is said, and how many pieces it takes.
fn time(pieces: &[Piece]) -> Option<(u32, Option<u32>, usize)> {
    let hour = |place: usize| match pieces.get(place) {
        Some(Piece::Number(hour)) if *hour <= 24 => Some(hour % 24),
        Some(Piece::Word("midnight")) => Some(0),
        Some(Piece::Word("noon" | "midday")) => Some(12),
        _ => None,
    };
    let before = |hour: u32| (hour + 23) % 24;
    match pieces {
        [Piece::Word("half"), Piece::Word("past"), ..] => Some((hour(2)?, Some(30), 3)),
        [Piece::Word("half"), Piece::Number(_), ..] => Some((hour(1)?, Some(30), 2)),
        [Piece::Word("quarter"), Piece::Word("past"), ..] => Some((hour(2)?, Some(15), 3)),
        [Piece::Word("quarter"), Piece::Word("to"), ..] => Some((before(hour(2)?), Some(45), 3)),
        [Piece::Number(minute @ 1..=29), Piece::Word("past"), ..] => {
            Some((hour(2)?, Some(*minute), 3))
        }
        [
            Piece::Number(minute @ 1..=29),
            Piece::Word("to"),
            Piece::Number(1..=12),
            ..,
        ] => Some((before(hour(2)?), Some(60 - minute), 3)),
        [
            Piece::Number(_),
            Piece::Colon,
            Piece::Number(minute @ 0..=59),
            ..,
        ] => Some((hour(0)?, Some(*minute), 3)),
        [
            Piece::Word("at"),
            Piece::Number(_),
            Piece::Point,
            Piece::Number(minute @ 0..=59),
            ..,
        ] => Some((hour(1)?, Some(*minute), 4)),
        [
            Piece::Number(_),
            Piece::Point,
            Piece::Number(minute @ 0..=59),
            Piece::Word("am" | "pm" | "a" | "p" | "in" | "at" | "each" | "every"),
            ..,
        ] => Some((hour(0)?, Some(*minute), 3)),
        [
            Piece::Word("at"),
            Piece::Number(_),
            Piece::Colon | Piece::Point,
            ..,
        ] => None,
        [Piece::Word("at"), Piece::Number(_), ..] => Some((hour(1)?, None, 2)),
        [
            Piece::Number(_),
            Piece::Word("am" | "pm" | "a" | "p" | "o" | "in" | "at"),
            ..,
        ] => Some((hour(0)?, None, 1)),
        _ => None,
    }
}

/// The words, numbers and marks of a text in lower case.
fn pieces(lower: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let words = lower.split_whitespace().filter(|word| !word.contains('@'));
    words.for_each(|word| word_pieces(word, &mut found));
    found
}

/// The pieces of what stands between two spaces.
fn word_pieces<'a>(word: &'a str, found: &mut Vec<Piece<'a>>) {
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let kind = |c: char| (c.is_alphabetic(), c.is_ascii_digit());
        let length = rest
            .find(|other| kind(other) != kind(c))
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(length);
        rest = after;
        if c.is_ascii_digit() {
            // Four digits together stay a number, such as a year.
            found.push(Piece::Number(piece.parse().unwrap_or(u32::MAX)));
        } else if c.is_alphabetic() {
            found.push(match in_words(piece).first().map(|number| number.parse()) {
                Some(Ok(number)) if piece != "a" && piece != "an" && piece != "no" => {
                    Piece::Number(number)
                }
                _ if piece == "h" && rest.starts_with(|c: char| c.is_ascii_digit()) => Piece::Colon,
                _ => Piece::Word(piece),
            });
        } else if rest.starts_with(|c: char| c.is_ascii_digit()) {
            match piece {
                ":" => found.push(Piece::Colon),
                "." => found.push(Piece::Point),
                _ => {}
            }
        }
    }
}

/// Every time that the numbers and parts of the day in a text could mean.
fn generous(text: &str, words: &[&str]) -> String {
    let mut hours: BTreeSet<u32> = HOURS
        .iter()
        .filter(|(word, _)| words.contains(word))
        .flat_map(|(_, hours)| hours.iter().copied())
        .collect();
    // 9:30, 9.30, 9h30 and 0930 are read group by group.
    let groups = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .flat_map(|group| match group.len() {
            4 => vec![&group[..2], &group[2..]],
            _ => vec![group],
        });
    let mut numbers: BTreeSet<u32> = groups.filter_map(|group| group.parse().ok()).collect();
    // "a", "no" and "first" are hours in no language.
    let spelled = in_words(text);
    let spelled = spelled
        .iter()
        .filter_map(|number| number.parse::<u32>().ok());
    numbers.extend(spelled.filter(|number| *number > 1 || words.contains(&"one")));
    for number in numbers.iter().copied().filter(|number| *number <= 24) {
        hours.insert(number % 24);
        hours.insert((number + 12) % 24);
        // A quarter to five is in the hour of four.
        if words
            .iter()
            .any(|word| ["to", "before", "till"].contains(word))
        {
            hours.insert((number + 23) % 24);
            hours.insert((number + 11) % 24);
        }
    }
    if hours.is_empty() {
        return "([01][0-9]|2[0-3]):[0-5][0-9]".to_string();
    }
    hours.insert(9);
    hours.insert(0);
    let mut minutes: BTreeSet<u32> = BTreeSet::from([0, 30]);
    minutes.extend(numbers.iter().copied().filter(|number| *number < 60));
    if words.contains(&"quarter") {
        minutes.extend([15, 45]);
    }
    let two = |values: &BTreeSet<u32>| -> String {
        let texts: Vec<String> = values.iter().map(|value| format!("{value:02}")).collect();
        texts.join("|")
    };
    format!("({}):({})", two(&hours), two(&minutes))
}

/// `09:30`.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5
        && bytes[2] == b':'
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| at == 2 || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, time: &str) -> bool {
        let pattern = clock(text, "");
        let regex = fancy(&pattern);
        regex.contains(&time.to_string())
    }

    /// All times that a pattern of alternatives spells out.
    fn fancy(pattern: &str) -> Vec<String> {
        if !pattern.contains('(') {
            return pattern.split('|').map(str::to_string).collect();
        }
        let mut out = Vec::new();
        for alternative in pattern.split(")|") {
            let parts: Vec<&str> = alternative.split(':').collect();
            if let [hours, minutes] = parts[..] {
                for hour in hours.trim_matches(['(', ')']).split('|') {
                    for minute in minutes.trim_matches(['(', ')']).split('|') {
                        out.push(format!("{hour}:{minute}"));
                    }
                }
            }
        }
        out
    }

    #[test]
    fn times_are_read_as_they_may_be_meant() {
        for (text, time) in [
            ("nightly at 1:00", "01:00"),
            ("every day at 8 am", "08:00"),
            ("thursdays, half past four in the afternoon", "16:30"),
            ("at nine in the morning", "09:00"),
            ("9:30pm", "21:30"),
            ("at 0715 sharp", "07:15"),
            ("a quarter to five", "04:45"),
            ("every midnight", "00:00"),
            ("at noon", "12:00"),
            ("18h15", "18:15"),
        ] {
            assert!(allows(text, time), "{text}: {time} {}", clock(text, ""));
        }
        assert!(!allows("nightly at 1:00", "15:00"));
        for (text, times) in [
            ("quarter to six each evening", "17:45"),
            ("sunday nights at ten, all of them", "22:00"),
            ("thursdays, half past four in the afternoon", "16:30"),
            ("9:30pm", "21:30"),
            ("fridays at 17:45", "17:45"),
            ("8 a.m. and noon", "08:00|12:00"),
            ("half past seven", "07:30|19:30"),
            ("half three in the afternoon", "15:30"),
            ("ten past two at night", "02:10"),
            ("twelve in the morning", "00:00|12:00"),
            ("3 pm on the 31st of 2026", "15:00"),
            ("18h15", "18:15"),
            ("at 8.15 each morning", "08:15"),
            ("mondays, five past midnight", "00:05"),
            ("Good morning, daily at 10:15pm", "22:15"),
            ("night@sleep.io gets it at 9 in the morning", "09:00"),
        ] {
            assert_eq!(clock(text, ""), times, "{text}");
        }
        assert_eq!(clock("5 pm", "at=\"09:00\""), "17:00|09:00");
        assert!(!allows("every day at 8 am", "09:45"));
    }

    #[test]
    fn without_a_time_all_are_open() {
        assert!(clock("every week", "").contains("[0-5][0-9]"));
    }
}
