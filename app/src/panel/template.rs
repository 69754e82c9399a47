//! Texts with Liquid: variables are searched or completed while typing, and the text is shown as it
//! would read.

use leptos::ev;
use leptos::html::Textarea;
use leptos::task::spawn_local;

use super::code::insert;
use super::picker::{insert_button, path_label};
use super::simple::{described, invalid};
use super::slot::{Slot, has_liquid, restart};
use super::texts;
use crate::api::{PathInfo, Sought};
use crate::language::{k, t};
use crate::prelude::*;

/// A completion is looked for when nothing was typed for this long.
const COMPLETE_AFTER: std::time::Duration = std::time::Duration::from_millis(180);
/// No more completions than this are shown.
const MOST: usize = 8;

/// Fields of one line, in which Enter makes no new one.
const SHORT: [&str; 12] = [
    "subject", "title", "url", "name", "key", "channel", "status", "value", "sheet", "handle",
    "path", "type",
];

/// A text in which Liquid is rendered; `preview` says whether it is shown as it would read.
pub fn template(slot: Slot, preview: bool) -> AnyView {
    let area: NodeRef<Textarea> = NodeRef::new();
    let short = slot
        .field
        .with_value(|field| SHORT.contains(&field.id.as_str()) || field.id.ends_with("_id"));
    let found = RwSignal::new(Vec::<PathInfo>::new());
    let at = RwSignal::new(0_usize);
    let timer = StoredValue::new(None);
    // The beginning of a path before the caret.
    let begun = move || -> Option<String> {
        // An answer can come when the panel is closed already.
        let area = area.try_get_untracked().flatten()?;
        let text = area.value();
        let units = area.selection_start().ok().flatten()? as usize;
        let (_, word) = texts::path_before(&text, texts::byte_at(&text, units))?;
        Some(word.to_string())
    };
    let complete = move || {
        let Some(search) = begun() else {
            found.try_set(Vec::new());
            return;
        };
        spawn_local(async move {
            let sought = Sought {
                search: search.clone(),
                ..Sought::default()
            };
            let mut list = slot.search(sought).await;
            list.retain(|info| info.kind.is_some() && info.list.is_none());
            list.truncate(MOST);
            if begun() == Some(search) {
                at.try_set(0);
                found.try_set(list);
            }
        });
    };
    let put = move |text: &str, back: usize| {
        if let Some(area) = area.get_untracked() {
            insert(&area, text, back);
            found.set(Vec::new());
            slot.typing(area.value());
        }
    };
    let take = move |info: &PathInfo| {
        let back = begun().unwrap_or_default().len();
        let closed = area.get_untracked().is_some_and(|area| {
            let text = area.value();
            let units = area.selection_start().ok().flatten().unwrap_or_default();
            let after = text
                .get(texts::byte_at(&text, units as usize)..)
                .unwrap_or_default();
            let end = after.find("}}").min(after.find("%}"));
            end.is_some_and(|end| !after.get(..end).unwrap_or_default().contains("{{"))
        });
        let is_output = area.get_untracked().is_some_and(|area| {
            let text = area.value();
            text.rfind("{{") > text.rfind("{%")
        });
        let text = if closed || !is_output {
            info.path.clone()
        } else {
            format!("{} }}}}", info.path)
        };
        let spaced = begun().is_some_and(|word| word.is_empty())
            && area
                .get_untracked()
                .is_some_and(|area| area.value().ends_with("{{"));
        put(&if spaced { format!(" {text}") } else { text }, back);
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let key = event.key();
        match key.as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1).min(count - 1)),
            "ArrowUp" if count > 0 => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" if count > 0 => {
                if let Some(info) =
                    found.with_untracked(|found| found.get(at.get_untracked()).cloned())
                {
                    take(&info);
                }
            }
            "Escape" if count > 0 => {
                found.set(Vec::new());
                event.stop_propagation();
            }
            "Enter" if short && !event.is_composing() => slot.leave(),
            _ => return,
        }
        event.prevent_default();
    };
    let id = slot.id();
    let list_id = format!("{id}-complete");
    let (controls, own) = (list_id.clone(), list_id.clone());
    let active = move || {
        found
            .with(|found| !found.is_empty())
            .then(|| format!("{own}-{}", at.get()))
    };
    let options = move || -> Vec<AnyView> {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(|(number, info)| {
                let label = path_label(&info, None);
                let path = info.path.clone();
                view! {
                    <li
                        id=format!("{list_id}-{number}")
                        role="option"
                        aria-selected=move || (at.get() == number).to_string()
                        on:mousedown=move |event: ev::MouseEvent| {
                            event.prevent_default();
                            take(&info);
                        }
                    >
                        <b>{label}</b>
                        <code>{path}</code>
                    </li>
                }
                .into_any()
            })
            .collect()
    };
    let described = described(&id);
    view! {
        <div class="edit-template" class:short=short>
            <textarea
                id=id
                node_ref=area
                rows=if short { "1" } else { "3" }
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-controls=controls.clone()
                aria-activedescendant=active
                prop:value=move || slot.typed.get()
                aria-describedby=described
                aria-invalid=invalid(slot)
                on:input:target=move |event| {
                    slot.typing(event.target().value());
                    restart(timer, COMPLETE_AFTER, complete);
                }
                on:keydown=on_key
                on:blur=move |_| {
                    found.set(Vec::new());
                    slot.leave();
                }
            ></textarea>
            <ul
                id=controls
                role="listbox"
                aria-label=t(k::TEMPLATE_FIT)
                class="edit-complete"
                hidden=move || found.with(Vec::is_empty)
            >
                {options}
            </ul>
        </div>
        {insert_button(
            slot,
            move |info| {
                put(&texts::reading(&info.path, info.list.as_deref(), info.kind.is_none()), 0);
            },
        )}
        {move || {
            let has_liquid = preview && slot.typed.with(|typed| has_liquid(typed));
            has_liquid.then(|| shown(slot)).flatten()
        }}
    }
    .into_any()
}

/// The text as it would read on a test event.
fn shown(slot: Slot) -> Option<AnyView> {
    let text = slot.preview()?;
    let text = if text.trim().is_empty() {
        t(k::TEMPLATE_NOTHING).to_string()
    } else {
        text
    };
    Some(
        view! {
            <div class="edit-preview">
                <p class="eyebrow">{t(k::TEMPLATE_ON_TEST)}</p>
                <p class="text">{text}</p>
            </div>
        }
        .into_any(),
    )
}
