//! The canvas: a workflow drawn as cards and links, to pan, zoom and walk through by keyboard.

pub mod layout;
mod outline;

use std::collections::{HashMap, HashSet};

use flow::workflow::{Step, StepId, Workflow};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::icons::{Glyph, Icon};
use crate::tasks::Tasks;
use crate::words;
use layout::{CARD_HEIGHT, CARD_WIDTH, Direction, Layout, lay_out};
pub use outline::Outline;

/// Free space around a workflow that was fitted.
const MARGIN: f64 = 40.0;
/// Free space below it, where buttons float.
const FOOT: f64 = 100.0;
/// Width of the step panel, which covers the right side of a wide window.
const PANEL: f64 = 380.0;
/// Cards smaller than this cannot be read; a workflow larger than that is panned.
const SMALLEST_FIT: f64 = 0.55;
const SMALLEST: f64 = 0.2;
const LARGEST: f64 = 2.0;

/// The colour of a mark on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Warning,
    New,
    /// It would go.
    Gone,
    Quiet,
}

impl Tone {
    /// The name in class names.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Warning => "warning",
            Tone::New => "new",
            Tone::Gone => "gone",
            Tone::Quiet => "quiet",
        }
    }
}

/// A word on a card's corner, for example `New` or `Ran 3×`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub tone: Tone,
    pub text: String,
}

/// What a run went through; everything else is dimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lit {
    pub steps: HashSet<StepId>,
    /// From, port, to.
    pub links: HashSet<(StepId, String, StepId)>,
}

/// Where the world stands under the window; `x` is counted from the window's middle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Eye {
    x: f64,
    y: f64,
    scale: f64,
}

fn fitted(layout: &Layout, window: (f64, f64), follow: bool) -> Eye {
    let (width, height) = window;
    // On a phone seeing more counts for more than reading without a pinch.
    let small = width < 600.0;
    let smallest = if small {
        SMALLEST_FIT * 0.75
    } else {
        SMALLEST_FIT
    };
    let side = if small { MARGIN / 2.0 } else { MARGIN };
    let foot = FOOT.min(height / 6.0);
    let scale = ((width - 2.0 * side) / layout.width.max(1.0))
        .min((height - MARGIN - foot) / layout.height.max(1.0))
        .clamp(smallest, 1.0);
    let free = height - layout.height * scale;
    Eye {
        x: -layout.width * scale / 2.0,
        y: if free >= MARGIN + foot {
            ((free - foot) / 2.0).clamp(MARGIN, 1.6 * MARGIN)
        } else if follow {
            // While it is drawn, the newest step stays in view.
            (free - foot).min(MARGIN)
        } else {
            MARGIN
        },
        scale,
    }
}

