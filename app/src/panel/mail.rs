//! A mail as it would arrive, below the fields it is written in.

use super::slot::{Slot, has_liquid};
use crate::language::{k, t};
use crate::prelude::*;

/// The fields that make a mail.
const PARTS: [&str; 3] = ["address", "subject", "message"];

/// Whether a field is shown as a part of a mail.
pub fn is_part(field: &str) -> bool {
    PARTS.contains(&field) && field != "address"
}

/// The mail, when a step writes one.
pub fn mail(slots: &[Slot]) -> Option<AnyView> {
    let part = |id: &str| {
        slots
            .iter()
            .copied()
            .find(|slot| slot.field.with_value(|field| field.id == id))
    };
    let (to, subject, body) = (part(PARTS[0])?, part(PARTS[1])?, part(PARTS[2])?);
    let text = |slot: Slot| {
        move || {
            let typed = slot.typed.get();
            if has_liquid(&typed) {
                slot.preview().unwrap_or(typed)
            } else {
                typed
            }
        }
    };
    Some(
        view! {
            <section class="edit-mail" aria-label=t(k::MAIL_HEAD)>
                <p class="eyebrow">{t(k::MAIL_HEAD)}</p>
                <dl>
                    <dt>{t(k::MAIL_TO)}</dt>
                    <dd>{text(to)}</dd>
                    <dt>{t(k::MAIL_SUBJECT)}</dt>
                    <dd>
                        <b>{text(subject)}</b>
                    </dd>
                </dl>
                <p class="text">{text(body)}</p>
            </section>
        }
        .into_any(),
    )
}
