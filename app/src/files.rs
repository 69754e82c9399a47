//! Bringing a workflow in from a file: dropped onto the page, or chosen.

use flow::session::State;
use leptos::ev;
use leptos::html::{Dialog, Input};
use leptos::reactive::send_wrapper_ext::SendOption;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::api::{ApiError, ErrorCode, FileImported, MOST_FILE_BYTES, too_large_words};
use crate::builder::{Desk, use_desk};
use crate::language::{k, said_text, t, tr};
use crate::part::{Drawn, part_unseen};
use crate::prelude::*;

/// The id of the box that files are chosen with.
const BOX: &str = "import-file";

/// Opens the browser's dialog to choose a file, on a page with an [`ImportZone`]. False when that is
/// not there.
pub fn choose_file() -> bool {
    let input = document()
        .get_element_by_id(BOX)
        .and_then(|input| input.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(input) = &input {
        input.click();
    }
    input.is_some()
}

/// An [`ImportZone`] that is loaded behind the page it belongs to.
pub fn import_zone() -> AnyView {
    part_unseen(|| Box::pin(load_files()), draw_files)
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_files), fallible)]
fn draw_files() -> Drawn {
    Ok(view! { <ImportZone /> }.into_any())
}

/// Takes files that are dropped anywhere on the page or chosen with [`choose_file`]. In a session with
/// a draft it asks what to do with the draft; elsewhere a new session begins.
#[component]
pub fn ImportZone() -> impl IntoView {
    let desk = use_desk();
    let over = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    // A file that waits for an answer. On the server there never is one, and what is kept there may be
    // dropped by another thread, which a value of one thread would not survive.
    let asked = StoredValue::new(SendOption::new_local(None::<web_sys::File>));
    let name = RwSignal::new(String::new());
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let input: NodeRef<Input> = NodeRef::new();
    let navigate = StoredValue::new(use_navigate());

    let say = move |message: Option<String>| match desk {
        Some(desk) => desk.notice.set(message.as_deref().map(said_text)),
        None => problem.set(message.as_deref().map(said_text)),
    };
    let send = move |file: web_sys::File, into: Option<(String, u64)>| {
        say(None);
        busy.set(true);
        spawn_local(async move {
            let here = into.as_ref().map(|(session, _)| session.clone());
            let sent = post(&file, into).await;
            busy.try_set(false);
            match sent {
                // The edit arrives as an event of the session that is open.
                Ok(imported) if Some(&imported.session) == here.as_ref() => {}
                Ok(imported) => {
                    navigate.try_with_value(|navigate| {
                        navigate(
                            &format!("/sessions/{}", imported.session),
                            NavigateOptions::default(),
                        );
                    });
                }
                Err(error) => match desk {
                    Some(desk) => desk.refused(&error),
                    None => {
                        problem.try_set(Some(said_text(&error.message)));
                    }
                },
            }
        });
    };
    let take = move |file: web_sys::File| {
        if file.size() > MOST_FILE_BYTES as f64 {
            say(Some(too_large_words()));
            return;
        }
        match draft_of(desk) {
            Some(_) => {
                name.set(file.name());
                asked.set_value(SendOption::new_local(Some(file)));
                if let Some(dialog) = dialog.get_untracked() {
                    // A browser that does not open it has it open already.
                    let _ = dialog.show_modal();
                }
            }
            None => send(file, None),
        }
    };
    Effect::new(move |_| {
        let dragged = |event: &web_sys::DragEvent| {
            event.data_transfer().is_some_and(|data| {
                data.types()
                    .iter()
                    .any(|kind| kind.as_string().as_deref() == Some("Files"))
            })
        };
        let enter = window_event_listener(ev::dragover, move |event| {
            if dragged(&event) {
                // Else the browser would open the file in place of the page.
                event.prevent_default();
                over.set(true);
            }
        });
        let leave = window_event_listener(ev::dragleave, move |event| {
            if event.related_target().is_none() {
                over.set(false);
            }
        });
        let drop = window_event_listener(ev::drop, move |event| {
            if !dragged(&event) {
                return;
            }
            event.prevent_default();
            over.set(false);
            let file = event
                .data_transfer()
                .and_then(|data| data.files())
                .and_then(|files| files.get(0));
            if let Some(file) = file {
                take(file);
            }
        });
        on_cleanup(move || {
            enter.remove();
            leave.remove();
            drop.remove();
        });
    });
    let answer = move |replace: bool| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        let file = asked
            .try_update_value(|asked| std::mem::replace(asked, SendOption::new_local(None)))
            .and_then(SendOption::take);
        if let Some(file) = file {
            send(file, draft_of(desk).filter(|_| replace));
        }
    };
    view! {
        <input
            type="file"
            id=BOX
            class="unseen"
            tabindex="-1"
            aria-hidden="true"
            accept=".flow,.json,application/json"
            node_ref=input
            on:change:target=move |event| {
                let file = event.target().files().and_then(|files| files.get(0));
                // The same file can be chosen again.
                event.target().set_value("");
                if let Some(file) = file {
                    take(file);
                }
            }
        />
        <Show when=move || over.get()>
            <div class="drop-here" aria-hidden="true">
                <p>{t(k::FILES_DROP)}</p>
            </div>
        </Show>
        <Show when=move || busy.get()>
            <p class="notice floating" role="status">
                {t(k::FILES_READING)}
            </p>
        </Show>
        {move || {
            problem
                .get()
                .map(|message| {
                    view! {
                        <p class="notice bad" role="alert">
                            {message}
                        </p>
                    }
                })
        }}
        <dialog class="ask" node_ref=dialog aria-labelledby="ask-head">
            <h2 id="ask-head">{move || tr(k::FILES_WHERE, &[&name.get()])}</h2>
            <p class="muted">
                {t(k::FILES_REPLACING)}
            </p>
            <div class="ask-ways">
                <button type="button" class="button primary" on:click=move |_| answer(false)>
                    {t(k::FILES_NEW_SESSION)}
                </button>
                <button type="button" class="button" on:click=move |_| answer(true)>
                    {t(k::FILES_REPLACE)}
                </button>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        if let Some(dialog) = dialog.get_untracked() {
                            dialog.close();
                        }
                    }
                >
                    {t(k::FILES_CANCEL)}
                </button>
            </div>
        </dialog>
    }
}

