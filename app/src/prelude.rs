//! What every file with views needs: that of Leptos, with a smaller way to forget a view's type.

pub use leptos::prelude::*;

pub use crate::seal::IntoAny;
