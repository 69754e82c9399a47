//! Made-up weights, to measure what a model of some shape costs without having one.

use super::{Base, Place, Spec};
use candle_core::{DType, Device, Result, Tensor};
use rand::{Rng, SeedableRng};

/// Spread of the weights; that of freshly made models.
const SPREAD: f32 = 0.02;

/// Seeded random weights, each made on the device that it stays on: a large model would not fit into
/// the machine's memory, and copying it would take longer than the measurement.
pub fn base(spec: &Spec, dtype: DType, seed: u64, device: &Device) -> Result<Base> {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    if !device.is_cpu() {
        device.set_seed(seed)?;
    }
    Base::gather(spec, |place: Place| {
        let shape = place.shape(spec);
        if place.is_gain() {
            return Tensor::ones(shape, DType::F32, device);
        }
        if !device.is_cpu() {
            // Devices draw normal numbers in f32 only.
            return Tensor::randn(0f32, SPREAD, shape, device)?.to_dtype(dtype);
        }
        // The CPU's own generator cannot be seeded. Uniform numbers of the same spread serve as well.
        let bound = SPREAD * 3f32.sqrt();
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| random.random_range(-bound..bound))
            .collect();
        Tensor::from_vec(values, shape, device)?.to_dtype(dtype)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Architecture, tiny};

    #[test]
    fn the_seed_decides_the_weights() {
        let spec = tiny::spec(Architecture::Qwen3);
        let weights = |seed| {
            let base = base(&spec, DType::F32, seed, &Device::Cpu).unwrap();
            base.output.flatten_all().unwrap().to_vec1::<f32>().unwrap()
        };
        assert_eq!(weights(1), weights(1));
        assert_ne!(weights(1), weights(2));
        let spread = weights(1).iter().map(|w| w * w).sum::<f32>() / weights(1).len() as f32;
        assert!((spread.sqrt() - SPREAD).abs() < 0.002, "{spread}");
    }
}
