//! Runs a small language model on the CPU.
//!
//! It reads a model of the Llama or Qwen3 family from a GGUF file, whose matrices are `Q8_0`, and gives
//! the scores of what may come next. Several texts are continued in one pass, each by as many tokens as
//! are known: a prompt, a run of tokens that a grammar forces, or one. What was read of a text is kept
//! in its [`Memory`], which can be cut back and copied, so that nothing is read twice.
//!
//! There is no randomness here, and a score does not depend on what else is in the pass or on how a
//! text was cut into runs.

mod attention;
mod error;
mod gguf;
mod matrix;
mod memory;
mod model;
mod rotation;
mod spec;
pub mod tiny;
mod tokenizer;

pub use error::Error;
pub use gguf::Gguf;
pub use matrix::Kernel;
pub use memory::Memory;
pub use model::{Model, Run};
pub use spec::{Architecture, Spec};
pub use tokenizer::Tokenizer;
