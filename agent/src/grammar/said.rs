//! What the merchant said: the literals that only a merchant can know.
//!
//! A tag, an address, an amount or a country is not for the model to make up, so the grammar allows
//! those that stand in the request (or in the workflow that is being changed) and no others. Texts that
//! a workflow words itself, such as the subject of an email, stay free.
//!
//! What can be meant by a word is read generously: "two fifty" may be 2, 50, 52 or 250. The model
//! chooses; what nobody said it cannot choose.

use std::collections::BTreeSet;

mod choices;
mod codes;
mod countries;
mod days;
mod numbers;
mod times;

use choices::Choices;
pub(crate) use numbers::{digits, numbers};

/// The address that stands where the merchant gave none; the answer names it.
pub const PLACEHOLDER: &str = "you@example.com";

/// The longest phrase that is one value, in words.
const PHRASE: usize = 6;

/// With more words than this only short phrases are offered, with more than [`MOST`] no list is made.
const MANY: usize = 90;
const MOST: usize = 320;

/// What a turn's literals can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Phrases of the request and texts of the workflow. Empty where anything may be said.
    phrases: Vec<String>,
    numbers: Vec<String>,
    addresses: Vec<String>,
    clock: String,
    days: String,
    choices: Choices,
    codes: Vec<String>,
    /// Codes of states, provinces and regions.
    parts: Vec<String>,
    methods: Vec<&'static str>,
    /// The request speaks of code.
    code: bool,
    /// Too much was said to list it.
    anything: bool,
}

impl Said {
    /// Nothing is ruled out: for grammars that belong to no request.
    pub fn anything() -> Said {
        Said {
            anything: true,
            ..Said::default()
        }
    }

    /// What can be taken from a request, from the one before it and from the current workflow.
    pub fn of(request: &str, previous: Option<&str>, current: Option<&str>) -> Said {
        let text = match previous {
            Some(previous) => format!("{previous}\n{request}"),
            None => request.to_string(),
        };
        let count = text.split_whitespace().count();
        if count > MOST {
            return Said::anything();
        }
        let longest = if count > MANY { 3 } else { PHRASE };
        let mut phrases = phrases(&text, longest);
        let mut addresses = addresses(&text);
        let mut numbers = numbers(&text);
        if addresses.is_empty() {
            addresses.insert(PLACEHOLDER.to_string());
        }
        if let Some(current) = current {
            phrases.extend(strings(current));
            addresses.extend(self::addresses(current));
            numbers.extend(numbers::digits(current));
        }
        Said {
            phrases: phrases.into_iter().collect(),
            numbers: numbers.into_iter().collect(),
            addresses: addresses.into_iter().collect(),
            clock: times::clock(&text, current.unwrap_or_default()),
            days: days::days(&text, current.unwrap_or_default()),
            choices: Choices::of(&text, current.unwrap_or_default()),
            codes: codes::codes(&text).into_iter().collect(),
            parts: codes::parts(&text, current.unwrap_or_default())
                .into_iter()
                .collect(),
            methods: codes::methods(&text, current.unwrap_or_default()),
            code: speaks_of_code(&text),
            anything: false,
        }
    }

    /// Whether scripts and queries may be written.
    pub(super) fn code(&self) -> bool {
        self.anything || self.code
    }

    /// The values of an enum that may be meant.
    pub(super) fn meant<'a>(&self, name: &str, values: &'a [String]) -> Vec<&'a str> {
        match self.anything {
            true => values.iter().map(String::as_str).collect(),
            false => self.choices.meant(name, values),
        }
    }

    /// Whether two fields of this enum may be compared with each other.
    pub(super) fn compares(&self, name: &str) -> bool {
        self.anything || self.choices.compares(name)
    }

    /// The terminals of these literals.
    ///
    /// `SAY` is a quoted text of a condition, `SALL` a tag or another such value, `SBEG` and `SBIT` what
    /// stands before and after data in one, `SNUM` a number, `ADDR` addresses, `LASTS` the number of a
    /// wait, `METHOD` that of an HTTP request, `PART` a state's test by its code, `CLOCK` a time of day, `ON` days of the week or month.
    pub(super) fn terminals(&self) -> String {
        if self.anything {
            return format!("{ANYTHING}PART: /{}/\n", part("[A-Z0-9\\-]{1,6}"));
        }
        let phrases = alternatives(&self.phrases);
        let numbers = alternatives(&self.numbers);
        let whole: Vec<String> = self
            .numbers
            .iter()
            .filter(|number| !number.contains('.') && number.as_str() != "0" && number.len() <= 4)
            .cloned()
            .collect();
        let addresses = alternatives(&self.addresses);
        let codes = alternatives(&self.codes);
        // The end of an address is tested with its `@`, the end of a domain with its dot.
        let dotted = |phrase: &&String| phrase.contains('.') && !phrase.contains([' ', '@']);
        let domains: Vec<String> = self.phrases.iter().filter(dotted).cloned().collect();
        let domains = match domains.is_empty() {
            true => String::new(),
            false => format!("@({})|", alternatives(&domains)),
        };
        let (say, piece) = match phrases.is_empty() {
            true => (format!("({codes})"), "[A-Za-z0-9]+".to_string()),
            false => (format!("{domains}\\.?({phrases})|{codes}"), phrases),
        };
        format!(
            "SAY: /\"({say})\"/\n\
             SALL: /({piece})/\n\
             SBEG: /({piece})([:_\\-] ?| )?/\n\
             SBIT: /(([:_\\-] ?| )?({piece})([:_\\-] ?| )?|[:_\\-] ?| )/\n\
             SNUM: /-?({numbers})/\n\
             ADDR: /({addresses})(, ?({addresses}))*/\n\
             LASTS: /({})/\n\
             METHOD: /\"({methods})\"/\n\
             PART: /{parts}/\n\
             CLOCK: /\"({})\"/\n\
             ON: /\\[({days})(, ({days}))*\\]/\n",
            alternatives(&whole),
            self.clock,
            days = self.days,
            methods = self.methods.join("|"),
            parts = match self.parts.is_empty() {
                // No state was named, so that none can be meant.
                true => String::from("[^\\s\\S]"),
                false => part(&format!("({})", alternatives(&self.parts))),
            },
        )
    }
}

