//! The command `cron`, run in this process: its table, its JSON, its errors and exit codes.

use longshore_cli::args;
use longshore_cli::console::Console;
use longshore_cli::exit::Exit;
use serde_json::Value;

/// What the command came to: how it ended, what it said, what it noted.
fn cron(arguments: &[&str]) -> (Exit, String, String) {
    let words = ["longshore", "cron"].into_iter().chain(arguments.iter().copied());
    let command = args::parse(words).expect("a command");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = longshore_cli::run(&command, &mut Console::new(&mut out, &mut err, false));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (exit, text(out), text(err))
}

/// What a command line that makes no sense is told.
fn refused(arguments: &[&str]) -> String {
    let words = ["longshore", "cron"].into_iter().chain(arguments.iter().copied());
    let error = args::parse(words).expect_err("no command");
    assert_eq!(error.exit_code(), 2, "{arguments:?}");
    error.to_string()
}

#[test]
fn loop_1029_launches_are_shown_as_clocks_show_them() {
    let arguments = ["30 2 * * *", "--zone", "Europe/Berlin", "--after", "2025-10-25T12:00:00+02:00", "--count", "3"];
    let (exit, out, err) = cron(&arguments);
    assert_eq!((exit, err.as_str()), (Exit::Success, ""));
    let (first, rest) = out.split_once("\n\n").expect("a heading");
    assert!(first.starts_with("Europe/Berlin (time zone database 20"), "{first}");
    assert_eq!(
        rest,
        "launch                          UTC                   later by\n\
         ──────────────────────────────  ────────────────────  ────────\n\
         Sun 2025-10-26 02:30:00 +02:00  2025-10-26T00:30:00Z\n\
         Sun 2025-10-26 02:30:00 +01:00  2025-10-26T01:30:00Z    1h0m0s\n\
         Mon 2025-10-27 02:30:00 +01:00  2025-10-27T01:30:00Z   24h0m0s\n"
    );
}

#[test]
fn loop_1009_several_expressions_say_which_of_them_launches() {
    let (_, out, _) = cron(&["@daily", "0 */12 * * *", "--after", "2025-05-01T00:00:00Z", "--count", "2"]);
    let lines: Vec<&str> = out.lines().skip(4).collect();
    assert_eq!(
        lines,
        [
            "Thu 2025-05-01 12:00:00 +00:00  2025-05-01T12:00:00Z            0 */12 * * *",
            "Fri 2025-05-02 00:00:00 +00:00  2025-05-02T00:00:00Z   12h0m0s  @daily; 0 */12 * * *",
        ]
    );
}

#[test]
fn json_is_one_document() {
    let (exit, out, _) = cron(&["0 0 29 2 *", "--zone", "Asia/Kolkata", "--after", "2095-01-01T00:00:00Z", "--json"]);
    assert_eq!(exit, Exit::Success);
    let answer: Value = serde_json::from_str(&out).expect("JSON");
    let launch = serde_json::json!({
        "unix": 3_981_292_200_i64, "utc": "2096-02-28T18:30:00Z", "local": "2096-02-29T00:00:00+05:30",
        "expressions": ["0 0 29 2 *"],
    });
    assert_eq!(answer["launches"], serde_json::json!([launch]));
    assert_eq!((&answer["zone"], &answer["last"]), (&Value::from("Asia/Kolkata"), &Value::from(true)));
}

#[test]
fn without_a_launch_the_command_fails() {
    let (exit, out, err) = cron(&["0 0 30 2 *"]);
    assert_eq!((exit, out.as_str()), (Exit::Failure, ""));
    assert_eq!(err, "longshore: there is no launch up to the end of 2099\n");
    let (exit, _, err) = cron(&["@daily", "0 0 30 2 *"]);
    assert_eq!(exit, Exit::Failure);
    assert!(err.contains("\"0 0 30 2 *\" never launches again, and that silences the expressions before it"), "{err}");
    let (exit, _, err) = cron(&["50-10 5 * * *"]);
    assert_eq!(exit, Exit::Failure);
    assert!(err.contains("its minute is a range that ends before it begins"), "{err}");
}

#[test]
fn what_ends_is_noted() {
    let (exit, out, err) = cron(&["0 0 1 1 * 2030-2031", "--after", "2025-01-01T00:00:00Z", "--count", "3"]);
    assert_eq!((exit, out.lines().count()), (Exit::Success, 6));
    assert_eq!(err, "after these there is no launch up to the end of 2099\n");
}

#[test]
fn misuse_is_told_what_would_be_right() {
    assert!(refused(&[]).contains("<EXPR>"));
    let unquoted = refused(&["0", "2", "*", "*", "*"]);
    assert!(unquoted.contains("has 1 of 5 fields"), "{unquoted}");
    let field = refused(&["0 24 * * *"]);
    assert!(field.contains("\"24\" is no hour: 0 to 23 are"), "{field}");
    let zone = refused(&["@daily", "--zone", "europe/berlin"]);
    assert!(zone.contains("is no time zone (its name is written Europe/Berlin)"), "{zone}");
    let after = refused(&["@daily", "--after", "tomorrow"]);
    assert!(after.contains("2025-03-29T12:00:00Z"), "{after}");
    assert!(refused(&["@daily", "--count", "0"]).contains("--count"));
}
