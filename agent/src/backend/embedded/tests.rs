//! The backend over our decoder, with a small random model: what it writes makes no sense, but it has to be
//! what the grammar allows, and the same whatever happens beside it.

use decoder::{Architecture, Kernel, Model, Run, Tokenizer, tiny};
use futures::future::join_all;

use super::*;

const PROGRAM: &str =
    "start: (\"tag\" | \"mail\" | \"wait\") \" \" /[a-f]{3}/ \"(order)\\n    pass\\n\"\n";

struct Tiny {
    folder: tempfile::TempDir,
}

impl Tiny {
    fn new() -> Tiny {
        let folder = tempfile::tempdir().expect("a folder");
        let tiny = Tiny { folder };
        tiny::write(&tiny::spec(Architecture::Llama), 3, &tiny.path()).expect("written");
        tiny
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("model.gguf")
    }

    async fn load(&self) -> Embedded {
        let loaded = Embedded::load_to_be(&self.path(), Some(RunBy::Decoder)).await;
        loaded.expect("loaded")
    }
}

fn request(prompt: &str) -> Generate {
    Generate {
        prompt: prompt.to_string(),
        grammar: Some(PROGRAM.to_string()),
        max_tokens: 100,
        temperature: 0.0,
        seed: 0,
        other_than: Vec::new(),
        wanted: Vec::new(),
        suspects: Vec::new(),
        edits: None,
        words: 0.0,
    }
}

/// The whole text, how many tokens were written and how likely the text is.
async fn written(model: &Embedded, request: Generate) -> (String, u32, f32) {
    let mut chunks = model.generate(request).await.expect("begun");
    let mut pieces = String::new();
    while let Some(chunk) = chunks.next().await {
        match chunk.expect("no error") {
            Chunk::Text(piece) => pieces.push_str(&piece),
            Chunk::Done {
                text,
                completion_tokens,
                likelihood,
                ..
            } => {
                assert!(text.starts_with(&pieces), "{text:?} after {pieces:?}");
                return (text, completion_tokens, likelihood.expect("known"));
            }
        }
    }
    panic!("no end")
}

async fn refused(model: &Embedded, request: Generate) -> BackendError {
    let mut chunks = match model.generate(request).await {
        Ok(chunks) => chunks,
        Err(error) => return error,
    };
    loop {
        match chunks.next().await.expect("an error") {
            Ok(chunk) => assert!(matches!(chunk, Chunk::Text(_)), "{chunk:?}"),
            Err(error) => return error,
        }
    }
}

#[tokio::test]
async fn what_is_written_is_what_the_grammar_allows_with_its_probability() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let prompt = "<|im_start|>user\ntag it<|im_end|>\n";
    let (text, count, _) = written(&model, request(prompt)).await;
    let (verb, rest) = text.split_once(' ').expect("two words");
    assert!(["tag", "mail", "wait"].contains(&verb), "{text:?}");
    assert!(rest.ends_with("(order)\n    pass\n"), "{text:?}");

    // What was forced is scored like what was chosen: after the very tokens before it.
    let tokenizer = Tokenizer::open(&tiny.path()).expect("a tokenizer");
    let plain = Model::open(&tiny.path(), Kernel::best(), 1).expect("a model");
    let steps = model.recent.attempt(prompt, &text).expect("kept").steps;
    assert_eq!(steps.len(), count as usize);
    let tokens: Vec<u32> = steps.iter().map(|step| step.token).collect();
    let (end, whole) = tokens.split_last().expect("tokens");
    assert_eq!(*end, tokenizer.token_of(END).expect("a mark"));
    assert_eq!(tokenizer.decode(whole).expect("text"), text);
    let before = tokenizer.encode(prompt).expect("tokens");
    let all = [before.as_slice(), &tokens].concat();
    let mut memory = plain.memory();
    let run = Run {
        tokens: &all,
        memory: &mut memory,
        scored: tokens.len() + 1,
    };
    let scores = plain.read(&mut [run]).expect("scores").remove(0);
    for (step, scores) in steps.iter().zip(scores) {
        let whole: f32 = scores.iter().map(|score| score.exp()).sum();
        let surprise = whole.ln() - scores[step.token as usize];
        assert!(
            (surprise - step.surprise).abs() < 1e-3,
            "{surprise} {step:?}"
        );
    }
}

#[tokio::test]
async fn another_attempt_is_the_same_whether_the_first_is_remembered_or_not() {
    let tiny = Tiny::new();
    let mut attempts = Vec::new();
    for forgotten in [false, true] {
        let model = tiny.load().await;
        let (first, ..) = written(&model, request("a prompt of some length")).await;
        if forgotten {
            for number in 0..5 {
                written(&model, request(&format!("{number} is another prompt"))).await;
            }
        }
        let another = Generate {
            other_than: vec![first.clone()],
            ..request("a prompt of some length")
        };
        let second = written(&model, another).await;
        assert_ne!(second.0, first);
        assert!(second.0.ends_with("(order)\n    pass\n"));
        attempts.push((first, second));
    }
    assert_eq!(attempts[0], attempts[1]);
}

