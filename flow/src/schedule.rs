//! A schedule as its parts, to be edited one by one, both ways.
//!
//! Flow keeps it as `["DTSTART;TZID=UTC:20260101T060000\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0"]`.

use serde_json::Value;

/// The days of the week as they are written, Monday first.
pub const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

const FREQUENCIES: [(Unit, &str); 6] = [
    (Unit::Minute, "MINUTELY"),
    (Unit::Hour, "HOURLY"),
    (Unit::Day, "DAILY"),
    (Unit::Week, "WEEKLY"),
    (Unit::Month, "MONTHLY"),
    (Unit::Year, "YEARLY"),
];

/// What a schedule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Minutes; Flow takes no fewer than ten.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks, on the days of the week that are named.
    Week,
    /// Months, on the days of the month that are named.
    Month,
    /// Years.
    Year,
}

/// When a workflow starts by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// What is counted.
    pub unit: Unit,
    /// Every how many units, from 1.
    pub interval: u32,
    /// Days of the week as in [`WEEKDAYS`]; none says nothing about them.
    pub weekdays: Vec<&'static str>,
    /// Days of the month from 1, from the end if negative; none says nothing about them.
    pub month_days: Vec<i8>,
    /// Hour and minute.
    pub time: (u8, u8),
    /// The first day, as `2026-01-31`.
    pub start: String,
    /// An IANA name such as `Europe/Paris`.
    pub zone: String,
}

