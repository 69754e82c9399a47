//! Workflow files: `POST /api/import` reads one, `GET /api/sessions/{id}/workflow.…` writes one.

use std::io::{Cursor, Write};
use std::sync::Arc;

use app::api::{FileImported, MOST_FILE_BYTES, too_large_words};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use flow::check::Finding;
use flow::json;
use flow::workflow::Workflow;
use serde::Deserialize;
use tower_sessions::Session;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::service::Caller;
use crate::state::App;
use crate::{Error, Result};

/// What the address of an import may say.
#[derive(Debug, Deserialize)]
pub struct Import {
    /// Name of the file, for sentences about it.
    #[serde(default)]
    name: String,
    /// The session whose draft is replaced; a new session without it.
    #[serde(default)]
    into: Option<String>,
    /// The revision of that draft which the sender saw.
    #[serde(default)]
    revision: u64,
}

/// `POST /api/import`: the body is the file.
pub async fn import(
    State(app): State<Arc<App>>,
    web: Session,
    Query(import): Query<Import>,
    body: Body,
) -> Result<Json<FileImported>> {
    let caller = Caller::new(app, Some(web));
    // Who may not import at all is told so before the file is looked at.
    let place = caller.import_place(import.into.as_deref()).await?;
    let bytes = axum::body::to_bytes(body, MOST_FILE_BYTES)
        .await
        .map_err(|_| Error::TooLarge(too_large_words()))?;
    let name = shortened(&import.name);
    let (workflow, findings) = read(&bytes, &name)?;
    let session = caller
        .import(place, import.revision, &name, workflow, findings)
        .await?;
    Ok(Json(FileImported { session }))
}

/// The longest name of a file that is repeated in a sentence.
const MOST_NAME_CHARACTERS: usize = 60;

fn shortened(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_NAME_CHARACTERS)
        .collect();
    if name.trim().is_empty() {
        "this file".to_string()
    } else {
        format!("‘{}’", name.trim())
    }
}

/// Reads a `.flow` file or Flow JSON; `name` is how sentences call the file.
fn read(bytes: &[u8], name: &str) -> Result<(Workflow, Vec<Finding>)> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Invalid(format!(
            "There is nothing in {name}. Export the workflow from Shopify Flow again. Nothing was changed."
        )));
    }
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| {
            Error::Invalid(format!(
                "A picture or another binary file holds no workflow, and {name} is one. Choose a .flow file that Shopify Flow exported. Nothing was changed."
            ))
        })?;
    match json::parse(text) {
        Ok(imported) => Ok((imported.workflow, imported.findings)),
        Err(findings) => {
            let why = findings
                .first()
                .map_or("It is not a workflow file.", |finding| {
                    finding.message.as_str()
                });
            Err(Error::Invalid(format!(
                "Nothing was changed, because {name} could not be read. {why}"
            )))
        }
    }
}

/// `GET /api/sessions/{id}/workflow.flow`: what Shopify Flow imports.
pub async fn flow_file(
    State(app): State<Arc<App>>,
    web: Session,
    Path(id): Path<String>,
) -> Result<Response> {
    let (workflow, _) = Caller::new(app, Some(web)).draft(&id).await?;
    let text = json::to_flow_file(&workflow);
    Ok(download(
        &workflow,
        "flow",
        "application/octet-stream",
        text.into_bytes(),
    ))
}

/// `GET /api/sessions/{id}/workflow.json`: the document, indented and sorted.
pub async fn json_file(
    State(app): State<Arc<App>>,
    web: Session,
    Path(id): Path<String>,
) -> Result<Response> {
    let (workflow, _) = Caller::new(app, Some(web)).draft(&id).await?;
    let text = json::to_pretty(&workflow);
    Ok(download(
        &workflow,
        "json",
        "application/json",
        text.into_bytes(),
    ))
}

/// `GET /api/sessions/{id}/workflow.zip`: the folder that `shopify flow workflow push` takes.
pub async fn zip_file(
    State(app): State<Arc<App>>,
    web: Session,
    Path(id): Path<String>,
) -> Result<Response> {
    let (workflow, store) = Caller::new(app, Some(web)).draft(&id).await?;
    let bytes = zipped(&workflow, &store).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(download(&workflow, "zip", "application/zip", bytes))
}

/// The folder as one file. The same workflow gives the same bytes.
fn zipped(workflow: &Workflow, store: &str) -> zip::result::ZipResult<Vec<u8>> {
    // A store's address is not known here; its name is what addresses are mostly made from.
    let address = format!("{}.myshopify.com", json::slug(store));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in json::folder(workflow, &address) {
        writer.start_file(file.path, options)?;
        writer.write_all(file.text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

fn download(workflow: &Workflow, extension: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    // A slug has no quotes and no line breaks.
    let name = json::slug(&workflow.name);
    (
        [
            (header::CONTENT_TYPE, kind.to_string()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}.{extension}\""),
            ),
            (header::CACHE_CONTROL, "no-store".to_string()),
        ],
        bytes,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_workflow_gets_a_sentence() {
        for (bytes, said) in [
            (&b"  \n"[..], "nothing in ‘a’"),
            (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
            (b"text\0more", "picture"),
            (b"{\"steps\": [", "line 1"),
            (b"{\"orders\": []}", "no workflow"),
            (b"hello", "line 1"),
        ] {
            let error = read(bytes, "‘a’").unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
            assert!(error.to_lowercase().contains("nothing"), "{error}");
        }
    }

    #[test]
    fn names_of_files_are_short_and_printable() {
        assert_eq!(shortened("a\nb.flow"), "‘ab.flow’");
        assert_eq!(shortened(" "), "this file");
        assert!(shortened(&"x".repeat(500)).chars().count() <= MOST_NAME_CHARACTERS + 2);
    }
}
