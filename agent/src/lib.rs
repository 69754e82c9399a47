//! The model-facing half of Flowright: what the model reads and may write, the turn that drives it,
//! and the backends that run it.

pub mod answers;
pub mod backend;
pub mod constructs;
pub mod contract;
pub mod doubts;
pub mod drive;
mod futile;
pub mod grammar;
mod inverted;
mod listing;
pub mod outcome;
pub mod placeholders;
mod plausible;
pub mod resources;
mod settled;
pub mod tools;
pub mod turn;
mod unbidden;
mod unmeant;
mod unsaid;
mod unused;
