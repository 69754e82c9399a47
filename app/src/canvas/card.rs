//! One step's card.

use flow::sorted::SortedSet;
use std::collections::HashMap;

use flow::TaskType;
use flow::workflow::StepId;

use super::fixed::tenths;
use super::layout::{CARD_WIDTH, Place};
use super::scene::SharedScene;
use super::{Lit, Mark};
use crate::icons::{Glyph, Icon};
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::words;

/// What every card looks at. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Cards {
    pub scene: Memo<SharedScene>,
    pub tasks: StoredValue<Tasks>,
    /// The step whose panel is open.
    pub selected: RwSignal<Option<StepId>>,
    /// The steps that are selected, that one among them.
    pub picked: RwSignal<SortedSet<StepId>>,
    /// The step that is reached with the Tab key.
    pub active: RwSignal<Option<StepId>>,
    pub drawing: Signal<bool>,
    pub marks: Signal<HashMap<StepId, Mark>>,
    pub lit: Signal<Option<Lit>>,
    /// Called with a step that got the focus by keyboard.
    pub show: Callback<StepId>,
    /// Called with a step that was clicked, and whether others stay selected.
    pub pick: Callback<(StepId, bool)>,
}

/// What a card shows of its step.
#[derive(Clone, Debug, Default, PartialEq)]
struct Face {
    title: String,
    summary: String,
    kind: Option<TaskType>,
    icon: Option<Icon>,
    place: Place,
}

fn face(scene: &SharedScene, tasks: &Tasks, id: &str) -> Face {
    let Some(step) = scene.step(id) else {
        return Face::default();
    };
    Face {
        title: tasks.title(step),
        summary: tasks.summary(step),
        kind: Some(step.task_type),
        icon: Some(Icon::of_step(step.task_type, &step.task_id)),
        place: scene.layout.place(id).unwrap_or_default(),
    }
}

fn class_of(kind: Option<TaskType>) -> &'static str {
    match kind {
        Some(TaskType::Trigger) => "trigger",
        Some(TaskType::Condition) => "condition",
        Some(TaskType::Foreach) => "foreach",
        Some(TaskType::Wait) => "wait",
        Some(TaskType::Action) | None => "action",
    }
}

/// Draws a step's card. It finds its step by itself, so that only cards that changed are drawn anew.
pub fn card(cards: Cards, id: StepId) -> AnyView {
    let Cards {
        scene,
        tasks,
        selected,
        picked,
        active,
        ..
    } = cards;
    let id = StoredValue::new(id);
    let is = move |other: &StepId| id.with_value(|id| id == other);
    let face = Memo::new(move |_| {
        let scene = scene.get();
        id.with_value(|id| tasks.with_value(|tasks| face(&scene, tasks, id)))
    });
    let mark = Memo::new(move |_| {
        cards
            .marks
            .with(|marks| id.with_value(|id| marks.get(id).cloned()))
    });
    let is_selected = move || {
        selected.with(|open| open.as_ref().is_some_and(is))
            || picked.with(|picked| id.with_value(|id| picked.contains(id)))
    };
    let arriving = cards.drawing.get_untracked();
    let class = move || {
        let mut class = format!("card {}", face.with(|face| class_of(face.kind)));
        if arriving {
            class.push_str(" arriving");
        }
        if is_selected() {
            class.push_str(" selected");
        }
        let dim = cards.lit.with(|lit| {
            lit.as_ref()
                .is_some_and(|lit| id.with_value(|id| !lit.steps.contains(id)))
        });
        if dim {
            class.push_str(" dim");
        }
        class
    };
    let label = move || {
        face.with(|face| {
            let kind = face.kind.map_or("", words::kind);
            let mark = mark.with(|mark| {
                mark.as_ref()
                    .map(|mark| format!(" {}.", mark.text))
                    .unwrap_or_default()
            });
            let summary = face.summary.trim_end_matches('.');
            format!("{}, {kind}. {summary}.{mark}", face.title)
        })
    };
    // One card is reached with the Tab key; from there the arrow keys lead on.
    let tab = move || {
        let first = || scene.with(|scene| scene.layout.order.first().is_some_and(is));
        let reached = active.with(|active| match active {
            Some(active) if scene.with(|scene| scene.step(active).is_some()) => is(active),
            _ => first(),
        });
        if reached { "0" } else { "-1" }
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=label
            aria-pressed=move || if is_selected() { "true" } else { "false" }
            tabindex=tab
            data-step=id.get_value()
            style:transform=move || {
                let Place { x, y } = face.with(|face| face.place);
                format!("translate({}px,{}px)", tenths(x - CARD_WIDTH / 2.0), tenths(y))
            }
            on:click=move |event| {
                let more = event.shift_key() || event.ctrl_key() || event.meta_key();
                cards.pick.run((id.get_value(), more));
            }
            on:focus:target=move |event| {
                active.set(Some(id.get_value()));
                // A click must not move the card away under the pointer.
                if event.target().matches(":focus-visible").unwrap_or(false) {
                    cards.show.run(id.get_value());
                }
            }
        >
            <span class="card-body">
                <span class="card-icon">
                    {move || face.with(|face| face.icon).map(|icon| view! { <Glyph icon /> })}
                </span>
                <span class="card-text">
                    <span class="card-title" dir="auto">{move || face.with(|face| face.title.clone())}</span>
                    <span class="card-summary" dir="auto">{move || face.with(|face| face.summary.clone())}</span>
                </span>
            </span>
            {move || {
                mark.get()
                    .map(|mark| view! { <span class=format!("mark {}", mark.tone.class())>{mark.text}</span> })
            }}
        </button>
    }
    .into_any()
}
