//! Whatever the text, the number is the standard library's, to the bit.

use proptest::prelude::*;

use super::*;

fn same(text: &str) -> Result<(), TestCaseError> {
    let (ours, theirs) = (read(text), text.parse::<f64>().ok());
    match theirs {
        Some(number) if number.is_nan() => prop_assert!(ours.is_some_and(f64::is_nan), "{text}"),
        theirs => prop_assert_eq!(ours.map(f64::to_bits), theirs.map(f64::to_bits), "{}", text),
    }
    Ok(())
}

#[test]
fn texts_at_the_edges() {
    for text in [
        "",
        "0",
        "-0",
        "+0",
        "1",
        "-1",
        "+1",
        "1.",
        ".5",
        ".",
        "-.",
        "1e",
        "1e+",
        "e5",
        "1e5",
        "1E-5",
        "1e+05",
        "--1",
        "+-1",
        "1_000",
        " 1",
        "1 ",
        "0x1",
        "1.2.3",
        "1e1e1",
        "1e1.5",
        "inf",
        "-inf",
        "INFINITY",
        "+Infinity",
        "nan",
        "-NaN",
        "infin",
        "١",
        "9007199254740993",
        "9007199254740992.5",
        "9007199254740993.5",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "179769313486231580793e289",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.5e-324",
        "1e-400",
        "1e400",
        "0e999999999999999999999",
        "1e999999999999999999999",
        "1e-999999999999999999999",
        "8.988465674311581e307",
        "123456789012345678901234567890",
        "0.000000000000000000001",
        "1e22",
        "1e23",
        "123456789012345e22",
        "999999999999999e-22",
        "6.02214076e23",
        "0.1",
        "0.30000000000000004",
    ] {
        same(text).unwrap_or_else(|error| panic!("{error}"));
    }
    let long = "3".repeat(900);
    for text in [
        format!("0.{long}"),
        long.clone(),
        format!("{long}e-900"),
        format!("{}1e-400", "0".repeat(500)),
        format!("0.{}1", "0".repeat(320)),
        // Just in the middle between two numbers, and the least bit above it.
        format!("9007199254740993.{}", "0".repeat(800)),
        format!("9007199254740993.{}1", "0".repeat(800)),
    ] {
        same(&text).unwrap_or_else(|error| panic!("{error}"));
    }
    // However long, it takes no time.
    same(&"7".repeat(1_000_000)).unwrap_or_else(|error| panic!("{error}"));
}

proptest! {
    #[test]
    fn texts_of_digits(text in "[-+]?[0-9]{0,25}(\\.[0-9]{0,25})?([eE][-+]?[0-9]{1,3})?") {
        same(&text)?;
    }

    #[test]
    fn what_was_written_from_any_bits(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        same(&number.to_string())?;
        same(&format!("{number:e}"))?;
        same(&format!("{number:.30e}"))?;
    }

    #[test]
    fn what_lies_in_the_middle_of_two_numbers(size in 1..(1_u64 << 53), power in -60..60_i32) {
        // Written in full, a middle has no rounding of its own.
        let middle = (u128::from(size) * 2 + 1) << (power.unsigned_abs() % 60);
        same(&middle.to_string())?;
        same(&(middle + 1).to_string())?;
        same(&(middle - 1).to_string())?;
    }

    #[test]
    fn texts_of_anything(text in "[-+.eE0-9infaty]{0,8}") {
        same(&text)?;
    }
}
