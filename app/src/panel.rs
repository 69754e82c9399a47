//! The panel of one step: beside the canvas of the builder every field can be edited; in replay and
//! on the page of a run it is read.

mod as_text;
mod chips;
mod code;
mod condition;
mod details;
mod field;
mod mail;
mod marks;
mod meaning;
mod object;
mod pairs;
mod picker;
mod read;
mod rows;
mod schedule;
mod simple;
mod slot;
mod template;
mod texts;

use std::collections::HashMap;

use flow::check::Finding;
use flow::session::Drawing;
use flow::workflow::{Step, StepId, Workflow};
use leptos::ev;
use leptos::html::Section;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;

use crate::api::FieldInfo;
use crate::builder::{Desk, Editor, use_desk, use_editor};
use crate::icons::{Glyph, Icon};
use crate::language::{k, t, tr};
use crate::part::{Drawn, Load, Stand};
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::words;
use marks::fix;
use slot::{Previews, Slot};

pub use read::FindingList;
pub use texts::is_example_host;

/// The field that something elsewhere on the page leads to; the panel puts the focus there.
#[derive(Clone, Copy)]
pub struct Jump(pub RwSignal<Option<String>>);

/// What is shown of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    step: StepId,
    task: String,
    /// Whether the step can be edited now.
    editable: bool,
    /// The ids of its filled fields that its task does not have.
    unknown: Vec<String>,
}

/// Slides in beside the canvas while a step is selected.
#[component]
pub fn StepPanel(
    #[prop(into)] workflow: Signal<Option<Workflow>>,
    tasks: Tasks,
    selected: RwSignal<Option<StepId>>,
    #[prop(into, default = Signal::stored(Vec::new()))] findings: Signal<Vec<Finding>>,
) -> impl IntoView {
    let desk = use_desk();
    let panel: NodeRef<Section> = NodeRef::new();
    let known = tasks.clone();
    let shown = Memo::new(move |_| {
        let id = selected.get()?;
        let step = workflow.with(|workflow| workflow.as_ref()?.step(&id).cloned())?;
        let task = known.get(&step.task_id);
        let unknown = step
            .config
            .iter()
            .map(|field| field.id.clone())
            .filter(|id| task.is_none_or(|task| task.field(id).is_none()))
            .collect();
        Some(Shown {
            editable: desk.is_some_and(|desk| can_edit(desk, &id)),
            step: id,
            task: step.task_id,
            unknown,
        })
    });
    // Who opens a panel by keyboard goes on in it; a click leaves the focus on the card.
    let by_key = StoredValue::new(false);
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, move |event| {
            // Enter elsewhere, in a list of steps to add for example, opens no panel to work in.
            let on_card = event
                .target()
                .and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok())
                .is_some_and(|element| element.has_attribute("data-step"));
            by_key.try_update_value(|by_key| {
                *by_key = on_card && matches!(event.key().as_str(), "Enter" | " ");
            });
            if event.key() == "Escape" && selected.try_get_untracked().flatten().is_some() {
                let inside = panel.try_get_untracked().flatten().is_some_and(|panel| {
                    let active = document().active_element();
                    panel.contains(active.as_deref())
                });
                let step = selected.try_get_untracked().flatten();
                selected.try_set(None);
                if let Some(step) = step.filter(|_| inside) {
                    focus_card(&step);
                }
            }
        });
        let clicks = window_event_listener(ev::pointerdown, move |_| {
            by_key.try_update_value(|by_key| *by_key = false);
        });
        on_cleanup(move || {
            keys.remove();
            clicks.remove();
        });
    });
    Effect::new(move |before: Option<Option<StepId>>| {
        let now = shown.with(|shown| shown.as_ref().map(|shown| shown.step.clone()));
        if before.is_some_and(|before| before != now)
            && now.is_some()
            && desk.is_some()
            && by_key.get_value()
        {
            spawn_local(async {
                // The panel says itself when it cannot be loaded.
                if load_panel().await.is_ok() {
                    request_animation_frame(|| chips::focus("panel-title"));
                }
            });
        }
        now
    });
    let tasks = StoredValue::new(tasks);
    let place = Place {
        panel,
        workflow,
        tasks,
        selected,
        findings,
    };
    let stand = Stand::with_words();
    move || {
        let shown = shown.get()?;
        Some(stand.draw(load, draw_panel(place, shown)))
    }
}

/// Where the panel stands and what it is about.
#[derive(Clone, Copy)]
struct Place {
    panel: NodeRef<Section>,
    workflow: Signal<Option<Workflow>>,
    tasks: StoredValue<Tasks>,
    selected: RwSignal<Option<StepId>>,
    findings: Signal<Vec<Finding>>,
}

/// Loads this part.
pub fn load() -> Load {
    Box::pin(load_panel())
}

#[wasm_split(panel, wasm_split_path = leptos::wasm_split, preload(load_panel), fallible)]
fn draw_panel(place: Place, shown: Shown) -> Drawn {
    Ok(drawn(place, &shown).into_any())
}

