//! Signing in again in the middle of the work: what was being done stays where it is.

use leptos::ev;
use leptos::html::{Dialog, Input};
use leptos::task::spawn_local;

use super::desk::Desk;
use crate::api;
use crate::language::{k, t};
use crate::prelude::*;
use crate::root::{Me, go};
use crate::trouble::sign_in_path;

/// A dialog that asks for the password while nobody is signed in any more; `again` is run when
/// somebody is, to send what waited.
pub fn signed_out(desk: Desk, again: Callback<()>) -> AnyView {
    let me = expect_context::<Me>();
    (move || {
        desk.signed_out.get().then(|| {
            let email = match me.get_untracked() {
                Some(Ok(Some(user))) => user.email,
                _ => String::new(),
            };
            dialog(desk, email, again)
        })
    })
    .into_any()
}

fn dialog(desk: Desk, email: String, again: Callback<()>) -> AnyView {
    let dialog: NodeRef<Dialog> = NodeRef::new();
    let password: NodeRef<Input> = NodeRef::new();
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // Where it cannot be opened it stays an element of the page.
            let _ = dialog.show_modal();
        }
    });
    let address = StoredValue::new(email.clone());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(password) = password.get_untracked().map(|input| input.value()) else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let signed_in = api::sign_in(address.get_value(), password).await;
            busy.try_set(false);
            match signed_in {
                Ok(_) => {
                    desk.notice.try_set(None);
                    desk.signed_out.try_set(false);
                    // Who waited for it may be gone.
                    let _ = again.try_run(());
                }
                Err(error) => {
                    problem.try_set(Some(error.message));
                }
            }
        });
    };
    let elsewhere = move |_| {
        let path = window().location().pathname().unwrap_or_default();
        go(&sign_in_path(&path));
    };
    view! {
        <dialog
            class="ask"
            node_ref=dialog
            aria-label=t(k::SIGN_IN_AGAIN)
            on:keydown=move |event: ev::KeyboardEvent| event.stop_propagation()
            // Without signing in nothing goes on.
            on:cancel=move |event: ev::Event| event.prevent_default()
        >
            <form class="ask-body again" on:submit=submit>
                <h2>{t(k::SIGN_IN_AGAIN)}</h2>
                <p class="muted">
                    {t(k::SIGN_IN_AGAIN_WHY)}
                </p>
                <label for="again-email">{t(k::SIGN_IN_EMAIL)}</label>
                <input
                    id="again-email"
                    type="email"
                    autocomplete="username"
                    readonly=true
                    value=email
                />
                <label for="again-password">{t(k::SIGN_IN_PASSWORD)}</label>
                <input
                    id="again-password"
                    type="password"
                    autocomplete="current-password"
                    required=true
                    autofocus=true
                    node_ref=password
                />
                {move || {
                    problem
                        .get()
                        .map(|message| view! { <p class="form-error" role="alert">{message}</p> })
                }}
                <div class="ask-ways">
                    <button type="submit" class="button primary" disabled=busy>
                        {t(k::FRAME_TITLE_SIGN_IN)}
                    </button>
                    <button type="button" class="button" on:click=elsewhere>
                        {t(k::SIGN_IN_SOMEBODY_ELSE)}
                    </button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}
