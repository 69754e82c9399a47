//! Points in time: in UTC on the server, in the reader's own time zone once the page is alive.

use wasm_bindgen::JsValue;

use crate::language::{k, t, tr};
use crate::prelude::*;

/// Shows a point in time.
#[component]
pub fn When(
    /// Milliseconds since the Unix epoch.
    ms: i64,
) -> impl IntoView {
    let text = RwSignal::new(format!("{} UTC", utc(ms)));
    Effect::new(move |_| text.set(local(ms)));
    view! { <time datetime=iso(ms)>{text}</time> }
}

fn parts(ms: i64) -> (i64, usize, i64, i64, i64, i64) {
    let seconds = ms.div_euclid(1000);
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 1 March of year 0, in eras of 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = ((month_from_march + 2) % 12) as usize;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    (year, month, day, time / 3600, time / 60 % 60, time % 60)
}

fn utc(ms: i64) -> String {
    let (year, month, day, hour, minute, _) = parts(ms);
    words(year, month, day, hour, minute)
}

/// A point in time as the reader's language writes it.
fn words(year: i64, month: usize, day: i64, hour: i64, minute: i64) -> String {
    let month = t(k::WHEN_MONTHS).split(' ').nth(month).unwrap_or_default();
    let time = format!("{hour:02}:{minute:02}");
    tr(
        k::WHEN_DATE,
        &[&day.to_string(), month, &year.to_string(), &time],
    )
}

fn iso(ms: i64) -> String {
    let (year, month, day, hour, minute, second) = parts(ms);
    format!(
        "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z",
        month + 1
    )
}

fn local(ms: i64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(ms as f64));
    words(
        i64::from(date.get_full_year()),
        date.get_month() as usize,
        i64::from(date.get_date()),
        i64::from(date.get_hours()),
        i64::from(date.get_minutes()),
    )
}

/// A length of time, short: `850 ms`, `4.2 s`, `3 min`.
pub fn length(ms: i64) -> String {
    match ms {
        ..1000 => tr(k::WHEN_MILLISECONDS, &[&ms.to_string()]),
        1000..60_000 => {
            let point = t(k::WHEN_DECIMAL);
            let seconds = format!("{}{point}{}", ms / 1000, ms % 1000 / 100);
            tr(k::WHEN_SECONDS, &[&seconds])
        }
        _ => tr(k::WHEN_MINUTES, &[&(ms / 60_000).to_string()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (ms, text) in [
            (0, "1 Jan 1970, 00:00"),
            (951_782_400_000, "29 Feb 2000, 00:00"),
            (1_795_370_460_000, "22 Nov 2026, 18:01"),
            (-86_400_000, "31 Dec 1969, 00:00"),
        ] {
            assert_eq!(utc(ms), text);
        }
        assert_eq!(iso(1_795_370_460_000), "2026-11-22T18:01:00Z");
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!(length(850), "850 ms");
        assert_eq!(length(4250), "4.2 s");
        assert_eq!(length(190_000), "3 min");
    }
}
