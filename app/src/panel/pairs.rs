//! Names and values in rows: the headers of a request, the cells of a sheet, a metafield.

use flow::catalog::FieldKind;

use super::code::code;
use super::slot::Slot;
use super::texts;
use crate::language::{count, k, t};
use crate::prelude::*;

/// Rows of names and values; what does not read as such is written as text.
pub fn pairs(slot: Slot) -> AnyView {
    let is_metafield = slot.kind() == FieldKind::Metafield;
    let readable = Memo::new(move |_| slot.typed.with(|typed| texts::pairs(typed).is_some()));
    (move || {
        if readable.get() {
            rows(slot, is_metafield)
        } else {
            code(slot)
        }
    })
    .into_any()
}

/// What says which metafield it is.
const METAFIELD: [&str; 2] = ["namespace", "key"];

fn rows(slot: Slot, is_metafield: bool) -> AnyView {
    let read = move || {
        let (mut rows, as_object) = slot
            .typed
            .with_untracked(|typed| texts::pairs(typed))
            .unwrap_or_default();
        if is_metafield && rows.is_empty() {
            rows.extend(METAFIELD.map(|key| (key.to_string(), String::new())));
        }
        (rows, as_object || is_metafield)
    };
    // A row without a name is not stored, so the rows live here while they are edited.
    let (first, as_object) = read();
    let list = RwSignal::new(first);
    let shape = RwSignal::new(0_u32);
    let mine = StoredValue::new(slot.typed.get_untracked());
    Effect::new(move |_| {
        let typed = slot.typed.get();
        if mine.get_value() != typed {
            mine.set_value(typed);
            list.set(read().0);
            shape.update(|shape| *shape += 1);
        }
    });
    let store = move |later: bool| {
        let value = list.with_untracked(|list| texts::pairs_value(list, as_object));
        mine.set_value(value.clone());
        if later {
            slot.typing(value);
        } else {
            slot.put(value);
        }
    };
    let row = move |number: usize, key: String, value: String| {
        let id = if number == 0 {
            slot.id()
        } else {
            format!("{}-{number}", slot.id())
        };
        let set = move |first: bool, text: String| {
            list.update(|list| {
                if let Some(row) = list.get_mut(number) {
                    if first {
                        row.0 = text;
                    } else {
                        row.1 = text;
                    }
                }
            });
            store(true);
        };
        view! {
            <li class="edit-pairs-row">
                <input
                    id=id
                    type="text"
                    autocomplete="off"
                    aria-label=count(k::PAIRS_NAME, number + 1)
                    placeholder=t(k::DETAILS_NAME)
                    prop:value=key
                    on:input:target=move |event| set(true, event.target().value())
                    on:blur=move |_| slot.leave()
                />
                <input
                    type="text"
                    autocomplete="off"
                    aria-label=count(k::PAIRS_VALUE, number + 1)
                    placeholder=t(k::CONDITION_VALUE)
                    prop:value=value
                    on:input:target=move |event| set(false, event.target().value())
                    on:blur=move |_| slot.leave()
                />
                <button
                    type="button"
                    class="edit-remove"
                    aria-label=count(k::PAIRS_REMOVE, number + 1)
                    on:click=move |_| {
                        list.update(|list| {
                            if number < list.len() {
                                list.remove(number);
                            }
                        });
                        shape.update(|shape| *shape += 1);
                        store(false);
                    }
                >
                    "×"
                </button>
            </li>
        }
        .into_any()
    };
    let rows = move || -> Vec<AnyView> {
        shape.track();
        list.get_untracked()
            .into_iter()
            .enumerate()
            .map(|(number, (key, value))| row(number, key, value))
            .collect()
    };
    view! {
        <ul class="edit-pairs">{rows}</ul>
        <button
            type="button"
            class="edit-tool"
            on:click=move |_| {
                list.update(|list| list.push(Default::default()));
                shape.update(|shape| *shape += 1);
            }
        >
            {t(k::PAIRS_ADD_ROW)}
        </button>
    }
    .into_any()
}
