//! The days of the week and of the month that a text may mean.

use std::collections::BTreeSet;

use super::numbers::{numbers, words};

/// Codes of the days, and what they are called: English, German, Spanish, French, Italian, Dutch and
/// Portuguese.
const DAYS: [(&str, &[&str]); 7] = [
    (
        "MO",
        &[
            "mon", "monday", "montag", "montags", "lunes", "lundi", "lunedi", "lunedì", "maandag",
            "segunda",
        ],
    ),
    (
        "TU",
        &[
            "tue",
            "tues",
            "tuesday",
            "dienstag",
            "dienstags",
            "martes",
            "mardi",
            "martedi",
            "martedì",
            "dinsdag",
            "terca",
            "terça",
        ],
    ),
    (
        "WE",
        &[
            "wed",
            "wednesday",
            "mittwoch",
            "mittwochs",
            "miercoles",
            "miércoles",
            "mercredi",
            "mercoledi",
            "mercoledì",
            "woensdag",
            "quarta",
        ],
    ),
    (
        "TH",
        &[
            "thu",
            "thur",
            "thurs",
            "thursday",
            "donnerstag",
            "donnerstags",
            "jueves",
            "jeudi",
            "giovedi",
            "giovedì",
            "donderdag",
            "quinta",
        ],
    ),
    (
        "FR",
        &[
            "fri", "friday", "freitag", "freitags", "viernes", "vendredi", "venerdi", "venerdì",
            "vrijdag", "sexta",
        ],
    ),
    (
        "SA",
        &[
            "sat",
            "saturday",
            "samstag",
            "samstags",
            "sonnabend",
            "sabado",
            "sábado",
            "samedi",
            "sabato",
            "zaterdag",
        ],
    ),
    (
        "SU",
        &[
            "sun", "sunday", "sonntag", "sonntags", "domingo", "dimanche", "domenica", "zondag",
        ],
    ),
];

/// With one of these, days are meant that are not named.
const MORE: &[&str] = &[
    "alternate",
    "business",
    "but",
    "closed",
    "daily",
    "except",
    "free",
    "no",
    "nobody",
    "nobody's",
    "not",
    "weekday",
    "weekdays",
    "weekend",
    "weekends",
    "work",
    "workday",
    "workdays",
    "working",
    "täglich",
    "werktags",
    "wochenende",
];

/// Between two days, these mean all days from one to the other.
const UNTIL: &[&str] = &[
    "to", "through", "thru", "till", "until", "bis", "a", "al", "au", "tot", "t/m",
];

/// The days that can be meant, as alternatives of a regular expression: one day, in quotation marks, or
/// the number of a day of the month, which may count from the end.
pub(super) fn days(text: &str, current: &str) -> String {
    let lower = text.to_lowercase();
    let mut numbers: BTreeSet<u32> = numbers(text)
        .iter()
        .filter_map(|number| number.parse().ok())
        .filter(|number| (1..=31).contains(number))
        .collect();
    numbers.insert(1);
    let mut named: BTreeSet<&str> = match all(&lower) {
        true => DAYS.iter().map(|(code, _)| *code).collect(),
        false => named(&words(&lower)).map(|(_, code)| code).collect(),
    };
    // What the workflow has already may stay.
    for piece in current.split(['"', '[', ']', ',']).map(str::trim) {
        named.extend(
            DAYS.iter()
                .map(|(code, _)| *code)
                .filter(|code| *code == piece),
        );
        numbers.extend(
            piece
                .parse::<u32>()
                .ok()
                .filter(|number| *number <= 31 && *number > 0),
        );
    }
    let named: Vec<&str> = named.into_iter().collect();
    let numbers: Vec<String> = numbers.iter().rev().map(u32::to_string).collect();
    format!("\"({})\"|-?({})", named.join("|"), numbers.join("|"))
}

/// Whether any day may be meant: none is named, or a span of them, or all but some.
fn all(lower: &str) -> bool {
    let plain: Vec<&str> = lower
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .collect();
    let day = |word: &str| named(&words(word)).next().is_some();
    let any = plain.iter().any(|word| day(word));
    let spans = plain
        .windows(3)
        .any(|three| day(three[0]) && UNTIL.contains(&three[1]) && day(three[2]))
        || plain
            .windows(2)
            .any(|two| day(two[0]) && ["till", "until", "through", "bis"].contains(&two[1]));
    // "mon-fri", "mon – fri"
    let dashed = plain.iter().any(|word| named(&words(word)).count() > 1)
        || plain
            .windows(3)
            .any(|three| day(three[0]) && three[1].is_empty() && day(three[2]));
    // "every Friday" names a day, "every day" all of them.
    let more = plain.iter().enumerate().any(|(at, word)| {
        let next = plain.get(at + 1).copied().unwrap_or_default();
        match *word {
            "every" | "each" => ["day", "morning", "evening", "night"].contains(&next),
            word => MORE.contains(&word),
        }
    });
    !any || spans || dashed || more
}

/// The days among words, with their codes.
fn named<'a>(words: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'static str)> {
    words.iter().filter_map(|word| {
        let one = word.strip_suffix('s').unwrap_or(word);
        DAYS.iter()
            .find(|(_, names)| names.contains(word) || names.contains(&one))
            .map(|(code, _)| (*word, *code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, current: &str) -> String {
        let days = days(text, current);
        days.trim_start_matches("\"(")
            .split(')')
            .next()
            .unwrap_or_default()
            .to_string()
    }

    #[test]
    fn named_days_are_the_only_ones() {
        const ALL: &str = "FR|MO|SA|SU|TH|TU|WE";
        for (text, expected) in [
            (
                "and mondays, five past midnight, things tagged weekend-box vanish",
                "MO",
            ),
            ("every other Friday at noon", "FR"),
            ("jeden Dienstag und donnerstags", "TH|TU"),
            ("los lunes a las 9", "MO"),
            ("mon-fri at 8", ALL),
            ("Monday to Friday", ALL),
            ("weekdays and Saturday", ALL),
            ("every day except Sunday", ALL),
            ("each week", ALL),
            ("monday till friady", ALL),
            ("nobody's in on Saturday and Sunday", ALL),
        ] {
            assert_eq!(codes(text, ""), expected, "{text}");
        }
        assert_eq!(codes("rather thursdays", "on=[\"MO\", 15]"), "MO|TH");
        assert!(days("on the 15th and last", "on=[7]").ends_with("-?(15|7|2|1)"));
    }
}
