//! The phrase grammar: choices in braces, named values behind a dollar sign, named phrases in angle brackets.
//!
//! `{When|If} a new order {comes in|} over $money, <imp>` expands to one sentence. A value is drawn once
//! per example, so that the request and the program agree on it: the request shows one of the ways in
//! which people write it, the program its exact literal. A backslash takes a sign's meaning away, for
//! requests that hold Liquid: `\{\{ order.name \}\}`.

use std::collections::BTreeMap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::pools;

/// Marks where a value starts in an expanded request, so that noise leaves it alone.
pub const VALUE_OPEN: char = '\u{1}';
/// Marks where a value ends.
pub const VALUE_CLOSE: char = '\u{2}';

/// A parsed phrase.
#[derive(Clone, Debug)]
pub enum Phrase {
    Text(String),
    /// One of several.
    Choice(Vec<Phrase>),
    /// One after another.
    Sequence(Vec<Phrase>),
    /// `$money2`: the value of that name.
    Value(String),
    /// `<imp>`: a phrase by name.
    Named(String),
}

impl Phrase {
    /// Reads a phrase; top-level bars separate alternatives as they do inside braces.
    pub fn parse(text: &str) -> Phrase {
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        choice(&chars, &mut at)
    }

    /// How many alternatives stand at the top level: in a seed file, requests written out by hand.
    pub fn alternatives(&self) -> usize {
        match self {
            Phrase::Choice(options) => options.len(),
            _ => 1,
        }
    }

    /// True when the phrase can show this named phrase.
    pub fn uses(&self, name: &str) -> bool {
        match self {
            Phrase::Text(_) | Phrase::Value(_) => false,
            Phrase::Choice(parts) | Phrase::Sequence(parts) => {
                parts.iter().any(|part| part.uses(name))
            }
            Phrase::Named(own) => own == name,
        }
    }
}

fn choice(chars: &[char], at: &mut usize) -> Phrase {
    let mut options = vec![sequence(chars, at)];
    while *at < chars.len() && chars[*at] == '|' {
        *at += 1;
        options.push(sequence(chars, at));
    }
    if options.len() == 1 {
        options.swap_remove(0)
    } else {
        Phrase::Choice(options)
    }
}

fn sequence(chars: &[char], at: &mut usize) -> Phrase {
    let mut parts = Vec::new();
    let mut text = String::new();
    while *at < chars.len() {
        match chars[*at] {
            '|' | '}' => break,
            // A sign that is meant as itself: `\{\{ order.name \}\}`.
            '\\' if *at + 1 < chars.len() => {
                text.push(chars[*at + 1]);
                *at += 2;
            }
            '{' => {
                *at += 1;
                flush(&mut text, &mut parts);
                parts.push(choice(chars, at));
                // Step over the closing brace; a missing one ends with the text.
                *at += 1;
            }
            '$' if chars
                .get(*at + 1)
                .is_some_and(|next| next.is_ascii_lowercase()) =>
            {
                *at += 1;
                flush(&mut text, &mut parts);
                parts.push(Phrase::Value(word(chars, at)));
            }
            '<' if chars
                .get(*at + 1)
                .is_some_and(|next| next.is_ascii_lowercase()) =>
            {
                *at += 1;
                flush(&mut text, &mut parts);
                parts.push(Phrase::Named(word(chars, at)));
                // Step over `>`.
                *at += 1;
            }
            other => {
                text.push(other);
                *at += 1;
            }
        }
    }
    flush(&mut text, &mut parts);
    Phrase::Sequence(parts)
}

fn flush(text: &mut String, parts: &mut Vec<Phrase>) {
    if !text.is_empty() {
        parts.push(Phrase::Text(std::mem::take(text)));
    }
}

fn word(chars: &[char], at: &mut usize) -> String {
    let mut name = String::new();
    while let Some(c) = chars.get(*at) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_' {
            name.push(*c);
            *at += 1;
        } else {
            break;
        }
    }
    name
}

/// One drawn value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The literal in the program.
    pub code: String,
    /// What the request shows.
    pub say: String,
}

/// The values of one example, by name.
#[derive(Clone, Debug, Default)]
pub struct Values {
    pub drawn: BTreeMap<String, Value>,
    /// Put into the names of values while a part of the example is expanded, so that two parts
    /// that both speak of `$tag` speak of different tags.
    pub salt: Option<char>,
}

