//! The model-facing half of Flowright: what the model reads and may write, the turn that drives it,
//! and the backends that run it.

pub mod contract;
