//! Reading a decimal number from text as the standard library reads an `f64`.
//!
//! The standard library looks powers up in a table: ten kilobytes that do not compress, in a page that
//! is loaded over the network. Numbers here are short, so that nearly all of them are one exact
//! multiplication or division; the others are found by comparing long integers.

/// The number that a text spells, the nearest `f64` to it; `None` for what is no number.
///
/// What `text.parse::<f64>()` gives, `inf` and `nan` included.
pub(crate) fn read(text: &str) -> Option<f64> {
    let (sign, plain) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    let word = |word: &str| plain.eq_ignore_ascii_case(word);
    let size = if word("inf") || word("infinity") {
        f64::INFINITY
    } else if word("nan") {
        f64::NAN
    } else {
        let (digits, exponent) = parts(plain)?;
        nearest(&digits, exponent)
    };
    Some(sign * size)
}

const MOST_DIGITS: usize = 800;

/// The digits without zeros around them, and the power of ten they are multiplied with.
fn parts(text: &str) -> Option<(Vec<u8>, i64)> {
    let (number, power) = match text.split_once(['e', 'E']) {
        Some((number, power)) => (number, whole(power)?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut digits: Vec<u8> = all()
        .map(|byte| byte - b'0')
        .skip_while(|digit| *digit == 0)
        .collect();
    let mut exponent = power.saturating_sub(fraction.len() as i64);
    while digits.pop_if(|digit| *digit == 0).is_some() {
        exponent = exponent.saturating_add(1);
    }
    // No middle of two numbers has more digits than this; of what follows it only matters that it
    // is not nothing.
    let further = digits.len().saturating_sub(MOST_DIGITS);
    if further > 0 {
        digits.truncate(MOST_DIGITS);
        digits.push(1);
        exponent = exponent.saturating_add(further as i64 - 1);
    }
    Some((digits, exponent))
}

/// A power of ten: digits with or without a sign. One that is too great to matter is cut off.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.bytes().fold(0_i64, |size, digit| {
        size.saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'))
    });
    Some(if text.starts_with('-') { -size } else { size })
}

/// Powers of ten up to here are exact as `f64`, and so are whole numbers up to 2 to the power of 53.
const EXACT_POWER: u64 = 22;

fn nearest(digits: &[u8], exponent: i64) -> f64 {
    // Where the first digit stands decides first: what is far beyond the range needs no comparing.
    let magnitude = exponent.saturating_add(digits.len() as i64);
    if digits.is_empty() || magnitude < -330 {
        return 0.0;
    }
    if magnitude > 310 {
        return f64::INFINITY;
    }
    if digits.len() <= 15 && exponent.unsigned_abs() <= EXACT_POWER {
        let whole = digits
            .iter()
            .fold(0_u64, |whole, digit| whole * 10 + u64::from(*digit));
        let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
        return if exponent < 0 {
            whole as f64 / power
        } else {
            whole as f64 * power
        };
    }
    // The number is `left / right`. Bit patterns of positive numbers are in the order of the
    // numbers: the nearest one is the first whose middle to the next is not below the number.
    let (mut left, mut right) = (Long::default(), Long::from(1));
    for digit in digits {
        left.multiply_add(10, u32::from(*digit));
    }
    for _ in 0..exponent.unsigned_abs() {
        let side = if exponent < 0 { &mut right } else { &mut left };
        side.multiply_add(10, 0);
    }
    let (mut low, mut high) = (0_u64, f64::INFINITY.to_bits());
    while low < high {
        let bits = low + (high - low) / 2;
        let beyond = match middle(bits).cmp_product(&left, &right) {
            // Just in the middle: the even one of the two.
            std::cmp::Ordering::Equal => bits % 2 != 0,
            order => order.is_lt(),
        };
        if beyond {
            low = bits + 1;
        } else {
            high = bits;
        }
    }
    f64::from_bits(low)
}

/// The middle between the number with these bits and the next one.
fn middle(bits: u64) -> Middle {
    const FRACTION: u32 = 52;
    let fraction = bits & ((1 << FRACTION) - 1);
    let (size, power) = match bits >> FRACTION {
        0 => (fraction, -1074),
        power => (fraction | 1 << FRACTION, power as i32 - 1075),
    };
    Middle {
        size: 2 * size + 1,
        power: power - 1,
    }
}

/// `size` times two to the power of `power`.
struct Middle {
    size: u64,
    power: i32,
}

impl Middle {
    /// How this compares to `left / right`.
    fn cmp_product(&self, left: &Long, right: &Long) -> std::cmp::Ordering {
        let mut product = right.times(self.size);
        let mut left = left.clone();
        let longer = if self.power < 0 {
            &mut left
        } else {
            &mut product
        };
        longer.double(self.power.unsigned_abs());
        product.cmp(&left)
    }
}

/// A whole number of any length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Long {
    /// The least part first; the last one is not 0.
    parts: Vec<u32>,
}

impl Long {
    fn from(part: u32) -> Long {
        Long { parts: vec![part] }
    }

    fn multiply_add(&mut self, by: u32, add: u32) {
        let mut carried = u64::from(add);
        for part in &mut self.parts {
            carried += u64::from(*part) * u64::from(by);
            *part = carried as u32;
            carried >>= 32;
        }
        if carried != 0 {
            self.parts.push(carried as u32);
        }
    }

    fn times(&self, by: u64) -> Long {
        let mut low = self.clone();
        low.multiply_add(by as u32, 0);
        let mut high = self.clone();
        high.multiply_add((by >> 32) as u32, 0);
        high.double(32);
        high.add(&low);
        high
    }

    fn add(&mut self, other: &Long) {
        let mut carried = 0_u64;
        let length = self.parts.len().max(other.parts.len()) + 1;
        self.parts.resize(length, 0);
        for (at, part) in self.parts.iter_mut().enumerate() {
            carried += u64::from(*part) + u64::from(other.parts.get(at).copied().unwrap_or(0));
            *part = carried as u32;
            carried >>= 32;
        }
        self.trim();
    }

    /// Doubles the number so many times.
    fn double(&mut self, times: u32) {
        self.multiply_add(1 << (times % 32), 0);
        let zeros = times as usize / 32;
        self.parts.splice(0..0, std::iter::repeat_n(0, zeros));
        self.trim();
    }

    fn trim(&mut self) {
        while self.parts.pop_if(|part| *part == 0).is_some() {}
    }

    fn cmp(&self, other: &Long) -> std::cmp::Ordering {
        let length = self.parts.len().cmp(&other.parts.len());
        length.then_with(|| self.parts.iter().rev().cmp(other.parts.iter().rev()))
    }
}

#[cfg(test)]
mod tests;
