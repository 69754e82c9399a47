//! What a run tells those who watch: a bar, lines on standard error, and `metrics.jsonl`.

use super::run::{Run, Stepped};
use anyhow::{Result, ensure};
use candle_core::Tensor;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Steps whose mean is reported as the last loss.
const RECENT: usize = 20;

/// Collects losses, which stay on the device until they are due, and reports them.
pub struct Report {
    metrics: File,
    bar: ProgressBar,
    watched: bool,
    /// Steps between readings of the loss.
    every: u64,
    pending: Vec<Tensor>,
    window: Instant,
    window_tokens: usize,
    last_line: Instant,
    /// The mean of the losses that were read last.
    pub loss: f32,
}

impl Report {
    /// Reports into `folder`; with `append` after what an earlier part of the run has written.
    pub fn new(folder: &Path, append: bool, every: u64, total: u64, steps: u64) -> Result<Self> {
        let metrics = std::fs::OpenOptions::new()
            .create(true)
            .write(true)
            .append(append)
            .truncate(!append)
            .open(folder.join("metrics.jsonl"))?;
        let bar = ProgressBar::new(total).with_style(
            ProgressStyle::with_template(
                "{bar:30} step {pos}/{len} {msg} elapsed {elapsed} left {eta}",
            )
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_position(steps);
        Ok(Report {
            metrics,
            bar,
            watched: std::io::stderr().is_terminal(),
            every,
            pending: vec![],
            window: Instant::now(),
            window_tokens: 0,
            last_line: Instant::now(),
            loss: f32::NAN,
        })
    }

    /// Takes note of a step, `seconds` into the run.
    pub fn step(&mut self, run: &mut Run<'_>, stepped: Stepped, seconds: f64) -> Result<()> {
        self.window_tokens += stepped.tokens;
        self.pending.push(stepped.loss);
        self.bar.set_position(run.meta.steps);
        if !run.meta.steps.is_multiple_of(self.every) && run.meta.first_loss.is_some() {
            return Ok(());
        }
        self.read(run)?;
        let speed = self.window_tokens as f64 / self.window.elapsed().as_secs_f64();
        (self.window, self.window_tokens) = (Instant::now(), 0);
        let loss = self.loss;
        let line = serde_json::json!({
            "step": run.meta.steps,
            "loss": loss,
            "gradient_norm": stepped.norm.to_vec1::<f32>()?[0],
            "learning_rate": stepped.learning_rate,
            "tokens": run.meta.tokens,
            "seconds": seconds,
            "tokens_per_second": speed,
        });
        writeln!(self.metrics, "{line}")?;
        self.bar
            .set_message(format!("loss {loss:.4} {speed:.0} tokens/s"));
        if !self.watched && self.last_line.elapsed() > Duration::from_secs(10) {
            self.last_line = Instant::now();
            eprintln!(
                "step {}/{} loss {loss:.4} {speed:.0} tokens/s",
                run.meta.steps,
                run.total()
            );
        }
        Ok(())
    }

    /// Reads the losses that are still on the device.
    pub fn read(&mut self, run: &mut Run<'_>) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let losses = Tensor::cat(&self.pending, 0)?.to_vec1::<f32>()?;
        self.pending.clear();
        ensure!(
            losses.iter().all(|l| l.is_finite()),
            "The loss is no longer a number at step {}; lower --learning-rate.",
            run.meta.steps
        );
        let meta = &mut run.meta;
        meta.first_loss = meta.first_loss.or(losses.first().copied());
        meta.recent.extend(&losses);
        let surplus = meta.recent.len().saturating_sub(RECENT);
        meta.recent.drain(..surplus);
        self.loss = losses.iter().sum::<f32>() / losses.len() as f32;
        Ok(())
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
