//! A condition as the text it is stored as, with a mark where it stops to read.

use leptos::html::Textarea;

use super::simple::{described, invalid};
use super::slot::Slot;
use crate::prelude::*;

/// How much of the text is shown round the mark, in characters.
const ROUND: usize = 40;

/// The text of a condition.
pub fn as_text(slot: Slot) -> AnyView {
    let area: NodeRef<Textarea> = NodeRef::new();
    let id = slot.id();
    let described = described(&id);
    let mark = move || {
        let typed = slot.typed.get();
        if typed.trim().is_empty() {
            return None;
        }
        let error = flow::condition::parse(&typed).err()?;
        let (before, after) = typed.split_at_checked(error.at)?;
        let start = before
            .char_indices()
            .rev()
            .nth(ROUND)
            .map_or(0, |(at, _)| at);
        let mut rest = after.chars();
        let here: String = rest.next().map_or("␣".to_string(), String::from);
        let after: String = rest.take(ROUND).collect();
        let before = before.get(start..).unwrap_or_default().to_string();
        Some(view! {
            <p class="edit-mark" aria-hidden="true">
                <code>{before}<mark>{here}</mark>{after}</code>
            </p>
        })
    };
    view! {
        <textarea
            id=id
            node_ref=area
            class="edit-condition"
            rows="4"
            spellcheck="false"
            autocapitalize="off"
            prop:value=move || slot.typed.get()
            aria-describedby=described
            aria-invalid=invalid(slot)
            on:input:target=move |event| slot.typing(event.target().value())
            on:blur=move |_| slot.leave()
        ></textarea>
        {mark}
    }
    .into_any()
}
