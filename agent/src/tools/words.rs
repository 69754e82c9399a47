//! From text to the words that searches compare: phrases joined, synonyms brought to one spelling,
//! empty words left out, and endings taken off.

use std::collections::HashMap;

use bm25::{DefaultTokenizer, Embedding, Language, TokenEmbedder, TokenEmbedding, Tokenizer};

use super::aliases::{PHRASES, STOP, WORDS};

/// Splits texts into comparable words.
pub(super) struct Words {
    stemmer: DefaultTokenizer,
    /// By first word: the words of the phrase and what stands for them, longest first.
    phrases: HashMap<String, Vec<(Vec<String>, &'static str)>>,
    same: HashMap<&'static str, &'static str>,
}

impl Words {
    pub(super) fn new() -> Words {
        let mut phrases: HashMap<String, Vec<(Vec<String>, &'static str)>> = HashMap::new();
        for (phrase, token) in PHRASES {
            let words = plain(phrase);
            if let Some(first) = words.first() {
                phrases
                    .entry(first.clone())
                    .or_default()
                    .push((words, token));
            }
        }
        for list in phrases.values_mut() {
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Words {
            stemmer: DefaultTokenizer::builder()
                .language_mode(Language::English)
                .stopwords(false)
                .build(),
            phrases,
            same: WORDS.iter().copied().collect(),
        }
    }

    /// The words of a text after phrases and synonyms, before endings come off.
    pub(super) fn meant(&self, text: &str) -> Vec<String> {
        let words = plain(text);
        let mut meant = Vec::with_capacity(words.len() + 1);
        let place = |wanted: &[&str]| {
            words
                .iter()
                .position(|word| wanted.contains(&word.as_str()))
        };
        if let (Some(lets), Some(knows)) = (place(&["let", "lets"]), place(&["know"]))
            && lets < knows
        {
            // "Let the team know" speaks of it apart.
            meant.push("notify".to_string());
        }
        if counts_orders(&words) {
            meant.push("ordercount".to_string());
        }
        let mut at = 0;
        while at < words.len() {
            let phrase = self.phrases.get(&words[at]).and_then(|list| {
                list.iter()
                    .find(|(phrase, _)| words[at..].starts_with(phrase))
            });
            match phrase {
                Some((phrase, token)) => {
                    meant.extend(token.split(' ').map(str::to_string));
                    at += phrase.len();
                }
                None => {
                    meant.push(words[at].clone());
                    at += 1;
                }
            }
        }
        for word in &mut meant {
            if let Some(same) = self.same.get(word.as_str()) {
                *word = same.to_string();
            }
        }
        meant.retain(|word| {
            !STOP.contains(&word.as_str()) && !word.bytes().all(|byte| byte.is_ascii_digit())
        });
        meant
    }

    /// The words of a request, each once, in the order of their first use.
    pub(super) fn unique(&self, text: &str) -> Vec<String> {
        let mut unique: Vec<String> = Vec::new();
        for word in self.tokenize(text) {
            if !unique.contains(&word) {
                unique.push(word);
            }
        }
        unique
    }
}

impl Tokenizer for Words {
    fn tokenize(&self, text: &str) -> Vec<String> {
        self.stemmer.tokenize(&self.meant(text).join(" "))
    }
}

/// A query for a scorer, of words as [`Words::unique`] gives them.
pub(super) fn embedding(words: &[String]) -> Embedding<u64> {
    Embedding(
        words
            .iter()
            .map(|word| TokenEmbedding {
                index: <u64 as TokenEmbedder>::embed(word),
                value: 1.0,
            })
            .collect(),
    )
}

/// Lower-case words. An e-mail address counts as the word `email`, a web address as `https`, and a
/// sum of money as `money`.
pub(crate) fn plain(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        if part.contains("://") {
            words.push("https".to_string());
            continue;
        }
        if part.contains('@') && part.contains('.') {
            words.push("email".to_string());
            continue;
        }
        if part.contains(['$', '€', '£']) {
            words.push("money".to_string());
        }
        let part = part.replace("'s", "").replace("’s", "").to_lowercase();
        words.extend(
            part.split(|letter: char| !letter.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_string),
        );
    }
    words
}

/// Whether the words hold a count of orders: "5th order", "2 to 4 orders".
fn counts_orders(words: &[String]) -> bool {
    words.windows(2).any(|pair| {
        let [count, what] = pair else { return false };
        let digits = count.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let suffix = &count[digits.len()..];
        match what.as_str() {
            "order" | "purchase" => number && ["st", "nd", "rd", "th"].contains(&suffix),
            "orders" | "purchases" => number && suffix.is_empty(),
            _ => false,
        }
    })
}

/// The words of a camelCase path: `order.totalPriceSet` gives `order total price set`.
pub(super) fn path_words(path: &str) -> String {
    let mut words = String::with_capacity(path.len() + 8);
    for letter in path.chars() {
        if letter == '.' {
            words.push(' ');
        } else if letter.is_uppercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_become_comparable_words() {
        let words = Words::new();
        for (text, expected) in [
            ("Tag buyers", vec!["tag", "custom"]),
            ("when a product sells out", vec!["product", "outofstock"]),
            ("draft orders over $500", vec!["draftord", "over", "money"]),
            ("e-mail ops@example.com", vec!["email"]),
            ("their 5th order", vec!["ordercount", "5th", "order"]),
            ("let Ann know", vec!["notifi", "let", "ann", "know"]),
            ("POST it to https://a.example/b", vec!["post", "https"]),
        ] {
            assert_eq!(words.unique(text), expected, "{text}");
        }
    }

    #[test]
    fn paths_split_into_words() {
        assert_eq!(
            path_words("order.totalPriceSet.shopMoney"),
            "order total price set shop money"
        );
    }
}
