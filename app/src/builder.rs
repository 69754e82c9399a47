//! The builder: the conversation on the left, the workflow it draws on the right.
//!
//! One file for each thing a merchant does here. All of them find the [`desk::Desk`] in the context.

mod desk;
mod editing;
mod findings;
mod more;
mod placeholders;
mod review;
mod side;
mod signed_out;
mod speaking;
mod stage;
mod status;
mod switch;
mod trying;
mod versions;
mod welcome;
mod workspace;

pub use desk::{Desk, Overlay, use_desk};
pub use editing::{Asking, Editor, use_editor};
pub use stage::Stage;
pub use status::compared_overlay;
pub use workspace::Workspace;
