//! What a check found, each with what mends it.

use flow::check::{Finding, Severity};
use flow::edit::Edit;
use flow::session::State;

use super::meaning::meaning;
use super::texts;
use crate::builder::{use_desk, use_editor};
use crate::icons::{Glyph, Icon};
use crate::language::{k, sentence, t, tr};
use crate::prelude::*;

/// The class of a finding and its icon.
pub fn look(severity: Severity) -> (&'static str, Icon) {
    match severity {
        Severity::Error => ("finding bad", Icon::Warning),
        Severity::Warning => ("finding warning", Icon::Warning),
        Severity::Information => ("finding quiet", Icon::Information),
    }
}

/// The edits that mend a finding, in order, and what the button says; `None` where it takes a person.
pub fn mending(finding: &Finding, state: &State) -> Option<(Vec<Edit>, String)> {
    let correction = finding.correction.clone()?;
    let step = finding.step.clone()?;
    if finding.code == "TASK_NOT_FOUND" {
        let edit = Edit::ChangeTask {
            step,
            task_id: correction,
        };
        return Some((vec![edit], t(k::MARKS_FIX_TASK).to_string()));
    }
    let field = finding.field.clone()?;
    let now = state
        .draft
        .as_ref()
        .and_then(|draft| draft.step(&step))
        .and_then(|step| step.config_value(&field))
        .unwrap_or_default()
        .to_string();
    let set = |field: String, value: Option<String>| Edit::SetField {
        step: step.clone(),
        field,
        value,
    };
    if finding.code == "CONFIG_FIELD_UNKNOWN" {
        let label = tr(k::MARKS_FIX_NAME, &[&correction]);
        return Some((vec![set(field, None), set(correction, Some(now))], label));
    }
    let label = match texts::put_in(&now, &correction) {
        Some(words) => tr(k::MARKS_FIX_USE, &[&words]),
        None => t(k::MARKS_FIX).to_string(),
    };
    Some((vec![set(field, Some(correction))], label))
}

/// The button that mends a finding; nothing where it takes a person, and outside of the builder.
pub fn fix(finding: &Finding) -> Option<AnyView> {
    let (desk, editor) = (use_desk()?, use_editor()?);
    let (edits, label) = desk.state.with_untracked(|state| mending(finding, state))?;
    Some(
        view! {
            <button
                type="button"
                class="edit-fix"
                on:click=move |_| {
                    for edit in edits.clone() {
                        editor.make(edit);
                    }
                }
            >
                {label}
            </button>
        }
        .into_any(),
    )
}

/// Findings of one field, below its control.
pub fn marks(findings: Vec<Finding>, fix: impl Fn(&Finding) -> Option<AnyView>) -> Vec<AnyView> {
    findings
        .into_iter()
        .map(|finding| {
            let (class, icon) = look(finding.severity);
            let fix = fix(&finding);
            view! {
                <li class=class>
                    <Glyph icon />
                    <div class="finding-body">
                        <span>{sentence(&finding.message)}" "{fix}</span>
                        {meaning(&finding.code)}
                    </div>
                </li>
            }
            .into_any()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::check::Bucket;
    use flow::workflow::{Step, Workflow};

    use super::*;

    fn state() -> State {
        let mut step = Step::new("s2", "x::y", "0.1", TaskType::Action);
        step.set_config("message", "Hi {{ order.nmae }}");
        State {
            draft: Some(Workflow {
                steps: vec![step],
                ..Workflow::default()
            }),
            ..State::default()
        }
    }

    fn finding(code: &str, field: Option<&str>, correction: Option<&str>) -> Finding {
        let mut finding =
            Finding::new(Severity::Error, Bucket::ConfigField, code, "Wrong.").at_step("s2");
        finding.field = field.map(str::to_string);
        finding.corrected(correction.map(str::to_string))
    }

    #[test]
    fn a_correction_is_put_in_place_and_named() {
        let found = finding("X", Some("message"), Some("Hi {{ order.name }}"));
        let (edits, label) = mending(&found, &state()).expect("a correction");
        assert_eq!(label, "Fix: use order.name");
        assert_eq!(
            edits,
            [Edit::SetField {
                step: "s2".into(),
                field: "message".to_string(),
                value: Some("Hi {{ order.name }}".to_string()),
            }]
        );
    }

    #[test]
    fn a_field_of_another_name_takes_the_value_along() {
        let found = finding("CONFIG_FIELD_UNKNOWN", Some("message"), Some("body"));
        let (edits, _) = mending(&found, &state()).expect("a correction");
        assert_eq!(edits.len(), 2);
        assert!(matches!(
            &edits[1],
            Edit::SetField { field, value: Some(value), .. } if field == "body" && value.contains("nmae")
        ));
    }

    #[test]
    fn the_task_that_was_meant_is_changed_to() {
        let found = finding("TASK_NOT_FOUND", None, Some("shopify::flow::log"));
        let (edits, _) = mending(&found, &state()).expect("a correction");
        assert!(
            matches!(&edits[0], Edit::ChangeTask { task_id, .. } if task_id == "shopify::flow::log")
        );
        assert_eq!(
            mending(&finding("X", Some("message"), None), &state()),
            None
        );
    }
}
