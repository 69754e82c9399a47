//! Dark or light: the system decides until somebody chooses; the choice stays in this browser.

use crate::icons::{Glyph, Icon};
use crate::language::{k, t};
use crate::prelude::*;

/// The name under which the choice is kept; `public/theme.js` reads it before the page is painted.
const KEY: &str = "flowright-theme";

/// Switches between dark and light.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let dark = RwSignal::new(false);
    Effect::new(move |_| dark.set(is_dark()));
    let toggle = move |_| {
        let now = !dark.get_untracked();
        let name = if now { "dark" } else { "light" };
        if let Some(root) = document().document_element() {
            // A browser that refuses keeps its theme.
            let _ = root.set_attribute("data-theme", name);
        }
        if let Ok(Some(storage)) = window().local_storage() {
            // Without storage the choice lasts as long as the page.
            let _ = storage.set_item(KEY, name);
        }
        dark.set(now);
    };
    view! {
        <button
            type="button"
            class="tool"
            aria-label=move || if dark.get() { t(k::FRAME_LIGHT) } else { t(k::FRAME_DARK) }
            on:click=toggle
        >
            {move || {
                let icon = if dark.get() { Icon::Sun } else { Icon::Moon };
                view! { <Glyph icon /> }
            }}
        </button>
    }
}

fn is_dark() -> bool {
    let chosen = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"));
    match chosen.as_deref() {
        Some(name) => name == "dark",
        None => window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches()),
    }
}
