//! Which object a step works on, and which list a loop runs over: chosen from what the step can read.

use leptos::task::spawn_local;

use super::simple::{described, invalid, line, select};
use super::slot::Slot;
use crate::api::{PathInfo, Sought};
use crate::language::{k, t, tr};
use crate::prelude::*;
use crate::words;

/// Chosen to write something else than a path.
const OTHER: &str = "*";

/// The objects of the right type that the step can read; also Liquid or a fixed id.
pub fn object(slot: Slot) -> AnyView {
    let of = slot.field.with_value(|field| field.of.clone());
    let Some(of) = of else {
        return line(slot);
    };
    let read = move || {
        slot.typed
            .with(|typed| flow::reference::path(typed))
            .map(|path| without_id(&path).to_string())
    };
    from_scope(
        slot,
        of,
        read,
        move |path| {
            let now = slot.typed.get_untracked();
            flow::reference::with_path(&now, &format!("{path}.id"))
        },
        |info| tr(k::WORDS_THE, &[&words::path_words(&info.path)]),
    )
}

/// The lists that the step can read.
pub fn list(slot: Slot) -> AnyView {
    let read = move || {
        let bare = slot.typed.with(|typed| {
            let bare = typed.trim().trim_start_matches("{{").trim_end_matches("}}");
            bare.trim().to_string()
        });
        (!bare.is_empty()).then_some(bare)
    };
    from_scope(
        slot,
        "[]".to_string(),
        read,
        |path| path.to_string(),
        |info| words::capitalised(&words::path_words(&info.path)),
    )
}

fn without_id(path: &str) -> &str {
    path.strip_suffix(".id")
        .or_else(|| path.strip_suffix(".legacyResourceId"))
        .unwrap_or(path)
}

fn from_scope(
    slot: Slot,
    of: String,
    read: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    write: impl Fn(&str) -> String + Copy + Send + Sync + 'static,
    label: impl Fn(&PathInfo) -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    let found = RwSignal::new(Vec::<PathInfo>::new());
    // What is set and is no path, is written.
    let by_hand = RwSignal::new(read().is_none() && !slot.typed.get_untracked().is_empty());
    let is_list = of == "[]";
    Effect::new(move |_| {
        let sought = Sought {
            of: Some(of.clone()),
            ..Sought::default()
        };
        spawn_local(async move {
            found.try_set(slot.search(sought).await);
        });
    });
    let outside = Memo::new(move |_| {
        read().filter(|now| found.with(|found| !found.iter().any(|info| info.path == *now)))
    });
    (move || {
        let id = slot.id();
        if by_hand.get() {
            return view! {
                {line(slot)}
                <button
                    type="button"
                    class="edit-tool"
                    on:click=move |_| by_hand.set(false)
                >
                    {t(k::OBJECT_CHOOSE_THERE)}
                </button>
            }
            .into_any();
        }
        // What is set and was not found stays to be chosen.
        let mut options: Vec<(String, String)> = found.with(|found| {
            found
                .iter()
                .map(|info| (info.path.clone(), label(info)))
                .collect()
        });
        if let Some(now) = outside.get() {
            let words = words::capitalised(&words::path_words(&now));
            options.insert(0, (now, words));
        }
        options.insert(0, (String::new(), t(k::CONDITION_CHOOSE_ONE).to_string()));
        let other = if is_list {
            t(k::OBJECT_OTHER_LIST)
        } else {
            t(k::OBJECT_FIXED_ID)
        };
        options.push((OTHER.to_string(), other.to_string()));
        let described = described(&id);
        let select = select(
            &id,
            None,
            Some(described),
            options,
            Signal::derive(move || read().unwrap_or_default()),
            move |path| match path.as_str() {
                OTHER => by_hand.set(true),
                "" => slot.put(String::new()),
                path => slot.put(write(path)),
            },
        );
        view! { <div data-invalid=invalid(slot)>{select}</div> }.into_any()
    })
    .into_any()
}
