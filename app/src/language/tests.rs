use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
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
    for language in Language::ALL {
        let id = language.code().parse().expect("a language");
        let rules = PluralRules::create(id, PluralRuleType::CARDINAL).expect("rules");
        for number in (0..1_100).chain([1_000_000, 2_000_000, 1_000_001]) {
            let expected = match rules.select(number).expect("a form") {
                PluralCategory::ONE => "o",
                PluralCategory::MANY => "m",
                _ => "*",
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
