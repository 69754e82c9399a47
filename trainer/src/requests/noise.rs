//! The noise of real typing: lower case, missing punctuation, slips of the finger. Values are left alone.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::grammar::{VALUE_CLOSE, VALUE_OPEN};

/// What people shorten when they type on a phone.
const SHORTHAND: &[(&str, &str)] = &[
    ("please ", "pls "),
    (" you ", " u "),
    (" and ", " & "),
    (" with ", " w/ "),
    ("customer", "cust"),
    (" than ", " then "),
    ("quantity", "qty"),
    (" to the ", " to "),
    (" the ", " "),
];

/// How carefully a merchant types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Capital letter at the start, full stop at the end.
    Neat,
    /// As most people type into a chat box.
    Plain,
    /// Lower case, no commas, a typo or two.
    Hasty,
}

impl Care {
    /// Draws one; most requests are plain.
    pub fn draw(rng: &mut ChaCha8Rng) -> Care {
        match rng.random_range(0..100) {
            0..30 => Care::Neat,
            30..75 => Care::Plain,
            _ => Care::Hasty,
        }
    }
}

/// Turns an expanded request into what was typed, and removes the marks around values.
pub fn type_out(text: &str, care: Care, rng: &mut ChaCha8Rng) -> String {
    let mut parts = split(text);
    // A value is written as it is, at the start of a sentence too.
    let starts_plain = parts
        .first()
        .is_some_and(|(_, first)| !first.trim().is_empty());
    if care == Care::Hasty {
        let drop_commas = rng.random_bool(0.6);
        let shorthand = rng.random_bool(0.22);
        for (is_value, part) in &mut parts {
            if *is_value {
                continue;
            }
            *part = part.to_lowercase();
            if drop_commas {
                *part = part.replace(", ", " ");
            }
            if rng.random_bool(0.3) {
                *part = part.replace("'", "");
            }
            if shorthand {
                for (long, short) in SHORTHAND {
                    *part = part.replace(long, short);
                }
            }
            if rng.random_bool(0.5) {
                *part = slip(part, rng);
            }
        }
    }
    let mut out = String::new();
    for (_, part) in &parts {
        out.push_str(part);
    }
    let mut out = tidy(&out);
    match care {
        Care::Neat => {
            if starts_plain {
                out = capitalise(&out);
            }
            if !out.ends_with(['.', '?', '!']) {
                out.push('.');
            }
        }
        Care::Plain => {
            if rng.random_bool(0.45) && starts_plain {
                out = capitalise(&out);
            }
            if rng.random_bool(0.6) && out.ends_with('.') {
                out.pop();
            }
        }
        Care::Hasty => {
            while out.ends_with('.') {
                out.pop();
            }
        }
    }
    out
}

/// Text without marks, spaces tidied.
pub fn plain(text: &str) -> String {
    tidy(&text.replace([VALUE_OPEN, VALUE_CLOSE], ""))
}

fn split(text: &str) -> Vec<(bool, String)> {
    let mut parts = vec![(false, String::new())];
    for c in text.chars() {
        match c {
            VALUE_OPEN => parts.push((true, String::new())),
            VALUE_CLOSE => parts.push((false, String::new())),
            other => {
                if let Some((_, part)) = parts.last_mut() {
                    part.push(other);
                }
            }
        }
    }
    parts
}

/// One space between words, none before punctuation.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == ' ' && (out.is_empty() || out.ends_with([' ', '\n'])) {
            continue;
        }
        if matches!(c, ',' | '.' | '?' | '!' | ';') && out.ends_with(' ') {
            out.pop();
        }
        out.push(c);
    }
    out.trim().to_string()
}

/// The same text with a capital first letter, unless it starts with an address or a lower-case code.
pub fn capitalise(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => String::new(),
    }
}

/// One slip in one word of four letters or more.
fn slip(text: &str, rng: &mut ChaCha8Rng) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|&at| words[at].len() >= 4 && words[at].chars().all(|c| c.is_ascii_alphabetic()))
        .collect();
    if long.is_empty() {
        return text.to_string();
    }
    let chosen = long[rng.random_range(0..long.len())];
    let mut letters: Vec<char> = words[chosen].chars().collect();
    let at = rng.random_range(1..letters.len() - 1);
    match rng.random_range(0..3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    let slipped: String = letters.into_iter().collect();
    words
        .iter()
        .enumerate()
        .map(|(at, word)| if at == chosen { slipped.as_str() } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn values_survive_hasty_typing() {
        for seed in 0..200 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let text = format!("When An Order Comes, tag it {VALUE_OPEN}VIP, Gold{VALUE_CLOSE}.");
            let typed = type_out(&text, Care::Hasty, &mut rng);
            assert!(typed.contains("VIP, Gold"), "{typed}");
        }
    }

    #[test]
    fn a_value_at_the_start_keeps_its_first_letter() {
        for seed in 0..50 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let text = format!("{VALUE_OPEN}ops@acme.com{VALUE_CLOSE} instead");
            for care in [Care::Neat, Care::Plain, Care::Hasty] {
                let typed = type_out(&text, care, &mut rng);
                assert!(typed.starts_with("ops@acme.com"), "{typed}");
            }
        }
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(type_out("tag it", Care::Neat, &mut rng), "Tag it.");
    }
}
