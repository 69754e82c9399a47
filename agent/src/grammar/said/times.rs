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

/// The clock times that can be meant, as alternatives of a regular expression; all of them where the
/// text names neither a number nor a part of the day.
pub(super) fn clock(text: &str, current: &str) -> String {
    let lower = text.to_lowercase();
    let words = words(&lower);
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
    let mut out = format!("({}):({})", two(&hours), two(&minutes));
    // What the workflow has already may stay.
    for piece in current.split('"').filter(|piece| is_time(piece)) {
        out.push('|');
        out.push_str(piece);
    }
    out
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
        assert!(!allows("every day at 8 am", "09:45"));
    }

    #[test]
    fn without_a_time_all_are_open() {
        assert!(clock("every week", "").contains("[0-5][0-9]"));
    }
}
