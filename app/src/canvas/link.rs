//! Links, the ports that nothing follows, and the buttons on both that put a step in.

use flow::edit::Place as Where;

use super::Lit;
use super::fixed::tenths;
use super::layout::{label_width, port_label};
use super::scene::{FreePort, LinkKey, SharedScene, behind_port, on_link};
use crate::prelude::*;

/// What every link looks at. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Links {
    pub scene: Memo<SharedScene>,
    pub lit: Signal<Option<Lit>>,
    /// Steps can be put in.
    pub open: Signal<bool>,
    /// Where steps that are being dragged would go.
    pub target: RwSignal<Option<Where>>,
    /// Called with the place of a button that was clicked.
    pub put: Callback<Where>,
}

/// Draws a link. It finds its place by itself, so that only links that moved are drawn anew.
pub fn link(links: Links, key: LinkKey) -> AnyView {
    let key = StoredValue::new(key);
    let route = Memo::new(move |_| {
        links
            .scene
            .with(|scene| key.with_value(|key| scene.route(key).cloned()))
    });
    let class = move || {
        let lit = links.lit.with(|lit| {
            lit.as_ref()
                .is_some_and(|lit| key.with_value(|key| lit.links.contains(key)))
        });
        if lit { "link lit" } else { "link" }
    };
    let path = move || {
        route.with(|route| {
            route
                .as_ref()
                .map(|route| route.path.clone())
                .unwrap_or_default()
        })
    };
    let label = move || {
        route.with(|route| {
            let route = route.as_ref()?;
            Some(port_words(route.label?, route.label_at.x, route.label_at.y))
        })
    };
    let plus = move || {
        if !links.open.get() {
            return None;
        }
        route.with(|route| {
            let route = route.as_ref()?;
            Some(plus(
                links,
                on_link(route),
                route.plus_at.x,
                route.plus_at.y,
            ))
        })
    };
    view! {
        <g class=class>
            {move || links.open.get().then(|| view! { <path class="reach" d=path /> })}
            <path d=path />
            {label}
            {plus}
        </g>
    }
    .into_any()
}

/// Draws a port that nothing follows.
pub fn free_port(links: Links, free: &FreePort) -> AnyView {
    let (x, y) = (free.from.x, free.from.y);
    let label = port_label(free.port).map(|label| {
        let side = if free.at.x < x || matches!(free.port, "true" | "loop_body") {
            -1.0
        } else {
            1.0
        };
        port_words(
            label,
            x + side * (label_width(label) / 2.0 + 16.0),
            free.at.y,
        )
    });
    view! {
        <g class="link free">
            <path d=format!("M{} {}V{}", tenths(x), tenths(y), tenths(free.at.y)) />
            {label}
            {plus(links, behind_port(free), free.at.x, free.at.y)}
        </g>
    }
    .into_any()
}

fn port_words(text: &'static str, x: f64, y: f64) -> AnyView {
    let width = label_width(text);
    view! {
        <g class="port" transform=format!("translate({} {})", tenths(x), tenths(y))>
            <rect x=tenths(-width / 2.0).to_string() y="-11" width=tenths(width).to_string() height="22" rx="11" />
            <text text-anchor="middle" y="4">
                {text}
            </text>
        </g>
    }
    .into_any()
}

/// The round button that puts a step in; by keyboard the same is done from the step.
fn plus(links: Links, place: Where, x: f64, y: f64) -> AnyView {
    let here = place.clone();
    let class = move || {
        let aimed = links
            .target
            .with(|target| target.as_ref().is_some_and(|target| *target == here));
        if aimed { "plus aimed" } else { "plus" }
    };
    view! {
        <g
            class=class
            transform=format!("translate({} {})", tenths(x), tenths(y))
            on:click=move |_| links.put.run(place.clone())
        >
            <circle class="plus-reach" r="16" />
            <circle r="11" />
            <path d="M-5 0H5M0 -5V5" />
        </g>
    }
    .into_any()
}
