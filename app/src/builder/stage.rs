//! The right side: name and status, canvas, findings, step panel.

use flow::session::{Drawing, State};
use flow::workflow::{StepId, Workflow};

use super::desk::use_desk;
use super::editing::{self, use_editor};
use super::placeholders::{Placeholder, placeholders};
use super::review::review;
use super::status::{marks, overlaid, status};
use crate::canvas::Canvas;
use crate::language::{k, t};
use crate::panel::{Jump, StepPanel};
use crate::prelude::*;
use crate::tasks::Tasks;

/// The right side: name and status, canvas, findings, step panel. Builder and replay share it.
#[component]
pub fn Stage(
    #[prop(into)] state: Signal<State>,
    tasks: Tasks,
    selected: RwSignal<Option<StepId>>,
    /// Buttons, of the builder.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let overlay = use_desk().map(|desk| desk.overlay);
    let workflow = Memo::new(move |_| {
        let shown = overlay.and_then(|overlay| {
            overlay.with(|overlay| {
                overlay
                    .as_ref()
                    .and_then(|overlay| overlay.workflow.clone())
            })
        });
        if shown.is_some() {
            return shown;
        }
        state.with(|state| match (&state.proposal, &state.draft) {
            (Some(proposal), Some(draft)) if state.drawing != Drawing::Provisional => {
                Some(overlaid(draft, &proposal.workflow))
            }
            _ => state.shown().cloned(),
        })
    });
    let findings = Memo::new(move |_| state.with(|state| state.shown_findings().to_vec()));
    let drawing = Memo::new(move |_| state.with(|state| state.drawing == Drawing::Provisional));
    let marks = Memo::new(move |_| {
        overlay
            .and_then(|overlay| {
                overlay.with(|overlay| overlay.as_ref().map(|overlay| overlay.marks.clone()))
            })
            .unwrap_or_else(|| state.with(marks))
    });
    let lit = Memo::new(move |_| {
        overlay.and_then(|overlay| {
            overlay.with(|overlay| overlay.as_ref().and_then(|overlay| overlay.lit.clone()))
        })
    });
    let name = Memo::new(move |_| {
        state.with(|state| {
            state
                .shown()
                .map(|workflow| workflow.name.clone())
                .filter(|name| !name.is_empty())
                .or_else(|| state.draft.as_ref().map(|draft| draft.name.clone()))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| t(k::STAGE_NEW).to_string())
        })
    });
    let status = Memo::new(move |_| state.with(status));
    let jump = RwSignal::new(None);
    provide_context(Jump(jump));
    let on_step = Callback::new(move |(id, field): (StepId, Option<String>)| {
        jump.set(field);
        selected.set(Some(id));
    });
    let use_placeholders = use_desk().is_some();
    let canvas_tasks = tasks.clone();
    let named_tasks = tasks.clone();
    // Who only looks has nothing to fill in.
    let to_fill_in = Memo::new(move |_| {
        let found =
            use_placeholders.then(|| workflow.with(|workflow| workflow.as_ref().map(placeholders)));
        found.flatten().unwrap_or_default()
    });
    let editor = use_editor();
    let head = match editor {
        Some(editor) => editing::name(editor, name),
        None => view! { <h2 dir="auto">{name}</h2> }.into_any(),
    };
    view! {
        <section class="stage" aria-label=t(k::FRAME_WORKFLOW)>
            <header class="stage-bar">
                <div class="stage-name">
                    {head}
                    <p class=move || format!("status {}", status.get().0.class())>
                        {move || status.get().1}
                    </p>
                </div>
                {editor.map(editing::bar)}
                {children.map(|children| children())}
            </header>
            <div class="stage-body">
                <Canvas
                    workflow
                    tasks=canvas_tasks
                    selected
                    drawing
                    marks
                    lit
                    empty=|| {
                        view! {
                            <div class="ghost" aria-hidden="true">
                                <i></i>
                                <i></i>
                                <i></i>
                            </div>
                            <p class="muted">{t(k::STAGE_APPEARS)}</p>
                            {use_editor().map(editing::by_hand)}
                        }
                    }
                />
                <StepPanel workflow tasks selected findings />
                {super::findings::findings(
                    findings,
                    move || named(to_fill_in.get(), workflow, &named_tasks),
                    on_step,
                )}
            </div>
            {use_desk().map(review)}
        </section>
    }
}

/// Placeholders, each with words for where it stands.
fn named(
    found: Vec<Placeholder>,
    workflow: Memo<Option<Workflow>>,
    tasks: &Tasks,
) -> Vec<(Placeholder, String)> {
    workflow.with_untracked(|workflow| {
        found
            .into_iter()
            .filter_map(|found| {
                let step = workflow.as_ref()?.step(&found.step)?;
                let field = tasks.field_label(step, &found.field);
                let place = format!("‘{}’ ({field})", tasks.title(step));
                Some((found, place))
            })
            .collect()
    })
}
