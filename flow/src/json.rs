//! Flow's JSON: reading it from a `.flow` file or a document, and writing it back unchanged.

mod folder;
mod like;
mod read;
mod repair;
mod write;

pub use folder::{FolderFile, folder, slug, to_pretty};
pub use like::to_text_like;
pub use read::{Imported, MAX_FILE, Read, from_value, parse, read};
pub use write::{export_findings, to_canonical, to_flow_file, to_text, to_value};

/// Root keys that have their own place in a workflow.
pub(crate) const ROOT_KEYS: [&str; 4] = ["steps", "links", "patched_fields", "workflow_name"];

/// The keys of a link. Links with others are kept whole in a workflow's extra, under `links`.
const LINK_KEYS: [&str; 4] = ["from_step_id", "from_port_id", "to_step_id", "to_port_id"];

/// The keys of a config field. Fields with others are kept whole in a step's extra.
const CONFIG_KEYS: [&str; 2] = ["config_field_id", "value"];

/// The version of the document format that Flow writes.
pub(crate) const DOCUMENT_VERSION: f64 = 0.1;

/// Where a document that says more than `{"version": 0.1}` about itself keeps that in a workflow's extra.
pub(crate) const METADATA: &str = "__metadata";

/// Where a document that has more than a root keeps that in a workflow's extra.
const BESIDE_ROOT: &str = "root";
