//! Attention of one token over all before it.

use wide::f32x8;

/// Numbers that are worked on at a time.
pub(crate) const LANES: usize = 8;

/// The queries of heads that share keys and values, one after the other, over `count` tokens; writes what
/// they find to `out`, which is as long.
pub(crate) fn attend(
    queries: &[f32],
    keys: &[f32],
    values: &[f32],
    head: usize,
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    let count = keys.len() / head;
    // Room for whole steps of eight: what is beyond the last token weighs nothing.
    let padded = count.next_multiple_of(LANES);
    let scale = (head as f32).sqrt().recip();
    for (query, out) in queries.chunks_exact(head).zip(out.chunks_exact_mut(head)) {
        scores.clear();
        scores.extend(keys.chunks_exact(head).map(|key| scale * dot(query, key)));
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        scores.resize(padded, f32::NEG_INFINITY);
        let mut sum = f32x8::ZERO;
        for eight in scores.chunks_exact_mut(LANES) {
            let weights = (load(eight) - f32x8::splat(most)).exp();
            eight.copy_from_slice(weights.as_array_ref());
            sum += weights;
        }
        weigh(scores, values, sum.reduce_add().recip(), out);
    }
}

/// The sum of the values, each times its weight.
fn weigh(weights: &[f32], values: &[f32], scale: f32, out: &mut [f32]) {
    let head = out.len();
    // Four times eight numbers of a head stay in registers while all tokens go by.
    for (part, out) in out.chunks_mut(4 * LANES).enumerate() {
        let mut sums = [f32x8::ZERO; 4];
        let rows = values.chunks_exact(head);
        for (value, weight) in rows.zip(weights) {
            let weight = f32x8::splat(*weight);
            let value = &value[part * 4 * LANES..][..out.len()];
            for (sum, eight) in sums.iter_mut().zip(value.chunks_exact(LANES)) {
                *sum = weight.mul_add(load(eight), *sum);
            }
        }
        for (out, sum) in out.chunks_exact_mut(LANES).zip(sums) {
            out.copy_from_slice((sum * f32x8::splat(scale)).as_array_ref());
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [f32x8::ZERO; 2];
    for (a, b) in a.chunks(2 * LANES).zip(b.chunks(2 * LANES)) {
        for (sum, (a, b)) in sums
            .iter_mut()
            .zip(a.chunks_exact(LANES).zip(b.chunks_exact(LANES)))
        {
            *sum = load(a).mul_add(load(b), *sum);
        }
    }
    (sums[0] + sums[1]).reduce_add()
}

/// Eight numbers.
pub(crate) fn load(eight: &[f32]) -> f32x8 {
    let mut array = [0.0; LANES];
    array.copy_from_slice(eight);
    f32x8::new(array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_the_mean_of_the_values_by_their_weights() {
        let head = 40;
        let number = |i: usize| ((i * 7919) % 101) as f32 / 50.0 - 1.0;
        let numbers =
            |from: usize, count: usize| -> Vec<f32> { (from..from + count).map(number).collect() };
        for count in [1, 5, 8, 19] {
            let (queries, keys) = (numbers(3, 2 * head), numbers(500, count * head));
            let values = numbers(9000, count * head);
            let mut out = vec![0.0; 2 * head];
            attend(&queries, &keys, &values, head, &mut Vec::new(), &mut out);
            for (query, out) in queries.chunks(head).zip(out.chunks(head)) {
                let score = |key: &[f32]| -> f32 {
                    let dot: f32 = key.iter().zip(query).map(|(a, b)| a * b).sum();
                    (dot / (head as f32).sqrt()).exp()
                };
                let weights: Vec<f32> = keys.chunks(head).map(score).collect();
                let whole: f32 = weights.iter().sum();
                for (place, got) in out.iter().enumerate() {
                    let column = values.iter().skip(place).step_by(head);
                    let mean: f32 = column.zip(&weights).map(|(v, w)| v * w / whole).sum();
                    assert!((mean - got).abs() < 1e-5, "{mean} {got}");
                }
            }
        }
    }
}
