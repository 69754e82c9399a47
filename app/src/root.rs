//! The document around every page, the routes, and the bar at the top.

use leptos_meta::{HashedStylesheet, MetaTags};
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

use crate::anew::anew;
use crate::api::{self, ApiError, Role, User};
use crate::asked::{Asked, asked_first};
use crate::icons::{Glyph, Icon};
use crate::language::{self, LanguageMenu, k, t};
use crate::pages::{self, KeptTasks};
use crate::prelude::*;
use crate::theme::ThemeToggle;
use crate::trouble::{Blank, sign_in_path};

/// The HTML document that the server sends.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let language = language::language();
    let texts = format!("/words/{}.js?{}", language.code(), k::HASH);
    view! {
        <!DOCTYPE html>
        <html lang=language.code() dir=language.direction()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content=t(k::FRAME_DESCRIPTION) />
                // Small and in the way on purpose: the theme is set before anything is painted.
                <script src="/theme.js"></script>
                <link
                    rel="preload"
                    href="/fonts/inter-latin.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <HashedStylesheet options=options.clone() id="style" />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                // Deferred scripts run in order: the texts are there when the page comes to life.
                <script src=texts defer></script>
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Who is signed in, asked once per visit.
pub type Me = Asked<Result<Option<User>, ApiError>>;

/// How a page is drawn. As pointers all pages are of one type, so that the router is in the page once.
type Draw = fn() -> AnyView;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    #[cfg(feature = "ssr")]
    leptos_meta::provide_meta_context();
    let me: Me = asked_first(|| (), |()| api::me());
    provide_context(me);
    provide_context(KeptTasks(RwSignal::new(None)));
    view! {
        <Router>
            <Routes fallback=|| {
                anew(
                    view! { <Blank head=t(k::TROUBLE_NO_PAGE) text=t(k::TROUBLE_NO_PAGE_TEXT) /> }
                        .into_any(),
                )
            }>
                <Route path=path!("/sign-in") view=pages::sign_in as Draw ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=frame as Draw ssr=SsrMode::Async>
                    <Route path=path!("/") view=pages::start as Draw ssr=SsrMode::Async />
                    <Route path=path!("/sessions/:id") view=pages::on_session as Draw ssr=SsrMode::Async />
                    <Route path=path!("/workflows") view=pages::workflows as Draw ssr=SsrMode::Async />
                    <Route path=path!("/workflows/:id") view=pages::runs as Draw ssr=SsrMode::Async />
                    <Route path=path!("/workflows/:id/versions") view=pages::versions as Draw ssr=SsrMode::Async />
                    <Route path=path!("/templates") view=pages::templates as Draw ssr=SsrMode::Async />
                    <Route path=path!("/runs/:id") view=pages::run as Draw ssr=SsrMode::Async />
                    <Route path=path!("/support") view=pages::sessions as Draw ssr=SsrMode::Async />
                    <Route path=path!("/replay/:id") view=pages::replay as Draw ssr=SsrMode::Async />
                    <Route path=path!("/models") view=pages::models as Draw ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The bar at the top and the page below it.
fn frame() -> AnyView {
    let me = expect_context::<Me>();
    let location = use_location();
    let view = view! {
        <a class="skip" href="#content">
            {t(k::FRAME_SKIP)}
        </a>
        <header class="bar">
            <a class="brand" href="/">
                <span class="brand-mark">
                    <Glyph icon=Icon::Logo />
                </span>
                "Flowright"
            </a>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    match me.await {
                        Ok(Some(user)) => view! { <Places user /> }.into_any(),
                        Ok(None) => {
                            let path = location.pathname.get_untracked();
                            view! { <Redirect path=sign_in_path(&path) /> }.into_any()
                        }
                        Err(_) => ().into_any(),
                    }
                })}
            </Suspense>
        </header>
        <div id="content" class="content">
            <Outlet />
        </div>
    }
    .into_any();
    anew(view)
}

/// Where this person can go, and the way out.
#[component]
fn Places(user: User) -> impl IntoView {
    // Address, name, and the addresses of the pages that belong to it.
    let links: Vec<(&str, &str, &[&str])> = match user.role {
        Role::Owner => vec![
            ("/", t(k::FRAME_BUILDER), &["/sessions/"]),
            ("/templates", t(k::FRAME_TEMPLATES), &[]),
            (
                "/workflows",
                t(k::FRAME_WORKFLOWS),
                &["/workflows/", "/runs/"],
            ),
            ("/support", t(k::FRAME_SESSIONS), &["/replay/"]),
        ],
        Role::Support => vec![(
            "/support",
            t(k::FRAME_SESSIONS),
            &["/replay/", "/sessions/"],
        )],
        Role::Ml => vec![("/models", t(k::FRAME_MODELS), &[])],
    };
    let here = use_location().pathname;
    let sign_out = Action::new(|(): &()| api::sign_out());
    Effect::new(move |_| {
        if let Some(result) = sign_out.value().get() {
            match result {
                // A fresh page forgets everything that was on this one.
                Ok(()) => go("/sign-in"),
                Err(error) => leptos::logging::warn!("signing out: {error}"),
            }
        }
    });
    view! {
        <nav class="places" aria-label=t(k::FRAME_PAGES)>
            {links
                .into_iter()
                .map(|(path, name, under)| {
                    let current = move || {
                        here.with(|here| {
                            here == path || under.iter().any(|under| here.starts_with(under))
                        })
                        .then_some("page")
                    };
                    view! {
                        <a href=path aria-current=current>
                            {name}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
        <div class="who">
            <LanguageMenu />
            <ThemeToggle />
            <span class="who-name">
                <strong>{user.store.clone().unwrap_or_else(|| user.name.clone())}</strong>
                <small>{user.email}</small>
            </span>
            <button
                type="button"
                class="tool"
                aria-label=t(k::FRAME_SIGN_OUT)
                title=t(k::FRAME_SIGN_OUT)
                on:click=move |_| {
                    sign_out.dispatch(());
                }
            >
                <Glyph icon=Icon::Out />
            </button>
        </div>
    }
}

/// Loads another page afresh.
pub fn go(path: &str) {
    // Without a window there is nobody to send anywhere.
    let _ = window().location().set_href(path);
}
