//! One language's texts as they were packed by `build.rs`.

use std::collections::HashMap;

use super::{Key, Language};

const RECORD: char = '\u{1e}';
const UNIT: char = '\u{1f}';
const GROUP: char = '\u{1d}';
const CHOICE: char = '\u{e}';
const VARIANT: char = '\u{f}';
/// One below the character that stands for the first value.
const BEFORE_FIRST: usize = 0;
const MOST_VALUES: usize = 8;

/// The texts by key, and the sentences by their English.
#[derive(Debug)]
pub struct Table {
    texts: Vec<&'static str>,
    exact: HashMap<&'static str, &'static str>,
    /// Those with values in them.
    patterns: Vec<(&'static str, &'static str)>,
}

impl Table {
    /// Reads a packed table.
    pub fn new(packed: &'static str) -> Table {
        let (texts, sentences) = packed.split_once(GROUP).unwrap_or((packed, ""));
        let mut exact = HashMap::new();
        let mut patterns = Vec::new();
        for sentence in sentences.split(RECORD) {
            if let Some((english, own)) = sentence.split_once(UNIT) {
                if english.chars().any(|c| value_at(c).is_some()) {
                    patterns.push((english, own));
                } else {
                    exact.insert(english, own);
                }
            }
        }
        // What says most is tried first: a pattern that is nearly all value fits everything.
        flow::sorted::sort_by_key(&mut patterns, |(english, _)| {
            std::cmp::Reverse(english.len())
        });
        Table {
            texts: texts.split(RECORD).collect(),
            exact,
            patterns,
        }
    }

    /// True when nothing was loaded.
    pub fn is_empty(&self) -> bool {
        self.texts.len() < 2
    }

    /// The text with this key.
    pub fn text(&self, key: Key) -> &'static str {
        self.texts
            .get(usize::from(key.0))
            .copied()
            .unwrap_or_default()
    }

    /// An English sentence in this language. Values inside it that are known by themselves, such as
    /// the labels of tasks and fields, are put into this language too; names of variables stay.
    pub fn said(&self, english: &str, language: Language) -> Option<String> {
        if let Some(own) = self.exact.get(english) {
            return Some((*own).to_string());
        }
        self.patterns.iter().find_map(|(pattern, own)| {
            let values = values_of(pattern, english)?;
            let values: Vec<&str> = values
                .into_iter()
                .map(|value| {
                    let is_label = value.starts_with(|c: char| c.is_uppercase());
                    let own = self.exact.get(value).filter(|_| is_label);
                    own.copied().unwrap_or(value)
                })
                .collect();
            Some(filled(own, &values, language))
        })
    }
}

/// The place of the value that a character stands for.
fn value_at(c: char) -> Option<usize> {
    let place = (c as usize).checked_sub(BEFORE_FIRST + 1)?;
    (place < MOST_VALUES).then_some(place)
}

/// The values with which a pattern becomes a sentence.
fn values_of<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut values = Vec::new();
    let mut rest = sentence;
    let mut pattern = pattern;
    // The value that ends where the next piece of the pattern begins.
    let mut open = None::<usize>;
    loop {
        let end = pattern
            .find(|c| value_at(c).is_some())
            .unwrap_or(pattern.len());
        let (piece, after) = pattern.split_at(end);
        let value = match open {
            None => rest.strip_prefix(piece).map(|left| ("", left))?,
            Some(_) if after.is_empty() => (rest.strip_suffix(piece)?, ""),
            Some(_) => rest.split_once(piece)?,
        };
        rest = value.1;
        if let Some(place) = open {
            if value.0.is_empty() {
                return None;
            }
            if values.len() <= place {
                values.resize(place + 1, "");
            }
            values[place] = value.0;
        }
        let mut characters = after.chars();
        let Some(next) = characters.next() else {
            return rest.is_empty().then_some(values);
        };
        open = value_at(next);
        pattern = characters.as_str();
    }
}

/// A packed text with its values.
pub fn filled(text: &str, values: &[&str], language: Language) -> String {
    let value = |c: char| value_at(c).and_then(|place| values.get(place).copied());
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == CHOICE || value_at(c).is_some()) {
        out.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        match characters.next() {
            Some(CHOICE) => {
                let number = characters.next().and_then(value).unwrap_or_default();
                let (choice, after) = characters
                    .as_str()
                    .split_once(CHOICE)
                    .unwrap_or((characters.as_str(), ""));
                out.push_str(&filled(variant(choice, number, language), values, language));
                rest = after;
            }
            first => {
                out.push_str(first.and_then(value).unwrap_or_default());
                rest = characters.as_str();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The variant of a choice for a number: the number itself first, then its form, then the last.
fn variant<'a>(choice: &'a str, number: &str, language: Language) -> &'a str {
    let of = |key: &str| {
        choice
            .split(VARIANT)
            .find_map(|variant| variant.strip_prefix(key))
    };
    let form = || {
        let number = number.parse().ok()?;
        of(form(number, language))
    };
    (number.len() == 1)
        .then(|| of(number))
        .flatten()
        .or_else(form)
        .or_else(|| of("*"))
        .unwrap_or_default()
}

/// The plural form of a whole number: `o` one, `m` many, `*` other (Unicode CLDR).
pub fn form(number: u64, language: Language) -> &'static str {
    match language {
        Language::Japanese => "*",
        Language::English | Language::German if number == 1 => "o",
        Language::Spanish if number == 1 => "o",
        Language::French if number < 2 => "o",
        Language::French | Language::Spanish if number != 0 && number.is_multiple_of(1_000_000) => {
            "m"
        }
        _ => "*",
    }
}