/// The test of a state by codes: field, comparison and codes.
fn part(code: &str) -> String {
    let field = super::paths::PART;
    format!("{field}( (==|!=) \"{code}\"| (not )?in \\[\"{code}\"(, \"{code}\")*\\])")
}

/// Whether a word is another one with a slip in it. Short words are too easily others.
fn near(word: &str, other: &str) -> bool {
    let length = other.chars().count();
    length >= 6
        && word.chars().count().abs_diff(length) <= 1
        && strsim::osa_distance(word, other) <= 1
}

/// Whether a request asks for a script or a query.
fn speaks_of_code(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = numbers::words(&lower);
    ["code", "javascript", "js", "script", "graphql", "shopifyql"]
        .iter()
        .any(|word| words.contains(word))
}

/// The terminals where nothing is ruled out.
const ANYTHING: &str = r#"SAY: /"([^"\\\x00-\x1F]|\\["\\nt])*"/
SALL: /([^"\\\x00-\x20{]|\\["\\])([^"\\\x00-\x1F{]|\\["\\nt])*/
SBEG: /([^"\\\x00-\x20{]|\\["\\])([^"\\\x00-\x1F{]|\\["\\nt])*/
SBIT: /([^"\\\x00-\x1F{]|\\["\\])([^"\\\x00-\x1F{]|\\["\\nt])*/
SNUM: /-?[0-9]+(\.[0-9]+)?/
ADDR: /[^@"\\\x00-\x20{},]+@[^@"\\\x00-\x20{},]+(, ?[^@"\\\x00-\x20{},]+@[^@"\\\x00-\x20{},]+)*/
LASTS: /[1-9][0-9]{0,3}/
METHOD: /"(GET|POST|PUT|PATCH|DELETE)"/
CLOCK: /"([01][0-9]|2[0-3]):[0-5][0-9]"/
ON: /\[("(MO|TU|WE|TH|FR|SA|SU)"|-?([1-9]|[12][0-9]|3[01]))(, ("(MO|TU|WE|TH|FR|SA|SU)"|-?([1-9]|[12][0-9]|3[01])))*\]/
"#;

/// Literals as alternatives of a regular expression, longest first.
fn alternatives(literals: &[String]) -> String {
    let mut escaped: Vec<String> = literals.iter().map(|text| escape(text)).collect();
    escaped.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    escaped.join("|")
}

/// A literal inside `/…/`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_ascii_punctuation() && !['_', '<', '>', '@', ',', ':', ';', '\''].contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Everything in a request that may be one value: runs of words, with and without the punctuation
/// around them, and what stands in quotation marks.
fn phrases(text: &str, longest: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        // Byte ranges of the words, so that a phrase keeps the spaces it was written with.
        let words: Vec<(usize, usize)> = ranges(line);
        for first in 0..words.len() {
            for last in first..words.len().min(first + longest) {
                if let Some(phrase) = line.get(words[first].0..words[last].1) {
                    add(&mut found, phrase);
                }
            }
        }
    }
    for quoted in quoted(text, &QUOTES) {
        add(&mut found, quoted);
    }
    found
}

/// Marks that open and close a text.
const QUOTES: [(char, char); 6] = [
    ('"', '"'),
    ('“', '”'),
    ('„', '“'),
    ('«', '»'),
    ('‘', '’'),
    ('\'', '\''),
];

/// Marks that stand around a value and do not belong to it.
const AROUND: &[char] = &[
    '"', '\'', '“', '”', '‘', '’', '„', '«', '»', '`', '(', ')', '[', ']', '{', '}', ',', ';', ':',
    '!', '?', '.', '…', '*', '<', '>', '=',
];

