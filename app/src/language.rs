//! The language a page is read in, and every text of the page in that language.
//!
//! The texts are in `locales`, one Fluent file for each part of the page and language, and `build.rs`
//! makes a table of them. A view names a text by its key: [`t`] for a text as it is, [`tr`] for one
//! with values in it. Sentences that come in English from the server or from `flow` are found by
//! their English text: [`said`].
//!
//! A further language is a folder more in `locales`, and a word more in [`Language`] and in `build.rs`;
//! a test says what it lacks.
//!
//! On the server the language is that of the request; it hands the page the table of that language
//! as a file of its own, so that the first drawing in the browser says what the server said.

mod menu;
mod table;

use std::sync::LazyLock;

use crate::prelude::*;

pub use menu::{LanguageMenu, kept_words};
use table::Table;

/// The number of a text in the table of every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u16);

/// A constant for each text.
pub mod k {
    use super::Key;

    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}

/// The cookie that keeps the language somebody chose.
pub const COOKIE: &str = "flowright_language";

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    German,
    French,
    Spanish,
    Japanese,
}

impl Language {
    /// In the order of the menu.
    pub const ALL: [Language; 5] = [
        Language::English,
        Language::German,
        Language::French,
        Language::Spanish,
        Language::Japanese,
    ];

    /// The language's code (BCP 47).
    pub fn code(self) -> &'static str {
        ["en", "de", "fr", "es", "ja"][self as usize]
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        ["English", "Deutsch", "Français", "Español", "日本語"][self as usize]
    }

    /// Which way it is written. All five go from left to right; the style is made for both.
    pub fn direction(self) -> &'static str {
        "ltr"
    }

    /// The language with this code; regions do not matter.
    pub fn of(code: &str) -> Option<Language> {
        let main = code.split(['-', '_']).next()?.trim();
        Language::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(main))
    }

    /// The language for a request: the one that was chosen, else the first that the browser asks for
    /// and that there is, else English.
    pub fn wanted(chosen: Option<&str>, accept: Option<&str>) -> Language {
        if let Some(language) = chosen.and_then(Language::of) {
            return language;
        }
        let mut best = (0.0, Language::English);
        for part in accept.unwrap_or_default().split(',') {
            let mut pieces = part.split(';');
            let Some(language) = pieces.next().and_then(Language::of) else {
                continue;
            };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok())
                .unwrap_or(1.0);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The file with its table, which the page loads before it comes to life.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn table(self) -> &'static str {
        match self {
            Language::English => include_str!(concat!(env!("OUT_DIR"), "/en.words")),
            Language::German => include_str!(concat!(env!("OUT_DIR"), "/de.words")),
            Language::French => include_str!(concat!(env!("OUT_DIR"), "/fr.words")),
            Language::Spanish => include_str!(concat!(env!("OUT_DIR"), "/es.words")),
            Language::Japanese => include_str!(concat!(env!("OUT_DIR"), "/ja.words")),
        }
    }

    /// The program that hands its table to the page.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn script(self) -> String {
        let table = serde_json::Value::from(self.table());
        format!("self.flowright=[\"{}\",{table}]", self.code())
    }
}

/// The language and its table.
type Loaded = (Language, Table);

#[cfg(not(target_arch = "wasm32"))]
fn loaded() -> &'static Loaded {
    static TABLES: LazyLock<Vec<Loaded>> = LazyLock::new(|| {
        Language::ALL
            .into_iter()
            .map(|language| (language, Table::new(language.table())))
            .collect()
    });
    let language = use_context::<Language>().unwrap_or_default();
    &TABLES[language as usize]
}

#[cfg(target_arch = "wasm32")]
fn loaded() -> &'static Loaded {
    /// Brought by a script of its own, before this program starts.
    static TABLE: LazyLock<Loaded> = LazyLock::new(|| {
        let brought = js_sys::Array::from(
            &js_sys::Reflect::get(&js_sys::global(), &"flowright".into()).unwrap_or_default(),
        );
        let text = |at| brought.get(at).as_string().unwrap_or_default();
        // It is read as long as the page lives.
        let table: &'static str = Box::leak(text(1).into_boxed_str());
        (
            Language::of(&text(0)).unwrap_or_default(),
            Table::new(table),
        )
    });
    &TABLE
}

/// True when the table has come; without it there is nothing to say.
pub fn is_loaded() -> bool {
    !loaded().1.is_empty()
}

/// The language of this page.
pub fn language() -> Language {
    loaded().0
}

/// A text of the page.
pub fn t(key: Key) -> &'static str {
    loaded().1.text(key)
}

/// A text of the page with its values, in the order in which English names them.
pub fn tr(key: Key, values: &[&str]) -> String {
    let (language, table) = loaded();
    table::filled(table.text(key), values, *language)
}

/// A text about a number, which is its first value.
pub fn count(key: Key, number: usize) -> String {
    tr(key, &[&number.to_string()])
}

/// A sentence in the reader's language where it is known, and the language it is in where not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    /// `en` for a sentence that could not be put into the reader's language; else nothing.
    pub lang: Option<&'static str>,
}

/// A sentence of the server or of `flow` in the reader's language.
pub fn said(english: &str) -> Said {
    let (language, table) = loaded();
    let (text, lang) = if *language == Language::English {
        (english.to_string(), None)
    } else {
        match table.said(english, *language) {
            Some(text) => (text, None),
            None => (english.to_string(), Some("en")),
        }
    };
    Said { text, lang }
}

/// A sentence of the server or of `flow`, marked where it is English.
pub fn sentence(english: &str) -> AnyView {
    let Said { text, lang } = said(english);
    view! { <span lang=lang>{text}</span> }.into_any()
}

/// The same as a paragraph.
pub fn in_words(class: &'static str, english: &str) -> AnyView {
    let Said { text, lang } = said(english);
    let class = (!class.is_empty()).then_some(class);
    view! { <p class=class lang=lang>{text}</p> }.into_any()
}

/// The words alone, for places that take no language of their own.
pub fn said_text(english: &str) -> String {
    said(english).text
}

#[cfg(test)]
mod tests;