/// Draws a workflow.
#[component]
pub fn Canvas(
    /// What to draw.
    #[prop(into)]
    workflow: Signal<Option<Workflow>>,
    tasks: Tasks,
    /// The step whose panel is open.
    selected: RwSignal<Option<StepId>>,
    /// True while steps are still being drawn.
    #[prop(into)]
    drawing: Signal<bool>,
    /// Words on cards.
    #[prop(into)]
    marks: Signal<HashMap<StepId, Mark>>,
    /// What a run went through.
    #[prop(into, default = Signal::stored(None))]
    lit: Signal<Option<Lit>>,
    /// Shown when there is nothing to draw.
    #[prop(into, default = ViewFn::default())]
    empty: ViewFn,
) -> impl IntoView {
    let window: NodeRef<Div> = NodeRef::new();
    let layout = Memo::new(move |_| {
        workflow.with(|workflow| workflow.as_ref().map(lay_out).unwrap_or_default())
    });
    // `None`: the eye follows the drawing by itself until somebody moves it.
    let moved = RwSignal::new(None::<Eye>);
    // True when the eye moved by itself, so that it glides instead of jumping.
    let gliding = RwSignal::new(false);
    let size = RwSignal::new(None::<(f64, f64)>);
    // Fingers or the mouse on the canvas: id and place.
    let pointers = RwSignal::new(Vec::<(i32, f64, f64)>::new());

    Effect::new(move |_| {
        let Some(element) = window.get() else {
            return;
        };
        let look = {
            let element = element.clone();
            move || {
                let now = (
                    f64::from(element.client_width()),
                    f64::from(element.client_height()),
                );
                if now.0 > 0.0 && now.1 > 0.0 {
                    size.try_set(Some(now));
                }
            }
        };
        look();
        watch(&element, look);
    });
    // A new drawing is looked at from the start.
    Effect::new(move |before: Option<bool>| {
        let now = drawing.get();
        if now && before == Some(false) {
            moved.set(None);
        }
        now
    });

    let eye = Memo::new(move |_| {
        moved.get().unwrap_or_else(|| {
            layout.with(|layout| match size.get() {
                Some(size) => fitted(layout, size, drawing.get()),
                None => Eye {
                    x: -layout.width / 2.0,
                    y: MARGIN,
                    scale: 1.0,
                },
            })
        })
    });
    let zoom = move |factor: f64, at: Option<(f64, f64)>| {
        let eye = eye.get_untracked();
        let (x, y) = at.unwrap_or((0.0, size.get_untracked().map_or(0.0, |size| size.1 / 2.0)));
        let scale = (eye.scale * factor).clamp(SMALLEST, LARGEST);
        let grown = scale / eye.scale;
        gliding.set(at.is_none());
        moved.set(Some(Eye {
            x: x - (x - eye.x) * grown,
            y: y - (y - eye.y) * grown,
            scale,
        }));
    };
    let pan = move |x: f64, y: f64| {
        let eye = eye.get_untracked();
        gliding.set(false);
        moved.set(Some(Eye {
            x: eye.x + x,
            y: eye.y + y,
            ..eye
        }));
    };
    // A focused or selected card comes into view without the browser scrolling the page.
    let show = move |id: &str| {
        let (Some(place), Some((width, height))) = (
            layout.with_untracked(|layout| layout.place(id)),
            size.get_untracked(),
        ) else {
            return;
        };
        let eye = eye.get_untracked();
        let x = eye.x + place.x * eye.scale;
        let top = eye.y + place.y * eye.scale;
        let half = CARD_WIDTH / 2.0 * eye.scale;
        let bottom = top + CARD_HEIGHT * eye.scale;
        let left_edge = -width / 2.0 + MARGIN / 2.0;
        let covered = selected.with_untracked(Option::is_some) && width > 2.0 * PANEL;
        let right_edge = width / 2.0 - MARGIN / 2.0 - if covered { PANEL } else { 0.0 };
        let by_x = (right_edge - (x + half)).min(0.0) + (left_edge - (x - half)).max(0.0);
        let by_y = (height - MARGIN / 2.0 - bottom).min(0.0) + (MARGIN / 2.0 - top).max(0.0);
        if by_x != 0.0 || by_y != 0.0 {
            pan(by_x, by_y);
            gliding.set(true);
        }
    };
    Effect::new(move |_| {
        if let Some(id) = selected.get() {
            show(&id);
        }
    });

    let inside = move |x: f64, y: f64| {
        window.get_untracked().map(|window| {
            let bounds = window.get_bounding_client_rect();
            (x - bounds.left() - bounds.width() / 2.0, y - bounds.top())
        })
    };
    let on_wheel = move |event: ev::WheelEvent| {
        event.prevent_default();
        if event.ctrl_key() || event.meta_key() {
            let at = inside(f64::from(event.client_x()), f64::from(event.client_y()));
            zoom((-event.delta_y() * 0.01).clamp(-0.5, 0.5).exp(), at);
        } else {
            pan(-event.delta_x(), -event.delta_y());
        }
    };
    let at = |event: &ev::PointerEvent| {
        (
            event.pointer_id(),
            f64::from(event.client_x()),
            f64::from(event.client_y()),
        )
    };
    let on_down = move |event: ev::PointerEvent| {
        let on_card = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.closest("button").ok().flatten())
            .is_some();
        if on_card || event.button() != 0 {
            return;
        }
        if let Some(window) = window.get_untracked() {
            // Without capture the drag ends at the window's edge; nothing worse.
            let _ = window.set_pointer_capture(event.pointer_id());
        }
        pointers.update(|pointers| pointers.push(at(&event)));
    };
    let on_move = move |event: ev::PointerEvent| {
        let now = at(&event);
        let before = pointers.get_untracked();
        let Some(index) = before.iter().position(|pointer| pointer.0 == now.0) else {
            return;
        };
        let old = before[index];
        let other = before.iter().find(|pointer| pointer.0 != now.0);
        if let Some(other) = other {
            // Two fingers: what is under them stays under them.
            let apart = |pointer: (i32, f64, f64)| {
                (pointer.1 - other.1).hypot(pointer.2 - other.2).max(1.0)
            };
            let middle = inside((now.1 + other.1) / 2.0, (now.2 + other.2) / 2.0);
            zoom(apart(now) / apart(old), middle);
            pan((now.1 - old.1) / 2.0, (now.2 - old.2) / 2.0);
        } else {
            pan(now.1 - old.1, now.2 - old.2);
        }
        pointers.update(|pointers| {
            if let Some(pointer) = pointers.get_mut(index) {
                *pointer = now;
            }
        });
    };
    let on_up = move |event: ev::PointerEvent| {
        pointers.update(|pointers| pointers.retain(|pointer| pointer.0 != event.pointer_id()));
    };

    let on_key = move |event: ev::KeyboardEvent| {
        let direction = match event.key().as_str() {
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "+" | "=" => return zoom(1.2, None),
            "-" => return zoom(1.0 / 1.2, None),
            "0" => return moved.set(None),
            _ => return,
        };
        let Some(id) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.get_attribute("data-step"))
        else {
            return;
        };
        event.prevent_default();
        if let Some(next) = layout.with_untracked(|layout| layout.neighbour(&id, direction)) {
            focus_step(&window, &next);
        }
    };

    let order = move || layout.with(|layout| layout.order.clone());
    let card_tasks = tasks.clone();
    let card = move |id: StepId| {
        view! { <Card id workflow tasks=card_tasks.clone() layout selected drawing marks lit show=Callback::new(move |id: StepId| show(&id)) /> }
    };
    let route_ids = move || {
        layout.with(|layout| {
            layout
                .routes
                .iter()
                .map(|route| (route.from.clone(), route.port.clone(), route.to.clone()))
                .collect::<Vec<_>>()
        })
    };
    let is_empty = Memo::new(move |_| layout.with(|layout| layout.order.is_empty()));
    let outline_tasks = tasks.clone();

    view! {
        <section
            class="canvas"
            class:drawing=drawing
            class:grabbing={move || pointers.with(|pointers| !pointers.is_empty())}
            class:runs=move || lit.with(Option::is_some)
            aria-label="Canvas"
        >
            <div
                class="canvas-window"
                node_ref=window
                on:wheel=on_wheel
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=on_up
                on:pointercancel=on_up
                on:keydown=on_key
            >
                <div
                    class="world"
                    class:still=move || moved.with(Option::is_some) && !gliding.get()
                    style:transform=move || {
                        let eye = eye.get();
                        format!("translate({:.1}px,{:.1}px) scale({:.3})", eye.x, eye.y, eye.scale)
                    }
                >
                    <svg
                        class="links"
                        width=move || layout.with(|layout| layout.width.max(1.0))
                        height=move || layout.with(|layout| layout.height.max(1.0))
                        aria-hidden="true"
                    >
                        <For each=route_ids key=Clone::clone let:route>
                            <LinkLine route layout lit />
                        </For>
                    </svg>
                    <For each=order key=Clone::clone children=card />
                </div>
            </div>
            <Show when=move || is_empty.get()>
                <div class="canvas-empty">{empty.run()}</div>
            </Show>
            <Show when=move || !is_empty.get()>
                <div class="zoom" role="group" aria-label="Zoom">
                    <button type="button" class="tool" aria-label="Zoom in" on:click=move |_| zoom(1.25, None)>
                        <Glyph icon=Icon::Plus />
                    </button>
                    <button type="button" class="tool" aria-label="Zoom out" on:click=move |_| zoom(0.8, None)>
                        <Glyph icon=Icon::Minus />
                    </button>
                    <button type="button" class="tool" aria-label="Show all" on:click=move |_| moved.set(None)>
                        <Glyph icon=Icon::Fit />
                    </button>
                </div>
            </Show>
            <Outline workflow tasks=outline_tasks drawing />
        </section>
    }
}