/// Adds a phrase as it stands and without the marks around it.
fn add(found: &mut BTreeSet<String>, phrase: &str) {
    let bare = phrase.trim_matches(AROUND);
    let possessive = ["'s", "’s"]
        .iter()
        .find_map(|ending| bare.strip_suffix(ending));
    // A word made of two may be meant by one of them: "SKU:FRZ-1", "tag=vip".
    let parts = bare.split(['=', ':', '/', '→']).map(str::trim);
    let after = bare
        .split_once([':', '='])
        .map(|(_, after)| after.trim().trim_matches(AROUND));
    for text in [Some(phrase), Some(bare), possessive, after]
        .into_iter()
        .flatten()
        .chain(parts.filter(|_| !bare.contains(' ')))
    {
        let plain = !text.contains(['"', '\\', '{', '\n', '\r', '\t']);
        if plain && !text.trim().is_empty() && text.chars().any(char::is_alphanumeric) {
            found.insert(text.to_string());
        }
    }
}

/// Where the words of a line stand.
fn ranges(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices() {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push((from, line.len()));
    }
    found
}

/// What stands between quotation marks, however long it is.
pub(crate) fn quoted<'a>(text: &'a str, pairs: &[(char, char)]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (open, close) in pairs.iter().copied() {
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            let inside = &rest[start + open.len_utf8()..];
            match inside.find(close) {
                Some(end) if end <= 200 => {
                    found.push(&inside[..end]);
                    rest = &inside[end + close.len_utf8()..];
                }
                _ => rest = inside,
            }
        }
    }
    found
}

/// The string literals of a program, and of those that hold Liquid the pieces around it.
pub(crate) fn strings(program: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in program.lines() {
        for (at, literal) in line.split('"').enumerate() {
            if at % 2 == 0 {
                continue;
            }
            for piece in literal
                .split("}}")
                .flat_map(|piece| piece.split("{{").next())
            {
                if !piece.is_empty() && !piece.contains(['{', '\\', '\n']) {
                    found.push(piece.to_string());
                }
            }
        }
    }
    found
}

/// Whether a text names a country, or something else that has a code.
pub(crate) fn has_code(text: &str) -> bool {
    let always = codes::codes("").len();
    let country = countries::countries(text).is_some_and(|named| !named.is_empty());
    country || codes::codes(text).len() > always
}

/// The email addresses in a text.
pub(crate) fn addresses(text: &str) -> BTreeSet<String> {
    let ends = |c: char| c.is_whitespace() || "\"'<>()[]{},;:|“”‘’„«»`".contains(c);
    text.split(ends)
        .map(|word| word.trim_matches(['.', '!', '?', '…', '*', '/']))
        .map(|word| word.trim_end_matches("’s").trim_end_matches("'s"))
        .filter(|word| {
            word.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !host.contains('@')
            })
        })
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(request: &str, phrase: &str) -> bool {
        phrases(request, PHRASE).contains(phrase)
    }

    #[test]
    fn values_are_found_with_and_without_marks() {
        for (request, value) in [
            ("tag it rush-lane", "rush-lane"),
            ("give them the tag \"big spender\", please", "big spender"),
            ("starts with FRZ-… then", "FRZ-"),
            ("tag: gold-c.", "gold-c"),
            ("post to #returns-desk, thanks", "#returns-desk"),
            ("call +4915112345678!", "+4915112345678"),
            ("vendor Kestral Audio", "Kestral Audio"),
            (
                "put 'Pack with care: fragile' on it",
                "Pack with care: fragile",
            ),
            ("metafield custom.origin=PT", "PT"),
            (
                "https://hook.larkspur.co/people",
                "https://hook.larkspur.co/people",
            ),
            ("Larkspur's tag", "Larkspur"),
        ] {
            assert!(has(request, value), "{request}: {value}");
        }
        assert!(!has("tag it rush-lane", "rush"));
        assert!(!has("tag it rush-lane", "-lane"));
    }

    #[test]
    fn addresses_end_where_they_end() {
        let found = addresses("Mail a.b@c.co.uk, and <ops@x.io>; or ops@y.de's box. not@here");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["a.b@c.co.uk", "ops@x.io", "ops@y.de"]);
    }

    #[test]
    fn a_placeholder_only_where_no_address_was_given() {
        let said = Said::of("email the team", None, None);
        assert_eq!(said.addresses, [PLACEHOLDER]);
        let said = Said::of("email ops@x.io", None, None);
        assert_eq!(said.addresses, ["ops@x.io"]);
        let program = "@order_created\ndef a(order):\n    send_email(address=\"a@b.co\")\n";
        let said = Said::of("email ops@x.io too", None, Some(program));
        assert_eq!(said.addresses, ["a@b.co", "ops@x.io"]);
    }

    #[test]
    fn a_flood_of_words_rules_nothing_out() {
        let said = Said::of(&"word ".repeat(MOST + 1), None, None);
        assert_eq!(said, Said::anything());
    }
}
