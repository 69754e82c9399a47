//! The panel of one step: every field readable, and what a check found.

use flow::check::{Finding, Severity};
use flow::condition::Expr;
use flow::workflow::{Step, StepId, Workflow};
use leptos::ev;
use leptos::prelude::*;

use crate::icons::{Glyph, Icon};
use crate::tasks::Tasks;
use crate::words::{self, Shown};

/// Slides in beside the canvas while a step is selected.
#[component]
pub fn StepPanel(
    #[prop(into)] workflow: Signal<Option<Workflow>>,
    tasks: Tasks,
    selected: RwSignal<Option<StepId>>,
    #[prop(into, default = Signal::stored(Vec::new()))] findings: Signal<Vec<Finding>>,
) -> impl IntoView {
    let step = Memo::new(move |_| {
        let id = selected.get()?;
        workflow.with(|workflow| workflow.as_ref()?.step(&id).cloned())
    });
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                selected.try_set(None);
            }
        });
        on_cleanup(move || handle.remove());
    });
    move || {
        let step = step.get()?;
        let of_step: Vec<Finding> = findings.with(|findings| {
            findings
                .iter()
                .filter(|finding| finding.step.as_ref() == Some(&step.id))
                .cloned()
                .collect()
        });
        Some(view! { <Body step tasks=tasks.clone() findings=of_step selected /> })
    }
}

#[component]
fn Body(
    step: Step,
    tasks: Tasks,
    findings: Vec<Finding>,
    selected: RwSignal<Option<StepId>>,
) -> impl IntoView {
    let task = tasks.get(&step.task_id).cloned();
    let title = tasks.title(&step);
    let filled: Vec<_> = step
        .config
        .iter()
        .filter(|field| !field.value.trim().is_empty())
        .collect();
    let no_fields = filled.is_empty();
    let fields = filled
        .into_iter()
        .map(|field| {
            let kind = task
                .as_ref()
                .and_then(|task| task.field(&field.id))
                .map(|field| field.kind)
                .or((field.id == "condition").then_some(flow::catalog::FieldKind::Condition));
            let label = tasks.field_label(&step, &field.id);
            view! { <FieldRow label kind value=field.value.clone() /> }
        })
        .collect_view();
    view! {
        <aside class="panel" aria-label=format!("Step: {title}")>
            <header class="panel-head">
                <span class=format!("card-icon big {}", step.task_type.as_str().to_lowercase())>
                    <Glyph icon=Icon::of_step(step.task_type, &step.task_id) />
                </span>
                <div>
                    <p class="eyebrow">{words::kind(step.task_type)}</p>
                    <h2>{title.clone()}</h2>
                </div>
                <button
                    type="button"
                    class="tool"
                    aria-label="Close"
                    on:click=move |_| selected.set(None)
                >
                    <Glyph icon=Icon::Close />
                </button>
            </header>
            <div class="panel-body">
                {task
                    .as_ref()
                    .map(|task| {
                        view! {
                            <p class="muted">{task.description.clone()}</p>
                            {task
                                .connector
                                .clone()
                                .map(|name| view! { <p class="chip">{format!("Needs {name}")}</p> })}
                        }
                    })} <FindingList findings on_step=None />
                {if no_fields {
                    view! { <p class="muted">"Nothing to fill in here."</p> }.into_any()
                } else {
                    view! { <dl class="fields">{fields}</dl> }.into_any()
                }} {step.note.clone().map(|note| view! { <p class="note">{note}</p> })}
            </div>
        </aside>
    }
}

/// One field: its label and its value.
#[component]
fn FieldRow(label: String, kind: Option<flow::catalog::FieldKind>, value: String) -> impl IntoView {
    view! {
        <div class="field">
            <dt>{label}</dt>
            <dd>
                <Value kind value />
            </dd>
        </div>
    }
}

/// A field's value in its most readable form.
#[component]
fn Value(kind: Option<flow::catalog::FieldKind>, value: String) -> impl IntoView {
    if kind == Some(flow::catalog::FieldKind::Condition)
        && let Ok(expr) = flow::condition::parse(&value)
    {
        return view! { <div class="condition">{expr_view(&expr)}</div> }.into_any();
    }
    match words::show(kind, &value) {
        Shown::Chips(chips) => view! {
            <span class="chips">
                {chips
                    .into_iter()
                    .map(|chip| view! { <span class="chip">{chip}</span> })
                    .collect_view()}
            </span>
        }
        .into_any(),
        Shown::Words(words) => words.into_any(),
        Shown::Text(text) => view! { <span class="text">{text}</span> }.into_any(),
        Shown::Code(code) => view! { <pre class="code">{code}</pre> }.into_any(),
        Shown::Pairs(pairs) => view! {
            <table class="pairs">
                {pairs
                    .into_iter()
                    .map(|(key, value)| {
                        view! {
                            <tr>
                                <th>{key}</th>
                                <td>{value}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </table>
        }
        .into_any(),
        Shown::Nothing => view! { <span class="muted">"Empty"</span> }.into_any(),
    }
}

/// A condition as nested lists: `All of these`, `Any of these`.
fn expr_view(expr: &Expr) -> AnyView {
    let group = |head: String, parts: &[Expr]| {
        view! {
            <p class="eyebrow">{head}</p>
            <ul>{parts.iter().map(|part| view! { <li>{expr_view(part)}</li> }).collect_view()}</ul>
        }
        .into_any()
    };
    match expr {
        Expr::And(parts) => group("All of these".to_string(), parts),
        Expr::Or(parts) => group("Any of these".to_string(), parts),
        Expr::Not(inner) => group("Not this".to_string(), std::slice::from_ref(inner.as_ref())),
        Expr::List {
            quantifier,
            path,
            body,
            ..
        } if !matches!(body.as_ref(), Expr::Compare { .. }) => group(
            words::capitalised(&format!(
                "{} {} passes",
                words::quantifier_words(*quantifier),
                words::path_words(path)
            )),
            std::slice::from_ref(body.as_ref()),
        ),
        expr => words::capitalised(&words::expr_words(expr)).into_any(),
    }
}

/// What a check found, one line each; a click leads to the step.
#[component]
pub fn FindingList(
    findings: Vec<Finding>,
    /// Called with the step of a finding that was clicked.
    on_step: Option<Callback<StepId>>,
) -> impl IntoView {
    if findings.is_empty() {
        return None;
    }
    let rows = findings
        .into_iter()
        .map(|finding| {
            let (class, icon) = match finding.severity {
                Severity::Error => ("finding bad", Icon::Warning),
                Severity::Warning => ("finding warning", Icon::Warning),
                Severity::Information => ("finding quiet", Icon::Information),
            };
            let jump = on_step.zip(finding.step.clone()).map(|(on_step, step)| {
                view! {
                    <button type="button" class="plain" on:click=move |_| on_step.run(step.clone())>
                        "Show step"
                    </button>
                }
            });
            view! {
                <li class=class>
                    <Glyph icon />
                    <span>{finding.message}" "{jump}</span>
                </li>
            }
        })
        .collect_view();
    Some(view! { <ul class="findings">{rows}</ul> })
}
