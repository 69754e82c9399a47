//! Reads a workflow from a file in any of its forms: `.flow`, Flow JSON, or the Python form.

use std::path::Path;

use flow::check::{Bucket, Finding, Severity};
use flow::{Catalog, Workflow};

/// A workflow that was read, with what reading it had to say.
pub(super) struct Read {
    /// `None` when the file is not a workflow at all; a finding says why.
    pub workflow: Option<Workflow>,
    pub findings: Vec<Finding>,
    /// The file's text, when it is Flow's JSON or a `.flow` file: what is written back follows it.
    pub original: Option<String>,
}

/// Reads a file. What is wrong with it are findings, never a failure.
pub(super) fn read(path: &Path, catalog: &Catalog) -> Read {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(format!("The file cannot be read: {error}.")),
    };
    if path.extension().is_some_and(|extension| extension == "py") {
        let Ok(text) = String::from_utf8(bytes) else {
            return unreadable("The file is not UTF-8 text; save it as UTF-8.".to_string());
        };
        let parsed = flow::python::parse(&text, catalog);
        return Read {
            workflow: Some(parsed.workflow),
            findings: parsed.findings,
            original: None,
        };
    }
    let read = flow::json::read(&bytes);
    Read {
        workflow: read.workflow,
        findings: read.findings,
        original: String::from_utf8(bytes).ok(),
    }
}

fn unreadable(message: String) -> Read {
    Read {
        workflow: None,
        original: None,
        findings: vec![Finding::new(
            Severity::Error,
            Bucket::Workflow,
            "FILE_NOT_READ",
            message,
        )],
    }
}
