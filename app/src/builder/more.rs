//! What else can be done with the workflow: a button to try it, and a small menu.

use leptos::ev;
use leptos::html::Div;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::desk::Desk;
use super::side::{self, Side};
use super::switch::StageActions;
use super::versions::turn_on;
use crate::api;
use crate::files::choose_file;
use crate::icons::{Glyph, Icon};
use crate::language::{k, t};
use crate::part::{Drawn, later};
use crate::prelude::*;

/// What can be done with the workflow as a whole: the menu, and turning it on and off.
pub fn tools() -> AnyView {
    later(
        "tools",
        "stage-tools",
        || Box::pin(load_tools()),
        draw_tools,
    )
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_tools), fallible)]
fn draw_tools() -> Drawn {
    let desk = expect_context::<Desk>();
    let activate = Callback::new(move |()| turn_on(desk));
    let deactivate = Callback::new(move |workflow: String| desk.attempt(api::deactivate(workflow)));
    Ok(view! {
        <More />
        <StageActions state=desk.state activate deactivate />
    }
    .into_any())
}

/// The button to try the workflow, and the menu.
#[component]
fn More() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let there = Memo::new(move |_| {
        desk.state
            .with(|state| state.draft.is_some() || state.proposal.is_some())
    });
    let open = RwSignal::new(false);
    let copied = RwSignal::new(false);
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let menu: NodeRef<Div> = NodeRef::new();
    // A menu closes when the reader goes elsewhere.
    let on_out = move |event: ev::FocusEvent| {
        let inside = event
            .related_target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
            .zip(menu.get_untracked())
            .is_some_and(|(target, menu)| menu.contains(Some(&target)));
        if !inside {
            open.set(false);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
        }
    };
    let copy = move |_| {
        copied.set(false);
        desk.notice.set(None);
        spawn_local(async move {
            match api::workflow_json(desk.session_id()).await {
                Ok(text) if write_clipboard(&text).await => {
                    copied.try_set(true);
                }
                Ok(_) => {
                    desk.notice.try_set(Some(t(k::MORE_NO_COPYING).to_string()));
                }
                Err(error) => desk.refused(&error),
            }
        });
    };
    let items = move || {
        let file = move |extension: &str| {
            format!("/api/sessions/{}/workflow.{extension}", desk.session_id())
        };
        let own = there.get().then(|| {
            view! {
                <button
                    type="button"
                    on:click=move |_| {
                        open.set(false);
                        side::open(desk, Side::Versions);
                    }
                >
                    {t(k::FRAME_VERSIONS)}
                </button>
                <a href=file("flow") download="" rel="external">
                    {t(k::MORE_DOWNLOAD_FLOW)}
                </a>
                <button type="button" on:click=copy>
                    {move || if copied.get() { t(k::MORE_COPIED) } else { t(k::MORE_COPY_JSON) }}
                </button>
                <a href=file("zip") download="" rel="external">
                    {t(k::MORE_DOWNLOAD_FOLDER)}
                </a>
            }
        });
        view! {
            {own}
            <button
                type="button"
                on:click=move |_| {
                    open.set(false);
                    if !choose_file() {
                        desk.notice.set(Some(t(k::FRAME_PART_MISSING).to_string()));
                    }
                }
            >
                {t(k::FRAME_IMPORT)}
            </button>
        }
    };
    view! {
        <Show when=move || there.get()>
            <button
                type="button"
                class="button"
                id="try-it"
                disabled=move || !alive.get()
                aria-expanded=move || (desk.side.get() == Some(Side::TryOut)).to_string()
                on:click=move |_| {
                    if desk.side.get_untracked() == Some(Side::TryOut) {
                        side::close(desk);
                    } else {
                        side::open(desk, Side::TryOut);
                    }
                }
            >
                <Glyph icon=Icon::Play />
                {t(k::MORE_TRY_IT)}
            </button>
        </Show>
        <div class="more" node_ref=menu on:focusout=on_out on:keydown=on_key>
            <button
                type="button"
                class="button"
                id="more"
                disabled=move || !alive.get()
                aria-expanded=move || open.get().to_string()
                on:click=move |_| {
                    copied.set(false);
                    open.update(|open| *open = !*open);
                }
            >
                {t(k::MORE_MORE)}
            </button>
            <Show when=move || open.get()>
                <div class="more-menu" role="group" aria-label=t(k::MORE_MORE) tabindex="-1">
                    {items}
                </div>
            </Show>
            <span class="unseen" role="status">
                {move || copied.get().then_some(t(k::MORE_COPIED))}
            </span>
        </div>
    }
}

/// Puts text on the clipboard; false when the browser does not allow it.
async fn write_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    // Without a secure connection there is no clipboard at all.
    let there = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    there
        && JsFuture::from(navigator.clipboard().write_text(text))
            .await
            .is_ok()
}
