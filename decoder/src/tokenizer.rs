//! The tokenizer: read out of a GGUF file in the same way as the runtime that serves the model reads
//! it, so that training sees the very tokens that serving produces, or out of a `tokenizer.json`.

use std::ops::Range;
use std::path::Path;

use candle_core::quantized::gguf_file::Value;
use tokenizers::models::bpe::BpeBuilder;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::normalizer::SplitDelimiterBehavior;
use tokenizers::{AddedToken, ModelWrapper};

use crate::error::Error;
use crate::gguf::Gguf;

/// How text is cut before merging: words with at most one leading mark, single digits, runs of
/// marks, line ends, spaces. This is what mistral.rs uses for every byte-level BPE model.
const CUTS: &str = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/// The marks around what is said, each of which must be one token.
const MARKS: [&str; 2] = ["<|im_start|>", "<|im_end|>"];

/// The type number of an ordinary token in a GGUF vocabulary.
const ORDINARY: i64 = 1;

/// Turns text into tokens.
pub struct Tokenizer(tokenizers::Tokenizer);

/// An entry of strings.
fn strings(gguf: &Gguf, key: &str) -> Result<Vec<String>, Error> {
    let strings = gguf
        .list(key)?
        .iter()
        .map(|value| value.to_string().cloned());
    let strings: candle_core::Result<Vec<String>> = strings.collect();
    strings.map_err(|error| Error::Tokenizer(format!("the entry {key} holds no texts: {error}")))
}

fn failed(error: tokenizers::Error) -> Error {
    Error::Tokenizer(error.to_string())
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::I32(v) => Some(i64::from(*v)),
        Value::U32(v) => Some(i64::from(*v)),
        _ => None,
    }
}

impl Tokenizer {
    /// Opens the GGUF file at `path` for its tokenizer only.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::read(&Gguf::open(path)?)
    }

    /// Reads a `tokenizer.json`.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let unreadable = |reason: String| Error::Unreadable {
            path: path.to_path_buf(),
            reason,
        };
        if !path.is_file() {
            return Err(unreadable("it is not there".to_string()));
        }
        let tokenizer = tokenizers::Tokenizer::from_file(path)
            .map_err(|error| unreadable(error.to_string()))?;
        let tokenizer = Tokenizer(tokenizer);
        match MARKS.iter().find(|mark| tokenizer.token_of(mark).is_none()) {
            None => Ok(tokenizer),
            Some(mark) => Err(unreadable(format!(
                "it does not know {mark}, which begins or ends what is said; choose a base that was trained on ChatML"
            ))),
        }
    }

    /// Writes a `tokenizer.json`.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        self.0.save(path, false).map_err(failed)
    }

    /// A tokenizer that needs no file: a token for each byte, then the marks. For tests.
    pub fn of_bytes() -> Result<Self, Error> {
        let letters = byte_letters().map(|(letter, byte)| (letter.to_string(), u32::from(byte)));
        let vocabulary: ahash::AHashMap<String, u32> = letters.collect();
        let bpe = BpeBuilder::new().vocab_and_merges(vocabulary, vec![]);
        let mut tokenizer =
            tokenizers::Tokenizer::new(ModelWrapper::BPE(bpe.build().map_err(failed)?));
        let bytes = ByteLevel::new(false, false, false);
        tokenizer.with_pre_tokenizer(Some(bytes));
        tokenizer.with_decoder(Some(bytes));
        let marks = MARKS.map(|mark| AddedToken::from(mark, true));
        tokenizer.add_special_tokens(&marks);
        Ok(Tokenizer(tokenizer))
    }

    /// Reads vocabulary and merges from an open GGUF file.
    pub fn read(gguf: &Gguf) -> Result<Self, Error> {
        let kind = gguf.text("tokenizer.ggml.model")?;
        if kind != "gpt2" {
            return Err(gguf.unsupported(format!(
                "has a tokenizer of kind {kind}; only gpt2 (byte-level BPE) can be read"
            )));
        }
        let tokens = strings(gguf, "tokenizer.ggml.tokens")?;
        let merges = strings(gguf, "tokenizer.ggml.merges")?
            .iter()
            .map(|merge| {
                let pair = merge.split_once(' ');
                pair.map(|(a, b)| (a.to_string(), b.to_string()))
                    .ok_or_else(|| Error::Tokenizer(format!("the merge {merge:?} is no pair")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let vocabulary: ahash::AHashMap<String, u32> = tokens
            .iter()
            .enumerate()
            .map(|(i, token)| (token.clone(), i as u32))
            .collect();
        let special = |name: &str| -> Option<&String> {
            let key = format!("tokenizer.ggml.{name}_token_id");
            let id = number(gguf.entry(&key)?)?;
            tokens.get(usize::try_from(id).ok()?)
        };
        let mut bpe = BpeBuilder::new().vocab_and_merges(vocabulary, merges);
        if let Some(unknown) = special("unknown") {
            bpe = bpe.unk_token(unknown.clone());
        }
        let mut tokenizer =
            tokenizers::Tokenizer::new(ModelWrapper::BPE(bpe.build().map_err(failed)?));
        let split = Split::new(
            SplitPattern::Regex(CUTS.to_string()),
            SplitDelimiterBehavior::Isolated,
            false,
        )
        .map_err(failed)?;
        let bytes = ByteLevel::new(false, false, false);
        tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
            PreTokenizerWrapper::Split(split),
            PreTokenizerWrapper::ByteLevel(bytes),
        ])));
        tokenizer.with_decoder(Some(bytes));
        tokenizer.with_post_processor(Some(bytes));
        let mut marks: Vec<&String> = ["bos", "eos", "unknown"]
            .into_iter()
            .filter_map(special)
            .collect();
        let types = gguf.list("tokenizer.ggml.token_type").unwrap_or_default();
        let unusual = types.iter().zip(&tokens);
        marks.extend(
            unusual
                .filter(|(kind, _)| number(kind) != Some(ORDINARY))
                .map(|(_, token)| token),
        );
        for mark in marks {
            tokenizer.add_special_tokens(&[AddedToken::from(mark.clone(), true)]);
        }
        Ok(Tokenizer(tokenizer))
    }

    /// The tokens of a text; marks such as `<|im_end|>` are recognised inside it.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        let encoding = self.0.encode_fast(text, false).map_err(failed)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The tokens of a text, each with the bytes of the text that it covers.
    pub fn encode_with_spans(&self, text: &str) -> Result<(Vec<u32>, Vec<Range<usize>>), Error> {
        let encoding = self.0.encode(text, false).map_err(failed)?;
        let spans = encoding.get_offsets().iter().map(|(from, to)| *from..*to);
        Ok((encoding.get_ids().to_vec(), spans.collect()))
    }

    /// The number of a mark such as `<|im_end|>`.
    pub fn token(&self, mark: &str) -> Option<u32> {
        self.0.token_to_id(mark)
    }

    /// The token that is exactly this text, if there is one.
    pub fn token_of(&self, text: &str) -> Option<u32> {
        match self.encode(text).ok()?[..] {
            [token] => Some(token),
            _ => None,
        }
    }

    /// The bytes of every token; none for marks, which stand for no text.
    pub fn words(&self) -> Vec<Vec<u8>> {
        let byte_of: ahash::AHashMap<char, u8> = byte_letters().collect();
        let added = self.0.get_added_tokens_decoder();
        (0..self.0.get_vocab_size(true) as u32)
            .map(|token| {
                let text = match added.contains_key(&token) {
                    true => None,
                    false => self.0.id_to_token(token),
                };
                text.unwrap_or_default()
                    .chars()
                    .filter_map(|letter| byte_of.get(&letter).copied())
                    .collect()
            })
            .collect()
    }

    /// The text of tokens, marks included.
    pub fn decode(&self, tokens: &[u32]) -> Result<String, Error> {
        self.0.decode(tokens, false).map_err(failed)
    }
}

