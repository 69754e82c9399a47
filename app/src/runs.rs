//! Runs as they are shown: the way one took on the canvas, and its story step by step. Runs that
//! happened and runs that are only tried are shown alike.

mod path;
mod story;

pub use path::{lit, marks};
pub use story::{span, story};
