//! Masks merchant data: e-mail addresses, phone numbers, names, keys and addresses with secrets.
//!
//! One mask is used for a whole example, so that the request and the program still agree: the same
//! address becomes the same placeholder in both. Masking text that was masked changes nothing.

use std::collections::BTreeMap;

/// Replaces what must not reach a dataset.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    known: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

/// Words before a personal name.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "mr.", "mrs.", "ms.", "dr", "dr.", "herr", "frau", "madame", "monsieur",
];

/// Words that introduce a customer's name.
const BEFORE_NAMES: &[&str] = &["customer", "client", "buyer", "employee", "named", "called"];

/// Keys of a URL's query that carry secrets.
const SECRET_KEYS: &[&str] = &[
    "token",
    "key",
    "api_key",
    "apikey",
    "secret",
    "password",
    "pass",
    "auth",
    "sig",
    "signature",
    "access_token",
    "code",
];

/// Beginnings of well-known keys.
const KEY_STARTS: &[&str] = &[
    "sk_", "pk_", "rk_", "shpat_", "shpss_", "shpca_", "xoxb-", "xoxp-", "xapp-", "ghp_", "gho_",
    "glpat-", "AKIA", "AIza", "Bearer", "eyJ",
];

impl Mask {
    /// The text with everything private replaced.
    pub fn text(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut words: Vec<String> = Vec::new();
        // Words with the space before them, so that the layout stays.
        for piece in pieces(text) {
            let masked = if piece.starts_with(char::is_whitespace) {
                piece.to_string()
            } else {
                let masked = self.word(piece, &words);
                words.push(piece.to_lowercase());
                masked
            };
            out.push_str(&masked);
        }
        self.phones(&out)
    }

    /// All strings of a JSON value.
    pub fn json(&mut self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = self.text(text),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            serde_json::Value::Object(object) => {
                object.values_mut().for_each(|item| self.json(item))
            }
            _ => {}
        }
    }

    /// How many things of a kind were masked.
    pub fn counts(&self) -> &BTreeMap<&'static str, usize> {
        &self.counts
    }

    fn placeholder(
        &mut self,
        kind: &'static str,
        found: &str,
        make: impl Fn(usize) -> String,
    ) -> String {
        if let Some(known) = self.known.get(found) {
            return known.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let made = make(*count);
        self.known.insert(found.to_string(), made.clone());
        // What stands in is never masked again.
        self.known.insert(made.clone(), made.clone());
        made
    }

    fn word(&mut self, word: &str, before: &[String]) -> String {
        if let Some((start, end)) = url(word) {
            let (head, found, tail) = (&word[..start], &word[start..end], &word[end..]);
            if has_secret(found) {
                let made =
                    self.placeholder("url", found, |n| format!("https://example.com/hook{n}"));
                return format!("{head}{made}{tail}");
            }
            return word.to_string();
        }
        if let Some((start, end)) = email(word) {
            let (head, found, tail) = (&word[..start], &word[start..end], &word[end..]);
            let lower = found.to_lowercase();
            if is_example(&lower) {
                return word.to_string();
            }
            let role = role(&lower);
            let made = self.placeholder("email", &lower, |n| match &role {
                Some(role) => format!(
                    "{role}{}@example.com",
                    if n == 1 { String::new() } else { n.to_string() }
                ),
                None => format!("person{n}@example.com"),
            });
            return format!("{head}{made}{tail}");
        }
        if let Some((start, end)) = key(word) {
            let (head, found, tail) = (&word[..start], &word[start..end], &word[end..]);
            let made = self.placeholder("key", found, |n| format!("SECRET_{n}"));
            return format!("{head}{made}{tail}");
        }
        if let Some((start, end)) = name(word, before) {
            let (head, found, tail) = (&word[..start], &word[start..end], &word[end..]);
            let made = self.placeholder("name", found, |n| format!("Name{n}"));
            return format!("{head}{made}{tail}");
        }
        word.to_string()
    }

    /// Phone numbers go over several words, so they are looked for in the whole text.
    fn phones(&mut self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < chars.len() {
            let before = at.checked_sub(1).map(|before| chars[before]);
            let starts = (chars[at] == '+' || chars[at] == '(' || chars[at].is_ascii_digit())
                && !before.is_some_and(|c| {
                    c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ':' | '#')
                });
            if starts {
                let mut end = at;
                let mut digits = 0;
                while end < chars.len()
                    && (chars[end].is_ascii_digit()
                        || matches!(chars[end], '+' | ' ' | '(' | ')' | '-' | '.' | '/'))
                {
                    digits += usize::from(chars[end].is_ascii_digit());
                    end += 1;
                }
                while end > at && !chars[end - 1].is_ascii_digit() {
                    end -= 1;
                }
                let found: String = chars[at..end].iter().collect();
                let plus =
                    found.starts_with('+') || found.starts_with('(') || found.starts_with("00");
                let grouped = found
                    .split([' ', '-', '.', '/'])
                    .filter(|part| !part.is_empty())
                    .count()
                    >= 3;
                let date = looks_like_date(&found);
                let after_letter = chars.get(end).is_some_and(|c| c.is_alphanumeric());
                if !date
                    && !after_letter
                    && ((plus && (8..=15).contains(&digits))
                        || (grouped && (9..=15).contains(&digits)))
                {
                    let plain: String = found.chars().filter(char::is_ascii_digit).collect();
                    if plain.starts_with("1555010") {
                        out.push_str(&found);
                    } else {
                        out.push_str(
                            &self.placeholder("phone", &plain, |n| format!("+1555010{n:04}")),
                        );
                    }
                    at = end;
                    continue;
                }
                for c in &chars[at..end.max(at + 1)] {
                    out.push(*c);
                }
                at = end.max(at + 1);
                continue;
            }
            out.push(chars[at]);
            at += 1;
        }
        out
    }
}

