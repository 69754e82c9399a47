//! What comes and goes on a page: lists, and what is shown for a while. All are of one kind, so that
//! the code behind them is in the page once.

use std::sync::Arc;

use crate::prelude::*;

/// What tells one item of a list from the others.
pub type Key = Vec<String>;

/// A list by the keys of its items; an item is drawn when its key is new.
pub fn list(
    keys: impl Fn() -> Vec<Key> + Send + Sync + 'static,
    draw: impl Fn(Key) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    drawn(Arc::new(keys), Arc::new(draw))
}

fn drawn(
    keys: Arc<dyn Fn() -> Vec<Key> + Send + Sync>,
    draw: Arc<dyn Fn(Key) -> AnyView + Send + Sync>,
) -> AnyView {
    view! { <For each=move || keys() key=Clone::clone children=move |key| draw(key) /> }.into_any()
}

/// A view while something holds.
pub fn shown(
    holds: impl Fn() -> bool + Send + Sync + 'static,
    draw: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    shown_or(holds, draw, || ().into_any())
}

/// A view while something holds, and another one while it does not.
pub fn shown_or(
    holds: impl Fn() -> bool + Send + Sync + 'static,
    draw: impl Fn() -> AnyView + Send + 'static,
    other: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    chosen(Box::new(holds), Box::new(draw), Box::new(other))
}

fn chosen(
    holds: Box<dyn Fn() -> bool + Send + Sync>,
    draw: Box<dyn Fn() -> AnyView + Send>,
    other: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let holds = Memo::new(move |_| holds());
    (move || if holds.get() { draw() } else { other() }).into_any()
}
