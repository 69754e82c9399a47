//! Finds examples that are nearly the same: `MinHash` signatures over the runs of words of a text, kept in
//! bands, so that only texts that share a band are compared.
//!
//! The share of equal places in two signatures estimates the Jaccard similarity of their sets of runs
//! (Broder 1997). Sixty-four places in sixteen bands of four find nearly all pairs above 0.8 and few
//! below 0.5. Nothing is random: the same texts in the same order give the same verdicts.

use std::collections::HashMap;

/// Places of a signature.
const PLACES: usize = 64;
/// Places of a band.
const BAND: usize = 4;
/// Runs of this many words are compared.
const RUN: usize = 3;

/// One text in short.
type Signature = [u32; PLACES];

/// The texts that were kept.
pub struct Seen {
    /// At this estimated similarity or above, two texts count as the same.
    threshold: f64,
    signatures: Vec<Signature>,
    /// By number and content of a band: the texts that have it.
    bands: HashMap<(u8, [u32; BAND]), Vec<u32>, ahash::RandomState>,
}

impl Seen {
    /// Nothing is kept yet.
    pub fn new(threshold: f64) -> Seen {
        Seen {
            threshold,
            signatures: Vec::new(),
            bands: HashMap::with_hasher(ahash::RandomState::with_seeds(1, 2, 3, 4)),
        }
    }

    /// Keeps a text and says true, unless one like it was kept before.
    pub fn insert(&mut self, text: &str) -> bool {
        let signature = signature(text);
        let keys: Vec<(u8, [u32; BAND])> = signature
            .chunks_exact(BAND)
            .enumerate()
            .map(|(number, band)| {
                let mut key = [0; BAND];
                key.copy_from_slice(band);
                (number as u8, key)
            })
            .collect();
        let known = keys
            .iter()
            .filter_map(|key| self.bands.get(key))
            .flatten()
            .any(|&at| similarity(&self.signatures[at as usize], &signature) >= self.threshold);
        if known {
            return false;
        }
        let at = self.signatures.len() as u32;
        self.signatures.push(signature);
        for key in keys {
            self.bands.entry(key).or_default().push(at);
        }
        true
    }
}

/// The share of equal places: an estimate of the Jaccard similarity of the two texts' runs of words.
fn similarity(left: &Signature, right: &Signature) -> f64 {
    let equal = left.iter().zip(right).filter(|(a, b)| a == b).count();
    equal as f64 / PLACES as f64
}

/// For each of many hash functions, the least hash of the text's runs of words.
fn signature(text: &str) -> Signature {
    // Marks at both ends, so that a short text has runs too.
    let words: Vec<&str> = std::iter::repeat_n("^", RUN - 1)
        .chain(text.split_whitespace())
        .chain(std::iter::repeat_n("$", RUN - 1))
        .collect();
    let mut least = [u32::MAX; PLACES];
    for run in words.windows(RUN) {
        let hash = hash(run);
        for (place, least) in least.iter_mut().enumerate() {
            // Each place mixes the hash with a number of its own.
            let mixed = mix(hash ^ (place as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            *least = (*least).min((mixed >> 32) as u32);
        }
    }
    least
}

/// FNV-1a over the words of a run, a zero after each.
fn hash(run: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in run
        .iter()
        .flat_map(|word| word.bytes().chain(std::iter::once(0)))
    {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

/// The finishing step of `SplitMix64`.
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The similarity that the signatures estimate.
    fn exact(left: &str, right: &str) -> f64 {
        let runs = |text: &str| -> BTreeSet<Vec<String>> {
            let words: Vec<String> = ["^", "^"]
                .into_iter()
                .chain(text.split_whitespace())
                .chain(["$", "$"])
                .map(str::to_string)
                .collect();
            words.windows(RUN).map(<[String]>::to_vec).collect()
        };
        let (left, right) = (runs(left), runs(right));
        left.intersection(&right).count() as f64 / left.union(&right).count() as f64
    }

    #[test]
    fn estimates_are_close_to_the_similarity() {
        let base = "when an order over 500 comes in tag it vip and email ops at example com with the number of the order and the name of the customer please";
        for other in [
            base.to_string(),
            base.replace("500", "600"),
            base.replace("vip", "gold").replace("ops", "sales"),
            format!("{base} and thank you very much for all of it"),
            "archive fulfilled orders every monday at nine".to_string(),
        ] {
            let wanted = exact(base, &other);
            let found = similarity(&signature(base), &signature(&other));
            // Three standard deviations of sixty-four draws are at most 0.19.
            assert!((wanted - found).abs() < 0.19, "{wanted} {found} {other}");
        }
    }

    #[test]
    fn near_copies_are_turned_away_and_others_kept() {
        let mut seen = Seen::new(0.8);
        let long = "every day at nine in the morning send a list of all unfulfilled orders that are older than three days to the people in the warehouse";
        assert!(seen.insert(long));
        assert!(!seen.insert(long));
        assert!(!seen.insert(&format!("{long} please")));
        assert!(seen.insert(&long.replace("unfulfilled", "unpaid").replace("nine", "ten")));
        assert!(seen.insert("tag orders over $500 VIP"));
        assert!(seen.insert("tag orders over $600 gold"));
        assert!(seen.insert(""));
        assert!(!seen.insert(" "));
    }
}
