//! The workflow's name, to be written anew, and the buttons to undo and redo.

use flow::edit::Edit;
use leptos::ev;
use leptos::html::Input;
use leptos::wasm_split::wasm_split;

use super::{Asking, Editor};
use crate::icons::{Glyph, Icon};
use crate::language::{Key, count, k, said_text, t, tr};
use crate::part::{Drawn, later};
use crate::prelude::*;

/// The workflow's name; a click on it, or F2 on the canvas, lets it be written anew.
pub fn name(editor: Editor, name: Memo<String>) -> AnyView {
    later(
        "name",
        "later",
        || Box::pin(load_name()),
        move || draw_name(editor, name),
    )
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_name), fallible)]
fn draw_name(editor: Editor, name: Memo<String>) -> Drawn {
    Ok(name_drawn(editor, name))
}

fn name_drawn(editor: Editor, name: Memo<String>) -> AnyView {
    let field: NodeRef<Input> = NodeRef::new();
    let renaming = editor.renaming;
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // Not focusing is no harm.
            let _ = field.focus();
            field.select();
        }
    });
    let has_draft = Memo::new(move |_| editor.desk.state.with(|state| state.draft.is_some()));
    let keep = move || {
        let written = field.get_untracked().map(|field| field.value());
        if !renaming.get_untracked() {
            return;
        }
        renaming.set(false);
        if let Some(written) = written
            && written.trim() != name.get_untracked()
        {
            editor.make(Edit::Rename { name: written });
        }
    };
    (move || {
        if renaming.get() {
            return view! {
                <input
                    type="text"
                    class="name-field"
                    aria-label=t(k::EDITING_NAME)
                    maxlength="255"
                    node_ref=field
                    value=name.get_untracked()
                    on:keydown=move |event: ev::KeyboardEvent| match event.key().as_str() {
                        "Enter" => keep(),
                        "Escape" => renaming.set(false),
                        _ => {}
                    }
                    on:blur=move |_| keep()
                />
            }
            .into_any();
        }
        let rename = move || {
            (editor.able.get() && has_draft.get()).then(|| {
                view! {
                    <button
                        type="button"
                        class="tool"
                        aria-label=t(k::EDITING_RENAME)
                        title=t(k::EDITING_RENAME_KEY)
                        on:click=move |_| renaming.set(true)
                    >
                        <Glyph icon=Icon::Pencil />
                    </button>
                }
            })
        };
        view! {
            <div class="name-line">
                <h2 dir="auto">{name}</h2>
                {rename}
            </div>
        }
        .into_any()
    })
    .into_any()
}

/// Undo, redo, adding a step, and what waits for the connection.
pub fn bar(editor: Editor) -> AnyView {
    later(
        "bar",
        "later",
        || Box::pin(load_bar()),
        move || draw_bar(editor),
    )
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_bar), fallible)]
fn draw_bar(editor: Editor) -> Drawn {
    Ok(bar_drawn(editor))
}

fn bar_drawn(editor: Editor) -> AnyView {
    let state = editor.desk.state;
    let undoes = Memo::new(move |_| state.with(|state| state.history.undoes().map(str::to_string)));
    let redoes = Memo::new(move |_| state.with(|state| state.history.redoes().map(str::to_string)));
    let any = move || undoes.with(Option::is_some) || redoes.with(Option::is_some);
    let drawn = Memo::new(move |_| {
        state.with(|state| {
            state
                .draft
                .as_ref()
                .is_some_and(|draft| !draft.steps.is_empty())
        })
    });
    let step = move |what: &'static str,
                     this: Key,
                     of: Memo<Option<String>>,
                     icon: Icon,
                     does: fn(Editor)| {
        let label = move || match of.get() {
            Some(of) => tr(this, &[&said_text(&of)]),
            None => what.to_string(),
        };
        view! {
            <button
                type="button"
                class="tool"
                aria-label=label
                title=label
                disabled=move || of.with(Option::is_none) || !editor.able.get()
                on:click=move |_| does(editor)
            >
                <Glyph icon />
            </button>
        }
        .into_any()
    };
    let waits = move || match editor.queue.with(std::collections::VecDeque::len) {
        0 => None,
        // What is on its way is no news while the connection holds.
        _ if editor.connection.get() != crate::live::Connection::Lost && !editor.stuck.get() => {
            None
        }
        waiting => Some(count(k::EDITING_WAITS, waiting)),
    };
    view! {
        <div class="edit-bar">
            <span class="edit-waits" role="status">
                {waits}
            </span>
            {move || {
                drawn
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="tool"
                                aria-label=t(k::EDITING_ADD_STEP)
                                title=t(k::EDITING_ADD_STEP_KEY)
                                disabled=move || !editor.able.get()
                                on:click=move |_| editor.add_at_end()
                            >
                                <Glyph icon=Icon::Plus />
                            </button>
                        }
                    })
            }}
            {move || {
                any()
                    .then(|| {
                        view! {
                            {step(t(k::KEYS_UNDO), k::EDITING_UNDO_THIS, undoes, Icon::Undo, Editor::undo)}
                            {step(t(k::KEYS_REDO), k::EDITING_REDO_THIS, redoes, Icon::Redo, Editor::redo)}
                        }
                    })
            }}
            <span class="unseen" aria-live="polite">
                {editor.said}
            </span>
        </div>
    }
    .into_any()
}

/// What stands where nothing has been drawn yet: a way to begin by hand.
pub fn by_hand(editor: Editor) -> AnyView {
    view! {
        <button
            type="button"
            class="button by-hand"
            disabled=move || !editor.able.get()
            on:click=move |_| editor.ask(Asking::Trigger)
        >
            {t(k::EDITING_BY_HAND)}
        </button>
    }
    .into_any()
}
