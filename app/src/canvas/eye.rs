//! What is looked at: panning, zooming, fitting, and which part of the world is in view.

use super::fixed::between;
use super::layout::{CARD_HEIGHT, CARD_WIDTH, Layout, Place};
use crate::prelude::*;

/// Free space around a workflow that was fitted.
const MARGIN: f64 = 40.0;
/// Free space below it, where buttons float.
const FOOT: f64 = 100.0;
/// Width of the step panel, which covers one side of a wide window.
const PANEL: f64 = 420.0;
/// Cards smaller than this cannot be read; a workflow larger than that is panned.
const SMALLEST_FIT: f64 = 0.55;
const SMALLEST: f64 = 0.2;
const LARGEST: f64 = 2.0;
/// Below this size cards show their titles only.
const FAR: f64 = 0.45;
/// The window that is drawn for before the real one is known.
const UNKNOWN_WINDOW: (f64, f64) = (1_600.0, 1_000.0);

/// Where the world stands under the window; `x` is counted from the window's middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eye {
    pub x: f64,
    pub y: f64,
    pub scale: f64,
}

/// A part of the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Frame {
    /// True when a rectangle lies in it, in part at least.
    pub fn meets(&self, other: &Frame) -> bool {
        other.left <= self.right
            && other.right >= self.left
            && other.top <= self.bottom
            && other.bottom >= self.top
    }

    /// True when the card at this place lies in it, in part at least.
    pub fn shows(&self, place: Place) -> bool {
        self.meets(&Frame {
            left: place.x - CARD_WIDTH / 2.0,
            top: place.y,
            right: place.x + CARD_WIDTH / 2.0,
            bottom: place.y + CARD_HEIGHT,
        })
    }
}

/// The part of the world that is in view.
pub fn in_view(eye: Eye, window: (f64, f64)) -> Frame {
    let (width, height) = window;
    Frame {
        left: (-width / 2.0 - eye.x) / eye.scale,
        top: -eye.y / eye.scale,
        right: (width / 2.0 - eye.x) / eye.scale,
        bottom: (height - eye.y) / eye.scale,
    }
}

/// What is drawn: what is in view and some more, in coarse steps, so that it seldom changes.
fn drawn(eye: Eye, window: (f64, f64)) -> Frame {
    let cell = if eye.scale < FAR { 640.0 } else { 320.0 };
    let view = in_view(eye, window);
    let down = |value: f64| ((value / cell).floor() - 1.0) * cell;
    let up = |value: f64| ((value / cell).ceil() + 1.0) * cell;
    Frame {
        left: down(view.left),
        top: down(view.top),
        right: up(view.right),
        bottom: up(view.bottom),
    }
}

fn fitted(size: (f64, f64), window: (f64, f64), follow: bool) -> Eye {
    let ((world_width, world_height), (width, height)) = (size, window);
    // On a phone seeing more counts for more than reading without a pinch.
    let small = width < 600.0;
    let smallest = if small {
        SMALLEST_FIT * 0.75
    } else {
        SMALLEST_FIT
    };
    let side = if small { MARGIN / 2.0 } else { MARGIN };
    let foot = FOOT.min(height / 6.0);
    let fits = ((width - 2.0 * side) / world_width.max(1.0))
        .min((height - MARGIN - foot) / world_height.max(1.0));
    let scale = between(fits, smallest, 1.0);
    let free = height - world_height * scale;
    Eye {
        x: -world_width * scale / 2.0,
        y: if free >= MARGIN + foot {
            between((free - foot) / 2.0, MARGIN, 1.6 * MARGIN)
        } else if follow {
            // While it is drawn, the newest step stays in view.
            (free - foot).min(MARGIN)
        } else {
            MARGIN
        },
        scale,
    }
}

/// The camera over the canvas. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Camera {
    pub eye: Memo<Eye>,
    /// The part of the world that is drawn.
    pub frame: Memo<Frame>,
    /// Cards are too small for more than their titles.
    pub far: Memo<bool>,
    /// Where somebody moved it; `None` while it follows the drawing by itself.
    pub moved: RwSignal<Option<Eye>>,
    /// It moved by itself, so that it glides instead of jumping.
    pub gliding: RwSignal<bool>,
    /// The window's size.
    pub size: RwSignal<Option<(f64, f64)>>,
    /// A panel covers one side.
    covered: Signal<bool>,
}

impl Camera {
    /// A camera that looks at a world of this size.
    pub fn new(world: Memo<(f64, f64)>, drawing: Signal<bool>, covered: Signal<bool>) -> Camera {
        let moved = RwSignal::new(None::<Eye>);
        let size = RwSignal::new(None::<(f64, f64)>);
        // A new drawing is looked at from the start.
        Effect::new(move |before: Option<bool>| {
            let now = drawing.get();
            if now && before == Some(false) {
                moved.set(None);
            }
            now
        });
        let eye = Memo::new(move |_| {
            moved.get().unwrap_or_else(|| match size.get() {
                Some(size) => fitted(world.get(), size, drawing.get()),
                None => Eye {
                    x: -world.get().0 / 2.0,
                    y: MARGIN,
                    scale: 1.0,
                },
            })
        });
        Camera {
            eye,
            frame: Memo::new(move |_| drawn(eye.get(), size.get().unwrap_or(UNKNOWN_WINDOW))),
            far: Memo::new(move |_| eye.get().scale < FAR),
            moved,
            gliding: RwSignal::new(false),
            size,
            covered,
        }
    }

