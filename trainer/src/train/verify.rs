//! Compares a device with the CPU before a long run is trusted to it.

use super::Precision;
use super::data::Dataset;
use super::optimiser::Gradients;
use super::run::{self, Settings};
use crate::model::{Adapter, Base, Batch, Document, Parameters};
use anyhow::{Result, ensure};
use candle_core::{Device, Tensor};

/// Largest relative difference that is put down to rounding; TF32 keeps ten bits.
const TOLERANCE: f64 = 0.03;
/// The same where weights and what they multiply are rounded to bf16, which keeps seven.
const TOLERANCE_BF16: f64 = 0.1;

/// Computes loss and gradient of a few examples on both devices.
pub fn verify(base: &Base, dataset: &Dataset, settings: &Settings, device: &Device) -> Result<()> {
    // The very weights, rounded as they are on the device, so that only the computing is compared.
    let cpu_base = base.copy(&Device::Cpu)?;
    let cpu_base = match settings.full {
        true => cpu_base.variables()?,
        false => cpu_base,
    };
    // Two rows, the first of them with two documents, so that packing and padding are tried too.
    let few: Vec<&Document> = dataset
        .examples
        .iter()
        .map(|e| &e.document)
        .filter(|d| d.tokens.len() * 2 <= settings.length)
        .take(3)
        .collect();
    ensure!(
        few.len() == 3,
        "--verify needs three examples of at most {} tokens.",
        settings.length / 2
    );
    let rows = [vec![few[0], few[1]], vec![few[2]]];
    let (cpu_loss, cpu) = gradients(&cpu_base, &rows, settings, &Device::Cpu)?;
    let (loss, other) = gradients(base, &rows, settings, device)?;
    let mut worst = 0.0f64;
    for ((name, a), (_, b)) in cpu.iter().zip(&other) {
        let length = |t: &Tensor| -> Result<f64> {
            Ok(f64::from(t.sqr()?.sum_all()?.sqrt()?.to_scalar::<f32>()?))
        };
        let difference = length(&(a - b)?)? / length(a)?.max(1e-12);
        if difference > worst {
            worst = difference;
            tracing::info!("{name}: relative difference {difference:.5}");
        }
    }
    eprintln!(
        "verified: loss {loss:.5} on the device, {cpu_loss:.5} on the CPU; largest relative difference of a gradient {worst:.5}"
    );
    let tolerance = match settings.precision {
        Some(Precision::Bf16) => TOLERANCE_BF16,
        _ => TOLERANCE,
    };
    ensure!(
        (loss - cpu_loss).abs() <= 0.01 * cpu_loss.abs() && worst <= tolerance,
        "The device does not compute what the CPU computes; train with --device cpu or try --precision f32."
    );
    Ok(())
}

type Named = Vec<(String, Tensor)>;

fn gradients(
    base: &Base,
    rows: &[Vec<&Document>],
    settings: &Settings,
    device: &Device,
) -> Result<(f32, Named)> {
    let batch = Batch::new(rows, settings.length, &base.spec, device)?;
    let adapter = match settings.full {
        true => None,
        false => Some(adapter(base, settings, device)?),
    };
    let parameters = match &adapter {
        Some(adapter) => Parameters::of_adapter(adapter),
        None => Parameters::of_weights(base)?,
    };
    let scale = 1.0 / batch.weights.iter().sum::<f32>();
    let mut gradients = Gradients::new(&parameters);
    let pass = base.pass(adapter.as_ref(), &batch, true);
    let loss = run::gradients(pass, &parameters, scale, false, &mut gradients)?;
    let mut all = vec![];
    for ((name, _), gradient) in parameters.iter().zip(gradients.all(&parameters)?) {
        all.push((name.to_string(), gradient.to_device(&Device::Cpu)?));
    }
    Ok((loss.to_vec1::<f32>()?[0], all))
}

/// An adapter that has an effect: `B` starts at zero, which would hide mistakes.
fn adapter(base: &Base, settings: &Settings, device: &Device) -> Result<Adapter> {
    let (rank, alpha) = (settings.rank, settings.alpha);
    let adapter = Adapter::new(&base.spec, rank, alpha, settings.seed, device)?;
    for (name, var) in adapter.variables() {
        if name.ends_with("lora_B.weight") {
            let values: Vec<f32> = (0..var.elem_count())
                .map(|i| ((i * 7919 % 1009) as f32 / 1009.0 - 0.5) * 0.02)
                .collect();
            var.set(&Tensor::from_vec(values, var.dims(), device)?)?;
        }
    }
    Ok(adapter)
}
