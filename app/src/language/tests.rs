//! What a page says in each language.

use leptos::prelude::{Owner, provide_context};

use super::table::{filled, form};
use super::*;

fn reading<T>(language: Language, read: impl FnOnce() -> T) -> T {
    let owner = Owner::new();
    owner.with(|| {
        provide_context(language);
        read()
    })
}

#[test]
fn every_language_says_the_same_with_the_same_values() {
    let breaches = include_str!(concat!(env!("OUT_DIR"), "/breaches.txt"));
    assert_eq!(breaches, "");
}

#[test]
fn the_language_is_the_chosen_one_else_the_browsers_else_english() {
    for (chosen, accept, language) in [
        (None, None, Language::English),
        (None, Some("de-CH,de;q=0.9,en;q=0.8"), Language::German),
        (None, Some("en;q=0.5, fr-CA"), Language::French),
        (None, Some("sv, es;q=0.7, ja;q=0.9"), Language::Japanese),
        (None, Some("sv, nl"), Language::English),
        (None, Some("*"), Language::English),
        (Some("es"), Some("de"), Language::Spanish),
        (Some("xx"), Some("de"), Language::German),
    ] {
        assert_eq!(Language::wanted(chosen, accept), language, "{accept:?}");
    }
}

#[test]
fn plural_forms_are_those_of_unicode() {
    // CLDR 48, cardinals of whole numbers: in French nothing is one too; French and Spanish have a
    // form for whole millions; Japanese has one form.
    for (language, one, many) in [
        (Language::English, &[1][..], &[][..]),
        (Language::German, &[1], &[]),
        (Language::French, &[0, 1], &[1_000_000]),
        (Language::Spanish, &[1], &[1_000_000]),
        (Language::Japanese, &[], &[]),
    ] {
        for number in (0..1_100).chain([999_999, 1_000_000]) {
            let expected = if one.contains(&number) {
                "o"
            } else if many.contains(&number) {
                "m"
            } else {
                "*"
            };
            assert_eq!(form(number, language), expected, "{number} in {language:?}");
        }
    }
}

#[test]
fn texts_take_their_values_and_numbers_their_forms() {
    let text = "\u{1}: \u{e}\u{2}0none\u{f}oone\u{f}*\u{2} of \u{1}\u{f}\u{e}.";
    for (number, language, expected) in [
        ("0", Language::English, "x: none."),
        ("1", Language::English, "x: one."),
        ("7", Language::English, "x: 7 of x."),
        ("1", Language::Japanese, "x: 1 of x."),
    ] {
        assert_eq!(filled(text, &["x", number], language), expected);
    }
}

#[test]
fn sentences_are_found_by_their_english() {
    let table = Table::new(
        "a\u{1e}b\u{1d}Yes\u{1f}Ja\u{1e}Use \u{1} in ‘\u{2}’.\u{1f}In „\u{2}“ \u{1} nehmen.",
    );
    for (english, own) in [
        ("Yes", Some("Ja")),
        ("Use {{ a.b }} in ‘Yes’.", Some("In „Ja“ {{ a.b }} nehmen.")),
        ("Use  in ‘’.", None),
        ("Use x in ‘y’. And more.", None),
        ("No", None),
    ] {
        assert_eq!(table.said(english, Language::German).as_deref(), own);
    }
}

#[test]
fn a_page_speaks_the_language_of_its_request() {
    let words = |language| reading(language, || t(k::FRAME_SIGN_OUT));
    assert_eq!(words(Language::English), "Sign out");
    assert_eq!(words(Language::German), "Abmelden");
    assert_eq!(t(k::FRAME_SIGN_OUT), "Sign out");
    let unknown = reading(Language::French, || said("Nobody translated this."));
    assert_eq!(unknown.lang, Some("en"));
    assert_eq!(said("Nobody translated this.").lang, None);
}

#[test]
fn the_script_of_a_language_holds_its_table() {
    let script = Language::Japanese.script();
    let json = script.strip_prefix("self.flowright=").expect("a program");
    let (code, table): (String, String) = serde_json::from_str(json).expect("JSON");
    assert_eq!(code, "ja");
    assert_eq!(table, Language::Japanese.table());
}

