//! Lists of short texts as chips: tags, ids, e-mail addresses.

use flow::catalog::FieldKind;
use leptos::ev;

use super::picker::insert_button;
use super::simple::{described, line};
use super::slot::Slot;
use super::texts::{self, AddressTrouble};
use crate::icons::{Glyph, Icon};
use crate::language::{k, t, tr};
use crate::prelude::*;

/// The chips of a field and a box to type the next one in. Enter and commas end one, Backspace in
/// the empty box takes the last one away.
pub fn chips(slot: Slot) -> AnyView {
    let is_mail = slot.kind() == FieldKind::Email;
    let read = move || -> Option<Vec<String>> {
        slot.typed.with(|typed| {
            if is_mail {
                Some(texts::split(typed))
            } else {
                texts::list(typed)
            }
        })
    };
    // Liquid that makes the whole list is one piece of text.
    let readable = Memo::new(move |_| read().is_some());
    (move || {
        if readable.get() {
            list(slot, is_mail, read)
        } else {
            line(slot)
        }
    })
    .into_any()
}

fn list(
    slot: Slot,
    is_mail: bool,
    read: impl Fn() -> Option<Vec<String>> + Copy + Send + Sync + 'static,
) -> AnyView {
    let said = RwSignal::new(String::new());
    let put = move |items: &[String]| {
        let value = if is_mail {
            items.join(", ")
        } else {
            texts::list_value(items)
        };
        slot.put(value);
    };
    let add = move |text: &str| {
        let mut items = read().unwrap_or_default();
        let before = items.len();
        for item in texts::split(text) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
        if items.len() > before {
            said.set(tr(k::CHIPS_ADDED, &[&items[before..].join(", ")]));
            put(&items);
        }
    };
    let take = move |item: &str| {
        let mut items = read().unwrap_or_default();
        items.retain(|known| known != item);
        said.set(tr(k::CHIPS_REMOVED, &[item]));
        put(&items);
        focus(&slot.id());
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let input = event_target::<leptos::web_sys::HtmlInputElement>(&event);
        let typed = input.value();
        match event.key().as_str() {
            "Enter" | "," if !event.is_composing() && !texts_is_open(&typed) => {
                event.prevent_default();
                add(&typed);
                input.set_value("");
            }
            "Backspace" if typed.is_empty() => {
                if let Some(last) = read().unwrap_or_default().last() {
                    event.prevent_default();
                    take(last);
                }
            }
            _ => {}
        }
    };
    let id = slot.id();
    let described = described(&id);
    let placeholder = if is_mail {
        t(k::CHIPS_ADD_ADDRESS)
    } else {
        t(k::CHIPS_ADD_ONE)
    };
    let rows = move || -> Vec<AnyView> {
        read()
            .unwrap_or_default()
            .into_iter()
            .map(|item| chip(item, is_mail, take))
            .collect()
    };
    let placeholders = move || {
        let found = is_mail
            && read()
                .unwrap_or_default()
                .iter()
                .any(|item| texts::address_trouble(item) == Some(AddressTrouble::Placeholder));
        found.then(|| {
            view! {
                <p class="edit-note">
                    {t(k::CHIPS_EXAMPLE_ADDRESS)}
                </p>
            }
        })
    };
    let takes_liquid = slot.field.with_value(|field| field.liquid);
    view! {
        <div class="edit-chips">
            <ul>{rows}</ul>
            <input
                id=id
                type="text"
                autocomplete="off"
                placeholder=placeholder
                aria-describedby=described
                on:keydown=on_key
                on:input:target=move |event| {
                    // A list that was pasted.
                    let text = event.target().value();
                    if texts::split(&text).len() > 1 {
                        add(&text);
                        event.target().set_value("");
                    }
                }
                on:blur:target=move |event| {
                    let text = event.target().value();
                    if !text.trim().is_empty() {
                        add(&text);
                        event.target().set_value("");
                    }
                }
            />
        </div>
        <p class="unseen" role="status">
            {said}
        </p>
        {placeholders}
        {takes_liquid
            .then(|| {
                view! {
                    {insert_button(
                        slot,
                        move |info| {
                            let is_object = info.kind.is_none();
                            add(&texts::reading(&info.path, info.list.as_deref(), is_object));
                        },
                    )}
                }
            })}
    }
    .into_any()
}

/// Whether Liquid was begun and not ended, in which a comma or Enter ends nothing.
fn texts_is_open(typed: &str) -> bool {
    typed.matches("{{").count() > typed.matches("}}").count()
}

fn chip(
    item: String,
    is_mail: bool,
    take: impl Fn(&str) + Copy + Send + Sync + 'static,
) -> AnyView {
    let trouble = is_mail.then(|| texts::address_trouble(&item)).flatten();
    let class = match trouble {
        Some(AddressTrouble::NotAnAddress) => "chip bad",
        Some(AddressTrouble::Placeholder) => "chip warning",
        None => "chip",
    };
    let title = (trouble == Some(AddressTrouble::NotAnAddress)).then_some(t(k::CHIPS_NO_ADDRESS));
    let label = tr(k::CHIPS_REMOVE, &[&item]);
    let text = item.clone();
    view! {
        <li class=class title=title>
            <span>{text}</span>
            <button type="button" aria-label=label on:click=move |_| take(&item)>
                <Glyph icon=Icon::Close />
            </button>
        </li>
    }
    .into_any()
}

/// Puts the focus on an element of the page.
pub fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let element = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // What cannot be focused is simply not focused.
        let _ = element.focus();
    }
}
