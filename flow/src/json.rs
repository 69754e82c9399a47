//! Flow's JSON: reading it from a `.flow` file or a document, and writing it back unchanged.

mod folder;
mod read;
mod write;

pub use folder::{FolderFile, folder, slug, to_pretty};
pub use read::{Imported, from_value, parse};
pub use write::{export_findings, to_canonical, to_flow_file, to_text, to_value};

/// Root keys that have their own place in a workflow.
pub(crate) const ROOT_KEYS: [&str; 4] = ["steps", "links", "patched_fields", "workflow_name"];

/// The version of the document format that Flow writes.
pub(crate) const DOCUMENT_VERSION: f64 = 0.1;

/// Where a document that says more than `{"version": 0.1}` about itself keeps that in a workflow's extra.
pub(crate) const METADATA: &str = "__metadata";
