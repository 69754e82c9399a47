//! Mouse, pen and fingers on the canvas: panning, pinching, and dragging cards to where they belong.

use flow::sorted::SortedSet;

use flow::edit::Place as Where;
use flow::workflow::StepId;
use leptos::ev;
use leptos::html::Div;

use super::eye::Camera;
use super::fixed::{between, whole};
use super::layout::Place;
use super::scene::{SharedScene, behind_port, on_link};
use super::{card_of, within};
use crate::language::{count, k};
use crate::prelude::*;
use crate::tasks::Tasks;

/// A press that moves less than this is a click, in pixels.
const CLICK: f64 = 6.0;
/// A card can be dropped this near to a place, in pixels.
const NEAR: f64 = 90.0;

/// One finger, or the mouse.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pointer {
    id: i32,
    x: f64,
    y: f64,
}

/// How a press began.
#[derive(Clone, Debug, PartialEq)]
struct Press {
    at: Pointer,
    card: Option<StepId>,
    /// The card can be dragged.
    draggable: bool,
    /// It moved, so that it is no click.
    moved: bool,
}

/// Cards on their way.
#[derive(Clone, Debug, PartialEq)]
struct Drag {
    steps: Vec<StepId>,
    /// Where the hand is, from the window's middle and top.
    x: f64,
    y: f64,
}

/// What a press came to.
pub enum Done {
    Nothing,
    /// A click beside all cards.
    Background,
    /// Steps were dropped at a place.
    Moved(Vec<StepId>, Where),
}

/// What the hand does. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Hand {
    camera: Camera,
    window: NodeRef<Div>,
    scene: Memo<SharedScene>,
    picked: RwSignal<SortedSet<StepId>>,
    pointers: RwSignal<Vec<Pointer>>,
    press: RwSignal<Option<Press>>,
    drag: RwSignal<Option<Drag>>,
    /// Where the dragged steps would go.
    pub target: RwSignal<Option<Where>>,
}

impl Hand {
    /// A hand that touches nothing yet.
    pub fn new(
        camera: Camera,
        window: NodeRef<Div>,
        scene: Memo<SharedScene>,
        picked: RwSignal<SortedSet<StepId>>,
    ) -> Hand {
        Hand {
            camera,
            window,
            scene,
            picked,
            pointers: RwSignal::new(Vec::new()),
            press: RwSignal::new(None),
            drag: RwSignal::new(None),
            target: RwSignal::new(None),
        }
    }

    /// The world is held.
    pub fn grabs(self) -> bool {
        self.pointers.with(|pointers| !pointers.is_empty())
    }

    /// Cards are held.
    pub fn drags(self) -> bool {
        self.drag.with(Option::is_some)
    }

    /// Lets go of cards where they were.
    pub fn drop_it(self) {
        self.drag.set(None);
        self.target.set(None);
        self.press.set(None);
    }

    fn inside(self, x: f64, y: f64) -> Option<(f64, f64)> {
        let bounds = self.window.get_untracked()?.get_bounding_client_rect();
        Some((x - bounds.left() - bounds.width() / 2.0, y - bounds.top()))
    }

    fn capture(self, pointer: i32) {
        if let Some(window) = self.window.get_untracked() {
            // Without capture the drag ends at the window's edge; nothing worse.
            let _ = window.set_pointer_capture(pointer);
        }
    }

    /// The wheel pans; with the control key it zooms.
    pub fn wheel(self, event: &ev::WheelEvent) {
        event.prevent_default();
        if event.ctrl_key() || event.meta_key() {
            let at = self.inside(f64::from(event.client_x()), f64::from(event.client_y()));
            self.camera
                .zoom(between(-event.delta_y() * 0.01, -0.5, 0.5).exp(), at);
        } else {
            self.camera.pan(-event.delta_x(), -event.delta_y());
        }
    }

    /// A press; with `able` cards can be dragged.
    pub fn down(self, event: &ev::PointerEvent, able: bool) {
        if event.button() != 0 || within(event, ".step-tools, .plus") {
            return;
        }
        let at = pointer(event);
        let card = card_of(event);
        // A finger on a card pans, since a card that moved under it could not be told from scrolling;
        // fingers move steps with the button for it.
        let draggable = able && card.is_some() && event.pointer_type() != "touch";
        if card.is_none() {
            self.capture(at.id);
        }
        let held = card.is_some() && !draggable && event.pointer_type() != "touch";
        if !draggable && !held {
            self.pointers.update(|pointers| pointers.push(at));
        }
        self.press.set(Some(Press {
            at,
            card,
            draggable,
            moved: false,
        }));
    }

    /// The hand moves.
    pub fn moved(self, event: &ev::PointerEvent) {
        let now = pointer(event);
        let Some(mut press) = self.press.get_untracked() else {
            return;
        };
        if !press.moved && press.at.id == now.id {
            if (now.x - press.at.x).hypot(now.y - press.at.y) < CLICK {
                return;
            }
            press.moved = true;
            self.capture(now.id);
            if let (true, Some(card)) = (press.draggable, &press.card) {
                self.take(card);
            }
            self.press.set(Some(press));
        }
        if self.drag.with_untracked(Option::is_some) {
            self.carry(now);
        } else {
            self.pan(now);
        }
    }

