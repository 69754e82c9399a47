//! Workflow files: `.flow`, whole documents and bare roots.

use flow::check::{check, has_error};
use flow::json::{export_findings, parse, to_canonical, to_flow_file, to_text};
use flow::{diff, python, run};

use super::shop;

/// What was read is written as text that reads to the same workflow, without new findings; and
/// every other reader of a workflow takes it.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let imported = match parse(text) {
        Ok(imported) => imported,
        Err(findings) => {
            assert!(has_error(&findings));
            return;
        }
    };
    assert!(!has_error(&imported.findings));
    let workflow = imported.workflow;
    for written in [
        to_text(&workflow),
        to_canonical(&workflow),
        to_flow_file(&workflow),
    ] {
        let again = parse(&written).expect("what is written reads");
        assert_eq!(again.workflow, workflow, "written as {written}");
        assert!(again.findings.is_empty(), "{:?}", again.findings);
    }
    assert!(to_flow_file(&workflow).is_ascii());

    let catalog = shop::catalog();
    let findings = check(&workflow, catalog);
    export_findings(&workflow, catalog);
    let program = python::print(&workflow, catalog);
    let back = python::merge(&workflow, python::parse(&program, catalog), catalog);
    // A graph with an error need not have a program.
    if !has_error(&findings) {
        assert_eq!(back, workflow, "printed as {program}");
    }
    assert!(diff::diff(&workflow, &workflow).is_empty());
    if let Some(trigger) = workflow.steps.first() {
        run::start(&workflow, catalog, &trigger.id, shop::event().clone());
    }
}
