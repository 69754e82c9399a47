//! A step to read: every field in words, and what a check found.

use flow::check::Finding;
use flow::condition::Expr;
use flow::workflow::{Step, StepId};

use super::marks::{fix, look};
use super::meaning::meaning;
use crate::icons::Glyph;
use crate::language::{k, sentence, t, tr};
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::words::{self, Shown};

/// A step's fields, readable, and what a check found. `waits` says that they could be edited, were
/// there not changes to judge first.
pub fn body(
    step: Option<Step>,
    tasks: &Tasks,
    findings: Signal<Vec<Finding>>,
    waits: bool,
) -> Option<AnyView> {
    let step = step?;
    let task = tasks.get(&step.task_id).cloned();
    let of_step: Vec<Finding> = findings.with(|findings| {
        findings
            .iter()
            .filter(|finding| finding.step.as_ref() == Some(&step.id))
            .cloned()
            .collect()
    });
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
    let about = task.map(|task| {
        view! {
            <p class="muted">{task.description}</p>
            {task
                .connector
                .map(|name| view! { <p class="chip">{tr(k::FRAME_NEEDS, &[&name])}</p> })}
        }
    });
    let waits = waits.then(|| {
        view! {
            <p class="edit-note">
                {t(k::READ_WAITS)}
            </p>
        }
    });
    Some(
        view! {
            {about}
            {waits}
            <FindingList findings=of_step on_step=None />
            {if no_fields {
                view! { <p class="muted">{t(k::PANEL_NOTHING_TO_FILL)}</p> }.into_any()
            } else {
                view! { <dl class="fields">{fields}</dl> }.into_any()
            }}
            {step.note.clone().map(|note| view! { <p class="note" dir="auto">{note}</p> })}
        }
        .into_any(),
    )
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
        Shown::Nothing => view! { <span class="muted">{t(k::READ_EMPTY)}</span> }.into_any(),
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
        Expr::And(parts) => group(t(k::READ_ALL_OF_THESE).to_string(), parts),
        Expr::Or(parts) => group(t(k::READ_ANY_OF_THESE).to_string(), parts),
        Expr::Not(inner) => group(
            t(k::READ_NOT_THIS).to_string(),
            std::slice::from_ref(inner.as_ref()),
        ),
        Expr::List {
            quantifier,
            path,
            body,
            ..
        } if !matches!(body.as_ref(), Expr::Compare { .. }) => group(
            words::capitalised(&tr(words::passes(*quantifier), &[&words::path_words(path)])),
            std::slice::from_ref(body.as_ref()),
        ),
        expr => words::capitalised(&words::expr_words(expr)).into_any(),
    }
}

/// What a check found, one line each; a click leads to the place.
#[component]
pub fn FindingList(
    findings: Vec<Finding>,
    /// Called with the step, and the field, of a finding that was clicked.
    on_step: Option<Callback<(StepId, Option<String>)>>,
) -> impl IntoView {
    if findings.is_empty() {
        return None;
    }
    let rows = findings
        .into_iter()
        .map(|finding| {
            let (class, icon) = look(finding.severity);
            let (step, field) = (finding.step.clone(), finding.field.clone());
            let jump = on_step.zip(step).map(|(on_step, step)| {
                view! {
                    <button
                        type="button"
                        class="plain"
                        on:click=move |_| on_step.run((step.clone(), field.clone()))
                    >
                        {t(k::READ_SHOW)}
                    </button>
                }
            });
            // In a list of all findings there is room to mend one.
            let fix = on_step.and_then(|_| fix(&finding));
            view! {
                <li class=class>
                    <Glyph icon />
                    <div class="finding-body">
                        <span>{sentence(&finding.message)}" "{jump}" "{fix}</span>
                        {meaning(&finding.code)}
                    </div>
                </li>
            }
        })
        .collect_view();
    Some(view! { <ul class="findings">{rows}</ul> })
}