    /// Zooms; `at` stays where it is, the window's middle without it.
    pub fn zoom(self, factor: f64, at: Option<(f64, f64)>) {
        let eye = self.eye.get_untracked();
        let middle = || {
            (
                0.0,
                self.size.get_untracked().map_or(0.0, |size| size.1 / 2.0),
            )
        };
        let (x, y) = at.unwrap_or_else(middle);
        let scale = between(eye.scale * factor, SMALLEST, LARGEST);
        let grown = scale / eye.scale;
        self.gliding.set(at.is_none());
        self.moved.set(Some(Eye {
            x: x - (x - eye.x) * grown,
            y: y - (y - eye.y) * grown,
            scale,
        }));
    }

    /// Moves the world by so many pixels.
    pub fn pan(self, x: f64, y: f64) {
        let eye = self.eye.get_untracked();
        self.gliding.set(false);
        self.moved.set(Some(Eye {
            x: eye.x + x,
            y: eye.y + y,
            ..eye
        }));
    }

    /// Shows everything, and follows again.
    pub fn fit(self) {
        self.moved.set(None);
    }

    /// Puts a point of the world into the window's middle.
    pub fn centre(self, x: f64, y: f64) {
        let eye = self.eye.get_untracked();
        let height = self.size.get_untracked().map_or(0.0, |size| size.1);
        self.gliding.set(false);
        self.moved.set(Some(Eye {
            x: -x * eye.scale,
            y: height / 2.0 - y * eye.scale,
            ..eye
        }));
    }

    /// Brings a card into view without the browser scrolling the page.
    pub fn show(self, place: Place) {
        let Some((width, height)) = self.size.get_untracked() else {
            return;
        };
        let eye = self.eye.get_untracked();
        let x = eye.x + place.x * eye.scale;
        let top = eye.y + place.y * eye.scale;
        let half = CARD_WIDTH / 2.0 * eye.scale;
        let bottom = top + CARD_HEIGHT * eye.scale;
        let covered = self.covered.get_untracked() && width > 2.0 * PANEL;
        let panel = if covered { PANEL } else { 0.0 };
        // The panel stands at the end of the line.
        let (left, right) = if goes_left() {
            (panel, 0.0)
        } else {
            (0.0, panel)
        };
        let left_edge = -width / 2.0 + MARGIN / 2.0 + left;
        let right_edge = width / 2.0 - MARGIN / 2.0 - right;
        let by_x = (right_edge - (x + half)).min(0.0) + (left_edge - (x - half)).max(0.0);
        let by_y = (height - MARGIN / 2.0 - bottom).min(0.0) + (MARGIN / 2.0 - top).max(0.0);
        if by_x != 0.0 || by_y != 0.0 {
            self.pan(by_x, by_y);
            self.gliding.set(true);
        }
    }

    /// The point of the world under a point of the window, which is counted from its middle and top.
    pub fn world_at(self, x: f64, y: f64) -> (f64, f64) {
        let eye = self.eye.get_untracked();
        ((x - eye.x) / eye.scale, (y - eye.y) / eye.scale)
    }
}

/// True when the page is written from right to left.
fn goes_left() -> bool {
    document()
        .document_element()
        .and_then(|page| page.get_attribute("dir"))
        .is_some_and(|direction| direction == "rtl")
}

/// The size of a laid-out workflow.
pub fn size_of(layout: &Layout) -> (f64, f64) {
    (layout.width, layout.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_workflow_is_shown_whole_and_in_its_own_size() {
        let eye = fitted((272.0, 400.0), (900.0, 800.0), false);
        assert_eq!(eye.scale, 1.0);
        assert_eq!(eye.x, -136.0);
        assert!(eye.y >= MARGIN);
    }

    #[test]
    fn a_large_workflow_stays_legible_and_starts_at_its_top() {
        let large = (4000.0, 9000.0);
        assert_eq!(fitted(large, (900.0, 800.0), false).scale, SMALLEST_FIT);
        assert_eq!(fitted(large, (900.0, 800.0), false).y, MARGIN);
        // While it is drawn, its lower edge is in view.
        let eye = fitted(large, (900.0, 800.0), true);
        assert!(eye.y + 9000.0 * eye.scale <= 800.0 - MARGIN);
    }

    #[test]
    fn what_is_drawn_covers_the_view_and_changes_in_coarse_steps() {
        let eye = |x: f64, y: f64| Eye { x, y, scale: 0.8 };
        let window = (900.0, 800.0);
        let (view, frame) = (
            in_view(eye(-100.0, 10.0), window),
            drawn(eye(-100.0, 10.0), window),
        );
        assert!(frame.left <= view.left - 320.0 && frame.right >= view.right + 320.0);
        assert!(frame.top <= view.top - 320.0 && frame.bottom >= view.bottom + 320.0);
        assert_eq!(frame, drawn(eye(-101.0, 11.0), window));
        assert_ne!(frame, drawn(eye(-100.0, -500.0), window));
    }

    #[test]
    fn a_card_at_the_edge_is_shown() {
        let frame = Frame {
            left: 0.0,
            top: 0.0,
            right: 100.0,
            bottom: 100.0,
        };
        assert!(frame.shows(Place { x: 200.0, y: 90.0 }));
        assert!(!frame.shows(Place { x: 240.0, y: 90.0 }));
        assert!(!frame.shows(Place { x: 50.0, y: 101.0 }));
    }
}
