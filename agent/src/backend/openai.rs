//! Any server with an OpenAI-compatible `POST /v1/completions` that streams: mistral.rs, vLLM, `SGLang`.
//!
//! Servers take a grammar under different names ([`Dialect`]). llama.cpp speaks GBNF, which is not
//! among them: its grammars have no numbers to carry a scope in, so ours would have to be unfolded.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::{Value, json};

use super::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};

/// How a server wants to be told a grammar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `"grammar": {"type": "lark", "value": "…"}`, of mistral.rs.
    #[default]
    Mistralrs,
    /// `"structured_outputs": {"grammar": "…"}`, of vLLM with the guidance backend.
    Vllm,
    /// `"ebnf": "%llguidance {} …"`, of `SGLang` with the llguidance backend.
    Sglang,
    /// `"grammar": "%llguidance {} …"`, of llama.cpp built with `LLAMA_LLGUIDANCE`. Its own GBNF knows no
    /// scopes.
    LlamaCpp,
    /// Nothing: what comes back is only parsed and checked.
    None,
}

/// What tells a grammar in llguidance's Lark from the server's own kind of grammar.
const LARK: &str = "%llguidance {}\n";

/// A model behind HTTP.
pub struct OpenAi {
    client: reqwest::Client,
    /// Up to and with `/v1`.
    url: String,
    model: String,
    key: Option<String>,
    dialect: Dialect,
}

impl OpenAi {
    /// A model by its name on a server, for example at `http://127.0.0.1:8000/v1`.
    pub fn new(
        url: &str,
        model: &str,
        key: Option<String>,
        dialect: Dialect,
    ) -> Result<OpenAi, BackendError> {
        let url = url.trim_end_matches('/').to_string();
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(120))
            .build()
            .map_err(|error| unreachable_server(&url, &error))?;
        Ok(OpenAi {
            client,
            url,
            model: model.to_string(),
            key,
            dialect,
        })
    }

    fn with_key(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    fn body(&self, request: &Generate) -> Value {
        let mut body = json!({
            "model": self.model,
            "prompt": request.prompt,
            "max_tokens": request.max_tokens,
            "temperature": match request.other_than.is_empty() {
                true => request.temperature,
                // What else came near is not told; chance finds it, another one each time.
                false => request.temperature.max(ANEW),
            },
            "seed": request.seed.wrapping_add(request.other_than.len() as u64),
            "stop": [crate::contract::END],
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        if let Some(grammar) = &request.grammar {
            match self.dialect {
                Dialect::Mistralrs => body["grammar"] = json!({ "type": "lark", "value": grammar }),
                Dialect::Vllm => body["structured_outputs"] = json!({ "grammar": grammar }),
                Dialect::Sglang => body["ebnf"] = json!(format!("{LARK}{grammar}")),
                Dialect::LlamaCpp => body["grammar"] = json!(format!("{LARK}{grammar}")),
                Dialect::None => {}
            }
        }
        body
    }
}

#[async_trait]
impl Backend for OpenAi {
    fn info(&self) -> ModelInfo {
        ModelInfo {
            name: self.model.clone(),
            kind: "openai".to_string(),
            contract: None,
            lineage: None,
        }
    }

    async fn health(&self) -> Result<(), BackendError> {
        let request = self.client.get(format!("{}/models", self.url));
        let response = self
            .with_key(request)
            .send()
            .await
            .map_err(|error| unreachable_server(&self.url, &error))?;
        accepted(response).await.map(|_| ())
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        let response = self
            .with_key(self.client.post(format!("{}/completions", self.url)))
            .json(&self.body(&request))
            .send()
            .await
            .map_err(|error| unreachable_server(&self.url, &error))?;
        let bytes = accepted(response)
            .await?
            .bytes_stream()
            .map(|bytes| bytes.map(Vec::from));
        let reading = Reading {
            bytes: bytes.boxed(),
            buffer: Vec::new(),
            text: String::new(),
            pieces: 0,
            usage: None,
            over: false,
        };
        Ok(futures::stream::unfold(reading, Reading::next).boxed())
    }
}

/// A stream of server-sent events on its way.
struct Reading {
    bytes: futures::stream::BoxStream<'static, Result<Vec<u8>, reqwest::Error>>,
    buffer: Vec<u8>,
    text: String,
    pieces: u32,
    usage: Option<(u32, u32)>,
    over: bool,
}

/// The temperature at which something other than an unwanted completion is written.
const ANEW: f64 = 0.7;

/// The most that is kept of a line which does not end.
const LONGEST_LINE: usize = 1024 * 1024;

impl Reading {
    async fn next(mut self) -> Option<(Result<Chunk, BackendError>, Reading)> {
        if self.over {
            return None;
        }
        loop {
            while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                let Some(data) = line.trim().strip_prefix("data:") else {
                    continue;
                };
                let data = data.trim();
                if data == "[DONE]" {
                    return Some(self.end());
                }
                match self.piece(data) {
                    Ok(Some(text)) => return Some((Ok(Chunk::Text(text)), self)),
                    Ok(None) => {}
                    Err(error) => return Some(self.fail(error)),
                }
            }
            if self.buffer.len() > LONGEST_LINE {
                let error = BackendError::Interrupted("it sent a line without an end".to_string());
                return Some(self.fail(error));
            }
            match self.bytes.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(error)) => {
                    let error = BackendError::Interrupted(error.without_url().to_string());
                    return Some(self.fail(error));
                }
                None => {
                    let error = BackendError::Interrupted("the connection was closed".to_string());
                    return Some(self.fail(error));
                }
            }
        }
    }

    fn piece(&mut self, data: &str) -> Result<Option<String>, BackendError> {
        let value: Value = serde_json::from_str(data)
            .map_err(|error| BackendError::Interrupted(format!("an event is no JSON ({error})")))?;
        if let Some(error) = value.get("error") {
            let message = error.get("message").unwrap_or(error);
            let message = message.as_str().map_or(message.to_string(), str::to_string);
            return Err(BackendError::Interrupted(message));
        }
        let count = |name: &str| value["usage"][name].as_u64().map(|n| n as u32);
        if let (Some(prompt), Some(completion)) =
            (count("prompt_tokens"), count("completion_tokens"))
        {
            self.usage = Some((prompt, completion));
        }
        let text = value["choices"][0]["text"].as_str().unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        self.pieces += 1;
        self.text.push_str(text);
        Ok(Some(text.to_string()))
    }

    fn end(mut self) -> (Result<Chunk, BackendError>, Reading) {
        self.over = true;
        let (prompt_tokens, completion_tokens) = self.usage.unwrap_or((0, self.pieces));
        let chunk = Chunk::Done {
            text: self.text.clone(),
            prompt_tokens,
            completion_tokens,
            likelihood: None,
        };
        (Ok(chunk), self)
    }

    fn fail(mut self, error: BackendError) -> (Result<Chunk, BackendError>, Reading) {
        self.over = true;
        (Err(error), self)
    }
}