impl Schedule {
    /// Reads a schedule; `None` when it says more than the parts can hold.
    pub fn read(config: &str) -> Option<Schedule> {
        let Value::Array(items) = serde_json::from_str(config).ok()? else {
            return None;
        };
        let [Value::String(text)] = items.as_slice() else {
            return None;
        };
        let (first, rest) = text.split_once('\n')?;
        let (zone, moment) = first.strip_prefix("DTSTART")?.split_once(':')?;
        let rule = rest.strip_prefix("RRULE:")?;
        let zone = match zone {
            "" => "UTC",
            zone => zone.strip_prefix(";TZID=")?,
        };
        let (date, time) = moment.split_once('T').unwrap_or((moment, "000000"));
        let digits = |text: &str, most: usize| {
            text.len() == most && text.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(date, 8) || !digits(time, 6) || !time.ends_with("00") {
            return None;
        }
        let time = (time.get(..2)?.parse().ok()?, time.get(2..4)?.parse().ok()?);
        let mut unit = None;
        let mut schedule = Schedule {
            unit: Unit::Day,
            interval: 1,
            weekdays: Vec::new(),
            month_days: Vec::new(),
            time,
            start: format!("{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..)?),
            zone: zone.to_string(),
        };
        for part in rule.split(';') {
            let (key, value) = part.split_once('=')?;
            match key {
                "FREQ" => unit = FREQUENCIES.iter().find(|(_, name)| *name == value),
                "INTERVAL" => schedule.interval = value.parse().ok().filter(|count| *count > 0)?,
                "WKST" if value == "MO" => {}
                "BYHOUR" if value.parse() == Ok(time.0) => {}
                "BYMINUTE" if value.parse() == Ok(time.1) => {}
                "BYSECOND" if value == "0" => {}
                "BYDAY" if schedule.weekdays.is_empty() => {
                    for day in value.split(',') {
                        schedule
                            .weekdays
                            .push(WEEKDAYS.into_iter().find(|known| *known == day)?);
                    }
                }
                "BYMONTHDAY" if schedule.month_days.is_empty() => {
                    for day in value.split(',') {
                        schedule.month_days.push(day.parse().ok()?);
                    }
                }
                _ => return None,
            }
        }
        schedule.unit = unit?.0;
        let both = !schedule.weekdays.is_empty() && !schedule.month_days.is_empty();
        let hours = !schedule.has_time() && rule.contains("BYHOUR");
        (!both && !hours).then_some(schedule)
    }

    /// The config text. Days that do not belong to the unit are left out.
    pub fn write(&self) -> String {
        let frequency = FREQUENCIES
            .iter()
            .find(|(unit, _)| *unit == self.unit)
            .map_or("DAILY", |(_, name)| name);
        let mut rule = format!("FREQ={frequency}");
        if self.interval != 1 {
            rule.push_str(&format!(";INTERVAL={}", self.interval));
        }
        if self.unit == Unit::Month && !self.month_days.is_empty() {
            let days: Vec<String> = self.month_days.iter().map(i8::to_string).collect();
            rule.push_str(&format!(";BYMONTHDAY={}", days.join(",")));
        } else if self.unit == Unit::Week && !self.weekdays.is_empty() {
            let days: Vec<&str> = WEEKDAYS
                .into_iter()
                .filter(|day| self.weekdays.contains(day))
                .collect();
            rule.push_str(&format!(";BYDAY={}", days.join(",")));
        }
        let (hour, minute) = self.time;
        if self.has_time() {
            rule.push_str(&format!(";BYHOUR={hour};BYMINUTE={minute}"));
        }
        let date: String = self.start.chars().filter(char::is_ascii_digit).collect();
        let line = format!(
            "DTSTART;TZID={}:{date}T{hour:02}{minute:02}00\nRRULE:{rule}",
            self.zone
        );
        Value::Array(vec![Value::String(line)]).to_string()
    }

    /// Whether it happens at a time of day.
    pub fn has_time(&self) -> bool {
        !matches!(self.unit, Unit::Minute | Unit::Hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::python;

    fn of_text(words: &str) -> String {
        let text = format!("@scheduled_time({words})\ndef f():\n    log_output(message=\"x\")\n");
        let parsed = python::parse(&text, &Catalog::builtin());
        parsed.workflow.steps[0]
            .config_value("recurrence")
            .map(str::to_string)
            .expect("a schedule")
    }

    #[test]
    fn what_the_chat_writes_reads_as_parts_and_back() {
        for words in [
            r#"every="day", at="07:30""#,
            r#"every="week", on=["MO", "FR"], at="06:00", timezone="Europe/Paris""#,
            r#"every="2 weeks", on=["SU"], at="23:59", start="2026-11-02""#,
            r#"every="month", on=[1, 15], at="00:00""#,
            r#"every="30 minutes""#,
            r#"every="year", at="09:00", start="2027-02-28""#,
        ] {
            let config = of_text(words);
            let schedule = Schedule::read(&config);
            assert_eq!(
                schedule.map(|schedule| schedule.write()),
                Some(config),
                "{words}"
            );
        }
    }

    #[test]
    fn what_the_parts_cannot_hold_is_not_read() {
        for config in [
            "",
            "[]",
            r#"["RRULE:FREQ=DAILY"]"#,
            r#"["DTSTART:20260101T060000\nRRULE:FREQ=DAILY;COUNT=3"]"#,
            r#"["DTSTART:20260101T060000\nRRULE:FREQ=DAILY;BYHOUR=7"]"#,
            r#"["DTSTART:20260101T060000\nRRULE:FREQ=MONTHLY;BYDAY=2MO"]"#,
            r#"["DTSTART:20260101T060000\nRRULE:FREQ=DAILY;INTERVAL=0"]"#,
            r#"["DTSTART:20260101T060000\nRRULE:FREQ=DAILY\nEXDATE:20260102T060000"]"#,
        ] {
            assert_eq!(Schedule::read(config), None, "{config}");
        }
    }

    #[test]
    fn days_of_another_unit_are_not_written() {
        let config = of_text(r#"every="week", on=["MO"], at="06:00""#);
        let mut schedule = Schedule::read(&config).expect("a schedule");
        schedule.unit = Unit::Day;
        assert!(!schedule.write().contains("BYDAY"));
        let words = python::parse(
            "@scheduled_time(every=\"day\", at=\"06:00\")\ndef f():\n    log_output(message=\"x\")\n",
            &Catalog::builtin(),
        );
        assert_eq!(
            words.workflow.steps[0].config_value("recurrence"),
            Some(schedule.write().as_str())
        );
    }
}
