//! The buttons at a selected step.

use flow::TaskType;
use flow::workflow::StepId;
use leptos::ev;
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;

use super::Editor;
use crate::canvas::fixed::{tenths, thousandths};
use crate::canvas::keys::Command;
use crate::canvas::{Eye, Place, SharedScene};
use crate::icons::{Glyph, Icon};
use crate::language::{k, t, tr};
use crate::part::{Drawn, Load, Stand};
use crate::prelude::*;

/// How far above the card they stand, in pixels.
const ABOVE: u32 = 10;

fn load() -> Load {
    Box::pin(load_tools())
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_tools), fallible)]
fn draw_tools(
    editor: Editor,
    scene: Memo<SharedScene>,
    at: StepId,
    place: Place,
    eye: Memo<Eye>,
) -> Drawn {
    Ok(editor.tools_drawn(scene, at, place, eye))
}

impl Editor {
    /// The buttons at a selected step; `place` is where its card stands.
    pub fn tools(
        self,
        stand: Stand,
        scene: Memo<SharedScene>,
        at: StepId,
        place: Place,
        eye: Memo<Eye>,
    ) -> AnyView {
        stand.draw(load, draw_tools(self, scene, at, place, eye))
    }

    fn tools_drawn(
        self,
        scene: Memo<SharedScene>,
        at: StepId,
        place: Place,
        eye: Memo<Eye>,
    ) -> AnyView {
        let several = self.picked.with_untracked(|picked| picked.len() > 1);
        let is = |kind: TaskType| {
            !several
                && scene.with_untracked(|scene| {
                    scene.step(&at).is_some_and(|step| step.task_type == kind)
                })
        };
        let (begins, decides) = (is(TaskType::Trigger), is(TaskType::Condition));
        let at = StoredValue::new(at);
        let button = move |label: &'static str, key: &str, icon: Icon, command: Command| {
            view! {
                <button
                    type="button"
                    class="tool"
                    aria-label=label
                    title=tr(k::TOOLS_WITH_KEY, &[label, key])
                    on:click=move |_| {
                        scene.with_untracked(|scene| self.command(command, scene, Some(at.get_value())));
                    }
                >
                    <Glyph icon />
                </button>
            }
            .into_any()
        };
        let label = if several {
            t(k::TOOLS_SELECTED_STEPS)
        } else {
            t(k::TOOLS_SELECTED_STEP)
        };
        view! {
            <div
                class="step-tools"
                role="toolbar"
                aria-label=label
                on:keydown=move |event: ev::KeyboardEvent| step_along(&event)
                style:transform=move || {
                    // As large as ever, however small the cards are.
                    format!(
                        "translate({}px,{}px) scale({}) translate(-50%,-100%) translateY(-{ABOVE}px)",
                        tenths(place.x),
                        tenths(place.y),
                        thousandths(1.0 / eye.get().scale),
                    )
                }
            >
                {button(t(k::TOOLS_ADD_AFTER), "A", Icon::Plus, Command::Add)}
                {(!begins)
                    .then(|| {
                        view! {
                            {button(t(k::TOOLS_MOVE), "M", Icon::Move, Command::Move)}
                            {button(t(k::TOOLS_DUPLICATE), &with_control("D"), Icon::Duplicate, Command::Duplicate)}
                        }
                    })}
                {(!several)
                    .then(|| button(t(k::TOOLS_CONNECT), "C", Icon::Link, Command::Connect))}
                {decides.then(|| button(t(k::TOOLS_SWAP), "S", Icon::Swap, Command::Swap))}
                <button
                    type="button"
                    class="tool"
                    aria-label=t(k::TOOLS_COPY)
                    title=tr(k::TOOLS_WITH_KEY, &[t(k::TOOLS_COPY), &with_control("C")])
                    on:click=move |_| {
                        scene.with_untracked(|scene| self.copy(scene, Some(at.get_value()), None, false));
                    }
                >
                    <Glyph icon=Icon::Copy />
                </button>
                {button(t(k::TOOLS_REMOVE), t(k::KEYS_DELETE), Icon::Bin, Command::Remove)}
            </div>
        }
        .into_any()
    }
}

/// A key together with the control key.
fn with_control(key: &str) -> String {
    format!("{}+{key}", t(k::KEYS_CTRL))
}

/// Left and right go from button to button, as in every toolbar.
fn step_along(event: &ev::KeyboardEvent) {
    let right = match event.key().as_str() {
        "ArrowRight" => true,
        "ArrowLeft" => false,
        _ => return,
    };
    let next = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("button").ok().flatten())
        .and_then(|button| {
            if right {
                button.next_element_sibling()
            } else {
                button.previous_element_sibling()
            }
        })
        .and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(next) = next {
        event.prevent_default();
        // A button that cannot be focused is simply not focused.
        let _ = next.focus();
    }
}
