//! What an empty conversation says.

use super::editing::{by_hand, use_editor};
use crate::language::{Language, k, language, t};
use crate::prelude::*;

/// Requests to begin with, in the language that the model was taught.
const EXAMPLES: [&str; 3] = [
    "When an order over $500 comes in, tag it VIP and email ops@example.com",
    "Tag customers as loyal once they have placed five orders",
    "Every Monday at 8, email me the products that are out of stock",
];

/// An invitation, and requests to begin with.
#[component]
pub fn Welcome(suggestion: RwSignal<Option<String>>) -> impl IntoView {
    let english = (language() != Language::English)
        .then(|| view! { <p class="muted">{t(k::WELCOME_ENGLISH)}</p> });
    view! {
        <div class="welcome">
            <h1>{t(k::CHAT_COMPOSER_LABEL)}</h1>
            <p class="muted">
                {t(k::WELCOME_SAY_IT)}
            </p>
            {english}
            <p class="eyebrow">{t(k::WELCOME_TRY_ONE)}</p>
            <ul class="examples">
                {EXAMPLES
                    .into_iter()
                    .map(|example| {
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="example"
                                    lang="en"
                                    dir="ltr"
                                    on:click=move |_| suggestion.set(Some(example.to_string()))
                                >
                                    {example}
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            {use_editor().map(by_hand)}
            <p>
                <a href="/templates">{t(k::WELCOME_TEMPLATE)}</a>
            </p>
        </div>
    }
}