/// Files whose sentences are found by their English text, and a file of drawings.
const NOT_VIEWS: [&str; 2] = ["icons.rs", "language.rs"];

/// What looks like words and is none: names of keys, of classes, of the browser's and Flow's own
/// values, what goes to the console, refusals, which are found by their English text, and requests to
/// the model, which was taught English.
const ALLOWED: [&str; 56] = [
    "a view outside of `anew` was to be adopted from the server's page",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "Backspace",
    "Delete",
    "End",
    "Enter",
    "Escape",
    "Home",
    "Shift",
    "Tab",
    "Files",
    "Flowright",
    "Foreachitem",
    "Money",
    "Product",
    "Set",
    "Africa/Johannesburg",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Stockholm",
    "Pacific/Auckland",
    "When an order over $500 comes in, tag it VIP and email ops@example.com",
    "Tag customers as loyal once they have placed five orders",
    "Every Monday at 8, email me the products that are out of stock",
    "an event of the session could not be read: {error}",
    "signing out: {error}",
    "the texts of the page did not arrive; reload it",
    "flowright steps 1",
    "answer clarification",
    "answer question",
    "answer refusal",
    "button small",
    "check bad",
    "chip bad",
    "chip warning",
    "link lit",
    "light dark",
    "plus aimed",
    "The file did not reach the server; check the connection and try again.",
    "The answer could not be read; reload the page and try again.",
    "{{% for item in {list} %}}{{{{ item{rest} }}}} {{% endfor %}}",
];

/// Every string of a source file, without its tests and comments, with what stands before it.
fn literals(source: &str) -> Vec<(String, String)> {
    let source = source
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let mut found = Vec::new();
    for line in source.lines() {
        let code = line.trim_start();
        if code.starts_with("//") || code.starts_with("#[") {
            continue;
        }
        let mut before = String::new();
        let mut inside = None::<String>;
        let mut escaped = false;
        for c in code.chars() {
            match inside.as_mut() {
                Some(text) if escaped => {
                    text.push(c);
                    escaped = false;
                }
                Some(_) if c == '\\' => escaped = true,
                Some(_) if c == '"' => {
                    found.push((before.clone(), inside.take().unwrap_or_default()));
                    before.clear();
                }
                Some(text) => text.push(c),
                None if c == '"' => inside = Some(String::new()),
                None => before.push(c),
            }
        }
    }
    found
}

/// A text that people would read: a word with a capital, or two words in a row.
fn is_read(text: &str) -> bool {
    let capital = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().nth(1).is_some_and(|c| c.is_ascii_lowercase());
    let is_word = |word: &str| {
        let word = word.trim_end_matches([',', '.', ':', ';', '?', '!']);
        word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase())
    };
    let words: Vec<&str> = text.split(' ').collect();
    capital
        || words
            .windows(2)
            .any(|two| is_word(two[0]) && is_word(two[1]))
}

/// Names and values of HTML that no reader sees.
fn is_markup(before: &str) -> bool {
    let before = before.trim_end();
    [
        "class=",
        "content=",
        "autocomplete=",
        "accept=",
        "rel=",
        "style=",
    ]
    .iter()
    .any(|name| before.ends_with(name))
        || before.ends_with("(\"status")
        || before.contains("closest(")
        || before.contains("push_str(")
        || before.contains("within(")
}