/// Calls back whenever the element's size changes, until the caller's owner goes away.
fn watch(element: &web_sys::Element, look: impl Fn() + 'static) {
    struct Watch {
        observer: web_sys::ResizeObserver,
        _look: Closure<dyn FnMut()>,
    }
    impl Drop for Watch {
        fn drop(&mut self) {
            self.observer.disconnect();
        }
    }
    let look = Closure::<dyn FnMut()>::new(look);
    if let Ok(observer) = web_sys::ResizeObserver::new(look.as_ref().unchecked_ref()) {
        observer.observe(element);
        StoredValue::new_local(Watch {
            observer,
            _look: look,
        });
    }
}

fn focus_step(window: &NodeRef<Div>, id: &str) {
    let Some(window) = window.get_untracked() else {
        return;
    };
    let quoted = id.replace('\\', "\\\\").replace('"', "\\\"");
    let card = window
        .query_selector(&format!("[data-step=\"{quoted}\"]"))
        .ok()
        .flatten()
        .and_then(|card| card.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(card) = card {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // A card that cannot be focused is simply not focused.
        let _ = card.focus_with_options(&options);
    }
}

/// One link; it finds its own place, so that only links that moved are drawn anew.
#[component]
fn LinkLine(
    route: (StepId, String, StepId),
    layout: Memo<Layout>,
    lit: Signal<Option<Lit>>,
) -> impl IntoView {
    let key = route.clone();
    let drawn = Memo::new(move |_| {
        layout.with(|layout| {
            layout
                .routes
                .iter()
                .find(|other| other.from == key.0 && other.port == key.1 && other.to == key.2)
                .cloned()
        })
    });
    let path = move || {
        drawn.with(|drawn| {
            drawn
                .as_ref()
                .map(|route| route.path.clone())
                .unwrap_or_default()
        })
    };
    let is_lit = move || lit.with(|lit| lit.as_ref().is_some_and(|lit| lit.links.contains(&route)));
    let label = move || {
        let route = drawn.get()?;
        let text = route.label?;
        let width = 20.0 + 7.2 * text.chars().count() as f64;
        Some(view! {
            <g
                class="port"
                transform=format!("translate({:.1} {:.1})", route.label_at.x, route.label_at.y)
            >
                <rect x=-width / 2.0 y="-11" width=width height="22" rx="11" />
                <text text-anchor="middle" y="4">
                    {text}
                </text>
            </g>
        })
    };
    view! {
        <g class="link" class:lit=is_lit>
            <path d=path />
            {label}
        </g>
    }
}

/// One step's card.
#[component]
fn Card(
    id: StepId,
    workflow: Signal<Option<Workflow>>,
    tasks: Tasks,
    layout: Memo<Layout>,
    selected: RwSignal<Option<StepId>>,
    drawing: Signal<bool>,
    marks: Signal<HashMap<StepId, Mark>>,
    lit: Signal<Option<Lit>>,
    show: Callback<StepId>,
) -> impl IntoView {
    let id = StoredValue::new(id);
    let tasks = StoredValue::new(tasks);
    let step: Memo<Option<Step>> = Memo::new(move |_| {
        workflow.with(|workflow| {
            workflow
                .as_ref()
                .and_then(|workflow| id.with_value(|id| workflow.step(id).cloned()))
        })
    });
    let title = Memo::new(move |_| {
        step.with(|step| {
            step.as_ref()
                .map(|step| tasks.with_value(|tasks| tasks.title(step)))
                .unwrap_or_default()
        })
    });
    let summary = Memo::new(move |_| {
        step.with(|step| {
            step.as_ref()
                .map(|step| tasks.with_value(|tasks| tasks.summary(step)))
                .unwrap_or_default()
        })
    });
    let mark = Memo::new(move |_| marks.with(|marks| id.with_value(|id| marks.get(id).cloned())));
    let place = Memo::new(move |_| {
        layout.with(|layout| id.with_value(|id| layout.place(id)).unwrap_or_default())
    });
    let kind_class = move || {
        step.with(|step| {
            step.as_ref().map_or("action", |step| match step.task_type {
                flow::TaskType::Trigger => "trigger",
                flow::TaskType::Condition => "condition",
                flow::TaskType::Action => "action",
                flow::TaskType::Foreach => "foreach",
                flow::TaskType::Wait => "wait",
            })
        })
    };
    let icon = move || {
        step.with(|step| {
            step.as_ref()
                .map(|step| view! { <Glyph icon=Icon::of_step(step.task_type, &step.task_id) /> })
        })
    };
    let label = move || {
        let kind = step.with(|step| step.as_ref().map_or("", |step| words::kind(step.task_type)));
        let mark = mark.with(|mark| {
            mark.as_ref()
                .map(|mark| format!(" {}.", mark.text))
                .unwrap_or_default()
        });
        let summary = summary.get();
        format!(
            "{}, {kind}. {}.{mark}",
            title.get(),
            summary.trim_end_matches('.')
        )
    };
    let is_selected = move || id.with_value(|id| selected.with(|open| open.as_ref() == Some(id)));
    let is_dim = move || {
        lit.with(|lit| {
            lit.as_ref()
                .is_some_and(|lit| id.with_value(|id| !lit.steps.contains(id)))
        })
    };
    let arriving = drawing.get_untracked();
    view! {
        <button
            type="button"
            class=move || format!("card {}", kind_class())
            class:arriving=arriving
            class:selected=is_selected
            class:dim=is_dim
            aria-label=label
            aria-pressed=move || if is_selected() { "true" } else { "false" }
            data-step=id.get_value()
            style:transform=move || {
                let place = place.get();
                format!("translate({:.1}px,{:.1}px)", place.x - CARD_WIDTH / 2.0, place.y)
            }
            on:click=move |_| selected.set(Some(id.get_value()))
            on:focus:target=move |event| {
                // A click must not move the card away under the pointer.
                if event.target().matches(":focus-visible").unwrap_or(false) {
                    show.run(id.get_value());
                }
            }
        >
            <span class="card-body">
                <span class="card-icon">{icon}</span>
                <span class="card-text">
                    <span class="card-title">{title}</span>
                    <span class="card-summary">{summary}</span>
                </span>
            </span>
            {move || {
                mark.get()
                    .map(|mark| view! { <span class=format!("mark {}", mark.tone.class())>{mark.text}</span> })
            }}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: f64, height: f64) -> Layout {
        Layout {
            width,
            height,
            ..Layout::default()
        }
    }

    #[test]
    fn a_small_workflow_is_shown_whole_and_in_its_own_size() {
        let eye = fitted(&layout(272.0, 400.0), (900.0, 800.0), false);
        assert_eq!(eye.scale, 1.0);
        assert_eq!(eye.x, -136.0);
        assert!(eye.y >= MARGIN);
    }

    #[test]
    fn a_large_workflow_stays_legible_and_starts_at_its_top() {
        let large = layout(4000.0, 9000.0);
        assert_eq!(fitted(&large, (900.0, 800.0), false).scale, SMALLEST_FIT);
        assert_eq!(fitted(&large, (900.0, 800.0), false).y, MARGIN);
        // While it is drawn, its lower edge is in view.
        let eye = fitted(&large, (900.0, 800.0), true);
        assert!(eye.y + 9000.0 * eye.scale <= 800.0 - MARGIN);
    }
}
