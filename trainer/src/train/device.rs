//! Where a run computes, and how its products round.

#[cfg(feature = "cuda")]
use anyhow::Context;
use anyhow::Result;
use candle_core::{DType, Device};

/// Where the run computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Where {
    /// The CPU.
    Cpu,
    /// An NVIDIA GPU (needs the feature `cuda`).
    Cuda,
}

/// How matrix products round.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Operands rounded to TF32, sums in f32 (on a GPU).
    Tf32,
    /// Weights and what they multiply rounded to bf16, sums in f32 (on a GPU, which then keeps frozen
    /// weights in bf16 only, or on a CPU with AVX-512 BF16).
    Bf16,
    /// Everything in f32.
    F32,
}

/// The precision asked for, if the device has it, or the fastest that it has.
pub fn precision(place: Where, wanted: Option<Precision>, full: bool) -> Result<Precision> {
    let rounds = crate::ops::bf16::available();
    match (place, wanted) {
        (Where::Cuda, None) => Ok(Precision::Tf32),
        (Where::Cpu, Some(Precision::Tf32)) => {
            anyhow::bail!("--precision tf32 is for NVIDIA GPUs; on the CPU choose bf16 or f32.")
        }
        (Where::Cpu, Some(Precision::Bf16)) if full => anyhow::bail!(
            "--precision bf16 is for frozen weights on the CPU; with --full choose f32."
        ),
        (Where::Cpu, Some(Precision::Bf16)) if !rounds => anyhow::bail!(
            "This CPU lacks the AVX-512 BF16 instructions that --precision bf16 needs; choose f32."
        ),
        (Where::Cpu, None) if rounds && !full => Ok(Precision::Bf16),
        (Where::Cpu, None) => Ok(Precision::F32),
        (_, Some(precision)) => Ok(precision),
    }
}

/// Opens the device.
pub fn device(place: Where, precision: Precision) -> Result<Device> {
    match place {
        Where::Cpu => Ok(Device::Cpu),
        #[cfg(feature = "cuda")]
        // With bf16 the products that stay in f32, as those of attention, round to TF32.
        Where::Cuda => crate::ops::cuda::open(precision != Precision::F32)
            .context("The NVIDIA GPU could not be opened; train with --device cpu."),
        #[cfg(not(feature = "cuda"))]
        Where::Cuda => {
            let _ = precision;
            anyhow::bail!(
                "This trainer was built without GPU support; build it with --features cuda."
            )
        }
    }
}

/// The type in which frozen weights stay on the device.
pub fn frozen(precision: Precision, device: &Device) -> DType {
    // The CPU keeps its rounded copy beside the weights, in the layout of its instructions.
    match precision {
        Precision::Bf16 if !device.is_cpu() => DType::BF16,
        _ => DType::F32,
    }
}
