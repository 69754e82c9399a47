//! The sign-in page.

use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use crate::api::{ErrorCode, SignIn};
use crate::icons::{Glyph, Icon};
use crate::language::{LanguageMenu, k, said_text, t};
use crate::prelude::*;
use crate::root::{Me, go};
use crate::theme::ThemeToggle;
use crate::title::Title;
use crate::trouble::safe_next;

/// Asks for e-mail address and password.
#[component]
pub fn SignInPage() -> impl IntoView {
    let me = expect_context::<Me>();
    let query = use_query_map();
    let next = move || safe_next(query.with_untracked(|query| query.get("next")));
    let sign_in = ServerAction::<SignIn>::new();
    Effect::new(move |_| {
        if let Some(Ok(_)) = sign_in.value().get() {
            // A fresh page, so that everything on it is this person's.
            go(&next());
        }
    });
    let refusal = move || {
        let refused = match sign_in.value().get() {
            Some(Err(error)) => Some(said_text(&error.message)),
            Some(Ok(_)) => None,
            // Sent before the page was alive: the server says so in the address.
            None => query
                .with(|query| query.get("__err").is_some())
                .then(|| t(k::SIGN_IN_WRONG).to_string()),
        };
        refused.map(|message| view! { <p class="form-error" role="alert">{message}</p> })
    };
    let leave = move || {
        Suspend::new(async move {
            match me.await {
                Ok(Some(_)) => Some(view! { <Redirect path=next() /> }),
                _ => None,
            }
        })
    };
    let unreachable = move || matches!(sign_in.value().get(), Some(Err(error)) if error.code == ErrorCode::Unreachable);
    view! {
        <Title text=t(k::FRAME_TITLE_SIGN_IN) />
        <Suspense fallback=|| ()>{leave}</Suspense>
        <div class="sign-in">
            <header class="sign-in-theme">
                <LanguageMenu />
                <ThemeToggle />
            </header>
            <main class="sign-in-card">
                <p class="brand">
                    <span class="brand-mark">
                        <Glyph icon=Icon::Logo />
                    </span>
                    "Flowright"
                </p>
                <h1>{t(k::SIGN_IN_HEAD)}</h1>
                <ActionForm action=sign_in>
                    <label for="email">{t(k::SIGN_IN_EMAIL)}</label>
                    <input
                        id="email"
                        name="email"
                        type="email"
                        autocomplete="username"
                        required
                        autofocus
                    />
                    <label for="password">{t(k::SIGN_IN_PASSWORD)}</label>
                    <input
                        id="password"
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        required
                    />
                    {refusal}
                    <button type="submit" class="button primary wide" disabled=sign_in.pending()>
                        {move || if unreachable() { t(k::FRAME_TRY_AGAIN) } else { t(k::FRAME_TITLE_SIGN_IN) }}
                    </button>
                </ActionForm>
            </main>
        </div>
    }
}
