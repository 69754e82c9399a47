//! The two orders in which the rows of a rotated head can stand.
//!
//! The trainer rotates neighbouring rows, as Llama's GGUF files store them. Hugging Face files, and
//! the GGUF files of other architectures, keep the two rows of a pair half a head apart.

use candle_core::{Result, Tensor};

/// From halves (Hugging Face) to pairs side by side, which is how the trainer rotates.
pub fn to_pairs(rows: &Tensor, head: usize) -> Result<Tensor> {
    reorder(rows, head, (2, head / 2))
}

/// From pairs side by side to halves (Hugging Face).
pub fn to_halves(rows: &Tensor, head: usize) -> Result<Tensor> {
    reorder(rows, head, (head / 2, 2))
}

/// Reads the rows of each head as a grid of this many rows and columns, and writes it transposed.
/// The gains of a head are rows of one number.
fn reorder(rows: &Tensor, head: usize, (outer, inner): (usize, usize)) -> Result<Tensor> {
    let count = rows.dim(0)?;
    let width = rows.elem_count() / count;
    if !count.is_multiple_of(head) {
        candle_core::bail!("{count} rows cannot be cut into heads of {head}");
    }
    rows.reshape((count / head, outer, inner, width))?
        .transpose(1, 2)?
        .contiguous()?
        .reshape(rows.dims())
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn rows_of_a_head_are_reordered() {
        let flat = Tensor::arange(0f32, 8.0, &Device::Cpu).unwrap();
        for rows in [flat.clone(), flat.reshape((8, 1)).unwrap()] {
            let there = to_halves(&rows, 8).unwrap();
            assert_eq!(there.dims(), rows.dims());
            let values: Vec<f32> = there.flatten_all().unwrap().to_vec1().unwrap();
            assert_eq!(values, [0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 7.0]);
            let back = to_pairs(&there, 8).unwrap().flatten_all().unwrap();
            assert_eq!(
                back.to_vec1::<f32>().unwrap(),
                flat.to_vec1::<f32>().unwrap()
            );
        }
    }

    #[test]
    fn heads_do_not_mix() {
        let rows = Tensor::arange(0f32, 8.0, &Device::Cpu).unwrap();
        let values: Vec<f32> = to_halves(&rows, 4).unwrap().to_vec1().unwrap();
        assert_eq!(values, [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0]);
    }
}
