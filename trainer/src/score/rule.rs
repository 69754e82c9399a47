//! Whether a schedule's recurrence is the one a case expects.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// What a recurrence must say; keys that are left out are free.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RuleCheck {
    /// `MINUTELY`, `HOURLY`, `DAILY`, `WEEKLY`, `MONTHLY`: one of them.
    #[serde(default)]
    pub freq: Vec<String>,
    #[serde(default)]
    pub interval: Option<u32>,
    /// Two-letter days; a daily rule has all of them.
    #[serde(default)]
    pub days: Vec<String>,
    #[serde(default)]
    pub hour: Option<u32>,
    #[serde(default)]
    pub minute: Option<u32>,
}

/// What is wrong with a recurrence, the text of the trigger's field.
pub(super) fn reason(value: &str, check: &RuleCheck) -> Option<String> {
    let text = value.replace("\\n", "\n");
    let part = |key: &str| -> Option<&str> {
        let start = text.find(&format!("{key}="))? + key.len() + 1;
        let rest = &text[start..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != ',' && c != '-');
        Some(&rest[..end.unwrap_or(rest.len())])
    };
    let freq = part("FREQ").unwrap_or_default();
    if freq.is_empty() {
        return Some("the recurrence has no frequency".to_string());
    }
    if part("COUNT").is_some() || part("UNTIL").is_some() {
        return Some("the recurrence ends".to_string());
    }
    let interval = part("INTERVAL").map_or(Some(1), |text| text.parse().ok());
    if interval != Some(check.interval.unwrap_or(1)) {
        return Some("the recurrence has another interval".to_string());
    }
    if !check.freq.is_empty() && !check.freq.iter().any(|wanted| wanted == freq) {
        return Some(format!("the recurrence is {freq}"));
    }
    if !check.days.is_empty() {
        let days: BTreeSet<&str> = match part("BYDAY") {
            Some(days) => days.split(',').collect(),
            None if freq == "DAILY" => DAYS.into_iter().collect(),
            None => BTreeSet::new(),
        };
        let wanted: BTreeSet<&str> = check.days.iter().map(String::as_str).collect();
        if !matches!(freq, "DAILY" | "WEEKLY") || days != wanted {
            return Some(format!("the recurrence is on {days:?}"));
        }
    }
    if let Some(wanted) = check.hour {
        let (hour, minute) = start_of(&text);
        let hour = part("BYHOUR").map_or(hour, |text| text.parse().ok());
        let minute = part("BYMINUTE").map_or(minute, |text| text.parse().ok());
        if hour != Some(wanted) || minute.unwrap_or(0) != check.minute.unwrap_or(0) {
            return Some(format!("the recurrence is at {hour:?}:{minute:?}"));
        }
    }
    None
}

/// Hour and minute of `DTSTART`, which count where the rule names none.
fn start_of(text: &str) -> (Option<u32>, Option<u32>) {
    let digits = text
        .find("DTSTART")
        .and_then(|at| text[at..].split_once(':'))
        .and_then(|(_, rest)| rest.get(..13))
        .filter(|start| start.as_bytes().get(8) == Some(&b'T'));
    let number = |from: usize| {
        digits
            .and_then(|start| start.get(from..from + 2))
            .and_then(|text| text.parse().ok())
    };
    (number(9), number(11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recurrences() {
        let check = |hour, minute, days: &[&str]| RuleCheck {
            hour: Some(hour),
            minute: Some(minute),
            days: days.iter().map(ToString::to_string).collect(),
            ..RuleCheck::default()
        };
        let daily = "[\"DTSTART;TZID=UTC:20260101T063000\\nRRULE:FREQ=DAILY\"]";
        assert_eq!(reason(daily, &check(6, 30, &DAYS)), None);
        assert!(reason(daily, &check(6, 0, &DAYS)).is_some());
        assert!(reason(daily, &check(6, 30, &["MO"])).is_some());
        let weekly = "[\"DTSTART;TZID=UTC:20260101T000000\\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=5\"]";
        assert_eq!(reason(weekly, &check(9, 5, &["TH", "MO"])), None);
        assert!(reason(weekly, &check(0, 0, &["MO", "TH"])).is_some());
        let second = weekly.replace("WEEKLY;", "WEEKLY;INTERVAL=2;");
        assert!(reason(&second, &check(9, 5, &["MO", "TH"])).is_some());
        assert!(reason("RRULE:FREQ=DAILY;COUNT=3", &RuleCheck::default()).is_some());
        assert!(reason("each morning", &RuleCheck::default()).is_some());
    }
}
