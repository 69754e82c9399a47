//! Schedules: the plain words of `@scheduled_time(every="week", on=["MO"], at="06:00")` and Flow's
//! `["DTSTART;TZID=UTC:20260101T060000\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0"]`.

use serde_json::Value as Json;

use super::expression::Value;
use super::lexer::quote;

/// The date a schedule starts on when the text names none. Nothing here reads a clock.
const DEFAULT_START: &str = "2026-01-01";
const DEFAULT_ZONE: &str = "UTC";
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const UNITS: [(&str, &str); 6] = [
    ("minute", "MINUTELY"),
    ("hour", "HOURLY"),
    ("day", "DAILY"),
    ("week", "WEEKLY"),
    ("month", "MONTHLY"),
    ("year", "YEARLY"),
];

/// The names under which the parts of a schedule are written.
pub(super) const NAMES: [&str; 5] = ["every", "on", "at", "timezone", "start"];

/// True for units whose runs happen at a time of day.
fn has_time(frequency: &str) -> bool {
    !matches!(frequency, "MINUTELY" | "HOURLY")
}

/// The words for a recurrence, or `None` when it is not of a simple shape.
pub(super) fn to_text(value: &str) -> Option<Vec<(&'static str, String)>> {
    let Json::Array(items) = serde_json::from_str(value).ok()? else {
        return None;
    };
    let [Json::String(text)] = items.as_slice() else {
        return None;
    };
    let mut lines = text.lines();
    let start = lines.next()?.strip_prefix("DTSTART")?;
    let rule = lines.next()?.strip_prefix("RRULE:")?;
    if lines.next().is_some() {
        return None;
    }
    let (zone, moment) = start.split_once(':')?;
    let zone = match zone {
        "" => DEFAULT_ZONE,
        zone => zone.strip_prefix(";TZID=")?,
    };
    let (date, time) = moment.split_once('T').unwrap_or((moment, "000000"));
    let digits = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(date, 8) || !digits(time, 6) || !time.ends_with("00") {
        return None;
    }
    let at = format!("{}:{}", &time[..2], &time[2..4]);
    let (mut frequency, mut interval, mut on) = (None, 1_u32, None);
    for part in rule.split(';') {
        let (key, value) = part.split_once('=')?;
        match key {
            "FREQ" => frequency = Some(value),
            "INTERVAL" => interval = value.parse().ok()?,
            "WKST" if value == "MO" => {}
            "BYHOUR" if value.parse::<u32>().ok() == time[..2].parse().ok() => {}
            "BYMINUTE" if value.parse::<u32>().ok() == time[2..4].parse().ok() => {}
            "BYSECOND" if value == "0" => {}
            "BYDAY" if on.is_none() && value.split(',').all(|day| DAYS.contains(&day)) => {
                let days: Vec<String> = value.split(',').map(quote).collect();
                on = Some(format!("[{}]", days.join(", ")));
            }
            "BYMONTHDAY"
                if on.is_none() && value.split(',').all(|day| day.parse::<i8>().is_ok()) =>
            {
                on = Some(format!(
                    "[{}]",
                    value.split(',').collect::<Vec<_>>().join(", ")
                ));
            }
            _ => return None,
        }
    }
    let frequency = frequency?;
    let unit = UNITS.iter().find(|(_, name)| *name == frequency)?.0;
    if interval == 0 || !has_time(frequency) && rule.contains("BYHOUR") {
        return None;
    }
    let mut out = vec![(
        "every",
        if interval == 1 {
            quote(unit)
        } else {
            quote(&format!("{interval} {unit}s"))
        },
    )];
    if let Some(on) = on {
        out.push(("on", on));
    }
    if has_time(frequency) || at != "00:00" {
        out.push(("at", quote(&at)));
    }
    if zone != DEFAULT_ZONE {
        out.push(("timezone", quote(zone)));
    }
    let start = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
    if start != DEFAULT_START {
        out.push(("start", quote(&start)));
    }
    Some(out)
}

