//! Dates in Liquid: reading, moving and formatting them.

use serde_json::Value;
use time::{Duration, Month, OffsetDateTime, UtcOffset};

/// A date from a text, from seconds since 1970, or from `now` where the environment says when that
/// is: as a text, or in seconds since 1970.
pub(super) fn instant(value: &Value, now: Option<&Value>) -> Option<OffsetDateTime> {
    match value {
        Value::String(word) if is_now(word) => match now? {
            Value::String(text) if is_now(text) => None,
            now => instant(now, None),
        },
        Value::String(text) => crate::condition::instant(text),
        Value::Number(seconds) => OffsetDateTime::from_unix_timestamp(seconds.as_i64()?).ok(),
        _ => None,
    }
}

/// The words that mean the time of the run.
pub(super) fn is_now(word: &str) -> bool {
    word == "now" || word == "today"
}

/// A span of time such as `2 days`: the amount, and the unit without its plural.
pub(super) fn span(text: &str) -> Option<(i64, &str)> {
    let (amount, unit) = text.trim().split_once(char::is_whitespace)?;
    let unit = unit.trim();
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let known = ["second", "minute", "hour", "day", "week", "month", "year"];
    known
        .contains(&unit)
        .then_some((amount.parse().ok()?, unit))
}

/// Moves a date by a [`span`]; `None` where that leads to no date.
pub(super) fn shift(
    instant: OffsetDateTime,
    (amount, unit): (i64, &str),
    back: bool,
) -> Option<OffsetDateTime> {
    let amount = if back { amount.checked_neg()? } else { amount };
    let seconds = match unit {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        "month" => return months(instant, amount),
        _ => return months(instant, amount.checked_mul(12)?),
    };
    instant.checked_add(Duration::seconds(amount.checked_mul(seconds)?))
}

/// A date as Flow's own filters write it, in UTC; `None` for one that has no year of four digits there.
pub(super) fn iso(instant: OffsetDateTime) -> Option<String> {
    let instant = instant.checked_to_offset(UtcOffset::UTC)?;
    Some(format_date(instant, "%Y-%m-%dT%H:%M:%SZ"))
}

/// Months later; the last day of the month where the day is missing there.
fn months(instant: OffsetDateTime, amount: i64) -> Option<OffsetDateTime> {
    let months = i64::from(instant.year())
        .checked_mul(12)?
        .checked_add(i64::from(u8::from(instant.month())) - 1)?
        .checked_add(amount)?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12)).ok()? + 1).ok()?;
    let day = instant.day().min(month.length(year));
    let date = time::Date::from_calendar_date(year, month, day).ok()?;
    Some(instant.replace_date(date))
}

/// `strftime`, with the directives that Liquid documents.
pub(super) fn format_date(instant: OffsetDateTime, format: &str) -> String {
    let format = if format.is_empty() {
        "%Y-%m-%d %H:%M:%S %z"
    } else {
        format
    };
    let hour12 = match instant.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let month = instant.month().to_string();
    let weekday = instant.weekday().to_string();
    let offset = instant.offset().whole_minutes();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut directive = chars.next();
        // `%-d` is `%d` without its leading zero, `%^B` is `%B` in capitals.
        let (mut unpadded, mut capitals) = (false, false);
        while let Some(flag @ ('-' | '^')) = directive {
            unpadded |= flag == '-';
            capitals |= flag == '^';
            directive = chars.next();
        }
        let piece = match directive {
            Some('Y') => instant.year().to_string(),
            Some('y') => format!("{:02}", instant.year().rem_euclid(100)),
            Some('m') => format!("{:02}", u8::from(instant.month())),
            Some('d') => format!("{:02}", instant.day()),
            Some('e') => format!("{:>2}", instant.day()),
            Some('j') => format!("{:03}", instant.ordinal()),
            Some('H') => format!("{:02}", instant.hour()),
            Some('I') => format!("{hour12:02}"),
            Some('l') => format!("{hour12:>2}"),
            Some('M') => format!("{:02}", instant.minute()),
            Some('S') => format!("{:02}", instant.second()),
            Some('L') => format!("{:03}", instant.millisecond()),
            Some('p') => if instant.hour() < 12 { "AM" } else { "PM" }.to_string(),
            Some('P') => if instant.hour() < 12 { "am" } else { "pm" }.to_string(),
            Some('B') => month.clone(),
            Some('b' | 'h') => month.chars().take(3).collect(),
            Some('A') => weekday.clone(),
            Some('a') => weekday.chars().take(3).collect(),
            Some('u') => instant.weekday().number_from_monday().to_string(),
            Some('w') => instant.weekday().number_days_from_sunday().to_string(),
            Some('s') => instant.unix_timestamp().to_string(),
            Some('F') => format_date(instant, "%Y-%m-%d"),
            Some('D' | 'x') => format_date(instant, "%m/%d/%y"),
            Some('R') => format_date(instant, "%H:%M"),
            Some('r') => format_date(instant, "%I:%M:%S %p"),
            Some('c') => format_date(instant, "%a %b %e %H:%M:%S %Y"),
            Some('C') => format!("{:02}", instant.year().div_euclid(100)),
            Some('k') => format!("{:>2}", instant.hour()),
            Some('G') => instant.to_iso_week_date().0.to_string(),
            Some('V') => format!("{:02}", instant.iso_week()),
            Some('U') => format!("{:02}", instant.sunday_based_week()),
            Some('W') => format!("{:02}", instant.monday_based_week()),
            Some('n') => "\n".to_string(),
            Some('t') => "\t".to_string(),
            Some('T' | 'X') => format_date(instant, "%H:%M:%S"),
            Some('z') => format!(
                "{}{:02}{:02}",
                if offset < 0 { '-' } else { '+' },
                offset.abs() / 60,
                offset.abs() % 60
            ),
            Some('Z') if offset == 0 => "UTC".to_string(),
            Some('Z') => format_date(instant, "%z"),
            Some('%') => "%".to_string(),
            Some(other) => format!("%{other}"),
            None => "%".to_string(),
        };
        let piece = if capitals {
            piece.to_uppercase()
        } else {
            piece
        };
        if unpadded {
            let trimmed = piece.trim_start_matches(['0', ' ']);
            out.push_str(if trimmed.is_empty() { "0" } else { trimmed });
        } else {
            out.push_str(&piece);
        }
    }
    out
}
