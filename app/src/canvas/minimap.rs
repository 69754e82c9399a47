//! The whole workflow in a corner, for one that does not fit into the window.

use leptos::ev;
use leptos::html::Div;

use super::eye::{Camera, in_view};
use super::fixed::{between, whole};
use super::layout::{CARD_HEIGHT, CARD_WIDTH, Layout};
use super::scene::SharedScene;
use crate::prelude::*;

/// The map is at most this large.
const LARGEST: (f64, f64) = (168.0, 128.0);
const SMALLEST: f64 = 44.0;

/// Width and height of the map of a world; a very long world is drawn wider than it is.
fn size(world: (f64, f64)) -> (f64, f64) {
    let scale = (LARGEST.0 / world.0.max(1.0)).min(LARGEST.1 / world.1.max(1.0));
    (
        (world.0 * scale).max(SMALLEST),
        (world.1 * scale).max(SMALLEST),
    )
}

/// All cards as one path.
fn cards(layout: &Layout) -> String {
    use std::fmt::Write;

    let (card_width, card_height) = (whole(CARD_WIDTH), whole(CARD_HEIGHT));
    let mut path = String::with_capacity(layout.spots.len() * 32);
    for place in &layout.spots {
        // Writing into a String cannot fail.
        let _ = write!(
            path,
            "M{} {}h{card_width}v{card_height}h-{card_width}z",
            whole(place.x - CARD_WIDTH / 2.0),
            whole(place.y)
        );
    }
    path
}

/// The map; a click or a drag looks there. Everything it does the keys do too.
pub fn minimap(scene: Memo<SharedScene>, camera: Camera) -> AnyView {
    let map: NodeRef<Div> = NodeRef::new();
    let world = Memo::new(move |_| {
        scene.with(|scene| (scene.layout.width.max(1.0), scene.layout.height.max(1.0)))
    });
    let needed = Memo::new(move |_| {
        let (width, height) = world.get();
        let scale = camera.eye.get().scale;
        camera
            .size
            .get()
            .is_some_and(|window| width * scale > window.0 || height * scale > window.1)
    });
    let look = move |event: &ev::PointerEvent| {
        let Some(map) = map.get_untracked() else {
            return;
        };
        let bounds = map.get_bounding_client_rect();
        let (width, height) = world.get_untracked();
        let x = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        let y = (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0);
        camera.centre(x * width, y * height);
    };
    let down = move |event: ev::PointerEvent| {
        if let Some(map) = map.get_untracked() {
            // Without capture the drag ends at the map's edge; nothing worse.
            let _ = map.set_pointer_capture(event.pointer_id());
        }
        look(&event);
    };
    let frame = move || {
        let (width, height) = world.get();
        let window = camera.size.get().unwrap_or_default();
        let view = in_view(camera.eye.get(), window);
        let left = between(view.left, 0.0, width);
        let top = between(view.top, 0.0, height);
        let from = whole(left);
        format!(
            "M{from} {}H{}V{}H{from}z",
            whole(top),
            whole(between(view.right, left, width)),
            whole(between(view.bottom, top, height))
        )
    };
    (move || {
        needed.get().then(|| {
            let (width, height) = world.get();
            let (shown_width, shown_height) = size((width, height));
            view! {
                <div
                    class="minimap"
                    node_ref=map
                    aria-hidden="true"
                    style=format!("width:{}px;height:{}px", whole(shown_width), whole(shown_height))
                    on:pointerdown=down
                    on:pointermove=move |event| {
                        if event.buttons() & 1 == 1 {
                            look(&event);
                        }
                    }
                >
                    <svg viewBox=format!("0 0 {} {}", whole(width), whole(height)) preserveAspectRatio="none">
                        <path class="minimap-cards" d=scene.with(|scene| cards(&scene.layout)) />
                        <path class="minimap-view" d=frame />
                    </svg>
                </div>
            }
        })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_very_long_world_can_still_be_seen() {
        assert_eq!(size((272.0, 300_000.0)), (SMALLEST, LARGEST.1));
        let (width, height) = size((2_000.0, 1_000.0));
        assert_eq!((width, height), (LARGEST.0, 84.0));
    }
}