#[tokio::test]
async fn texts_side_by_side_are_those_written_alone() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let prompts: Vec<String> = (0..6)
        .map(|n| format!("{} {n}", "word ".repeat(9 * n)))
        .collect();
    let together = join_all(
        prompts
            .iter()
            .map(|prompt| written(&model, request(prompt))),
    )
    .await;
    let other = tiny.load().await;
    for (prompt, together) in prompts.iter().zip(together) {
        assert_eq!(written(&other, request(prompt)).await, together);
    }
}

#[tokio::test]
async fn letters_come_whole() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let accents = Generate {
        grammar: Some("start: \"n\" (\"é\" | \"ü\" | \"ß\"){9} \"… 🚀\"\n".to_string()),
        max_tokens: 40,
        ..request("accents")
    };
    let (text, ..) = written(&model, accents).await;
    assert_eq!(text.chars().count(), 1 + 9 + 3, "{text:?}");
    assert!(text.starts_with('n') && text.ends_with("… 🚀"), "{text:?}");
}

#[tokio::test]
async fn a_text_ends_at_its_limit_and_at_that_of_the_model() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let long = |max_tokens| Generate {
        grammar: Some("start: /[a-z]{2000}/\n".to_string()),
        max_tokens,
        ..request("long")
    };
    assert_eq!(written(&model, long(7)).await.1, 7);
    let prompt = model.tokens("long").await.expect("tokens").len();
    let context = tiny::spec(Architecture::Llama).context;
    assert_eq!(
        written(&model, long(5000)).await.1 as usize,
        context - prompt
    );
}

#[tokio::test]
async fn a_stream_that_nobody_reads_stops() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let endless = || Generate {
        grammar: None,
        max_tokens: usize::MAX,
        ..request("on and on")
    };
    // More than are written side by side: the next one would wait for ever.
    for _ in 0..2 * engine::AT_ONCE {
        let mut chunks = model.generate(endless()).await.expect("begun");
        chunks.next().await.expect("a piece").expect("no error");
    }
    let (text, ..) = written(&model, request("after them")).await;
    assert!(text.ends_with("pass\n"));
    model.health().await.expect("well");
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_with_a_reason() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let error = refused(&model, request(&"long ".repeat(200))).await;
    assert!(
        error.to_string().contains("the model reads less than 512"),
        "{error}"
    );
    let broken = Generate {
        grammar: Some("start: nothing\n".to_string()),
        ..request("x")
    };
    let error = refused(&model, broken).await;
    assert!(
        error.to_string().contains("its grammar does not read"),
        "{error}"
    );
    written(&model, request("and goes on")).await;
}

#[tokio::test]
async fn drawn_texts_follow_from_their_seed() {
    let tiny = Tiny::new();
    let model = tiny.load().await;
    let drawn = |seed| Generate {
        temperature: 1.0,
        seed,
        ..request("draw")
    };
    let mut texts = BTreeSet::new();
    for seed in 0..6 {
        let (text, ..) = written(&model, drawn(seed)).await;
        assert_eq!(written(&model, drawn(seed)).await.0, text);
        texts.insert(text);
    }
    assert!(texts.len() > 1, "{texts:?}");
}

#[tokio::test]
async fn a_file_that_is_no_model_is_refused() {
    let tiny = Tiny::new();
    let load = |path: PathBuf| async move {
        match Embedded::load(&path).await {
            Ok(_) => panic!("was loaded"),
            Err(error) => error.to_string(),
        }
    };
    let nowhere = tiny.folder.path().join("none.gguf");
    assert!(load(nowhere).await.contains("is not there"));
    std::fs::write(tiny.path(), "no model").expect("written");
    assert!(load(tiny.path()).await.contains("could not be read"));
}

#[tokio::test]
async fn mistral_writes_the_same_under_the_same_grammar() {
    let tiny = Tiny::new();
    let mistral = Embedded::load_to_be(&tiny.path(), Some(RunBy::Mistral)).await;
    let mistral = mistral.expect("loaded");
    let ours = tiny.load().await;
    assert_eq!(mistral.vocabulary, ours.vocabulary);
    let prompt = "<|im_start|>user\ntag it<|im_end|>\n";
    let (theirs, _, likelihood) = written(&mistral, request(prompt)).await;
    let (text, _, known) = written(&ours, request(prompt)).await;
    assert_eq!(theirs, text);
    // It rounds what it multiplies to 8 bits.
    assert!(
        (likelihood - known).abs() < 0.1 * known.abs(),
        "{likelihood} {known}"
    );
}
