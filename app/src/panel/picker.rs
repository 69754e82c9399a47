//! A search for what a step can read, in plain words.

use std::time::Duration;

use flow::condition::Kind;
use leptos::ev;
use leptos::html::Input;
use leptos::task::spawn_local;

use super::chips::focus;
use super::slot::{Slot, restart};
use crate::api::{PathInfo, Sought};
use crate::language::{k, t};
use crate::prelude::*;
use crate::words;

/// A search begins when nothing was typed for this long.
const SEARCH_AFTER: Duration = Duration::from_millis(150);

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Pick {
    /// Only inside of this object, or of the items of this list.
    pub under: Option<String>,
    /// Whether what cannot be printed is left out.
    text: bool,
}

impl Pick {
    /// A value to print.
    pub fn text() -> Pick {
        Pick {
            under: None,
            text: true,
        }
    }

    /// A value or a list to test.
    pub fn test(under: Option<String>) -> Pick {
        Pick { under, text: false }
    }
}

/// What a path is called: in a list its end, so that the words say what one item has.
pub fn path_label(info: &PathInfo, under: Option<&str>) -> String {
    let path = match under.and_then(|under| info.path.strip_prefix(under)) {
        Some(rest) => rest.trim_start_matches('.'),
        None => &info.path,
    };
    words::capitalised(&words::path_words(path))
}

/// A button that opens the search, and the search below it. Afterwards the field has the focus again.
pub fn insert_button(
    slot: Slot,
    choose: impl Fn(PathInfo) + Copy + Send + Sync + 'static,
) -> AnyView {
    let open = RwSignal::new(false);
    let id = format!("{}-insert", slot.id());
    let own = StoredValue::new(id.clone());
    let close = move || {
        if open.try_set(false).is_none() {
            own.with_value(|id| focus_from_search(id));
        }
    };
    view! {
        <div class="edit-tools">
            <button
                id=id
                type="button"
                class="edit-tool"
                aria-expanded=move || open.get().to_string()
                // The search keeps the focus until the click has closed it.
                on:mousedown=|event: ev::MouseEvent| event.prevent_default()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {t(k::PICKER_INSERT)}
            </button>
            {move || {
                open.get()
                    .then(|| {
                        picker(
                            slot,
                            Pick::text(),
                            move |info| {
                                open.set(false);
                                focus(&slot.id());
                                choose(info);
                            },
                            close,
                        )
                    })
            }}
        </div>
    }
    .into_any()
}

/// A box to search in, with what was found below. The keys are those of any such list.
pub fn picker(
    slot: Slot,
    pick: Pick,
    choose: impl Fn(PathInfo) + Copy + Send + Sync + 'static,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let input: NodeRef<Input> = NodeRef::new();
    let found = RwSignal::new(None::<Vec<PathInfo>>);
    let at = RwSignal::new(0_usize);
    let typed = RwSignal::new(String::new());
    let timer = StoredValue::new(None);
    let pick = StoredValue::new(pick);
    let search = move || {
        let search = typed.try_get_untracked().unwrap_or_default();
        let sought = pick.with_value(|pick| Sought {
            of: None,
            under: pick.under.clone(),
            search: search.clone(),
        });
        spawn_local(async move {
            let mut list = slot.search(sought).await;
            // What came too late answers another question.
            if typed.try_get_untracked() == Some(search) {
                if pick.try_with_value(|pick| pick.text) == Some(true) {
                    list.retain(|info| info.kind.is_some());
                }
                at.try_set(0);
                found.try_set(Some(list));
            }
        });
    };
    Effect::new(move |_| {
        search();
        if let Some(input) = input.get() {
            // Focus is a convenience.
            let _ = input.focus();
        }
    });
    // Who knows a path that nobody describes, of a metafield for example, types it.
    let as_typed = move || {
        let path = typed.get();
        let is_path = !path.is_empty()
            && path.contains('.')
            && path.split('.').all(|part| {
                part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                    && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            });
        is_path.then(|| PathInfo {
            path,
            kind: Some(Kind::Open),
            ty: String::new(),
            list: None,
            values: Vec::new(),
            deprecated: false,
        })
    };
    let options = Memo::new(move |_| {
        let mut list = found.get().unwrap_or_default();
        if list.is_empty() && found.with(Option::is_some) {
            list.extend(as_typed());
        }
        list
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let last = options.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                let chosen =
                    options.with_untracked(|options| options.get(at.get_untracked()).cloned());
                if let Some(chosen) = chosen {
                    choose(chosen);
                }
            }
            "Escape" => close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let list_id = format!("{}-found", slot.id());
    let (own, controls) = (list_id.clone(), list_id.clone());
    let active = move || format!("{own}-{}", at.get());
    let rows = move || -> Vec<AnyView> {
        options
            .get()
            .into_iter()
            .enumerate()
            .map(|(number, info)| {
                let label = pick.with_value(|pick| path_label(&info, pick.under.as_deref()));
                let kind = kind_words(&info);
                let path = info.path.clone();
                view! {
                    <li
                        id=format!("{list_id}-{number}")
                        role="option"
                        class:old=info.deprecated
                        aria-selected=move || (at.get() == number).to_string()
                        // The box keeps the focus.
                        on:mousedown=|event: ev::MouseEvent| event.prevent_default()
                        on:click=move |_| choose(info.clone())
                    >
                        <b>{label}</b>
                        <span class="pick-kind">{kind}</span>
                        <code>{path}</code>
                    </li>
                }
                .into_any()
            })
            .collect()
    };
    let nothing = move || {
        (found.with(Option::is_some) && options.with(Vec::is_empty))
            .then(|| view! { <p class="edit-hint">{t(k::PICKER_NOTHING)}</p> })
    };
    view! {
        <div class="pick">
            <input
                node_ref=input
                type="text"
                class="pick-box"
                role="combobox"
                autocomplete="off"
                aria-label=t(k::PICKER_SEARCH)
                placeholder=t(k::PICKER_EXAMPLE)
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls=controls.clone()
                aria-activedescendant=active
                on:input:target=move |event| {
                    typed.set(event.target().value());
                    restart(timer, SEARCH_AFTER, search);
                }
                on:keydown=on_key
                on:blur=move |_| close()
            />
            <ul id=controls role="listbox" aria-label=t(k::PICKER_WHAT)>
                {rows}
            </ul>
            {nothing}
        </div>
    }
    .into_any()
}

/// Gives the focus back to the button of a search that is closed, unless it went elsewhere.
pub fn focus_from_search(id: &str) {
    let in_search = document()
        .active_element()
        .is_some_and(|element| element.class_list().contains("pick-box"));
    if in_search {
        focus(id);
    }
}

fn kind_words(info: &PathInfo) -> &'static str {
    if info.deprecated {
        return t(k::PICKER_OLD);
    }
    match (info.list.is_some(), info.kind) {
        (true, _) => t(k::PICKER_LIST),
        (_, Some(Kind::Number)) => t(k::PICKER_NUMBER),
        (_, Some(Kind::Date)) => t(k::PICKER_DATE),
        (_, Some(Kind::Boolean)) => t(k::PICKER_YES_OR_NO),
        (_, Some(Kind::Enum)) => t(k::PICKER_ONE_OF_SEVERAL),
        (_, Some(Kind::Text)) => t(k::PICKER_TEXT),
        _ => "",
    }
}
