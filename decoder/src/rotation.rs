//! Rotary positions (Su et al. 2021): each pair of numbers of a head is turned by an angle that grows
//! with the position.

use crate::spec::Spec;

/// The sines and cosines of all positions.
pub(crate) struct Rotation {
    /// For each position the cosine and the sine of every pair.
    turns: Vec<(f32, f32)>,
    pairs: usize,
    /// Whether pairs stand side by side, as in Llama's GGUF files, or half a head apart.
    beside: bool,
}

impl Rotation {
    pub fn new(spec: &Spec) -> Rotation {
        let pairs = spec.head / 2;
        let frequency =
            |pair: usize| f64::from(spec.rope_base).powf(-2.0 * pair as f64 / spec.head as f64);
        let frequencies: Vec<f64> = (0..pairs).map(frequency).collect();
        let turn = |angle: f64| (angle.cos() as f32, angle.sin() as f32);
        let turns = (0..spec.context)
            .flat_map(|position| frequencies.iter().map(move |f| turn(position as f64 * f)))
            .collect();
        Rotation {
            turns,
            pairs,
            beside: spec.architecture.pairs_in_gguf(),
        }
    }

    /// Turns one head at a position.
    pub fn turn(&self, head: &mut [f32], position: usize) {
        let turns = &self.turns[position * self.pairs..(position + 1) * self.pairs];
        if self.beside {
            for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(turns) {
                (pair[0], pair[1]) = (pair[0] * cos - pair[1] * sin, pair[0] * sin + pair[1] * cos);
            }
        } else {
            let (first, second) = head.split_at_mut(self.pairs);
            for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(turns) {
                (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
            }
        }
    }
}
