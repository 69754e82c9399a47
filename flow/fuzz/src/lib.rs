//! What must hold for any input of the four readers of `flow`, one module each.
//!
//! The fuzz targets call these with bytes nobody has seen; `flow/tests/corpus.rs` calls them with
//! the committed corpus, so that an ordinary `cargo test` keeps what fuzzing found.

pub mod condition;
pub mod json;
pub mod liquid;
pub mod python;
pub mod shop;
