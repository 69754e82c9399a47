//! The canvas: a workflow drawn as cards and links, to pan, zoom and walk through by keyboard, and in
//! the builder to change by hand.
//!
//! Only what is in view, and a little more, is in the page; see [`eye::Camera::frame`].

mod card;
mod eye;
pub mod fixed;
mod hand;
pub mod keys;
pub mod layout;
mod link;
mod minimap;
mod outline;
mod scene;

use flow::sorted::SortedSet;
use std::collections::{HashMap, HashSet};

use flow::edit::Place as Where;
use flow::workflow::{StepId, Workflow};
use leptos::ev;
use leptos::html::Div;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::builder::{Asking, use_editor};
use crate::change::{list, shown};
use crate::icons::{Glyph, Icon};
use crate::language::{self, k, t};
use crate::part::Stand;
use crate::prelude::*;
use crate::tasks::Tasks;
use card::{Cards, card};
pub use eye::Eye;
use eye::{Camera, size_of};
use fixed::{tenths, thousandths};
use hand::Hand;
use keys::{Command, command};
pub use layout::Place;
use link::{Links, free_port, link};
use minimap::minimap;
use outline::outline;
pub use scene::{Scene, SharedScene};

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
    let editor = use_editor();
    let tasks = StoredValue::new(tasks);
    let window: NodeRef<Div> = NodeRef::new();
    let scene = Memo::new(move |_| workflow.with(|workflow| SharedScene::new(workflow.as_ref())));
    let world = Memo::new(move |_| scene.with(|scene| size_of(&scene.layout)));
    let covered = Signal::derive(move || selected.with(Option::is_some));
    let camera = Camera::new(world, drawing, covered);
    let picked = editor.map_or_else(
        || RwSignal::new(SortedSet::<StepId>::new()),
        |editor| editor.picked,
    );
    let active = RwSignal::new(None::<StepId>);
    let able = Signal::derive(move || editor.is_some_and(|editor| editor.able.get()));

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
                    camera.size.try_set(Some(now));
                }
            }
        };
        look();
        watch(&element, look);
    });
    let show = move |id: &str| {
        if let Some(place) = scene.with_untracked(|scene| scene.layout.place(id)) {
            camera.show(place);
        }
    };
    Effect::new(move |before: Option<Option<StepId>>| {
        let now = selected.get();
        match (&now, before.flatten()) {
            (Some(id), _) => {
                show(id);
                picked.set(SortedSet::from([id.clone()]));
            }
            // Closing the panel selects nothing, unless more was selected meanwhile.
            (None, Some(before)) => {
                let only = SortedSet::from([before]);
                if picked.with_untracked(|picked| *picked == only) {
                    picked.set(SortedSet::new());
                }
            }
            (None, None) => {}
        }
        now
    });
    // A step far away is drawn a moment after the camera has turned to it.
    let focus = move |id: StepId| {
        active.set(Some(id.clone()));
        show(&id);
        request_animation_frame(move || focus_step(&window, &id));
    };
    // After a change by this hand the focus goes to what came, else stays, else goes to what stood before.
    Effect::new(move |before: Option<SharedScene>| {
        let now = scene.get();
        if let (Some(before), Some(editor)) = (before, editor)
            && editor.take_own()
        {
            let new: Vec<StepId> = now
                .layout
                .order
                .iter()
                .filter(|id| before.step(id).is_none())
                .cloned()
                .collect();
            let last = active.get_untracked();
            let there = |id: &StepId| now.step(id).is_some();
            let next = new
                .first()
                .cloned()
                .or_else(|| last.clone().filter(there))
                .or_else(|| {
                    before
                        .layout
                        .routes
                        .iter()
                        .find(|route| Some(&route.to) == last.as_ref() && there(&route.from))
                        .map(|route| route.from.clone())
                });
            match new.as_slice() {
                [] => picked.update(|picked| picked.retain(there)),
                [one] => selected.set(Some(one.clone())),
                several => {
                    selected.set(None);
                    picked.set(several.iter().cloned().collect());
                }
            }
            let next = next.or_else(|| now.layout.order.first().cloned());
            if let Some(next) = next.filter(|_| focus_is_free()) {
                focus(next);
            }
        }
        now
    });
    let pick = move |id: StepId, more: bool| {
        active.set(Some(id.clone()));
        if !more || editor.is_none() {
            picked.set(SortedSet::from([id.clone()]));
            return selected.set(Some(id));
        }
        selected.set(None);
        picked.update(|picked| {
            if !picked.remove(&id) {
                picked.insert(id);
            }
        });
        if let Some(editor) = editor {
            let count = picked.with_untracked(SortedSet::len);
            editor.say(language::count(k::CANVAS_SELECTED, count));
        }
    };
    let hand = Hand::new(camera, window, scene, picked);
    let do_it = move |command: Command, at: Option<StepId>| {
        let go = |next: Option<StepId>| {
            if let Some(next) = next {
                focus(next);
            }
        };
        match command {
            Command::Go(direction, more) => {
                let Some(at) = at else {
                    return go(scene.with_untracked(|scene| scene.layout.order.first().cloned()));
                };
                let next = scene.with_untracked(|scene| scene.layout.neighbour(&at, direction));
                if let (true, Some(next), Some(_)) = (more, &next, editor) {
                    picked.update(|picked| {
                        picked.insert(at);
                    });
                    if picked.with_untracked(|picked| !picked.contains(next)) {
                        pick(next.clone(), true);
                    }
                }
                go(next);
            }
            Command::First => go(scene.with_untracked(|scene| scene.layout.order.first().cloned())),
            Command::Last => go(scene.with_untracked(|scene| scene.last().cloned())),
            Command::ZoomIn => camera.zoom(1.2, None),
            Command::ZoomOut => camera.zoom(1.0 / 1.2, None),
            Command::Fit => camera.fit(),
            Command::Clear => {
                hand.drop_it();
                selected.set(None);
                picked.update(SortedSet::clear);
            }
            Command::SelectAll => {
                selected.set(None);
                scene.with_untracked(|scene| {
                    picked.set(scene.layout.order.iter().cloned().collect());
                });
            }
            command => {
                if let Some(editor) = editor {
                    scene.with_untracked(|scene| editor.command(command, scene, at));
                }
            }
        }
    };
    // Where the focus is, or is about to be: after a change it follows a moment later.
    let at_work = move |event: &web_sys::Event| {
        let there = |id: &StepId| scene.with_untracked(|scene| scene.step(id).is_some());
        active
            .get_untracked()
            .filter(there)
            .or_else(|| card_of(event))
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.alt_key() || typing(&event) {
            return;
        }
        let control = event.ctrl_key() || event.meta_key();
        let Some(command) = command(&event.key(), control, event.shift_key()) else {
            return;
        };
        let here = at_work(&event);
        let arrow = matches!(command, Command::Go(..) | Command::First | Command::Last);
        if arrow && within(&event, ".step-tools") {
            return;
        }
        if editor.is_none() && (command.edits() || command == Command::Help) {
            return;
        }
        event.prevent_default();
        do_it(command, here);
    };
    let clip = move |event: ev::ClipboardEvent, cut: bool| {
        let Some(editor) = editor.filter(|_| !typing(&event)) else {
            return;
        };
        let at = at_work(&event);
        if scene.with_untracked(|scene| editor.copy(scene, at, Some(&event), cut)) {
            event.prevent_default();
        }
    };
    let on_paste = move |event: ev::ClipboardEvent| {
        let Some(editor) = editor.filter(|_| !typing(&event)) else {
            return;
        };
        let at = at_work(&event);
        if scene.with_untracked(|scene| editor.paste(scene, at, Some(&event))) {
            event.prevent_default();
        }
    };

    let kept = Memo::new(move |_| {
        let mut kept = HashSet::new();
        kept.extend(active.get());
        kept.extend(selected.get());
        kept
    });
    let order = Memo::new(move |_| {
        let frame = camera.frame.get();
        kept.with(|kept| scene.with(|scene| scene.cards_in(&frame, kept)))
    });
    let routes = Memo::new(move |_| {
        let frame = camera.frame.get();
        scene.with(|scene| scene.links_in(&frame))
    });
    let cards = Cards {
        scene,
        tasks,
        selected,
        picked,
        active,
        drawing,
        marks,
        lit,
        show: Callback::new(move |id: StepId| show(&id)),
        pick: Callback::new(move |(id, more)| pick(id, more)),
    };
    let links = Links {
        scene,
        lit,
        open: able,
        target: hand.target,
        put: Callback::new(move |place: Where| {
            if let Some(editor) = editor {
                editor.ask(Asking::Step(place));
            }
        }),
    };
    let free = move || {
        able.get().then(|| {
            let frame = camera.frame.get();
            scene.with(|scene| {
                scene
                    .free_in(&frame)
                    .iter()
                    .map(|free| free_port(links, free))
                    .collect_view()
            })
        })
    };
    let is_empty = Memo::new(move |_| scene.with(|scene| scene.layout.order.is_empty()));
    let class = move || {
        let mut class = "canvas".to_string();
        let mut add = |on: bool, name: &str| {
            if on {
                class.push_str(name);
            }
        };
        add(drawing.get(), " drawing");
        add(hand.grabs(), " grabbing");
        add(hand.drags(), " dragging");
        add(lit.with(Option::is_some), " runs");
        add(able.get(), " editable");
        add(camera.far.get(), " far");
        class
    };
    let stand = Stand::quiet();
    let tools = move || {
        let editor = editor?;
        if !able.get() || hand.drags() {
            return None;
        }
        let at = picked.with(|picked| {
            active
                .get()
                .filter(|active| picked.contains(active))
                .or_else(|| picked.iter().next().cloned())
        })?;
        let place = scene.with(|scene| scene.layout.place(&at))?;
        Some(editor.tools(stand, scene, at, place, camera.eye))
    };
    view! {
        <section
            class=class
            aria-label=t(k::CANVAS_CANVAS)
            on:keydown=on_key
            on:copy=move |event| clip(event, false)
            on:cut=move |event| clip(event, true)
            on:paste=on_paste
        >
            <div
                class="canvas-window"
                node_ref=window
                tabindex="-1"
                on:wheel=move |event| hand.wheel(&event)
                on:pointerdown=move |event| hand.down(&event, able.get_untracked())
                on:pointermove=move |event| hand.moved(&event)
                on:pointerup=move |event| {
                    match hand.up(&event) {
                        hand::Done::Nothing => {}
                        hand::Done::Background => {
                            selected.set(None);
                            picked.update(SortedSet::clear);
                        }
                        hand::Done::Moved(steps, place) => {
                            active.set(steps.first().cloned());
                            if let Some(editor) = editor {
                                editor.make(flow::edit::Edit::Move { steps, place });
                            }
                        }
                    }
                }
                on:pointercancel=move |event| {
                    hand.drop_it();
                    hand.up(&event);
                }
            >
                <div
                    class="world"
                    class:still=move || camera.moved.with(Option::is_some) && !camera.gliding.get()
                    style:transform=move || {
                        let eye = camera.eye.get();
                        format!(
                            "translate({}px,{}px) scale({})",
                            tenths(eye.x),
                            tenths(eye.y),
                            thousandths(eye.scale),
                        )
                    }
                >
                    <svg class="links" width="1" height="1" aria-hidden="true">
                        {list(
                            move || {
                                routes.with(|routes| {
                                    routes
                                        .iter()
                                        .map(|(from, port, to)| vec![from.clone(), port.clone(), to.clone()])
                                        .collect()
                                })
                            },
                            move |key| {
                                let mut key = key.into_iter();
                                let mut next = move || key.next().unwrap_or_default();
                                link(links, (next(), next(), next()))
                            },
                        )}
                        {free}
                    </svg>
                    {list(
                        move || order.with(|order| order.iter().map(|id| vec![id.clone()]).collect()),
                        move |key| card(cards, key.into_iter().next().unwrap_or_default()),
                    )}
                    {tools}
                </div>
                {hand.ghost(scene, tasks)}
            </div>
            {shown(
                move || is_empty.get(),
                move || view! { <div class="canvas-empty">{empty.run()}</div> }.into_any(),
            )}
            {shown(move || !is_empty.get(), move || view! {
                <div class="zoom" role="group" aria-label=t(k::CANVAS_ZOOM)>
                    {tool(t(k::CANVAS_ZOOM_IN), Icon::Plus, move || camera.zoom(1.25, None))}
                    {tool(t(k::CANVAS_ZOOM_OUT), Icon::Minus, move || camera.zoom(0.8, None))}
                    {tool(t(k::CANVAS_SHOW_ALL), Icon::Fit, move || camera.fit())}
                    {editor
                        .map(|editor| {
                            tool(t(k::CANVAS_KEYS), Icon::Help, move || editor.ask(Asking::Help))
                        })}
                </div>
            }.into_any())}
            {minimap(scene, camera)}
            {outline(scene, tasks, drawing)}
        </section>
    }
}

/// A round button with an icon.
fn tool(label: &'static str, icon: Icon, does: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="tool" aria-label=label title=label on:click=move |_| does()>
            <Glyph icon />
        </button>
    }
    .into_any()
}

fn element_of(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into::<web_sys::Element>().ok()
}

/// True when the event happened inside of what a selector finds.
fn within(event: &web_sys::Event, selector: &str) -> bool {
    element_of(event).is_some_and(|element| element.closest(selector).ok().flatten().is_some())
}

/// True when somebody is writing, so that letters are letters.
fn typing(event: &web_sys::Event) -> bool {
    within(event, "input, textarea, select, [contenteditable]")
}

/// True when nobody is at work outside of the canvas, for example in a field of the step panel.
fn focus_is_free() -> bool {
    document().active_element().is_none_or(|element| {
        element.tag_name() == "BODY" || element.closest(".canvas").ok().flatten().is_some()
    })
}

/// The step on whose card an event happened.
fn card_of(event: &web_sys::Event) -> Option<StepId> {
    element_of(event)?
        .closest("[data-step]")
        .ok()
        .flatten()?
        .get_attribute("data-step")
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
