//! The workflow language of Flowright: Shopify Flow's graph, its conditions, its Python form, its
//! JSON, the checks on it, its interpreter and the log of a session.
//!
//! Everything here is pure: no I/O, no clock, no randomness, no panics. Functions return values and
//! [`check::Finding`]s; effects live in the crates that call them. The crate compiles to native code
//! and to WebAssembly, so that server, trainer and browser read the same thing the same way.

#![warn(missing_docs)]

pub mod catalog;
pub mod check;
pub mod condition;
mod decimal;
pub mod diff;
pub mod edit;
mod from_json;
#[cfg(test)]
mod generate;
pub mod json;
pub mod liquid;
mod places;
pub mod python;
pub mod reference;
pub mod run;
pub mod schedule;
pub mod scope;
pub mod session;
pub mod sorted;
pub mod summary;
pub mod test_events;
pub mod workflow;

pub use catalog::Catalog;
pub use check::{Finding, Severity};
pub use workflow::{ConfigValue, Link, Step, StepId, TaskType, Workflow};
