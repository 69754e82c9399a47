//! The pages of Flowright: builder, workflows, runs, support, replay and models, rendered on the
//! server and brought to life in the browser.
//!
//! Components draw what they are given and hold no rules; those are in `flow`. The features are
//! `ssr` (the server renders) and `hydrate` (the WebAssembly takes over).

// Component trees are deep types.
#![recursion_limit = "512"]

pub mod api;
mod builder;
mod canvas;
mod chat;
mod files;
mod icons;
pub mod language;
mod live;
mod pages;
mod panel;
mod root;
mod runs;
mod tasks;
mod theme;
mod trouble;
mod versions;
mod when;
mod words;

pub use root::{App, shell};

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // Without its texts the page stays as the server drew it.
    if !language::is_loaded() {
        leptos::logging::error!("the texts of the page did not arrive; reload it");
        return;
    }
    leptos::mount::hydrate_body(App);
}
