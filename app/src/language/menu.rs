//! The menu of languages, and what was being written while the language changes.

use crate::prelude::*;
use leptos::html::Select;
use wasm_bindgen::JsValue;

use super::{COOKIE, Language, k, language, t};

/// Where the words in the composer wait while the page is loaded in another language.
const WORDS: &str = "flowright-words";
/// A year, in seconds.
const KEPT_FOR: u32 = 31_536_000;

/// Chooses the language. The page is loaded anew, so that everything on it is in the new one: the
/// draft is on the server, and what stands in the composer is kept.
#[component]
pub fn LanguageMenu() -> impl IntoView {
    let menu: NodeRef<Select> = NodeRef::new();
    let now = language();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let options = Language::ALL.map(|language| {
        view! {
            <option value=language.code() lang=language.code() selected=language == now>
                {language.name()}
            </option>
        }
    });
    let choose = move |_| {
        if let Some(menu) = menu.get_untracked() {
            keep_words();
            let cookie = format!(
                "{COOKIE}={}; path=/; max-age={KEPT_FOR}; samesite=lax",
                menu.value()
            );
            // A browser that keeps no cookies keeps its language.
            let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &JsValue::from(cookie));
            // Without a window there is nothing to load.
            let _ = window().location().reload();
        }
    };
    view! {
        <select
            class="language"
            node_ref=menu
            aria-label=t(k::FRAME_LANGUAGE)
            disabled=move || !alive.get()
            on:change=choose
        >
            {options}
        </select>
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn keep_words() {
    let words = document()
        .get_element_by_id("composer")
        .and_then(|composer| {
            js_sys::Reflect::get(&composer, &"value".into())
                .ok()?
                .as_string()
        })
        .filter(|words| !words.is_empty());
    if let (Some(storage), Some(words)) = (storage(), words) {
        // Without storage the words are lost, and the browser said so before.
        let _ = storage.set_item(WORDS, &words);
    }
}

/// What stood in the composer when the language was changed, once.
pub fn kept_words() -> Option<String> {
    let storage = storage()?;
    let words = storage.get_item(WORDS).ok().flatten()?;
    // What cannot be removed comes back once more.
    let _ = storage.remove_item(WORDS);
    Some(words)
}
