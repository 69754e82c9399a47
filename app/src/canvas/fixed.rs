//! Coordinates as they are written into the page, to a fixed part of a pixel.
//!
//! Places on the canvas are small, and a tenth of a pixel is all that is seen.

use std::fmt::{Display, Formatter, Result};

/// A number that is shown in parts of this many to one.
#[derive(Clone, Copy)]
pub struct Fixed {
    value: f64,
    parts: i64,
}

/// Whole pixels.
pub fn whole(value: f64) -> Fixed {
    Fixed { value, parts: 1 }
}

/// Tenths of a pixel.
pub fn tenths(value: f64) -> Fixed {
    Fixed { value, parts: 10 }
}

/// Thousandths, for scales.
pub fn thousandths(value: f64) -> Fixed {
    Fixed { value, parts: 1000 }
}

/// The value, or the bound that it is beyond. The `clamp` of the standard library can say in words
/// which bounds were wrong, and so brings the writing of floats along.
pub fn between(value: f64, low: f64, high: f64) -> f64 {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

impl Display for Fixed {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        // No number counts as nothing, and what is too large as the largest there is.
        let count = (self.value * self.parts as f64).round() as i64;
        let (count, sign) = (count.unsigned_abs(), if count < 0 { "-" } else { "" });
        let parts = self.parts.unsigned_abs();
        write!(f, "{sign}{}", count / parts)?;
        let (mut rest, mut parts) = (count % parts, parts);
        if rest > 0 {
            f.write_str(".")?;
        }
        while rest > 0 {
            parts /= 10;
            write!(f, "{}", rest / parts)?;
            rest %= parts;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_have_no_needless_digits() {
        for (shown, expected) in [
            (tenths(0.0), "0"),
            (tenths(-0.04), "0"),
            (tenths(12.34), "12.3"),
            (tenths(-12.36), "-12.4"),
            (tenths(200.0), "200"),
            (whole(-0.6), "-1"),
            (whole(1_536.4), "1536"),
            (thousandths(0.25), "0.25"),
            (thousandths(1.0), "1"),
            (thousandths(0.0416), "0.042"),
            (thousandths(2.004), "2.004"),
            (tenths(f64::NAN), "0"),
        ] {
            assert_eq!(shown.to_string(), expected);
        }
    }
}
