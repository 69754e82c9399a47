//! The numbers that a text may mean, as the Python form writes them.

use std::collections::BTreeSet;

/// Numbers that are meant without being said: "first order", "no orders", "a returning customer".
const UNSAID: [&str; 3] = ["0", "1", "2"];

/// What a word is worth. Ordinals count too.
fn worth(word: &str) -> Option<u64> {
    Some(match word {
        "zero" | "none" | "no" => 0,
        "one" | "first" | "once" | "single" | "a" | "an" | "1st" => 1,
        "two" | "second" | "twice" | "couple" | "pair" | "both" => 2,
        "three" | "third" | "thrice" => 3,
        "four" | "fourth" => 4,
        "five" | "fifth" => 5,
        "six" | "sixth" => 6,
        "seven" | "seventh" => 7,
        "eight" | "eighth" => 8,
        "nine" | "ninth" => 9,
        "ten" | "tenth" => 10,
        "eleven" | "eleventh" => 11,
        "twelve" | "twelfth" | "dozen" => 12,
        "thirteen" => 13,
        "fourteen" | "fortnight" => 14,
        "fifteen" | "fifteenth" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" | "fourty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}

/// What a word multiplies by.
fn times(word: &str) -> Option<u64> {
    match word {
        "hundred" | "hundreds" => Some(100),
        "thousand" | "thousands" | "grand" | "k" => Some(1_000),
        "million" | "millions" => Some(1_000_000),
        _ => None,
    }
}

/// Every number that a text may mean.
pub(crate) fn numbers(text: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = UNSAID.iter().map(|number| number.to_string()).collect();
    found.extend(digits(text));
    found.extend(in_words(text));
    let lower = text.to_lowercase();
    let words = words(&lower);
    for pair in words.windows(2) {
        if let (Ok(number), Some(factor)) = (pair[0].parse::<u64>(), times(pair[1]))
            && let Some(product) = number.checked_mul(factor)
        {
            found.insert(product.to_string());
        }
    }
    let speaks_of = |units: &[&str]| words.iter().any(|word| units.contains(word));
    // Parts of hours, days and years.
    if speaks_of(&["half"]) {
        found.extend(["30", "12", "6", "15"].map(str::to_string));
    }
    if speaks_of(&["quarter", "quarterly"]) {
        found.extend(["15", "45", "3", "90"].map(str::to_string));
    }
    if speaks_of(&[
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "overnight",
    ]) {
        found.extend(["7", "14", "24", "30", "365"].map(str::to_string));
    }
    // Weights are in grams.
    let kilos = |word: &&str| {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
        ["kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"].contains(&unit)
    };
    if words.iter().any(kilos) {
        let grams: Vec<String> = found
            .iter()
            .filter_map(|number| number.parse::<f64>().ok())
            .map(|number| plain(number * 1_000.0))
            .collect();
        found.extend(grams);
    }
    found
}

/// The words of a text in lower case.
pub(super) fn words(lower: &str) -> Vec<&str> {
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The numbers written in words.
pub(super) fn in_words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    spelled(&words(&text.to_lowercase()), &mut found);
    found
}

/// The numbers written in digits: as they stand, and without what groups their thousands.
pub(crate) fn digits(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len()
            && (chars[at].is_ascii_digit()
                || (".,'’ ".contains(chars[at])
                    && chars.get(at + 1).is_some_and(char::is_ascii_digit)))
        {
            at += 1;
        }
        let run: String = chars[start..at].iter().collect();
        let thousands = chars.get(at).is_some_and(|c| ['k', 'K'].contains(c));
        for number in readings(&run) {
            if thousands {
                found.insert(plain(number * 1_000.0));
            }
            found.insert(plain(number));
        }
        // As it was written, where that is a number already: 19.90 stays 19.90.
        if run.matches('.').count() <= 1
            && run.chars().all(|c| c.is_ascii_digit() || c == '.')
            && (run == "0" || !run.starts_with('0') || run.starts_with("0."))
        {
            found.insert(run);
        }
    }
    found
}

/// What a run of digits and separators can mean: 1.200 is a thousand and two hundred, or 1.2.
fn readings(run: &str) -> Vec<f64> {
    let mut found = Vec::new();
    let mut parse = |text: String| found.extend(text.parse::<f64>().ok());
    // Each group by itself, and all of them as one number.
    run.split(['.', ',', '\'', '’', ' '])
        .for_each(|group| parse(group.to_string()));
    parse(run.replace([',', '\'', '’', ' '], ""));
    parse(run.replace(['.', '\'', '’', ' '], "").replace(',', "."));
    parse(run.replace(['.', ',', '\'', '’', ' '], ""));
    found
}

/// A number without an exponent and without zeros at its end.
fn plain(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Adds the numbers that runs of number words spell: every part of a run may be meant.
fn spelled(words: &[&str], found: &mut BTreeSet<String>) {
    for start in 0..words.len() {
        let mut run: Vec<&str> = Vec::new();
        for word in words[start..].iter().take(8) {
            let counts = worth(word).is_some() || times(word).is_some();
            if !counts && (*word != "and" || run.is_empty()) {
                break;
            }
            if *word != "and" {
                run.push(word);
                found.extend(value(&run).map(|value| value.to_string()));
                found.extend(side_by_side(&run).map(|value| value.to_string()));
            }
        }
    }
}

/// "two thousand five hundred and ten": 2510.
fn value(run: &[&str]) -> Option<u64> {
    let (mut total, mut current) = (0_u64, 0_u64);
    for word in run {
        if let Some(worth) = worth(word) {
            current = current.checked_add(worth)?;
        } else if let Some(factor) = times(word) {
            current = current.max(1).checked_mul(factor)?;
            if factor >= 1_000 {
                total = total.checked_add(current)?;
                current = 0;
            }
        }
    }
    total.checked_add(current)
}

/// "two fifty": 250.
fn side_by_side(run: &[&str]) -> Option<u64> {
    let (first, rest) = run.split_first()?;
    let (first, rest) = (worth(first)?, value(rest)?);
    ((1..100).contains(&first) && (10..100).contains(&rest)).then_some(first * 100 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_may_be_meant() {
        for (text, number) in [
            ("over 500", "500"),
            ("over $1,200", "1200"),
            ("über 1.200 €", "1200"),
            ("at 1.5 stars", "1.5"),
            ("19.90 off", "19.90"),
            ("12,50 euro", "12.5"),
            ("5k orders", "5000"),
            ("more than twenty of one", "20"),
            ("twenty-five or more", "25"),
            ("two hundred or more", "200"),
            ("begins at two fifty", "250"),
            ("three thousand four hundred and ten", "3410"),
            ("a hundred pieces", "100"),
            ("one hundred twenty", "120"),
            ("forty thousand", "40000"),
            ("2 thousand", "2000"),
            ("from 5 up to 10 kilos", "10000"),
            ("30kg or less", "30000"),
            ("2.5 kg", "2500"),
            ("someone's first order", "1"),
            ("a dozen", "12"),
            ("every quarter of an hour", "15"),
            ("after a fortnight", "14"),
            ("nobody ordered", "0"),
            ("10 000 SEK", "10000"),
        ] {
            assert!(
                numbers(text).contains(number),
                "{text}: {:?}",
                numbers(text)
            );
        }
        for (text, number) in [("over 500", "50"), ("fifty", "15"), ("tag it", "7")] {
            assert!(!numbers(text).contains(number), "{text}: {number}");
        }
    }
}
