//! The server of Flowright: accounts, the session log, turns, activated workflows, their runs, and
//! the pages of [`app`] over them.
//!
//! Code is sliced by feature: `sessions.rs` holds the rules of sessions and `sessions/store.rs`
//! their SQL. Every statement that reads a merchant's data names the store it belongs to. The
//! [`service::Caller`] is the only way in for pages and checks who may do what.

// The type of a Leptos page nests as deep as its elements.
#![recursion_limit = "512"]

pub mod accounts;
pub mod catalogs;
pub mod clock;
pub mod commands;
pub mod config;
pub mod database;
pub mod drafts;
pub mod error;
pub mod events;
pub mod export;
pub mod files;
pub mod meanings;
pub mod model;
pub mod pages;
pub mod resources;
pub mod router;
pub mod runs;
pub mod schema;
pub mod security;
pub mod service;
pub mod sessions;
pub mod state;
pub mod stream;
pub mod templates;
pub mod trying;
pub mod turns;
pub mod web_sessions;
pub mod words;
pub mod workflows;

pub use error::{Error, Result};