/// True when words read as the schedule that they were written for.
pub(super) fn reads_back(words: &[(&'static str, String)]) -> bool {
    let named: Option<Vec<(String, Value)>> = words
        .iter()
        .map(|(name, shown)| Some(((*name).to_string(), super::values::read(shown)?)))
        .collect();
    let back = named.and_then(|named| from_values(&named).ok());
    back.and_then(|back| to_text(&back)).as_deref() == Some(words)
}

/// The recurrence that the words name; the sentence says what is wrong with them.
pub(super) fn from_values(named: &[(String, Value)]) -> Result<String, String> {
    let get = |name: &str| {
        named
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let text = |name: &str, default: &str| match get(name) {
        None => Ok(default.to_string()),
        Some(Value::Text(text)) => Ok(text.clone()),
        Some(_) => Err(format!("Write {name} as a text in quotes.")),
    };
    let every = text("every", "day")?.to_lowercase();
    let (mut frequency, interval, weekdays) = unit(&every).ok_or_else(|| {
        format!(
            "A schedule cannot run every \"{every}\"; write day, 2 weeks, 10 minutes and the like."
        )
    })?;
    let at = text("at", "00:00")?;
    let (hour, minute) =
        time(&at).ok_or_else(|| format!("\"{at}\" is no time of day; write it like \"06:00\"."))?;
    let zone = text("timezone", DEFAULT_ZONE)?;
    if zone.is_empty() || zone.contains([':', ';', '\n']) {
        return Err(format!(
            "\"{zone}\" is no time zone; write it like \"Europe/Paris\"."
        ));
    }
    let start = text("start", DEFAULT_START)?;
    let date: String = start.chars().filter(char::is_ascii_digit).collect();
    if date.len() != 8 {
        return Err(format!(
            "\"{start}\" is no date to start on; write it like \"2026-01-31\"."
        ));
    }
    let mut days: Vec<String> = Vec::new();
    let mut month_days: Vec<String> = Vec::new();
    if weekdays {
        days.extend(DAYS[..5].iter().map(ToString::to_string));
    }
    match get("on") {
        None => {}
        Some(Value::List(items)) => {
            for item in items {
                day(item, &mut days, &mut month_days)?;
            }
        }
        Some(value) => day(value, &mut days, &mut month_days)?,
    }
    // A day that runs on certain weekdays is a week that runs on them.
    if frequency == "DAILY" && !days.is_empty() && interval == 1 {
        frequency = "WEEKLY";
    }
    let mut rule = format!("FREQ={frequency}");
    if interval != 1 {
        rule.push_str(&format!(";INTERVAL={interval}"));
    }
    if !days.is_empty() {
        rule.push_str(&format!(";BYDAY={}", days.join(",")));
    } else if !month_days.is_empty() {
        rule.push_str(&format!(";BYMONTHDAY={}", month_days.join(",")));
    }
    if has_time(frequency) {
        rule.push_str(&format!(";BYHOUR={hour};BYMINUTE={minute}"));
    }
    let line = format!("DTSTART;TZID={zone}:{date}T{hour:02}{minute:02}00\nRRULE:{rule}");
    Ok(Json::Array(vec![Json::String(line)]).to_string())
}

fn unit(every: &str) -> Option<(&'static str, u32, bool)> {
    let every = every.trim();
    if matches!(every, "weekday" | "weekdays") {
        return Some(("WEEKLY", 1, true));
    }
    let (count, word) = match every.split_once(' ') {
        Some((count, word)) => (count.parse::<u32>().ok()?, word.trim()),
        None => (1, every),
    };
    let word = match word {
        "daily" => "day",
        "hourly" => "hour",
        "weekly" => "week",
        "monthly" => "month",
        "yearly" => "year",
        "minutes" | "hours" | "days" | "weeks" | "months" | "years" => &word[..word.len() - 1],
        other => other,
    };
    let (_, frequency) = UNITS.iter().find(|(name, _)| *name == word)?;
    (count > 0).then_some((frequency, count, false))
}

fn time(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    let (hour, minute) = (hour.trim().parse().ok()?, minute.trim().parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn day(value: &Value, days: &mut Vec<String>, month_days: &mut Vec<String>) -> Result<(), String> {
    match value {
        Value::Number(number)
            if number
                .parse::<i8>()
                .is_ok_and(|n| (1..=31).contains(&n.unsigned_abs())) =>
        {
            month_days.push(number.clone());
            Ok(())
        }
        Value::Text(text) => {
            for word in text.split(',') {
                let code: String = word.trim().to_uppercase().chars().take(2).collect();
                if !DAYS.contains(&code.as_str()) {
                    return Err(format!(
                        "\"{word}\" is no day; write MO, TU, WE, TH, FR, SA or SU."
                    ));
                }
                if !days.contains(&code) {
                    days.push(code);
                }
            }
            Ok(())
        }
        _ => Err("Days are written like on=[\"MO\", \"FR\"] or, in a month, on=[1, 15].".into()),
    }
}
