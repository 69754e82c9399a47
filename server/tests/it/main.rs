//! The server as its users meet it: the real router over a fresh `SQLite` file, with prepared answers in place of a model.

// Everything here is test code, helpers included.
#![allow(clippy::unwrap_used)]

mod activation;
mod bad_input;
mod catalogs;
mod commands;
mod database;
mod editing;
mod fields;
mod files;
mod harness;
mod isolation;
mod languages;
mod models;
mod pages;
mod resources;
mod reviewing;
mod sign_in;
mod templates;
mod trying;
mod turn;
mod versions;