/// How byte-level BPE writes bytes as letters: printable ones as themselves, the others as the letters
/// from U+0100 on (Radford et al. 2019, `bytes_to_unicode`).
pub(crate) fn byte_letters() -> impl Iterator<Item = (char, u8)> {
    let mut others = 0x100_u32..;
    (0..=255_u8).filter_map(move |byte| {
        let printable = matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
        let letter = match printable {
            true => char::from(byte),
            false => char::from_u32(others.next()?)?,
        };
        Some((letter, byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The base lies in the cache once `cargo xtask` has run; without it there is nothing to read.
    fn tokenizer() -> Option<Tokenizer> {
        let cache = std::env::var_os("FLOWRIGHT_CACHE").map(std::path::PathBuf::from);
        let home =
            || Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(".cache/flowright"));
        let base = cache
            .or_else(home)?
            .join("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        base.exists().then(|| Tokenizer::open(&base).unwrap())
    }

    #[test]
    fn the_bytes_of_tokens_are_those_of_the_text() {
        let Some(tokenizer) = tokenizer() else { return };
        let words = tokenizer.words();
        let text = "naïve — \"{{ order.name }}\"\n    if x:\t🚀";
        let bytes: Vec<u8> = tokenizer
            .encode(text)
            .unwrap()
            .into_iter()
            .flat_map(|token| words[token as usize].clone())
            .collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
        assert!(words[1].is_empty(), "a mark stands for no text");
    }

    #[test]
    fn a_written_tokenizer_reads_the_same() {
        let Some(tokenizer) = tokenizer() else { return };
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("tokenizer.json");
        tokenizer.save(&at).unwrap();
        let again = Tokenizer::from_file(&at).unwrap();
        let text =
            "<|im_start|>user\nnaïve — \"{{ order.name }}\"\n    if x == 1234:\t🚀<|im_end|>";
        assert_eq!(
            tokenizer.encode_with_spans(text).unwrap(),
            again.encode_with_spans(text).unwrap()
        );
        assert_eq!(again.words(), tokenizer.words());
    }

    #[test]
    fn a_tokenizer_without_the_marks_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("tokenizer.json");
        let other =
            tokenizers::Tokenizer::new(ModelWrapper::BPE(BpeBuilder::new().build().unwrap()));
        other.save(&at, false).unwrap();
        let Err(error) = Tokenizer::from_file(&at) else {
            panic!("was read");
        };
        assert!(
            error.to_string().contains("does not know <|im_start|>"),
            "{error}"
        );
        let Err(error) = Tokenizer::from_file(&folder.path().join("none")) else {
            panic!("was read");
        };
        assert!(error.to_string().contains("is not there"), "{error}");
    }

    #[test]
    fn text_comes_back_and_marks_are_single_tokens() {
        let Some(tokenizer) = tokenizer() else { return };
        for text in [
            "<|im_start|>user\nTag orders over $500.25 as VIP<|im_end|>\n",
            "@order_created\ndef a(order):\n    if order.totalPrice > 500:\n        add_order_tags(tags=[\"VIP\"])\n",
            "naïve — 🚀 你好\t\"{{ order.name }}\"  two spaces",
        ] {
            let tokens = tokenizer.encode(text).unwrap();
            assert_eq!(tokenizer.decode(&tokens).unwrap(), text);
        }
        assert_eq!(tokenizer.encode("<|im_start|>").unwrap(), [1]);
        assert_eq!(tokenizer.encode("<|im_end|>").unwrap(), [2]);
        assert_eq!(tokenizer.encode("1234").unwrap().len(), 4);
    }
}
