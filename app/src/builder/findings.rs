//! What the check found, folded up below the canvas.

use flow::check::{Finding, Severity};
use flow::workflow::StepId;
use leptos::wasm_split::wasm_split;

use crate::icons::{Glyph, Icon};
use crate::language::{Key, count, k, t};
use crate::panel::FindingList;
use crate::part::{Drawn, Stand};
use crate::prelude::*;

/// The groups of findings, what keeps the workflow from being turned on first.
const GROUPS: [(Severity, Key); 3] = [
    (Severity::Error, k::CHECK_TO_MEND),
    (Severity::Warning, k::CHECK_WORTH_A_LOOK),
    (Severity::Information, k::CHECK_GOOD_TO_KNOW),
];

/// Leads to the step, and the field, of a finding.
type OnStep = Callback<(StepId, Option<String>)>;

/// What the check found, while that is anything.
pub fn findings(found: Memo<Vec<Finding>>, on_step: OnStep) -> AnyView {
    let stand = Stand::with_words();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    (move || {
        let found = found.get();
        (alive.get() && !found.is_empty())
            .then(|| stand.draw(|| Box::pin(load_findings()), draw_findings(found, on_step)))
    })
    .into_any()
}

#[wasm_split(panel, wasm_split_path = leptos::wasm_split, preload(load_findings), fallible)]
fn draw_findings(findings: Vec<Finding>, on_step: OnStep) -> Drawn {
    Ok(view! { <Findings findings on_step /> }.into_any())
}

/// The list with its heading; open when something must be mended.
#[component]
fn Findings(findings: Vec<Finding>, on_step: OnStep) -> impl IntoView {
    let of = |severity: Severity| -> Vec<Finding> {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .cloned()
            .collect()
    };
    let errors = of(Severity::Error).len();
    let head = match errors {
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
        .map(|(group, label)| {
            view! {
                <section aria-label=label>
                    <h3 class="eyebrow">{label}</h3>
                    <FindingList findings=group on_step=Some(on_step) />
                </section>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class=class open={errors != 0}>
            <summary>
                <Glyph icon />
                {head}
            </summary>
            {groups}
        </details>
    }
}
