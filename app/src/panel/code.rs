//! Program text with numbered lines.
//!
//! Tab indents, so Escape first gives Tab back to walking through the page: nobody is held here.

use leptos::ev;
use leptos::html::Textarea;

use super::simple::{described, invalid};
use super::slot::Slot;
use super::texts;
use crate::language::{k, t};
use crate::prelude::*;

/// No more lines than this are shown at once; longer texts scroll.
const MOST_LINES: usize = 24;

/// A box for program text.
pub fn code(slot: Slot) -> AnyView {
    let area: NodeRef<Textarea> = NodeRef::new();
    let gutter: NodeRef<leptos::html::Pre> = NodeRef::new();
    let leaving = RwSignal::new(false);
    let lines = Memo::new(move |_| slot.typed.with(|typed| typed.split('\n').count()));
    let numbers = move || {
        let mut text = String::new();
        for line in 1..=lines.get() {
            text.push_str(&line.to_string());
            text.push('\n');
        }
        text
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" if !leaving.get_untracked() => {
            event.stop_propagation();
            leaving.set(true);
        }
        "Tab" if !leaving.get_untracked() && !event.shift_key() => {
            event.prevent_default();
            if let Some(area) = area.get_untracked() {
                insert(&area, "  ", 0);
                slot.typing(area.value());
            }
        }
        "Tab" | "Shift" | "Escape" => {}
        _ => leaving.set(false),
    };
    let id = slot.id();
    let keys = format!("{id}-keys");
    let described = format!("{} {keys}", described(&id));
    view! {
        <div class="edit-code">
            <pre node_ref=gutter aria-hidden="true">
                {numbers}
            </pre>
            <textarea
                id=id
                node_ref=area
                wrap="off"
                spellcheck="false"
                autocapitalize="off"
                rows=move || (lines.get() + 1).min(MOST_LINES).to_string()
                prop:value=move || slot.typed.get()
                aria-describedby=described
                aria-invalid=invalid(slot)
                on:input:target=move |event| slot.typing(event.target().value())
                on:keydown=on_key
                on:focus=move |_| leaving.set(false)
                on:blur=move |_| slot.leave()
                on:scroll=move |_| {
                    if let (Some(area), Some(gutter)) = (area.get_untracked(), gutter.get_untracked()) {
                        gutter.set_scroll_top(area.scroll_top());
                    }
                }
            ></textarea>
        </div>
        <p class="edit-hint" id=keys>
            {move || {
                if leaving.get() {
                    t(k::CODE_TAB_LEAVES)
                } else {
                    t(k::CODE_TAB_INDENTS)
                }
            }}
        </p>
    }
    .into_any()
}

/// Puts a text in place of what is selected, or of the `back` bytes before the caret, and the caret
/// behind it.
pub fn insert(area: &leptos::web_sys::HtmlTextAreaElement, text: &str, back: usize) {
    let value = area.value();
    let place = |units: Result<Option<u32>, _>| -> usize {
        let units: Option<u32> = units.ok().flatten();
        units.map_or(value.len(), |units| texts::byte_at(&value, units as usize))
    };
    let start = place(area.selection_start()).saturating_sub(back);
    let end = place(area.selection_end()).max(start);
    let before = value.get(..start).unwrap_or_default();
    let after = value.get(end..).unwrap_or_default();
    area.set_value(&format!("{before}{text}{after}"));
    let caret = texts::units_at(&area.value(), before.len() + text.len());
    let caret = u32::try_from(caret).unwrap_or(u32::MAX);
    // A caret that stays where it was is no harm.
    let _ = area.set_selection_range(caret, caret);
}