#[test]
fn no_view_holds_a_text_of_its_own() {
    let mut breaches = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().to_string();
            if path.is_dir() {
                if !matches!(name.as_str(), "api" | "language") {
                    folders.push(path);
                }
                continue;
            }
            if name == "api.rs" || NOT_VIEWS.contains(&name.as_str()) {
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a file");
            for (before, text) in literals(&source) {
                let is_class = text.split(' ').next().is_some_and(|word| {
                    ["status", "ran", "test", "card", "review-row", "finding"].contains(&word)
                });
                if is_read(&text)
                    && !is_class
                    && !is_markup(&before)
                    && !ALLOWED.contains(&text.as_str())
                {
                    breaches.push(format!("{}: {text}", path.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// Sentences that are put together from parts, so that they stand nowhere as a whole.
const PUT_TOGETHER: [&str; 7] = [
    "Added the tags",
    "Removed the tag",
    "There is no such run in your store",
    "There is no such session in your store",
    "There is no such workflow in your store",
    "You accepted one change",
    "You discarded one change",
];

/// A message, or its packed form, with nothing where its values stand.
fn without_values(text: &str) -> String {
    let mut bare = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            c if inside || c.is_control() => {}
            c => bare.push(c),
        }
    }
    bare
}

/// The sentences are found by their English, so each must still be what the house says.
#[test]
fn every_sentence_is_still_said() {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = String::new();
    let mut folders: Vec<_> = [
        "flow/src",
        "flow/catalog",
        "server/src",
        "server/templates",
        "app/src",
    ]
    .map(|folder| root.join(folder))
    .into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(source) = std::fs::read_to_string(&path) {
                sources.push_str(&source);
            }
        }
    }
    // A sentence may be broken over lines, and holds quotes written with a backslash.
    let sources = sources.replace("\\\"", "\"");
    // Names of fields and values are made into words from Shopify's own spelling, and changes are put
    // together from parts: another test makes them.
    let names: Vec<String> = [
        include_str!("../../locales/en/changes.ftl"),
        include_str!("../../locales/en/paths.ftl"),
        include_str!("../../locales/en/values.ftl"),
    ]
    .iter()
    .flat_map(|file| file.lines())
    .filter_map(|line| Some(without_values(line.split_once(" = ")?.1)))
    .collect();
    let mut breaches = Vec::new();
    for sentence in Language::German
        .table()
        .split_once('\u{1d}')
        .map(|(_, all)| all)
        .unwrap_or_default()
        .split('\u{1e}')
    {
        let english = sentence.split('\u{1f}').next().unwrap_or_default();
        let longest = english
            .split(|c: char| c.is_control())
            .flat_map(|piece| piece.split(". "))
            .max_by_key(|piece| piece.len())
            .unwrap_or_default()
            .trim_matches([' ', '‘', '’', '.', '“', '”']);
        let is_name = names.contains(&without_values(english));
        if !is_name
            && longest.len() > 3
            && !PUT_TOGETHER.contains(&longest)
            && !sources.contains(longest)
        {
            breaches.push(longest.to_string());
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn changes_are_told_in_the_readers_language() {
    use flow::workflow::{Step, TaskType, Workflow};

    let catalog = flow::Catalog::builtin();
    let mut old = Workflow {
        name: "A".to_string(),
        ..Workflow::default()
    };
    old.steps.push(Step::new(
        "s1",
        "shopify::admin::order_created",
        "0.1",
        TaskType::Trigger,
    ));
    let mut new = old.clone();
    new.name = "B".to_string();
    let mut tags = Step::new(
        "s2",
        "shopify::admin::add_order_tags",
        "0.1",
        TaskType::Action,
    );
    tags.set_config("tags", r#"["VIP"]"#);
    new.steps.push(tags);
    new.links
        .push(flow::workflow::Link::new("s1", "output", "s2"));
    let mut newer = new.clone();
    newer.steps[1].set_config("tags", r#"["Gold"]"#);
    let mut told = Vec::new();
    for (before, after) in [(&old, &new), (&new, &newer), (&new, &old)] {
        for change in flow::diff::diff(before, after).changes {
            let english = flow::diff::describe(&change, before, after, &catalog);
            let german = reading(Language::German, || said(&english));
            assert_eq!(german.lang, None, "{english}");
            told.push(german.text);
        }
    }
    told.sort();
    told.dedup();
    assert!(
        told.contains(
            &"Fügt „Bestell-Tags hinzufügen“ nach „Bestellung erstellt“ hinzu.".to_string()
        ),
        "{told:?}"
    );
}
