//! Which tasks and fields a request means, learned from requests whose workflow is known.
//!
//! One logistic regression per task and per field, over the words of the request, pairs of words and
//! pieces of four letters, so that a misspelt word still counts (the features of fastText, Joulin et
//! al. 2016, hashed as in Weinberger et al. 2009). `trainer rank` fits it and writes
//! `models/ranker.bin`; the file is built in, and its digest is part of the contract, because the
//! model is trained on what the searches show.
//!
//! What the file knows nothing of, such as a store's own connectors, is left to BM25.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::plain;

/// Buckets that features are hashed into.
pub const BUCKETS: usize = 1 << 16;

/// The file's first bytes.
const MAGIC: &[u8; 4] = b"FRK1";

/// The ranker that ships.
pub(crate) const SHIPPED: &[u8] = include_bytes!("../../../models/ranker.bin");

/// The ranker that ships, read once.
pub fn shipped() -> &'static Ranker {
    static RANKER: LazyLock<Ranker> = LazyLock::new(|| Ranker::read(SHIPPED));
    &RANKER
}

/// What a label stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// A task, by its name in the Python form.
    Task(String),
    /// A field, by its path from a variable; items of a loop are `item`.
    Path(String),
}

/// The linear model.
#[derive(Clone, Debug, Default)]
pub struct Ranker {
    labels: HashMap<Label, usize>,
    bias: Vec<f32>,
    /// Bucket to label and weight.
    weights: HashMap<u16, Vec<(u16, f32)>>,
}

/// The probability of every label for one request.
#[derive(Clone, Debug, Default)]
pub struct Ranked<'a> {
    labels: Option<&'a HashMap<Label, usize>>,
    probabilities: Vec<f32>,
}

impl Ranked<'_> {
    /// The probability that the request means this; `None` where the ranker knows nothing of it.
    pub fn of(&self, label: &Label) -> Option<f32> {
        let at = self.labels?.get(label)?;
        self.probabilities.get(*at).copied()
    }

    /// How many tasks and how many fields have at least this probability.
    pub fn above(&self, least: f32) -> [usize; 2] {
        let mut counts = [0, 0];
        for (label, at) in self.labels.into_iter().flatten() {
            if self.probabilities.get(*at).is_some_and(|p| *p >= least) {
                counts[usize::from(matches!(label, Label::Path(_)))] += 1;
            }
        }
        counts
    }

    /// All labels that are no fields, with their probabilities, in no order.
    pub fn tasks(&self) -> Vec<(&str, f32)> {
        self.labels
            .into_iter()
            .flatten()
            .filter_map(|(label, at)| match label {
                Label::Task(name) => Some((name.as_str(), *self.probabilities.get(*at)?)),
                Label::Path(_) => None,
            })
            .collect()
    }

    /// All fields with their probabilities, likeliest first.
    pub fn paths(&self) -> Vec<(&str, f32)> {
        let mut paths: Vec<(&str, f32)> = self
            .labels
            .into_iter()
            .flatten()
            .filter_map(|(label, at)| match label {
                Label::Path(path) => Some((path.as_str(), *self.probabilities.get(*at)?)),
                Label::Task(_) => None,
            })
            .collect();
        paths.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        paths
    }
}

impl Ranker {
    /// Reads a file that [`write`] wrote. A file of another shape gives a ranker that knows nothing.
    pub fn read(bytes: &[u8]) -> Ranker {
        parse(bytes).unwrap_or_default()
    }

    /// Ranks everything for one request.
    pub fn rank(&self, request: &str, editing: bool) -> Ranked<'_> {
        self.rank_features(&features(request, editing))
    }

    /// Ranks everything for these features, each of them once.
    pub fn rank_features(&self, features: &[u16]) -> Ranked<'_> {
        let mut sums = self.bias.clone();
        let each = 1.0 / (features.len().max(1) as f32).sqrt();
        for bucket in features {
            for (label, weight) in self.weights.get(bucket).into_iter().flatten() {
                if let Some(sum) = sums.get_mut(*label as usize) {
                    *sum += weight * each;
                }
            }
        }
        for sum in &mut sums {
            *sum = 1.0 / (1.0 + (-*sum).exp());
        }
        Ranked {
            labels: Some(&self.labels),
            probabilities: sums,
        }
    }
}

/// The features of a request: buckets, each once, in ascending order.
pub fn features(request: &str, editing: bool) -> Vec<u16> {
    let mut words: Vec<String> = plain(request);
    words.truncate(200);
    for word in &mut words {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            *word = "0".repeat(word.len().min(5));
        }
    }
    let mut found = vec![bucket(if editing { "=edit" } else { "=create" })];
    for word in &words {
        found.push(bucket(word));
        let letters: Vec<char> = std::iter::once('<')
            .chain(word.chars())
            .chain(std::iter::once('>'))
            .collect();
        if letters.len() > 5 {
            for piece in letters.windows(4) {
                found.push(bucket(&piece.iter().collect::<String>()));
            }
        }
    }
    for pair in words.windows(2) {
        found.push(bucket(&pair.join(" ")));
    }
    for three in words.windows(3) {
        found.push(bucket(&format!("{} _ {}", three[0], three[2])));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// FNV-1a, folded to the number of buckets.
pub(crate) fn bucket(text: &str) -> u16 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 16)) as u16
}