/// Words and the white space between them, in order.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut space = None;
    for (at, c) in text.char_indices() {
        let is_space = c.is_whitespace();
        if space.is_some_and(|was| was != is_space) {
            out.push(&text[start..at]);
            start = at;
        }
        space = Some(is_space);
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

fn url(word: &str) -> Option<(usize, usize)> {
    let start = word.find("https://").or_else(|| word.find("http://"))?;
    let length = word[start..]
        .find(['"', '\'', '<', '>', ')', '|', '`', '\\'])
        .unwrap_or(word.len() - start);
    Some((start, start + length))
}

fn has_secret(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('@') || host.starts_with("hooks.slack.com") {
        return true;
    }
    let query = rest
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    if query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default().to_lowercase();
        SECRET_KEYS.contains(&name.as_str())
    }) {
        return true;
    }
    // A long mixed segment of the path is a secret too.
    rest.split(['/', '?', '&', '=']).skip(1).any(random_looking)
}

fn random_looking(text: &str) -> bool {
    text.len() >= 20
        && text.chars().any(|c| c.is_ascii_digit())
        && text.chars().any(|c| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && text.chars().filter(|c| *c == '-').count() < 3
}

fn email(word: &str) -> Option<(usize, usize)> {
    let at = word.find('@')?;
    let local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '%');
    let start = word[..at]
        .char_indices()
        .rev()
        .take_while(|(_, c)| local(*c))
        .last()
        .map(|(place, _)| place)?;
    let domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let mut end = at + 1;
    for c in word[at + 1..].chars() {
        if !domain(c) {
            break;
        }
        end += c.len_utf8();
    }
    while end > at + 1 && word[..end].ends_with(['.', '-']) {
        end -= 1;
    }
    let host = &word[at + 1..end];
    let top = host.rsplit('.').next().unwrap_or_default();
    (host.contains('.') && top.len() >= 2 && top.chars().all(char::is_alphabetic))
        .then_some((start, end))
}

fn is_example(address: &str) -> bool {
    address.ends_with("@example.com") || address.ends_with(".example")
}

/// A mailbox that says what it is for and not whose it is stays readable.
fn role(address: &str) -> Option<String> {
    let local = address.split('@').next()?;
    const ROLES: &[&str] = &[
        "ops",
        "orders",
        "warehouse",
        "support",
        "sales",
        "finance",
        "team",
        "hello",
        "info",
        "shipping",
        "returns",
        "fraud",
        "purchasing",
        "inventory",
        "stock",
        "billing",
        "office",
        "logistics",
        "service",
        "wholesale",
        "marketing",
        "admin",
        "alerts",
    ];
    ROLES.contains(&local).then(|| local.to_string())
}