async fn accepted(response: reqwest::Response) -> Result<reqwest::Response, BackendError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let text = response.text().await.unwrap_or_default();
    let message = serde_json::from_str::<Value>(&text)
        .ok()
        .and_then(|value| {
            let error = value.get("error").unwrap_or(&value);
            let message = error.get("message").unwrap_or(error);
            message.as_str().map(str::to_string)
        })
        .unwrap_or(text);
    Err(BackendError::Status {
        status: status.as_u16(),
        message: message.chars().take(300).collect(),
    })
}

fn unreachable_server(url: &str, error: &reqwest::Error) -> BackendError {
    let reason = if error.is_connect() {
        "it does not accept connections; start it, or correct its address".to_string()
    } else if error.is_timeout() {
        "it took too long to answer".to_string()
    } else {
        "the request could not be sent".to_string()
    };
    BackendError::Unreachable {
        url: url.to_string(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers one request with these bytes; returns its address and what it was sent.
    fn serve(answer: String) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let handle = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut sent = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).expect("bytes");
                sent.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&sent).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head
                    .lines()
                    .find_map(|line| {
                        let (name, value) = line.split_once(':')?;
                        name.eq_ignore_ascii_case("content-length")
                            .then(|| value.trim().parse::<usize>().ok())?
                    })
                    .unwrap_or(0);
                if body.len() >= length {
                    stream.write_all(answer.as_bytes()).expect("written");
                    return text;
                }
            }
        });
        (url, handle)
    }

    fn request() -> Generate {
        Generate {
            prompt: "say it".to_string(),
            grammar: Some("start: \"it\"".to_string()),
            max_tokens: 5,
            temperature: 0.0,
            seed: 7,
            other_than: Vec::new(),
            wanted: Vec::new(),
            suspects: Vec::new(),
            edits: None,
            words: 0.0,
        }
    }

    const HEAD: &str =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

    #[tokio::test]
    async fn text_streams_and_ends_with_its_counts() {
        let events = [
            r#"data: {"choices":[{"text":"i"}]}"#,
            ": a comment",
            r#"data: {"choices":[{"text":"t","finish_reason":"stop"}]}"#,
            r#"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
            "data: [DONE]",
        ];
        let (url, sent) = serve(format!("{HEAD}{}\n\n", events.join("\n\n")));
        let backend =
            OpenAi::new(&url, "m", Some("k".to_string()), Dialect::Mistralrs).expect("a client");
        let chunks: Vec<Chunk> = backend
            .generate(request())
            .await
            .expect("a stream")
            .map(|chunk| chunk.expect("a chunk"))
            .collect()
            .await;
        assert_eq!(
            chunks,
            [
                Chunk::Text("i".to_string()),
                Chunk::Text("t".to_string()),
                Chunk::Done {
                    text: "it".to_string(),
                    prompt_tokens: 3,
                    completion_tokens: 2,
                    likelihood: None,
                },
            ]
        );
        let sent = sent.join().expect("the server");
        assert!(sent.starts_with("POST /v1/completions"), "{sent}");
        assert!(
            sent.to_lowercase().contains("authorization: bearer k"),
            "{sent}"
        );
        let body: Value =
            serde_json::from_str(sent.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
        assert_eq!(body["grammar"]["type"], "lark");
        assert_eq!(body["seed"], 7);
    }

    #[test]
    fn each_dialect_names_the_grammar_its_own_way() {
        for (dialect, key) in [
            (Dialect::Mistralrs, Some("/grammar/value")),
            (Dialect::Vllm, Some("/structured_outputs/grammar")),
            (Dialect::Sglang, Some("/ebnf")),
            (Dialect::LlamaCpp, Some("/grammar")),
            (Dialect::None, None),
        ] {
            let backend =
                OpenAi::new("http://localhost/v1/", "m", None, dialect).expect("a client");
            let body = backend.body(&request());
            match key {
                Some(key) => {
                    let grammar = body.pointer(key).and_then(Value::as_str);
                    let marked = matches!(dialect, Dialect::Sglang | Dialect::LlamaCpp);
                    let mark = if marked { LARK } else { "" };
                    assert_eq!(grammar, Some(format!("{mark}start: \"it\"").as_str()));
                }
                None => assert!(!body.to_string().contains("start:")),
            }
        }
    }

    #[test]
    fn what_is_to_be_something_else_is_left_to_chance() {
        let backend =
            OpenAi::new("http://localhost/v1/", "m", None, Dialect::None).expect("a client");
        let again = Generate {
            other_than: vec!["it".to_string()],
            wanted: Vec::new(),
            suspects: Vec::new(),
            ..request()
        };
        assert_eq!(backend.body(&request())["temperature"], json!(0.0));
        assert_eq!(backend.body(&again)["temperature"], json!(ANEW));
        assert_eq!(backend.body(&request())["seed"], json!(7));
        assert_eq!(backend.body(&again)["seed"], json!(8));
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let refusal = r#"{"error":{"message":"no such model"}}"#;
        for (answer, expected) in [
            (
                format!(
                    "HTTP/1.1 404 Not Found\r\ncontent-length: {}\r\n\r\n{refusal}",
                    refusal.len()
                ),
                "status 404: no such model",
            ),
            (
                format!("{HEAD}data: {{\"choices\":[{{\"text\":\"i\"}}]}}\n\n"),
                "the connection was closed",
            ),
            (
                format!("{HEAD}data: {{\"error\":{{\"message\":\"out of memory\"}}}}\n\n"),
                "out of memory",
            ),
        ] {
            let (url, _sent) = serve(answer);
            let backend = OpenAi::new(&url, "m", None, Dialect::None).expect("a client");
            let error = match backend.generate(request()).await {
                Err(error) => error,
                Ok(chunks) => chunks
                    .filter_map(|chunk| async { chunk.err() })
                    .boxed()
                    .next()
                    .await
                    .expect("an error"),
            };
            assert!(error.to_string().contains(expected), "{error}");
        }
        let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/v1", closed.local_addr().expect("an address"));
        drop(closed);
        let backend = OpenAi::new(&url, "m", None, Dialect::None).expect("a client");
        let error = backend.health().await.expect_err("unreachable").to_string();
        assert!(error.contains("does not accept connections"), "{error}");
    }
}
