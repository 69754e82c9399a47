//! How fast a model reads and writes: `speed MODEL.gguf [THREADS]`.

use std::time::Instant;

use decoder::{Kernel, Model, Run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("usage: speed MODEL.gguf [THREADS]")?;
    let threads = match arguments.next() {
        Some(threads) => threads.parse()?,
        None => std::thread::available_parallelism()?.get(),
    };
    for kernel in Kernel::available() {
        let start = Instant::now();
        let model = Model::open(path.as_ref(), kernel, threads)?;
        let loaded = start.elapsed();
        let tokens: Vec<u32> = (0..245).map(|i| 1000 + 7 * i).collect();
        for _ in 0..3 {
            let mut memory = model.memory();
            let start = Instant::now();
            for tokens in tokens.chunks(128) {
                let memory = &mut memory;
                model.read(&mut [Run {
                    tokens,
                    memory,
                    scored: 1,
                }])?;
            }
            let reading = start.elapsed().as_secs_f64();
            let start = Instant::now();
            let mut last = 17;
            for _ in 0..100 {
                let memory = &mut memory;
                let scores = model.read(&mut [Run {
                    tokens: &[last],
                    memory,
                    scored: 1,
                }])?;
                let best = scores[0][0]
                    .iter()
                    .enumerate()
                    .max_by(|a, b| a.1.total_cmp(b.1));
                last = best.map_or(0, |(token, _)| token as u32);
            }
            let writing = start.elapsed().as_secs_f64();
            println!(
                "{kernel:?}: loaded in {loaded:.1?}, read 245 tokens at {:.0} tokens/s, wrote 100 at {:.1} tokens/s",
                245.0 / reading,
                100.0 / writing
            );
        }
    }
    Ok(())
}
