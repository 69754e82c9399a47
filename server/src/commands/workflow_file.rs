//! Reads a workflow from a file in any of its forms: `.flow`, Flow JSON, or the Python form.

use std::path::Path;

use flow::check::{Bucket, Finding, Severity};
use flow::{Catalog, Workflow};

/// A workflow that was read, with what reading it had to say.
pub(super) struct Read {
    /// `None` when the file is not a workflow at all; a finding says why.
    pub workflow: Option<Workflow>,
    pub findings: Vec<Finding>,
}

/// Reads a file. What is wrong with it are findings, never a failure.
pub(super) fn read(path: &Path, catalog: &Catalog) -> Read {
    let text = match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(_)) => {
            return unreadable("The file is not UTF-8 text; export it again.".to_string());
        }
        Err(error) => return unreadable(format!("The file cannot be read: {error}.")),
    };
    if path.extension().is_some_and(|extension| extension == "py") {
        let parsed = flow::python::parse(&text, catalog);
        return Read {
            workflow: Some(parsed.workflow),
            findings: parsed.findings,
        };
    }
    match flow::json::parse(&text) {
        Ok(imported) => Read {
            workflow: Some(imported.workflow),
            findings: imported.findings,
        },
        Err(findings) => Read {
            workflow: None,
            findings,
        },
    }
}

fn unreadable(message: String) -> Read {
    Read {
        workflow: None,
        findings: vec![Finding::new(
            Severity::Error,
            Bucket::Workflow,
            "FILE_NOT_READ",
            message,
        )],
    }
}
