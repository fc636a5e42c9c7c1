use std::str::FromStr;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap_or_else(|why| panic!("{why}"))
}

fn cron(text: &str) -> Cron {
    Cron::parse(text).unwrap_or_else(|why| panic!("{why}"))
}

fn instant(text: &str) -> i64 {
    text.parse::<Timestamp>().map(Timestamp::as_second).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// The next launches as the zone's clocks show them, each with how far they are ahead of universal time in minutes.
fn launches(text: &str, name: &str, after: &str, count: usize) -> Vec<String> {
    let (cron, zone) = (cron(text), zone(name));
    let mut at = instant(after);
    let mut shown = Vec::new();
    for _ in 0..count {
        match cron.next_after(at, &zone) {
            Ok(Some(next)) => {
                assert!(next > at && cron.matches(next, &zone), "{text} in {name} after {at}: {next}");
                shown.push(format!("{} {:+}", zone.local(next), zone.offset(next) / 60));
                at = next;
            }
            Ok(None) => shown.push("never".to_owned()),
            Err(why) => shown.push(why.code().to_owned()),
        }
    }
    shown
}

#[test]
fn loop_1021_to_1027_launches() {
    // expression, after, the next two launches; all in universal time
    let table: &[(&str, &str, [&str; 2])] = &[
        ("5 4 3 2 1", "2025-03-01T00:00:00Z", ["2026-02-02T04:05:00", "2026-02-03T04:05:00"]),
        ("5 4 3 2 * 2027", "2025-03-01T00:00:00Z", ["2027-02-03T04:05:00", "never"]),
        ("30 5 4 3 2 * * more", "2025-03-01T00:00:00Z", ["2026-02-03T04:05:30", "2027-02-03T04:05:30"]),
        ("\t7\n8\x0c* *\r* ", "2025-03-01T00:00:00Z", ["2025-03-01T08:07:00", "2025-03-02T08:07:00"]),
        ("@weekly", "2025-03-01T00:00:00Z", ["2025-03-02T00:00:00", "2025-03-09T00:00:00"]),
        ("@yearly 2028", "2025-03-01T00:00:00Z", ["2026-01-01T00:00:00", "2027-01-01T00:00:00"]),
        ("*/20 0 6 * * * *", "2025-05-05T05:59:57.5Z", ["2025-05-05T06:00:00", "2025-05-05T06:00:20"]),
        ("05-05/05,,50 * * * *", "2025-05-05T05:05:00Z", ["2025-05-05T05:50:00", "2025-05-05T06:05:00"]),
        ("0 0 1 Sep,december *", "2025-03-01T00:00:00Z", ["2025-09-01T00:00:00", "2025-12-01T00:00:00"]),
        ("0 0 * * 01", "2025-03-03T00:00:00Z", ["2025-03-09T00:00:00", "2025-03-16T00:00:00"]), // [Q] a Sunday
        ("0 0 * * 5-7", "2025-03-01T00:00:00Z", ["2025-03-07T00:00:00", "2025-03-08T00:00:00"]), // [Q]
        ("0 0 * * 0-0", "2025-03-03T00:00:00Z", ["2025-03-04T00:00:00", "2025-03-05T00:00:00"]), // [Q]
        ("0 0 * * 7-2", "2025-03-01T00:00:00Z", ["2025-03-02T00:00:00", "2025-03-03T00:00:00"]),
        ("0 0 1 1 * 2026/1970", "2025-03-01T00:00:00Z", ["2026-01-01T00:00:00", "never"]), // [Q]
        ("0 9 L * *", "2025-01-31T12:00:00Z", ["2025-02-28T09:00:00", "2025-03-31T09:00:00"]),
        ("0 9 LW * *", "2025-05-01T00:00:00Z", ["2025-05-30T09:00:00", "2025-06-30T09:00:00"]),
        ("0 9 1W * *", "2025-01-30T12:00:00Z", ["2025-02-03T09:00:00", "2025-03-03T09:00:00"]),
        ("0 9 31W * *", "2025-08-01T00:00:00Z", ["2025-08-29T09:00:00", "2025-10-31T09:00:00"]),
        ("0 9 * * friL", "2025-09-26T23:00:00Z", ["2025-10-31T09:00:00", "2025-11-28T09:00:00"]),
        ("0 9 * * 5#5", "2025-09-26T23:00:00Z", ["2025-10-31T09:00:00", "2026-01-30T09:00:00"]),
        ("0 9 13 * 5", "2025-07-05T00:00:00Z", ["2025-07-11T09:00:00", "2025-07-13T09:00:00"]),
        ("0 9 */10 * 1", "2025-06-01T12:00:00Z", ["2025-06-02T09:00:00", "2025-06-09T09:00:00"]),
        ("0 9 *,13 * 5", "2025-07-05T00:00:00Z", ["2025-07-11T09:00:00", "2025-07-18T09:00:00"]),
        ("0 0 29 2 *", "2096-02-29T00:00:00Z", ["never", "never"]),
        ("0 0 1 1 *", "1960-06-01T00:00:00Z", ["1970-01-01T00:00:00", "1971-01-01T00:00:00"]),
        ("* * * * * * *", "2099-12-31T23:59:58Z", ["2099-12-31T23:59:59", "never"]),
        // LOOP-1025
        ("0 9-5 * * *", "2025-03-01T00:00:00Z", ["never", "never"]),
        ("30-10 * * * *", "2025-03-01T00:00:00Z", ["never", "never"]),
        ("50-10 0 0 * * * *", "2025-03-01T00:00:00Z", ["never", "never"]),
        ("30-10 5 * * *", "2025-03-01T00:00:00Z", ["LOOP-1025", "LOOP-1025"]),
        ("40-20 15 9 * * * *", "2025-03-01T09:15:10Z", ["LOOP-1025", "LOOP-1025"]),
        ("0 0 1 6-3 *", "2025-03-01T00:00:00Z", ["LOOP-1025", "LOOP-1025"]),
        ("0 0 1 6-3 * 2024", "2025-03-01T00:00:00Z", ["never", "never"]),
        ("0 0 1 * 5-2", "2025-03-01T00:00:00Z", ["2025-04-01T00:00:00", "2025-05-01T00:00:00"]),
    ];
    for (text, after, expected) in table {
        let found = launches(text, "UTC", after, 2);
        assert_eq!(found.iter().map(|found| found.trim_end_matches(" +0")).collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn loop_1021_and_1024_refusals() {
    let table: &[(&str, &str)] = &[
        ("", "LOOP-1021"),
        ("* * * *", "LOOP-1021"),
        ("7\u{a0}8 * * *", "LOOP-1021"),
        ("@Daily", "LOOP-1021"),
        ("@every 1h", "LOOP-1021"),
        ("@dailyx", "LOOP-1024"),
        ("60 * * * *", "LOOP-1024"),
        ("007 * * * *", "LOOP-1024"),
        ("+5 * * * *", "LOOP-1024"),
        ("1-2-3 * * * *", "LOOP-1024"),
        ("1/ * * * *", "LOOP-1024"),
        ("?/2 * * * *", "LOOP-1024"),
        (", * * * *", "LOOP-1024"),
        ("*/60 * * * *", "LOOP-1024"),
        ("*/015 * * * *", "LOOP-1024"),
        ("0 0 0 * *", "LOOP-1024"),
        ("0 0 L-3 * *", "LOOP-1024"),
        ("0 0 15W-20 * *", "LOOP-1024"),
        ("0 0 * sept *", "LOOP-1024"),
        ("0 0 * * L", "LOOP-1024"),
        ("0 0 * * 1#6", "LOOP-1024"),
        ("0 0 * * 1#2L", "LOOP-1024"),
        ("0 0 * * * 2100", "LOOP-1024"),
        ("0 0 * * * */60", "LOOP-1024"),
    ];
    for (text, code) in table {
        assert_eq!(Cron::parse(text).map_err(|why| why.code()).err(), Some(*code), "{text:?}");
    }
    let text = |text| Cron::parse(text).err().map(|why| why.to_string()).unwrap_or_default();
    assert_eq!(
        text("0 24 * * *"),
        "in \"0 24 * * *\" \"24\" is no hour: 0 to 23 are, ranges such as 1-5, steps such as */2, and * for all"
    );
    assert_eq!(text("*/99 * * * *"), "in \"*/99 * * * *\" \"*/99\" has no step of the minute: steps go from 1 to 59");
    assert_eq!(
        text("0"),
        "\"0\" has 1 of 5 fields: minute, hour, day of month, month and day of week, such as 30 2 * * 1-5"
    );
}

#[test]
fn loop_1029_where_clocks_change() {
    // expression, zone, after; the launches there
    let table: &[(&str, &str, &str, &[&str])] = &[
        // 02:00 to 03:00 are skipped
        ("30 2 * * *", "Europe/Berlin", "2025-03-29T12:00:00Z", &["2025-03-31T02:30:00 +120"]),
        ("0 */2 * * *", "Europe/Berlin", "2025-03-30T00:30:00Z", &["2025-03-30T04:00:00 +120"]),
        (
            "*/30 1-3 * * *",
            "Europe/Berlin",
            "2025-03-30T00:15:00Z",
            &[
                "2025-03-30T01:30:00 +60",
                "2025-03-30T03:00:00 +120",
                "2025-03-30T03:30:00 +120",
                "2025-03-31T01:00:00 +120",
            ],
        ),
        // 02:00 to 03:00 are repeated
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2025-10-25T12:00:00Z",
            &["2025-10-26T02:30:00 +120", "2025-10-26T02:30:00 +60", "2025-10-27T02:30:00 +60"],
        ),
        // midnight is skipped, west of Greenwich and east of it
        ("@daily", "America/Havana", "2025-03-08T12:00:00Z", &["2025-03-10T00:00:00 -240"]),
        (
            "0 4 * * 0",
            "America/Havana",
            "2025-03-08T12:00:00Z",
            &["2025-03-09T04:00:00 -240", "2025-03-16T04:00:00 -240"],
        ),
        ("0 0 * * *", "Asia/Beirut", "2024-03-30T12:00:00Z", &["2024-04-01T00:00:00 +180"]),
        // midnight is repeated; the hour before midnight is
        ("@daily", "America/Havana", "2025-11-01T12:00:00Z", &["2025-11-02T00:00:00 -240", "2025-11-02T00:00:00 -300"]),
        (
            "59 23 * * *",
            "Africa/Cairo",
            "2024-10-31T12:00:00Z",
            &["2024-10-31T23:59:00 +180", "2024-10-31T23:59:00 +120", "2024-11-01T23:59:00 +120"],
        ),
        // half an hour is skipped: what is left of the hour launches for those only who come from an hour that is named
        ("45 2 * * *", "Australia/Lord_Howe", "2025-10-04T12:00:00Z", &["2025-10-06T02:45:00 +660"]),
        (
            "45 1,2 * * *",
            "Australia/Lord_Howe",
            "2025-10-04T12:00:00Z",
            &["2025-10-05T01:45:00 +630", "2025-10-05T02:45:00 +660", "2025-10-06T01:45:00 +660"],
        ),
        // half an hour is repeated
        (
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2026-04-04T12:00:00Z",
            &["2026-04-05T01:45:00 +660", "2026-04-05T01:45:00 +630", "2026-04-06T01:45:00 +630"],
        ),
        // a day is skipped
        ("0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", &["2012-12-30T12:00:00 +840"]),
        (
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-29T12:00:00Z",
            &["2011-12-29T12:00:00 -600", "2011-12-31T12:00:00 +840"],
        ),
        // only days that are named, also across a skipped midnight
        ("0 3 8 3 *", "America/Havana", "2025-03-08T12:00:00Z", &["2026-03-08T03:00:00 -240"]),
        ("0 23 9 3 *", "America/Havana", "2025-03-09T04:30:00Z", &["2025-03-09T23:00:00 -240"]),
    ];
    for (text, name, after, expected) in table {
        assert_eq!(launches(text, name, after, expected.len()), *expected, "{text} in {name}");
    }
}

#[test]
fn g_150_zero_padded_months() {
    assert_eq!(launches("0 0 1 07 *", "UTC", "2025-01-01T00:00:00Z", 1), ["2025-07-01T00:00:00 +0"]);
}

#[test]
fn absurd_instants() {
    let every = cron("* * * * *");
    for name in ["UTC", "Europe/Berlin", "Pacific/Apia"] {
        let zone = zone(name);
        let first = every.next_after(i64::MIN, &zone);
        assert!(matches!(first, Ok(Some(at)) if (-86_400..86_400).contains(&at)), "{first:?}");
        for late in [i64::MAX, i64::MAX - 1, 1 << 53, instant("2100-01-01T12:00:00Z")] {
            assert_eq!(every.next_after(late, &zone), Ok(None));
            let _ = (every.matches(late, &zone), zone.local(late), zone.offset(late));
        }
    }
}

#[test]
fn never_is_found_at_once() {
    // Each takes a look at every month up to 2099; a thousand of them would take minutes if days were tried one by one.
    for _ in 0..200 {
        for text in
            ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31W 2 *", "30-10 * * * *", "0 0 * 2 1#5 2025", "0 9-5 * * *"]
        {
            assert_eq!(cron(text).next_after(0, &zone("America/New_York")), Ok(None), "{text}");
        }
    }
}

/// Entries of a field as both dialects have them.
fn field(least: u32, greatest: u32) -> impl Strategy<Value = String> {
    let value = least..=greatest;
    let range = (value.clone(), value.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    let entry = prop_oneof![
        4 => value.clone().prop_map(|value| value.to_string()),
        2 => range.clone(),
        1 => (range, 1..=greatest.min(20)).prop_map(|(range, step)| format!("{range}/{step}")),
        1 => (value, 1..=greatest.min(20)).prop_map(|(value, step)| format!("{value}/{step}")),
        1 => (2..=greatest.min(20)).prop_map(|step| format!("*/{step}")),
    ];
    prop_oneof![
        2 => Just("*".to_owned()),
        5 => proptest::collection::vec(entry, 1..4).prop_map(|entries| entries.join(",")),
    ]
}

/// Days, restricted by month, by week or by neither.
fn days() -> impl Strategy<Value = (String, String)> {
    let every = || Just("*".to_owned());
    prop_oneof![(field(1, 31), every()), (every(), field(1, 6)), (every(), every())]
}

/// Years with and without expressions naming them.
fn starts() -> impl Strategy<Value = i64> {
    instant("1995-01-01T00:00:00Z")..instant("2060-01-01T00:00:00Z")
}

/// The same expression for the `cron` crate, which counts days of the week from 1.
fn translated(minute: &str, hour: &str, month: &str, of_month: &str, of_week: &str) -> String {
    let later = |entry: &str| -> String {
        let (days, step) = entry.split_once('/').map_or((entry, None), |(days, step)| (days, Some(step)));
        let next = |day: &str| day.parse::<u32>().map_or(day.to_owned(), |day| (day + 1).to_string());
        let days: Vec<String> = days.split('-').map(next).collect();
        step.map_or(days.join("-"), |step| format!("{}/{step}", days.join("-")))
    };
    let of_week: Vec<String> = of_week.split(',').map(later).collect();
    format!("0 {minute} {hour} {of_month} {month} {}", of_week.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// On what both dialects share, every launch is one that the `cron` crate finds, and the reverse.
    #[test]
    fn launches_equal_those_of_the_cron_crate(
        minute in field(0, 59), hour in field(0, 23), (of_month, of_week) in days(), month in field(1, 12),
        start in starts(),
    ) {
        let text = format!("{minute} {hour} {of_month} {month} {of_week}");
        let other = translated(&minute, &hour, &month, &of_month, &of_week);
        let judge = cron::Schedule::from_str(&other).unwrap_or_else(|why| panic!("{other}: {why}"));
        let ours = cron(&text);
        let never = ours.next_after(start, &Zone::utc()) == Ok(None);
        // The judge tries days one by one up to its last year; once is enough of that.
        let from = DateTime::<Utc>::from_timestamp(start, 0).unwrap_or_default();
        let mut at = start;
        for expected in judge.after(&from).take(if never { 1 } else { 4 }) {
            if chrono::Datelike::year(&expected) > 2099 {
                break;
            }
            let found = ours.next_after(at, &Zone::utc());
            prop_assert_eq!(&found, &Ok(Some(expected.timestamp())), "{} as {} after {}", text, other, at);
            at = expected.timestamp();
        }
    }

    /// Near a change of clocks by whole hours, each minute that is named launches, and no other: the twin tries them
    /// all.
    #[test]
    fn launches_near_a_change_are_all_minutes_named(
        minute in field(0, 59), hour in field(0, 23), (of_month, of_week) in days(), start in starts(),
        name in prop_oneof![
            Just("Europe/Berlin"), Just("America/New_York"), Just("America/Havana"), Just("Africa/Cairo"),
            Just("Asia/Beirut"),
            Just("Atlantic/Azores"), Just("America/Santiago"), Just("Europe/London"), Just("Pacific/Auckland"),
        ],
        before in 0i64..50,
    ) {
        let (cron, zone) = (cron(&format!("{minute} {hour} {of_month} * {of_week}")), zone(name));
        let start = zone.next_change(start).unwrap_or(start) - before * 3600 + 17;
        let end = start + 3 * 86_400;
        // What was found by trying: whole minutes, since seconds are 0.
        let minutes = (start / 60 + 1..=end / 60).map(|minute| minute * 60);
        let named: Vec<i64> = minutes.filter(|at| cron.matches(*at, &zone)).collect();
        let mut found = Vec::new();
        let mut at = start;
        while let Ok(Some(next)) = cron.next_after(at, &zone) && next <= end {
            prop_assert!(next > at);
            found.push(next);
            at = next;
        }
        prop_assert_eq!(found, named, "{} in {} after {}", cron, name, start);
    }

    /// Whatever the zone, a launch is later than what it is asked after, and named; asked for again from just before,
    /// it is found again.
    #[test]
    fn launches_are_later_and_named(
        second in field(0, 59), minute in field(0, 59), hour in field(0, 23), of_month in field(1, 31),
        of_week in field(0, 6),
        month in field(1, 12), start in prop_oneof![any::<i64>(), starts()], which in any::<proptest::sample::Index>(),
    ) {
        let names: Vec<&str> = Zone::names().collect();
        let zone = zone(names[which.index(names.len())]);
        let cron = cron(&format!("{second} {minute} {hour} {of_month} {month} {of_week} *"));
        if let Ok(Some(next)) = cron.next_after(start, &zone) {
            prop_assert!(next > start && cron.matches(next, &zone), "{} in {} after {}: {}", cron, zone, start, next);
            prop_assert_eq!(cron.next_after(next - 1, &zone), Ok(Some(next)));
        }
    }

    #[test]
    fn any_text_is_judged_without_a_panic(text in "[0-9*/,LW#?@a-z -]{0,24}|\\PC{0,12}", start: i64) {
        if let Ok(cron) = Cron::parse(&text) {
            let _ = cron.next_after(start, &Zone::utc());
        }
    }
}
