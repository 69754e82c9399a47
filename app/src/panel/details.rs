//! What a step is called and what is noted about it.

use flow::diff::Detail;
use flow::edit::Edit;
use flow::workflow::{Step, StepId};

use crate::builder::{Desk, Editor};
use crate::language::{k, t};
use crate::prelude::*;

/// Name, description and note of a step, folded up while they are empty. Only a step whose output
/// later steps read has a name, which names the variable.
pub fn details(desk: Desk, editor: Editor, step: &StepId, has_output: bool) -> AnyView {
    let of = |detail: Detail| {
        let step = step.clone();
        Memo::new(move |_| {
            desk.state.with(|state| {
                let step = state.draft.as_ref().and_then(|draft| draft.step(&step));
                step.and_then(|step| value(step, detail))
                    .unwrap_or_default()
            })
        })
    };
    let field = |detail: Detail, label: &'static str, hint: &'static str| {
        let now = of(detail);
        let step = step.clone();
        let id = format!("detail-{}", detail.as_str());
        let hint_id = format!("{id}-hint");
        let described = hint_id.clone();
        let change = move |typed: String| {
            let typed = typed.trim().to_string();
            if typed != now.get_untracked() {
                editor.make(Edit::SetDetail {
                    step: step.clone(),
                    detail,
                    value: (!typed.is_empty()).then_some(typed),
                });
            }
        };
        view! {
            <div class="edit-field">
                <div class="edit-label">
                    <label for=id.clone()>{label}</label>
                </div>
                <textarea
                    id=id
                    rows="1"
                    aria-describedby=described
                    prop:value=now
                    on:change:target=move |event| change(event.target().value())
                ></textarea>
                <p class="edit-hint" id=hint_id hidden=hint.is_empty()>
                    {hint}
                </p>
            </div>
        }
        .into_any()
    };
    let name = has_output.then(|| field(Detail::Name, t(k::DETAILS_NAME), t(k::DETAILS_NAME_HINT)));
    let description = field(Detail::Description, t(k::DETAILS_DESCRIPTION), "");
    let note = field(Detail::Note, t(k::DETAILS_NOTE), t(k::DETAILS_NOTE_HINT));
    let is_open = [Detail::Name, Detail::Description, Detail::Note]
        .into_iter()
        .any(|detail| !of(detail).get_untracked().is_empty());
    view! {
        <details class="edit-details" open=is_open>
            <summary>{t(k::DETAILS_HEAD)}</summary>
            <div>{name} {description} {note}</div>
        </details>
    }
    .into_any()
}

fn value(step: &Step, detail: Detail) -> Option<String> {
    match detail {
        Detail::Name => step.name.clone(),
        Detail::Description => step.description.clone(),
        Detail::Note => step.note.clone(),
    }
}
