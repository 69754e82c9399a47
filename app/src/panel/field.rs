//! One field of a step: its label, the control that fits it, and what a check says below.

use flow::catalog::FieldKind;

use super::chips::{chips, focus};
use super::code::code;
use super::condition::condition;
use super::marks::look;
use super::object::{list, object};
use super::pairs::pairs;
use super::schedule::schedule;
use super::simple::{choice, duration, line, sort, switch};
use super::slot::{Saving, Slot};
use super::template::template;
use super::texts;
use super::{Jump, mail};
use crate::icons::Glyph;
use crate::language::{k, said_text, sentence, t, tr};
use crate::prelude::*;

/// The field with everything that belongs to it.
pub fn field(slot: Slot) -> AnyView {
    let (label, required) = slot
        .field
        .with_value(|field| (field.label.clone(), field.required));
    let id = slot.id();
    let (hint_id, marks_id) = (format!("{id}-hint"), format!("{id}-marks"));
    // A finding elsewhere on the page leads here.
    if let Some(Jump(jump)) = use_context::<Jump>() {
        let id = id.clone();
        Effect::new(move |_| {
            let here = jump.with(|jump| {
                jump.as_ref()
                    .is_some_and(|to| slot.field.with_value(|field| field.id == *to))
            });
            if here {
                jump.set(None);
                let id = id.clone();
                request_animation_frame(move || focus(&id));
            }
        });
    }
    let saved = move || match slot.saving.get() {
        Saving::Saved => t(k::FIELD_SAVED),
        Saving::Sent => t(k::FIELD_SAVING),
        Saving::Idle | Saving::Typing | Saving::Refused(_) => "",
    };
    let refused = move || match slot.saving.get() {
        Saving::Refused(message) => Some(view! {
            <p class="edit-refused" role="alert">
                {said_text(&message)}
                " "
                <button type="button" class="plain" on:click=move |_| slot.put(slot.typed.get_untracked())>
                    {t(k::FRAME_TRY_AGAIN)}
                </button>
            </p>
        }),
        _ => None,
    };
    let marks = move || -> Vec<AnyView> {
        let typed = slot.typed.get();
        slot.findings()
            .into_iter()
            .map(|finding| {
                let (class, icon) = look(finding.severity);
                let fix = finding.correction.map(|correction| {
                    let label = match texts::put_in(&typed, &correction) {
                        Some(words) => tr(k::MARKS_FIX_USE, &[&words]),
                        None => t(k::MARKS_FIX).to_string(),
                    };
                    view! {
                        <button
                            type="button"
                            class="edit-fix"
                            on:click=move |_| slot.put(correction.clone())
                        >
                            {label}
                        </button>
                    }
                });
                view! {
                    <li class=class>
                        <Glyph icon />
                        <span>{sentence(&finding.message)}" "{fix}</span>
                    </li>
                }
                .into_any()
            })
            .collect()
    };
    let hint = hint(slot);
    let no_hint = hint.is_none();
    view! {
        <div class="edit-field" class:bad=move || slot.is_bad()>
            <div class="edit-label">
                <label for=id>
                    {label} {required.then(|| view! { <span class="edit-need">" " {t(k::FIELD_REQUIRED)}</span> })}
                </label>
                <span class="edit-saved" role="status">
                    {saved}
                </span>
            </div>
            {control(slot)}
            <p class="edit-hint" id=hint_id hidden=no_hint>
                {hint}
            </p>
            {refused}
            <ul class="findings" id=marks_id>
                {marks}
            </ul>
        </div>
    }
    .into_any()
}

/// The control that fits what the field holds.
fn control(slot: Slot) -> AnyView {
    let liquid = slot.field.with_value(|field| field.liquid);
    match slot.kind() {
        FieldKind::Text if liquid => {
            // The parts of a mail are shown together, as the mail.
            template(
                slot,
                !slot.field.with_value(|field| mail::is_part(&field.id)),
            )
        }
        FieldKind::Text | FieldKind::Integer | FieldKind::Resource => line(slot),
        FieldKind::Email | FieldKind::Array | FieldKind::Collections => chips(slot),
        FieldKind::Boolean => switch(slot),
        FieldKind::Enum => choice(slot),
        FieldKind::Map | FieldKind::Metafield => pairs(slot),
        FieldKind::CommerceObject => object(slot),
        FieldKind::Path => list(slot),
        FieldKind::Condition => condition(slot),
        FieldKind::Duration => duration(slot),
        FieldKind::Recurrence => schedule(slot),
        FieldKind::Sort => sort(slot),
        FieldKind::ApiCall | FieldKind::Code | FieldKind::ShopifyqlQuery => code(slot),
    }
}

/// One sentence where the control does not explain itself.
fn hint(slot: Slot) -> Option<String> {
    let (of, liquid) = slot
        .field
        .with_value(|field| (field.of.clone(), field.liquid));
    Some(match slot.kind() {
        FieldKind::Email => t(k::FIELD_HINT_EMAIL).to_string(),
        FieldKind::Array => t(k::FIELD_HINT_LIST).to_string(),
        FieldKind::Collections => t(k::FIELD_HINT_COLLECTIONS).to_string(),
        FieldKind::Resource => {
            let of = of.unwrap_or_else(|| "Product".to_string());
            tr(k::FIELD_HINT_ID, &[&of])
        }
        FieldKind::Integer => t(k::FIELD_HINT_INTEGER).to_string(),
        FieldKind::ApiCall => t(k::FIELD_HINT_API).to_string(),
        FieldKind::Sort => t(k::FIELD_HINT_SORT).to_string(),
        FieldKind::Text if liquid => t(k::FIELD_HINT_VARIABLE).to_string(),
        _ => return None,
    })
}
