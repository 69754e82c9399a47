//! What the check found, folded up below the canvas.

use flow::check::{Finding, Severity};
use flow::workflow::StepId;
use leptos::prelude::*;

use crate::canvas::FindingList;
use crate::icons::{Glyph, Icon};

/// The list with its heading; open when something must be mended.
#[component]
pub fn Findings(findings: Vec<Finding>, on_step: Callback<StepId>) -> impl IntoView {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let head = match (errors, findings.len()) {
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
    view! {
        <details class=class open={errors != 0}>
            <summary>
                <Glyph icon />
                {head}
            </summary>
            <FindingList findings on_step=Some(on_step) />
        </details>
    }
}
