//! The pages of Flowright: builder, workflows, runs, support, replay and models, rendered on the
//! server and brought to life in the browser.
//!
//! Components draw what they are given and hold no rules; those are in `flow`. The features are
//! `ssr` (the server renders) and `hydrate` (the WebAssembly takes over).

// Component trees are deep types.
#![recursion_limit = "512"]

mod anew;
pub mod api;
mod asked;
mod builder;
mod canvas;
mod change;
mod chat;
mod files;
mod icons;
pub mod language;
mod live;
mod pages;
mod panel;
mod part;
mod prelude;
mod root;
mod runs;
mod seal;
mod tasks;
mod theme;
mod title;
mod trouble;
mod versions;
mod when;
mod words;

pub use root::{App, shell};

/// Takes over the page that the server rendered, once the code of that page is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // Without its texts the page stays as the server drew it.
    if !language::is_loaded() {
        leptos::logging::error!("the texts of the page did not arrive; reload it");
        return;
    }
    let path = leptos::prelude::window().location().pathname();
    let Some(page) = pages::load(&path.unwrap_or_default()) else {
        return anew::start();
    };
    wasm_bindgen_futures::spawn_local(async {
        match page.await {
            Ok(()) => anew::start(),
            Err(_) => part::page_is_missing(),
        }
    });
}
