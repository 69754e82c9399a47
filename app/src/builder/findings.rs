//! What the check found, folded up below the canvas.

use flow::check::{Finding, Severity};
use flow::workflow::StepId;
use leptos::prelude::*;

use super::placeholders::Placeholder;
use crate::icons::{Glyph, Icon};
use crate::panel::FindingList;

/// The groups of findings, what keeps the workflow from being turned on first.
const GROUPS: [(Severity, &str); 3] = [
    (Severity::Error, "To mend before it can be turned on"),
    (Severity::Warning, "Worth a look"),
    (Severity::Information, "Good to know"),
];

/// More than this many of a kind are not listed at once: a large workflow can have hundreds.
const MOST: usize = 30;

const TO_FILL_IN: &str = "Still to fill in";

/// The list with its heading; open when something must be mended.
#[component]
pub fn Findings(
    findings: Vec<Finding>,
    /// Values that only hold a place, each with words for where it stands.
    placeholders: Vec<(Placeholder, String)>,
    /// Leads to the step, and the field, of a finding.
    on_step: Callback<(StepId, Option<String>)>,
) -> impl IntoView {
    let of = |severity: Severity| -> Vec<Finding> {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .cloned()
            .collect()
    };
    let errors = of(Severity::Error).len();
    let head = match (errors, findings.len()) {
        (0, 0) => match placeholders.len() {
            1 => "1 value to fill in".to_string(),
            count => format!("{count} values to fill in"),
        },
        (0, 1) => "1 remark".to_string(),
        (0, count) => format!("{count} remarks"),
        (1, _) => "1 thing to mend before this can be turned on".to_string(),
        (count, _) => format!("{count} things to mend before this can be turned on"),
    };
    let (class, icon) = if errors > 0 {
        ("check bad", Icon::Warning)
    } else {
        ("check", Icon::Information)
    };
    let groups: Vec<AnyView> = GROUPS
        .iter()
        .map(|(severity, label)| (of(*severity), *label))
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
                                    {format!("{more} more follow when some of these are mended.")}
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
                            {format!(" in {place} is an example. Put in your own. ")}
                            <button
                                type="button"
                                class="plain"
                                on:click=move |_| on_step.run((step.clone(), Some(field.clone())))
                            >
                                "Show"
                            </button>
                        </span>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section aria-label=TO_FILL_IN>
                <h3 class="eyebrow">{TO_FILL_IN}</h3>
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
