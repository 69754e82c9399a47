//! What a finding means, unfolded in place.

use leptos::html::Details;
use leptos::task::spawn_local;

use crate::api::{self, ApiError, Meaning};
use crate::language::{k, t};
use crate::prelude::*;

/// A question that unfolds the page of a finding. It is asked for when somebody wants to know.
pub fn meaning(code: &str) -> AnyView {
    let code = StoredValue::new(code.to_string());
    let found = RwSignal::new(None::<Result<Meaning, ApiError>>);
    let details: NodeRef<Details> = NodeRef::new();
    let unfolded = move |_| {
        let open = details
            .get_untracked()
            .is_some_and(|details| details.open());
        // Who was refused may ask again.
        if open && !matches!(found.get_untracked(), Some(Ok(_))) {
            spawn_local(async move {
                let answer = api::explain(code.get_value()).await;
                found.try_set(Some(answer));
            });
        }
    };
    let told = move || match found.get() {
        None => view! { <p role="status">{t(k::FRAME_LOADING)}</p> }.into_any(),
        Some(Err(error)) => view! { <p role="alert">{error.message}</p> }.into_any(),
        Some(Ok(Meaning { what, todo })) => view! {
            {paragraphs(what)}
            <p class="eyebrow">{t(k::CHECK_WHAT_TO_DO)}</p>
            {paragraphs(todo)}
        }
        .into_any(),
    };
    view! {
        <details class="meaning" node_ref=details on:toggle=unfolded>
            <summary>{t(k::CHECK_MEANING)}</summary>
            {told}
        </details>
    }
    .into_any()
}

fn paragraphs(texts: Vec<String>) -> Vec<AnyView> {
    texts
        .into_iter()
        .map(|text| view! { <p>{text}</p> }.into_any())
        .collect()
}