impl Values {
    /// The name a value has under the salt in force.
    pub fn salted(&self, name: &str) -> String {
        match self.salt {
            Some(salt) => {
                let kind = pools::kind(name);
                format!("{kind}{salt}{}", &name[kind.len()..])
            }
            None => name.to_string(),
        }
    }

    /// The value of this name, drawn now if it was not yet.
    pub fn get(&mut self, name: &str, rng: &mut ChaCha8Rng) -> Value {
        let name = self.salted(name);
        if let Some(value) = self.drawn.get(&name) {
            return value.clone();
        }
        // A pair of amounts is drawn low end first.
        if let Some(base) = name.strip_suffix('2')
            && pools::kind(base) == pools::kind(&name)
            && !self.drawn.contains_key(base)
        {
            let value = pools::draw(base, &self.drawn, rng);
            self.drawn.insert(base.to_string(), value);
        }
        let value = pools::draw(&name, &self.drawn, rng);
        self.drawn.insert(name, value.clone());
        value
    }
}

/// Program text whose values carry the salt in their names.
pub fn salt(code: &str, values: &Values) -> String {
    if values.salt.is_none() {
        return code.to_string();
    }
    map_values(code, |name, out| {
        out.push('$');
        out.push_str(&values.salted(name));
    })
}

fn map_values(code: &str, mut write: impl FnMut(&str, &mut String)) -> String {
    let chars: Vec<char> = code.chars().collect();
    let mut out = String::with_capacity(code.len());
    let mut at = 0;
    while at < chars.len() {
        if chars[at] == '$'
            && chars
                .get(at + 1)
                .is_some_and(|next| next.is_ascii_lowercase())
        {
            at += 1;
            let name = word(&chars, &mut at);
            write(&name, &mut out);
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Phrases by name, bound for one expansion.
pub type Bound<'a> = BTreeMap<&'a str, String>;

/// Expands a phrase to request text, values marked.
pub fn expand(
    phrase: &Phrase,
    values: &mut Values,
    bound: &Bound<'_>,
    rng: &mut ChaCha8Rng,
) -> String {
    let mut out = String::new();
    write(phrase, values, bound, rng, &mut out);
    out
}

fn write(
    phrase: &Phrase,
    values: &mut Values,
    bound: &Bound<'_>,
    rng: &mut ChaCha8Rng,
    out: &mut String,
) {
    match phrase {
        Phrase::Text(text) => out.push_str(text),
        Phrase::Choice(options) => {
            let at = rng.random_range(0..options.len());
            write(&options[at], values, bound, rng, out);
        }
        Phrase::Sequence(parts) => {
            for part in parts {
                write(part, values, bound, rng, out);
            }
        }
        Phrase::Value(name) => {
            let value = values.get(name, rng);
            out.push(VALUE_OPEN);
            out.push_str(&value.say);
            out.push(VALUE_CLOSE);
        }
        Phrase::Named(name) => {
            if let Some(text) = bound.get(name.as_str()) {
                out.push_str(text);
            }
        }
    }
}

/// Puts values into program text: `$money` becomes `500`.
pub fn fill(code: &str, values: &mut Values, rng: &mut ChaCha8Rng) -> String {
    map_values(code, |name, out| out.push_str(&values.get(name, rng).code))
}

/// The names of the values that program text uses, in order, each once.
pub fn used_values(code: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    map_values(code, |name, _| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
    });
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn request_and_program_share_a_value() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut values = Values::default();
        let phrase = Phrase::parse("{tag|label} it $tag{ please|}");
        let text = expand(&phrase, &mut values, &Bound::new(), &mut rng);
        let code = fill("tags=[\"$tag\"]", &mut values, &mut rng);
        let tag = &values.drawn["tag"].code;
        assert!(code.contains(tag.as_str()));
        assert!(text.contains(tag.as_str()), "{text} {tag}");
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let phrase = Phrase::parse("say \\{\\{ order.name \\}\\} a\\|b");
        let text = expand(&phrase, &mut Values::default(), &Bound::new(), &mut rng);
        assert_eq!(text, "say {{ order.name }} a|b");
    }

    #[test]
    fn bars_at_the_top_are_alternatives() {
        let phrase = Phrase::parse("a {b|c}|d");
        assert!(matches!(&phrase, Phrase::Choice(options) if options.len() == 2));
        assert_eq!(
            used_values("x > $money and $money2 < $money"),
            ["money", "money2"]
        );
    }
}