    fn pan(self, now: Pointer) {
        let before = self.pointers.get_untracked();
        let Some(index) = before.iter().position(|pointer| pointer.id == now.id) else {
            return;
        };
        let old = before[index];
        if let Some(other) = before.iter().find(|pointer| pointer.id != now.id) {
            // Two fingers: what is under them stays under them.
            let apart =
                |pointer: Pointer| (pointer.x - other.x).hypot(pointer.y - other.y).max(1.0);
            let middle = self.inside((now.x + other.x) / 2.0, (now.y + other.y) / 2.0);
            self.camera.zoom(apart(now) / apart(old), middle);
            self.camera
                .pan((now.x - old.x) / 2.0, (now.y - old.y) / 2.0);
        } else {
            self.camera.pan(now.x - old.x, now.y - old.y);
        }
        self.pointers.update(|pointers| {
            if let Some(pointer) = pointers.get_mut(index) {
                *pointer = now;
            }
        });
    }

    fn take(self, card: &StepId) {
        let steps = self.picked.with_untracked(|picked| {
            if picked.contains(card) {
                picked.iter().cloned().collect()
            } else {
                vec![card.clone()]
            }
        });
        self.drag.set(Some(Drag {
            steps,
            x: 0.0,
            y: 0.0,
        }));
    }

    fn carry(self, now: Pointer) {
        let Some((x, y)) = self.inside(now.x, now.y) else {
            return;
        };
        self.drag.update(|drag| {
            if let Some(drag) = drag {
                (drag.x, drag.y) = (x, y);
            }
        });
        let (world_x, world_y) = self.camera.world_at(x, y);
        let scale = self.camera.eye.get_untracked().scale;
        let near = self.drag.with_untracked(|drag| {
            let drag = drag.as_ref()?;
            self.scene
                .with_untracked(|scene| nearest(scene, &drag.steps, world_x, world_y, NEAR / scale))
        });
        if self.target.with_untracked(|target| *target != near) {
            self.target.set(near);
        }
    }

    /// The hand lets go.
    pub fn up(self, event: &ev::PointerEvent) -> Done {
        self.pointers
            .update(|pointers| pointers.retain(|pointer| pointer.id != event.pointer_id()));
        let press = self.press.get_untracked();
        let ours = press
            .as_ref()
            .is_some_and(|press| press.at.id == event.pointer_id());
        if !ours {
            return Done::Nothing;
        }
        let drag = self.drag.get_untracked();
        let target = self.target.get_untracked();
        self.drop_it();
        match (drag, target, press) {
            (Some(drag), Some(place), _) => Done::Moved(drag.steps, place),
            (None, _, Some(press)) if !press.moved && press.card.is_none() => Done::Background,
            _ => Done::Nothing,
        }
    }

    /// What hangs at the hand while cards are dragged.
    pub fn ghost(self, scene: Memo<SharedScene>, tasks: StoredValue<Tasks>) -> AnyView {
        let words = Memo::new(move |_| {
            self.drag.with(|drag| {
                let drag = drag.as_ref()?;
                Some(match drag.steps.as_slice() {
                    [one] => scene.with(|scene| {
                        scene
                            .step(one)
                            .map(|step| tasks.with_value(|tasks| tasks.title(step)))
                            .unwrap_or_default()
                    }),
                    several => count(k::CANVAS_STEPS, several.len()),
                })
            })
        });
        let place = move || {
            let (x, y) = self
                .drag
                .with(|drag| drag.as_ref().map_or((0.0, 0.0), |drag| (drag.x, drag.y)));
            format!("translate({}px,{}px)", whole(x), whole(y))
        };
        (move || {
            words.get().map(|words| {
                view! {
                    <div class="drag-ghost" aria-hidden="true" style:transform=place>
                        {words}
                    </div>
                }
            })
        })
        .into_any()
    }
}

fn pointer(event: &ev::PointerEvent) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        x: f64::from(event.client_x()),
        y: f64::from(event.client_y()),
    }
}

/// The place nearest to a point of the world, among those that are not at the moved steps.
fn nearest(scene: &SharedScene, moving: &[StepId], x: f64, y: f64, within: f64) -> Option<Where> {
    let apart = |place: Place| (place.x - x).hypot(place.y - y);
    let links = scene
        .layout
        .routes
        .iter()
        .filter(|route| !moving.contains(&route.from) && !moving.contains(&route.to))
        .map(|route| (apart(route.plus_at), on_link(route)));
    let free = scene
        .free
        .iter()
        .filter(|free| !moving.contains(&free.step))
        .map(|free| (apart(free.at), behind_port(free)));
    links
        .chain(free)
        .filter(|(distance, _)| *distance <= within)
        .min_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::{Link, Step, Workflow};

    use super::*;

    #[test]
    fn a_card_is_dropped_on_the_nearest_link_that_is_not_its_own() {
        let steps = ["a", "b", "c", "d"];
        let workflow = Workflow {
            steps: steps
                .iter()
                .map(|id| Step::new(*id, "x::y", "0.1", TaskType::Action))
                .collect(),
            links: steps
                .windows(2)
                .map(|pair| Link::new(pair[0], "output", pair[1]))
                .collect(),
            ..Workflow::default()
        };
        let scene = SharedScene::new(Some(&workflow));
        let moving = ["a".to_string()];
        let at = scene.layout.routes[0].plus_at;
        assert_eq!(nearest(&scene, &moving, at.x, at.y, 90.0), None);
        let at = scene.layout.routes[1].plus_at;
        let found = nearest(&scene, &moving, at.x + 20.0, at.y, 90.0);
        assert_eq!(found, Some(on_link(&scene.layout.routes[1])));
    }
}
