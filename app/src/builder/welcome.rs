//! What an empty conversation says.

use super::editing::{by_hand, use_editor};
use crate::prelude::*;

/// Requests to begin with.
const EXAMPLES: [&str; 3] = [
    "When an order over $500 comes in, tag it VIP and email ops@example.com",
    "Tag customers as loyal once they have placed five orders",
    "Every Monday at 8, email me the products that are out of stock",
];

/// An invitation, and requests to begin with.
#[component]
pub fn Welcome(suggestion: RwSignal<Option<String>>) -> impl IntoView {
    view! {
        <div class="welcome">
            <h1>"What should happen in your store?"</h1>
            <p class="muted">
                "Say it in your own words. The workflow is drawn as it is written, and nothing runs until you turn it on."
            </p>
            <p class="eyebrow">"Try one of these"</p>
            <ul class="examples">
                {EXAMPLES
                    .into_iter()
                    .map(|example| {
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="example"
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
                <a href="/templates">"Or start from a template"</a>
            </p>
        </div>
    }
}
