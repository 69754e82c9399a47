//! Turns the message files in `locales` into one table for each language and a constant for each
//! message.
//!
//! The page carries numbers only: a table is a file of its own that is loaded for the language that
//! is read, so a further language costs the page nothing. The files are in Fluent's format and are
//! read by Fluent's own parser; of the format this takes texts, variables and plurals.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, Resource, VariantKey,
};
use fluent_syntax::parser;

/// English first: it has every message, and the others say the same.
const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "ja"];

/// Files of sentences that come in English from the server and from `flow`: their English text is
/// what they are found by, so they need no constants.
const SAID: [&str; 9] = [
    "changes", "fields", "findings", "gallery", "notes", "paths", "refusals", "tasks", "values",
];

/// Between messages.
const RECORD: char = '\u{1e}';
/// Between the English of a sentence and its translation.
const UNIT: char = '\u{1f}';
/// Between the messages and the sentences.
const GROUP: char = '\u{1d}';
/// Around a choice by number, and between its variants.
const CHOICE: char = '\u{e}';
const VARIANT: char = '\u{f}';
/// The first variable; the second is the next character, and so on.
const VARIABLE: u8 = 1;
const MOST_VARIABLES: usize = 8;

/// File and name.
type Id = (String, String);
type Messages = BTreeMap<Id, Pattern<String>>;

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let mut breaches = String::new();
    let languages: Vec<Messages> = LANGUAGES
        .iter()
        .map(|language| read(&root.join("locales").join(language), &mut breaches))
        .collect();
    let english = &languages[0];
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (language, messages) in LANGUAGES.iter().zip(&languages) {
        for id in messages.keys().filter(|id| !english.contains_key(*id)) {
            breach(&mut breaches, language, id, "is not in English");
        }
        let table = table(language, english, messages, &mut breaches);
        for byte in table.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        write(&out.join(format!("{language}.words")), &table);
    }
    write(&out.join("breaches.txt"), &breaches);
    write(&out.join("keys.rs"), &keys(english, hash));
}

fn write(path: &Path, text: &str) {
    if let Err(error) = fs::write(path, text) {
        panic!("{} could not be written: {error}", path.display());
    }
}

fn breach(breaches: &mut String, language: &str, (file, name): &Id, what: &str) {
    let _ = writeln!(breaches, "{language}/{file}.ftl: `{name}` {what}");
}

fn is_said(file: &str) -> bool {
    SAID.contains(&file)
}

/// All messages of a language.
fn read(folder: &Path, breaches: &mut String) -> Messages {
    let mut messages = Messages::new();
    let files = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} could not be read: {error}", folder.display()));
    for file in files.flatten() {
        let path = file.path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_string();
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{} could not be read: {error}", path.display()));
        let resource: Resource<String> = match parser::parse(text) {
            Ok(resource) => resource,
            Err((_, errors)) => panic!("{}: {errors:?}", path.display()),
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let id = (name.clone(), message.id.name);
            let Some(value) = message.value else { continue };
            if messages.insert(id.clone(), value).is_some() {
                breach(
                    breaches,
                    &folder.display().to_string(),
                    &id,
                    "is there twice",
                );
            }
        }
    }
    messages
}

/// The variables of a message in the order in which it names them.
fn variables(pattern: &Pattern<String>, found: &mut Vec<String>) {
    let mut note = |name: &String| {
        if !found.contains(name) {
            found.push(name.clone());
        }
    };
    let mut inner = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => note(&id.name),
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                if let InlineExpression::VariableReference { id } = selector {
                    note(&id.name);
                }
                for variant in variants {
                    variables(&variant.value, &mut inner);
                }
                inner.drain(..).for_each(|name| note(&name));
            }
            _ => {}
        }
    }
}

/// A message as the page reads it.
fn packed(pattern: &Pattern<String>, names: &[String]) -> Result<String, String> {
    let place = |name: &str| {
        names
            .iter()
            .position(|known| known == name)
            .filter(|place| *place < MOST_VARIABLES)
            .map(|place| char::from(VARIABLE + place as u8))
            .ok_or_else(|| format!("names `{name}`, which English does not"))
    };
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => text.push(place(&id.name)?),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => text.push_str(value),
            PatternElement::Placeable {
                expression:
                    Expression::Select {
                        selector: InlineExpression::VariableReference { id },
                        variants,
                    },
            } => {
                text.push(CHOICE);
                text.push(place(&id.name)?);
                for variant in variants {
                    let key = match &variant.key {
                        VariantKey::Identifier { name } => match name.as_str() {
                            "one" => "o",
                            "many" => "m",
                            "other" => "*",
                            other => return Err(format!("has the plural form `{other}`")),
                        },
                        VariantKey::NumberLiteral { value } if value.len() == 1 => value,
                        VariantKey::NumberLiteral { value } => {
                            return Err(format!("has a variant for {value}"));
                        }
                    };
                    text.push_str(key);
                    text.push_str(&packed(&variant.value, names)?);
                    text.push(VARIANT);
                }
                text.push(CHOICE);
            }
            _ => return Err("uses more of Fluent than the page reads".to_string()),
        }
    }
    Ok(text)
}

/// Everything that is said in a language, in the order of the keys.
fn table(language: &str, english: &Messages, messages: &Messages, breaches: &mut String) -> String {
    let mut texts = Vec::new();
    let mut sentences = Vec::new();
    for (id, original) in english {
        let mut names = Vec::new();
        variables(original, &mut names);
        let plain = match packed(original, &names) {
            Ok(plain) => plain,
            Err(why) => {
                breach(breaches, "en", id, &why);
                String::new()
            }
        };
        let translated = match messages.get(id) {
            None => {
                breach(breaches, language, id, "is missing");
                plain.clone()
            }
            Some(message) => {
                let mut own = Vec::new();
                variables(message, &mut own);
                if own.len() != names.len() {
                    breach(breaches, language, id, "does not name every variable");
                }
                packed(message, &names).unwrap_or_else(|why| {
                    breach(breaches, language, id, &why);
                    plain.clone()
                })
            }
        };
        if !is_said(&id.0) {
            texts.push(translated);
        } else if language != "en" && messages.contains_key(id) {
            sentences.push(format!("{plain}{UNIT}{translated}"));
        }
    }
    let join = |parts: &[String]| parts.join(&RECORD.to_string());
    format!("{}{GROUP}{}", join(&texts), join(&sentences))
}

fn named(names: &[String]) -> String {
    match names {
        [] => "no values".to_string(),
        names => format!("`{}`", names.join("`, `")),
    }
}

/// A constant for each message of the page.
fn keys(english: &Messages, hash: u64) -> String {
    let mut source = String::from("// Made by build.rs out of locales/en.\n\n");
    let own = english.iter().filter(|((file, _), _)| !is_said(file));
    for (number, ((file, name), pattern)) in own.enumerate() {
        let mut names = Vec::new();
        variables(pattern, &mut names);
        let text = packed(pattern, &names).unwrap_or_default();
        let shown: String = text.chars().filter(|c| !c.is_control()).collect();
        let _ = writeln!(source, "/// `{shown}`, with {}.", named(&names));
        let constant = format!("{file}_{name}").replace('-', "_").to_uppercase();
        let _ = writeln!(source, "pub const {constant}: Key = Key({number});");
    }
    let _ = writeln!(
        source,
        "\n/// Changes whenever a table changes.\npub const HASH: &str = \"{hash:016x}\";"
    );
    source
}
