//! Everything that makes a model: example synthesis, curation, training, evaluation and publishing.
//!
//! Each subcommand of the binary is one module with `Args` and `run`, so that `cargo xtask` and the
//! tests can call it in process.

pub mod bootstrap;
pub mod curate;
pub mod doubts;
pub mod eval;
pub mod mask;
pub mod masks;
pub mod model;
pub mod ops;
pub mod publish;
pub mod rank;
pub mod requests;
pub mod score;
pub mod synth;
pub mod train;
