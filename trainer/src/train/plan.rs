//! Decides which examples form which batch: shuffled by the seed, packed into rows without waste.

use crate::model::Document;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;

/// Rows of example numbers.
pub type Rows = Vec<Vec<usize>>;

/// Rows that are open at the same time while packing. More fill better, fewer keep the order random.
const OPEN: usize = 32;

/// The batches of one epoch, in order: `rows` rows of at most `length` tokens each.
pub fn epoch(lengths: &[usize], rows: usize, length: usize, seed: u64, epoch: u64) -> Vec<Rows> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch + 1);
    order.shuffle(&mut random);
    let mut full: Rows = vec![];
    let mut open: Vec<(usize, Vec<usize>)> = vec![];
    for example in order {
        let need = lengths[example];
        // The fullest row that still has room.
        let best = open
            .iter()
            .enumerate()
            .filter(|(_, (used, _))| used + need <= length)
            .max_by_key(|(_, (used, _))| *used)
            .map(|(i, _)| i);
        match best {
            Some(i) => {
                open[i].0 += need;
                open[i].1.push(example);
            }
            None => {
                if open.len() == OPEN {
                    let fullest = (0..open.len())
                        .max_by_key(|i| open[*i].0)
                        .unwrap_or_default();
                    full.push(open.swap_remove(fullest).1);
                }
                open.push((need, vec![example]));
            }
        }
    }
    full.extend(open.into_iter().map(|(_, row)| row));
    full.shuffle(&mut random);
    full.chunks(rows).map(<[Vec<usize>]>::to_vec).collect()
}

/// The batches of one epoch where every row of a batch is padded to the longest, as on a GPU.
///
/// A row is as wide as its first document asks for, and rows of like width form a batch of about
/// `rows * length` tokens. Scores are computed for whole rows, so that narrow rows save most of them.
pub fn by_width(lengths: &[usize], rows: usize, length: usize, seed: u64, epoch: u64) -> Vec<Rows> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch + 1);
    order.shuffle(&mut random);
    let mut classes: BTreeMap<usize, Rows> = BTreeMap::new();
    let mut open: Vec<Row> = vec![];
    let mut close = |row: Row| classes.entry(row.width).or_default().push(row.examples);
    for example in order {
        let need = lengths[example];
        // The row that it fills best.
        let best = open
            .iter()
            .enumerate()
            .filter(|(_, row)| row.used + need <= row.width)
            .min_by_key(|(_, row)| row.width - row.used - need)
            .map(|(i, _)| i);
        match best {
            Some(i) => {
                open[i].used += need;
                open[i].examples.push(example);
            }
            None => {
                if open.len() == OPEN {
                    let fullest = (0..open.len())
                        .min_by_key(|i| open[*i].width - open[*i].used)
                        .unwrap_or_default();
                    close(open.swap_remove(fullest));
                }
                open.push(Row {
                    width: width(need).min(length),
                    used: need,
                    examples: vec![example],
                });
            }
        }
    }
    open.into_iter().for_each(close);
    let mut batches: Vec<Rows> = vec![];
    for (width, mut all) in classes {
        all.shuffle(&mut random);
        let many = (rows * length / width).max(1);
        batches.extend(all.chunks(many).map(<[Vec<usize>]>::to_vec));
    }
    batches.shuffle(&mut random);
    batches
}

/// A row that is being filled.
struct Row {
    width: usize,
    used: usize,
    examples: Vec<usize>,
}

/// Widths of rows are multiples of this, which matrix products on a GPU like.
const STEP: usize = 64;
/// Narrower rows would only make more of them.
const NARROWEST: usize = 192;

/// How wide a row is that holds `tokens`.
pub fn width(tokens: usize) -> usize {
    tokens.next_multiple_of(STEP).max(NARROWEST)
}

/// The number of tokens in a batch, and the sum of their weights.
pub fn count(rows: &Rows, documents: &[&Document]) -> (usize, f32) {
    rows.iter()
        .flatten()
        .map(|i| {
            let document = documents[*i];
            let weight = document.learned().map(|(_, weight)| weight).sum::<f32>();
            (document.tokens.len(), weight)
        })
        .fold((0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_appears_once_and_no_row_overflows() {
        let lengths: Vec<usize> = (0..500).map(|i| 40 + i * 37 % 300).collect();
        let batches = epoch(&lengths, 4, 512, 7, 0);
        let mut seen: Vec<usize> = batches.iter().flatten().flatten().copied().collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..500).collect::<Vec<_>>());
        let used = |row: &Vec<usize>| row.iter().map(|i| lengths[*i]).sum::<usize>();
        assert!(batches.iter().flatten().all(|row| used(row) <= 512));
        let rows = batches.iter().flatten().count();
        let filled = lengths.iter().sum::<usize>() as f64 / (rows * 512) as f64;
        assert!(filled > 0.93, "{filled}");
    }

    #[test]
    fn rows_of_a_batch_are_of_like_width_and_well_filled() {
        let lengths: Vec<usize> = (0..3000).map(|i| 60 + i * 37 % 450).collect();
        let batches = by_width(&lengths, 8, 512, 7, 0);
        let mut seen: Vec<usize> = batches.iter().flatten().flatten().copied().collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..3000).collect::<Vec<_>>());
        let used = |row: &Vec<usize>| row.iter().map(|i| lengths[*i]).sum::<usize>();
        let mut padded = 0;
        for batch in &batches {
            let widest = batch.iter().map(|row| width(used(row))).max().unwrap();
            assert!(widest <= 512 && widest * batch.len() <= 8 * 512 + 512);
            padded += widest * batch.len();
        }
        let filled = lengths.iter().sum::<usize>() as f64 / padded as f64;
        assert!(filled > 0.85, "{filled}");
        assert_eq!(batches, by_width(&lengths, 8, 512, 7, 0));
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_only() {
        let lengths = vec![100; 64];
        assert_eq!(epoch(&lengths, 2, 512, 7, 0), epoch(&lengths, 2, 512, 7, 0));
        assert_ne!(epoch(&lengths, 2, 512, 7, 0), epoch(&lengths, 2, 512, 7, 1));
        assert_ne!(epoch(&lengths, 2, 512, 7, 0), epoch(&lengths, 2, 512, 8, 0));
    }
}
