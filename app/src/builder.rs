//! The builder: the conversation on the left, the workflow it draws on the right.
//!
//! One file for each thing a merchant does here. All of them find the [`desk::Desk`] in the context.

mod desk;
mod findings;
mod review;
mod stage;
mod status;
mod switch;
mod welcome;
mod workspace;

pub use stage::Stage;
pub use workspace::Workspace;
