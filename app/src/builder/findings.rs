//! What the check found, folded up below the canvas.

use flow::check::{Finding, Severity};
use flow::workflow::StepId;
use leptos::wasm_split::wasm_split;

use super::placeholders::Placeholder;
use crate::icons::{Glyph, Icon};
use crate::language::{Key, count, k, t, tr};
use crate::panel::FindingList;
use crate::part::{Drawn, Stand};
use crate::prelude::*;

/// The groups of findings, what keeps the workflow from being turned on first.
const GROUPS: [(Severity, Key); 3] = [
    (Severity::Error, k::CHECK_TO_MEND),
    (Severity::Warning, k::CHECK_WORTH_A_LOOK),
    (Severity::Information, k::CHECK_GOOD_TO_KNOW),
];

/// More than this many of a kind are not listed at once: a large workflow can have hundreds.
const MOST: usize = 30;

/// Leads to the step, and the field, of a finding.
type OnStep = Callback<(StepId, Option<String>)>;

/// Values that only hold a place, each with words for where it stands.
pub type Placeholders = Vec<(Placeholder, String)>;

/// What the check found and what is still to be filled in, while there is anything.
pub fn findings(
    found: Memo<Vec<Finding>>,
    placeholders: impl Fn() -> Placeholders + Send + Sync + 'static,
    on_step: OnStep,
) -> AnyView {
    let stand = Stand::with_words();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    (move || {
        let (found, placeholders) = (found.get(), placeholders());
        (alive.get() && !(found.is_empty() && placeholders.is_empty())).then(|| {
            stand.draw(
                || Box::pin(load_findings()),
                draw_findings(found, placeholders, on_step),
            )
        })
    })
    .into_any()
}

#[wasm_split(panel, wasm_split_path = leptos::wasm_split, preload(load_findings), fallible)]
fn draw_findings(findings: Vec<Finding>, placeholders: Placeholders, on_step: OnStep) -> Drawn {
    Ok(view! { <Findings findings placeholders on_step /> }.into_any())
}

/// The list with its heading; open when something must be mended.
#[component]
fn Findings(findings: Vec<Finding>, placeholders: Placeholders, on_step: OnStep) -> impl IntoView {
    let of = |severity: Severity| -> Vec<Finding> {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .cloned()
            .collect()
    };
    let errors = of(Severity::Error).len();
    let head = match errors {
        0 if findings.is_empty() => count(k::CHECK_VALUES, placeholders.len()),
        0 => count(k::CHECK_REMARKS, findings.len()),
        errors => count(k::CHECK_HEAD, errors),
    };
    let (class, icon) = if errors > 0 {
        ("check bad", Icon::Warning)
    } else {
        ("check", Icon::Information)
    };
    let groups: Vec<AnyView> = GROUPS
        .iter()
        .map(|(severity, label)| (of(*severity), t(*label)))
        .filter(|(group, _)| !group.is_empty())
        .map(|(mut group, label)| {
            let more = group.len().saturating_sub(MOST);
            group.truncate(MOST);
            view! {
                <section aria-label=label>
                    <h3 class="eyebrow">{label}</h3>
                    <FindingList findings=group on_step=Some(on_step) />
                    {(more > 0)
                        .then(|| {
                            view! {
                                <p class="muted more-findings">
                                    {count(k::CHECK_MORE, more)}
                                </p>
                            }
                        })}
                </section>
            }
            .into_any()
        })
        .collect();
    let to_fill_in = (!placeholders.is_empty()).then(|| {
        let rows = placeholders
            .into_iter()
            .take(MOST)
            .map(|(Placeholder { step, field, value }, place)| {
                view! {
                    <li class="finding quiet">
                        <Glyph icon=Icon::Pencil />
                        <span>
                            <code>{value}</code>
                            " "{tr(k::CHECK_EXAMPLE, &[&place])}" "
                            <button
                                type="button"
                                class="plain"
                                on:click=move |_| on_step.run((step.clone(), Some(field.clone())))
                            >
                                {t(k::CHECK_SHOW)}
                            </button>
                        </span>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section aria-label=t(k::CHECK_TO_FILL_IN)>
                <h3 class="eyebrow">{t(k::CHECK_TO_FILL_IN)}</h3>
                <ul class="findings">{rows}</ul>
            </section>
        }
    });
    view! {
        <details class=class open={errors != 0}>
            <summary>
                <Glyph icon />
                {head}
            </summary>
            {groups}
            {to_fill_in}
        </details>
    }
}