/// Writes a ranker: `FRK1`, the scale of the weights, the labels with their bias, then the buckets
/// with label numbers and weights of one byte. Numbers are little-endian.
pub fn write(labels: &[(Label, f32)], entries: &[(u16, u16, f32)]) -> Vec<u8> {
    let most = entries
        .iter()
        .map(|(.., weight)| weight.abs())
        .fold(1e-6, f32::max);
    let scale = most / 127.0;
    let mut out = MAGIC.to_vec();
    out.extend(scale.to_le_bytes());
    out.extend((labels.len() as u16).to_le_bytes());
    for (label, bias) in labels {
        let (kind, name) = match label {
            Label::Task(name) => (0, name),
            Label::Path(name) => (1, name),
        };
        out.extend([kind, name.len() as u8]);
        out.extend(name.bytes());
        out.extend(bias.to_le_bytes());
    }
    let mut entries = entries.to_vec();
    entries.sort_by_key(|(bucket, label, _)| (*bucket, *label));
    for chunk in entries.chunk_by(|a, b| a.0 == b.0) {
        out.extend(chunk[0].0.to_le_bytes());
        out.extend((chunk.len() as u16).to_le_bytes());
        for (_, label, weight) in chunk {
            out.extend(label.to_le_bytes());
            out.push((weight / scale).round() as i8 as u8);
        }
    }
    out
}

fn parse(bytes: &[u8]) -> Option<Ranker> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut take = |count: usize| -> Option<&[u8]> {
        let (head, tail) = rest.split_at_checked(count)?;
        rest = tail;
        Some(head)
    };
    let scale = f32::from_le_bytes(take(4)?.try_into().ok()?);
    let count = u16::from_le_bytes(take(2)?.try_into().ok()?);
    let mut ranker = Ranker::default();
    for at in 0..usize::from(count) {
        let head = take(2)?;
        let (kind, length) = (head[0], usize::from(head[1]));
        let name = String::from_utf8(take(length)?.to_vec()).ok()?;
        let label = match kind {
            0 => Label::Task(name),
            _ => Label::Path(name),
        };
        ranker.labels.insert(label, at);
        ranker
            .bias
            .push(f32::from_le_bytes(take(4)?.try_into().ok()?));
    }
    while let Some(head) = take(4) {
        let bucket = u16::from_le_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let row = take(3 * length)?
            .chunks_exact(3)
            .map(|entry| {
                let weight = f32::from(entry[2] as i8) * scale;
                (u16::from_le_bytes([entry[0], entry[1]]), weight)
            })
            .collect();
        ranker.weights.insert(bucket, row);
    }
    Some(ranker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_ranks() {
        let labels = [
            (Label::Task("add_order_tags".to_string()), -2.0),
            (Label::Path("order.tags".to_string()), -3.0),
        ];
        let features = features("tag orders", false);
        let entries: Vec<(u16, u16, f32)> =
            features.iter().map(|bucket| (*bucket, 0, 4.0)).collect();
        let ranker = Ranker::read(&write(&labels, &entries));
        let ranked = ranker.rank("tag orders", false);
        assert!(ranked.of(&labels[0].0).expect("known") > 0.9);
        assert!(ranked.of(&labels[1].0).expect("known") < 0.1);
        assert_eq!(ranked.of(&Label::Task("other".to_string())), None);
        assert_eq!(ranked.paths().len(), 1);
    }

    #[test]
    fn a_broken_file_knows_nothing() {
        for bytes in [&b""[..], b"FRK1", b"FRK1\0\0\0\0\x09\0", b"other"] {
            let ranker = Ranker::read(bytes);
            let ranked = ranker.rank("tag orders", false);
            assert_eq!(ranked.paths(), []);
        }
    }

    #[test]
    fn the_shipped_file_knows_everyday_requests() {
        let ranker = Ranker::read(SHIPPED);
        let ranked = ranker.rank("tag orders over $500 as big", false);
        let likely = |label: &Label| ranked.of(label).is_some_and(|p| p > 0.3);
        assert!(likely(&Label::Task("order_created".to_string())));
        assert!(likely(&Label::Task("add_order_tags".to_string())));
        assert!(likely(&Label::Path(
            "order.totalPriceSet.shopMoney.amount".to_string()
        )));
    }

    #[test]
    fn a_misspelt_word_shares_most_of_its_features() {
        let (right, wrong) = (features("discount", false), features("disocunt", false));
        assert!(right.iter().filter(|bucket| wrong.contains(bucket)).count() >= 3);
    }
}
