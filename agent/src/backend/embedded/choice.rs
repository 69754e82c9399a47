//! Which token is written next.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::engine::TOP_P;

/// Takes the likeliest token, or draws one.
pub struct Choice {
    temperature: f64,
    random: SmallRng,
}

impl Choice {
    /// A temperature of 0 takes the likeliest token every time.
    pub fn new(temperature: f64, seed: u64) -> Choice {
        Choice {
            temperature,
            random: SmallRng::seed_from_u64(seed),
        }
    }

    /// A token by the scores of all; `None` where no token has any.
    pub fn of(&mut self, scores: &[f32]) -> Option<u32> {
        let most = scores.iter().fold(
            f32::NEG_INFINITY,
            |most, score| {
                if *score > most { *score } else { most }
            },
        );
        if !most.is_finite() {
            return None;
        }
        let place = match self.temperature > 0.0 {
            true => self.drawn(scores, most),
            false => scores.iter().position(|score| *score == most),
        };
        place.and_then(|place| u32::try_from(place).ok())
    }

    /// Draws from the likeliest tokens that together come to [`TOP_P`] (Holtzman et al. 2020).
    fn drawn(&mut self, scores: &[f32], most: f32) -> Option<usize> {
        let weight = |score: &f32| (f64::from(score - most) / self.temperature).exp();
        let mut weights: Vec<(usize, f64)> = scores.iter().map(weight).enumerate().collect();
        weights.retain(|(_, weight)| *weight > 0.0);
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        let whole: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let mut sum = 0.0;
        let nucleus = weights.iter().position(|(_, weight)| {
            sum += weight;
            sum >= TOP_P * whole
        });
        weights.truncate(nucleus.map_or(weights.len(), |last| last + 1));
        let whole: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let mut left = self.random.random::<f64>() * whole;
        let drawn = weights.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        drawn.or(weights.last()).map(|(place, _)| *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_is_taken() {
        let mut choice = Choice::new(0.0, 1);
        assert_eq!(choice.of(&[1.0, f32::NAN, 3.0, 2.0]), Some(2));
        assert_eq!(choice.of(&[f32::NEG_INFINITY; 3]), None);
        assert_eq!(choice.of(&[]), None);
    }

    #[test]
    fn drawn_are_likely_ones_by_their_probability() {
        // 0.6, 0.3, 0.09 and 0.01: the last is beyond what comes to 0.95.
        let scores = [0.09, 0.6, 0.01, 0.3].map(f32::ln);
        let mut choice = Choice::new(1.0, 7);
        let mut counts = [0; 4];
        for _ in 0..2000 {
            counts[choice.of(&scores).expect("a token") as usize] += 1;
        }
        assert_eq!(counts[2], 0);
        assert!((1100..1320).contains(&counts[1]), "{counts:?}");
        assert!((500..710).contains(&counts[3]), "{counts:?}");
        let mut again = Choice::new(1.0, 7);
        let mut first = Choice::new(1.0, 7);
        let draw =
            |choice: &mut Choice| -> Vec<_> { (0..20).map(|_| choice.of(&scores)).collect() };
        assert_eq!(draw(&mut again), draw(&mut first), "a seed draws the same");
    }
}
