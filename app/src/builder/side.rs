//! The side: what stands in the place of the conversation while a workflow is tried out or its
//! versions are looked at, so that the canvas stays in sight.

use leptos::ev;
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;

use super::desk::Desk;
use super::trying::TryOut;
use super::versions::SessionVersions;
use crate::icons::{Glyph, Icon};
use crate::language::{k, t};
use crate::part::{Drawn, Load, part};
use crate::prelude::*;

/// What stands at the side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    TryOut,
    Versions,
}

/// The side, while there is one.
#[component]
pub fn SidePanel() -> impl IntoView {
    let desk = expect_context::<Desk>();
    move || {
        let side = desk.side.get()?;
        let name = match side {
            Side::TryOut => t(k::MORE_TRY_IT),
            Side::Versions => t(k::FRAME_VERSIONS),
        };
        let content = part(load, move || draw_side(side));
        Some(view! {
            <section
                class="side"
                aria-label=name
                on:keydown=move |event: ev::KeyboardEvent| {
                    if event.key() == "Escape" {
                        close(desk);
                    }
                }
            >
                {content}
                {move || {
                    desk.notice
                        .get()
                        .map(|message| {
                            view! {
                                <p class="notice bad side-notice" role="alert">
                                    {message}
                                </p>
                            }
                        })
                }}
            </section>
        })
    }
}

/// Loads this part.
pub fn load() -> Load {
    Box::pin(load_side())
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_side), fallible)]
fn draw_side(side: Side) -> Drawn {
    request_animation_frame(|| focus("side-head"));
    Ok(match side {
        Side::TryOut => view! { <TryOut /> }.into_any(),
        Side::Versions => view! { <SessionVersions /> }.into_any(),
    })
}

/// Shows something at the side, which takes the reader there.
pub fn open(desk: Desk, side: Side) {
    desk.overlay.set(None);
    desk.side.set(Some(side));
}

/// Back to the conversation; the canvas shows the session again.
pub fn close(desk: Desk) {
    let opener = match desk.side.get_untracked() {
        Some(Side::TryOut) => "try-it",
        _ => "more",
    };
    desk.side.set(None);
    desk.overlay.set(None);
    desk.overtaken.set(None);
    focus(opener);
}

/// The heading of a side, with the way back.
pub fn head(title: &'static str, desk: Desk) -> AnyView {
    view! {
        <header class="side-head">
            <h2 id="side-head" tabindex="-1">
                {title}
            </h2>
            <button
                type="button"
                class="tool"
                aria-label=t(k::FRAME_CLOSE)
                title=t(k::FRAME_CLOSE)
                on:click=move |_| close(desk)
            >
                <Glyph icon=Icon::Close />
            </button>
        </header>
    }
    .into_any()
}

fn focus(id: &str) {
    let element = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // Focus is a convenience; without it nothing is lost.
        let _ = element.focus();
    }
}