fn key(word: &str) -> Option<(usize, usize)> {
    let inside =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+' | '=');
    let trimmed = word.trim_start_matches(|c: char| !inside(c));
    let start = word.len() - trimmed.len();
    let length = trimmed.find(|c: char| !inside(c)).unwrap_or(trimmed.len());
    let token = trimmed[..length].trim_end_matches(['.', ',', '=']);
    // After `key=`.
    let (start, token) = match token.rsplit_once('=') {
        Some((_, value)) if !value.is_empty() => (start + token.len() - value.len(), value),
        _ => (start, token),
    };
    if token.starts_with("SECRET_") || token.starts_with("gid:") || token.contains("//") {
        return None;
    }
    let known = KEY_STARTS.iter().any(|begin| token.starts_with(begin)) && token.len() >= 16;
    let mixed = token.len() >= 24
        && token.chars().filter(char::is_ascii_digit).count() >= 4
        && token.chars().filter(char::is_ascii_alphabetic).count() >= 4
        && !token.contains(['/', '.'])
        && token.chars().filter(|c| *c == '-').count() < 3;
    (known || mixed).then_some((start, start + token.len()))
}

fn name(word: &str, before: &[String]) -> Option<(usize, usize)> {
    let previous = before.last()?.trim_end_matches([',', ':']);
    let previous_two = before.len().checked_sub(2).map(|at| before[at].as_str());
    let titled =
        TITLES.contains(&previous) || previous_two.is_some_and(|word| TITLES.contains(&word));
    let introduced = BEFORE_NAMES.contains(&previous);
    if !titled && !introduced {
        return None;
    }
    let trimmed = word.trim_matches(|c: char| !c.is_alphabetic());
    let start = word.find(trimmed)?;
    let capital = trimmed.chars().next().is_some_and(char::is_uppercase);
    let rest_lower = trimmed
        .chars()
        .skip(1)
        .all(|c| c.is_lowercase() || matches!(c, '-' | '\''));
    let second_title = TITLES.contains(&trimmed.to_lowercase().as_str());
    (trimmed.chars().count() >= 3
        && capital
        && rest_lower
        && !second_title
        && !trimmed.starts_with("Name"))
    .then_some((start, start + trimmed.len()))
}

fn looks_like_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| part.len() <= 4 && part.chars().all(|c| c.is_ascii_digit()))
        && parts.iter().any(|part| part.len() == 4)
        && text.len() <= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_and_what_stays() {
        let cases = [
            (
                "email anna.smith@harbor.co now",
                "email person1@example.com now",
            ),
            ("mail orders@harborgoods.com.", "mail orders@example.com."),
            (
                "ops@a.com and ops@b.com",
                "ops@example.com and ops2@example.com",
            ),
            ("call +49 30 1234567 please", "call +15550100001 please"),
            ("(555) 123-4567 x", "+15550100001 x"),
            ("customer Miller ordered", "customer Name1 ordered"),
            ("tell Mrs. Jane Miller", "tell Mrs. Name1 Name2"),
            (
                "post to https://hooks.slack.com/services/T0/B0/abc",
                "post to https://example.com/hook1",
            ),
            ("https://a.io/x?token=abc&y=1", "https://example.com/hook1"),
            ("use sk_live_51Hq8abcdefgh1234", "use SECRET_1"),
            // Stays as it is.
            (
                "over $5000 on 2026-01-30 at 06:30",
                "over $5000 on 2026-01-30 at 06:30",
            ),
            ("tag customers who order", "tag customers who order"),
            (
                "https://links.cedarloop.io/conv",
                "https://links.cedarloop.io/conv",
            ),
            ("@uni-mail.edu gets student", "@uni-mail.edu gets student"),
            (
                "order.customer.numberOfOrders >= 5",
                "order.customer.numberOfOrders >= 5",
            ),
            (
                "gid://shopify/Collection/123456789",
                "gid://shopify/Collection/123456789",
            ),
            ("SKU AB-1234-XL 12345678", "SKU AB-1234-XL 12345678"),
        ];
        for (text, expected) in cases {
            assert_eq!(Mask::default().text(text), expected);
        }
    }

    #[test]
    fn request_and_program_agree() {
        let mut mask = Mask::default();
        let request = mask.text("send it to bob@harbor.co");
        let program = mask.text("send_email(address=\"Bob@harbor.co\", subject=\"x\")");
        assert_eq!(request, "send it to person1@example.com");
        assert_eq!(
            program,
            "send_email(address=\"person1@example.com\", subject=\"x\")"
        );
        assert_eq!(Mask::default().text(&program), program);
    }
}
