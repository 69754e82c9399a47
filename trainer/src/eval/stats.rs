//! Shares with their uncertainty, and values by rank.

/// The ends of the 95 % interval of a share, in percent (Wilson 1927): with few cases a share says
/// little, and this says how little.
pub fn interval(right: usize, cases: usize) -> (f64, f64) {
    if cases == 0 {
        return (0.0, 100.0);
    }
    const Z: f64 = 1.959_964;
    let n = cases as f64;
    let p = right as f64 / n;
    let middle = p + Z * Z / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (
        100.0 * ((middle - reach) / whole).max(0.0),
        100.0 * ((middle + reach) / whole).min(1.0),
    )
}

/// A share as `87/300 (29 %, 24–34)`.
pub fn share(right: usize, cases: usize) -> String {
    let (low, high) = interval(right, cases);
    format!(
        "{right}/{cases} ({:.0} %, {low:.0}–{high:.0})",
        100.0 * right as f64 / cases.max(1) as f64
    )
}

/// The value that so many percent of the values do not exceed.
pub fn percentile(values: &[u64], percent: usize) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_tables() {
        // Brown, Cai, DasGupta 2001, and the limits by hand.
        for (right, cases, low, high) in [
            (0, 10, 0.0, 27.8),
            (5, 10, 23.7, 76.3),
            (10, 10, 72.2, 100.0),
            (87, 300, 24.2, 34.4),
        ] {
            let (a, b) = interval(right, cases);
            assert!((a - low).abs() < 0.1 && (b - high).abs() < 0.1, "{a} {b}");
        }
        assert_eq!(share(87, 300), "87/300 (29 %, 24–34)");
    }

    #[test]
    fn percentiles() {
        assert_eq!(percentile(&[], 50), 0);
        assert_eq!(percentile(&[5, 1, 3], 50), 3);
        assert_eq!(percentile(&(1..=100).collect::<Vec<_>>(), 95), 95);
    }
}
