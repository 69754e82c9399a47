//! Printing, reading, drawing by line and merging.

use super::*;

mod arriving;
mod exact;
mod forms;
mod merging;
mod properties;
mod round_trip;

/// The workflow without what `print` need not keep, for comparing graphs.
fn shape(workflow: &Workflow, order: &[usize]) -> Vec<(usize, String, usize)> {
    let place = |id: &str| {
        let at = workflow.steps.iter().position(|step| step.id == id)?;
        order.iter().position(|step| *step == at)
    };
    let mut links: Vec<(usize, String, usize)> = workflow
        .links
        .iter()
        .filter_map(|link| Some((place(&link.from)?, link.from_port.clone(), place(&link.to)?)))
        .collect();
    links.sort();
    links.dedup();
    links
}