fn drawn(place: Place, shown: &Shown) -> Option<AnyView> {
    let Place {
        panel,
        workflow,
        tasks,
        selected,
        findings,
    } = place;
    let desk = use_desk();
    let tasks = tasks.get_value();
    let id = shown.step.clone();
    let step = workflow.with_untracked(|workflow| workflow.as_ref()?.step(&id).cloned())?;
    let body = match (desk, use_editor()) {
        (Some(desk), Some(editor)) if shown.editable => {
            edited(desk, editor, &step, &tasks, shown, findings)
        }
        _ => {
            let (id, tasks) = (shown.step.clone(), tasks.clone());
            let now =
                Memo::new(move |_| workflow.with(|workflow| workflow.as_ref()?.step(&id).cloned()));
            let waits = desk.is_some();
            (move || read::body(now.get(), &tasks, findings, waits)).into_any()
        }
    };
    Some(frame(panel, &step, &tasks, selected, body))
}

/// The draft can be edited when it is what the canvas shows.
fn can_edit(desk: Desk, step: &StepId) -> bool {
    desk.session().is_some()
        && desk.state.with(|state| {
            state.proposal.is_none()
                && state.drawing != Drawing::Provisional
                && state
                    .draft
                    .as_ref()
                    .is_some_and(|draft| draft.step(step).is_some())
        })
}

/// Puts the focus back on a step's card.
fn focus_card(step: &StepId) {
    let quoted = step.replace('\\', "\\\\").replace('"', "\\\"");
    let card = document()
        .query_selector(&format!("[data-step=\"{quoted}\"]"))
        .ok()
        .flatten()
        .and_then(|card| card.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    if let Some(card) = card {
        // What cannot be focused is simply not focused.
        let _ = card.focus();
    }
}

/// The panel's head, and what is in it.
fn frame(
    panel: NodeRef<Section>,
    step: &Step,
    tasks: &Tasks,
    selected: RwSignal<Option<StepId>>,
    body: AnyView,
) -> AnyView {
    let title = tasks.title(step);
    let id = step.id.clone();
    view! {
        <section class="panel" node_ref=panel aria-label=tr(k::PANEL_STEP, &[&title])>
            <header class="panel-head">
                <span class=format!("card-icon big {}", step.task_type.as_str().to_lowercase())>
                    <Glyph icon=Icon::of_step(step.task_type, &step.task_id) />
                </span>
                <div>
                    <p class="eyebrow">{words::kind(step.task_type)}</p>
                    <h2 id="panel-title" tabindex="-1">
                        {title.clone()}
                    </h2>
                </div>
                <button
                    type="button"
                    class="tool"
                    aria-label=t(k::FRAME_CLOSE)
                    on:click=move |_| {
                        selected.set(None);
                        focus_card(&id);
                    }
                >
                    <Glyph icon=Icon::Close />
                </button>
            </header>
            <div class="panel-body">{body}</div>
        </section>
    }
    .into_any()
}

/// Every field of the step's task as a control.
fn edited(
    desk: Desk,
    editor: Editor,
    step: &Step,
    tasks: &Tasks,
    shown: &Shown,
    findings: Signal<Vec<Finding>>,
) -> AnyView {
    let task = tasks.get(&step.task_id).cloned();
    let previews: Previews = RwSignal::new(HashMap::new());
    let known = task.as_ref().map(|task| task.fields.clone());
    let extra = shown.unknown.iter().map(|id| FieldInfo {
        id: id.clone(),
        label: tasks.field_label(step, id),
        kind: flow::catalog::FieldKind::Text,
        required: false,
        liquid: false,
        values: Vec::new(),
        of: None,
    });
    let slots: Vec<Slot> = known
        .into_iter()
        .flatten()
        .chain(extra)
        .map(|field| Slot::new(desk, editor, step.id.clone(), field, previews))
        .collect();
    let nothing = slots
        .is_empty()
        .then(|| view! { <p class="muted">{t(k::PANEL_NOTHING_TO_FILL)}</p> });
    let fields: Vec<AnyView> = slots.iter().copied().map(field::field).collect();
    let mail = mail::mail(&slots);
    let has_output = task.as_ref().is_some_and(|task| task.output);
    // Findings of a field stand at the field.
    let (id, at_field) = (
        step.id.clone(),
        slots
            .iter()
            .map(|slot| slot.field.with_value(|field| field.id.clone()))
            .collect::<Vec<_>>(),
    );
    let unknown = shown.unknown.clone();
    let of_step = move || {
        let found: Vec<Finding> = findings.with(|findings| {
            findings
                .iter()
                .filter(|finding| finding.step.as_ref() == Some(&id))
                .filter(|finding| {
                    finding
                        .field
                        .as_ref()
                        .is_none_or(|field| !at_field.contains(field) || unknown.contains(field))
                })
                .cloned()
                .collect()
        });
        let rows = marks::marks(found, fix);
        (!rows.is_empty()).then(|| view! { <ul class="findings">{rows}</ul> })
    };
    let about = task.map(|task| {
        view! {
            <p class="muted">{task.description}</p>
            {task
                .connector
                .map(|name| view! { <p class="chip">{tr(k::FRAME_NEEDS, &[&name])}</p> })}
        }
    });
    view! {
        {about}
        {of_step}
        {nothing}
        {fields}
        {mail}
        {details::details(desk, editor, &step.id, has_output)}
    }
    .into_any()
}