/// The open session and the revision of its draft, when it has one.
fn draft_of(desk: Option<Desk>) -> Option<(String, u64)> {
    let desk = desk?;
    let has_draft = |state: &State| state.draft.is_some().then_some(state.revision);
    desk.session().zip(desk.state.with_untracked(has_draft))
}

/// Sends a file; `into` is the session whose draft it replaces, with the revision of that draft.
async fn post(file: &web_sys::File, into: Option<(String, u64)>) -> Result<FileImported, ApiError> {
    let name = js_sys::encode_uri_component(&file.name());
    let mut address = format!("/api/import?name={}", String::from(name));
    if let Some((session, revision)) = into {
        address.push_str(&format!("&into={session}&revision={revision}"));
    }
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(file.as_ref());
    let fetched = JsFuture::from(window().fetch_with_str_and_init(&address, &init)).await;
    let response: web_sys::Response = fetched
        .and_then(JsCast::dyn_into)
        .map_err(|_| unreachable_server())?;
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok(),
        Err(_) => None,
    }
    .as_ref()
    .and_then(JsValue::as_string)
    .ok_or_else(unreachable_server)?;
    if response.ok() {
        serde_json::from_slice(text.as_bytes()).map_err(|_| unreadable())
    } else {
        Err(serde_json::from_slice(text.as_bytes()).unwrap_or_else(|_| unreadable()))
    }
}

fn unreachable_server() -> ApiError {
    ApiError::new(
        ErrorCode::Unreachable,
        "The file did not reach the server; check the connection and try again.",
    )
}

fn unreadable() -> ApiError {
    ApiError::new(
        ErrorCode::Internal,
        "The answer could not be read; reload the page and try again.",
    )
}
