//! The money filters.
//!
//! Flow gives amounts in units of the currency (`612.40`), so that is what these read; themes, which
//! have the same filters, count in cents. The currency is that of the amount itself where it carries
//! one, or else the shop's. Where neither is known, the amount is shown without a sign.

use serde_json::Value;

/// The signs that are clear without a country, and the currencies they stand for. Any other
/// currency is shown by its code.
const SIGNS: [(&str, &str); 12] = [
    ("USD", "$"),
    ("CAD", "$"),
    ("AUD", "$"),
    ("NZD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("ILS", "₪"),
    ("VND", "₫"),
    ("PHP", "₱"),
];

/// Currencies without a smaller unit (ISO 4217).
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];

/// The money filters.
pub(super) const FILTERS: [&str; 4] = [
    "money",
    "money_with_currency",
    "money_without_currency",
    "money_without_trailing_zeros",
];

/// Shows an amount as one of [`FILTERS`] does. `input` is what the amount was read from.
pub(super) fn shown(filter: &str, amount: f64, input: &Value, shop: Option<&Value>) -> String {
    let currency = input
        .get("currencyCode")
        .or_else(|| shop?.get("currencyCode"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let digits = if WHOLE.contains(&currency) { 0 } else { 2 };
    let mut number = grouped(amount.abs(), digits);
    if filter == "money_without_trailing_zeros"
        && let Some(whole) = number.strip_suffix(".00")
    {
        number = whole.to_string();
    }
    let minus = if amount < 0.0
        && number
            .bytes()
            .any(|byte| byte.is_ascii_digit() && byte != b'0')
    {
        "-"
    } else {
        ""
    };
    let sign = SIGNS
        .iter()
        .find(|(code, _)| *code == currency)
        .map(|(_, sign)| *sign);
    match (filter, sign) {
        ("money_without_currency", _) => format!("{minus}{number}"),
        ("money_with_currency", Some(sign)) => format!("{minus}{sign}{number} {currency}"),
        (_, Some(sign)) => format!("{minus}{sign}{number}"),
        (_, None) if currency.is_empty() => format!("{minus}{number}"),
        (_, None) => format!("{minus}{number} {currency}"),
    }
}

/// `1234567.5` as `1,234,567.50`.
fn grouped(amount: f64, digits: usize) -> String {
    let plain = format!("{amount:.digits$}");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::with_capacity(plain.len() + plain.len() / 3);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_shown_in_their_currency() {
        for (filter, input, shop, expected) in [
            ("money", json!("612.4"), "USD", "$612.40"),
            ("money", json!(1234567.5), "EUR", "€1,234,567.50"),
            ("money", json!("1999"), "JPY", "¥1,999"),
            ("money", json!("12"), "SEK", "12.00 SEK"),
            ("money", json!("12"), "", "12.00"),
            ("money", json!("-0.001"), "USD", "$0.00"),
            ("money", json!("-5"), "GBP", "-£5.00"),
            ("money_with_currency", json!("10"), "CAD", "$10.00 CAD"),
            ("money_with_currency", json!("10"), "CHF", "10.00 CHF"),
            ("money_without_currency", json!("1000"), "USD", "1,000.00"),
            ("money_without_trailing_zeros", json!("10.00"), "USD", "$10"),
            (
                "money_without_trailing_zeros",
                json!("10.50"),
                "USD",
                "$10.50",
            ),
            (
                "money",
                json!({"amount": "7", "currencyCode": "EUR"}),
                "USD",
                "€7.00",
            ),
        ] {
            let amount = crate::condition::number(&input).unwrap_or(0.0);
            let shop = json!({"currencyCode": shop});
            assert_eq!(shown(filter, amount, &input, Some(&shop)), expected);
        }
        assert_eq!(shown("money", 1.0, &json!("1"), None), "1.00");
        // The largest number there is has some hundred digits, not a gigabyte of them.
        assert!(shown("money", f64::MAX, &json!(0), None).len() < 500);
    }
}
