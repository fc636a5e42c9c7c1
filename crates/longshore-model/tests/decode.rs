//! Documents that are refused, and where; bytes and durations in their several spellings (MODEL-4 to MODEL-6).

use longshore_model::wire::Form;
use longshore_model::{Bytes, Duration, Evaluation, Job, NodePool, Task, TaskState, from_json, to_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Path, problem and place of the fault of a job.
#[track_caller]
fn refused(text: &str, code: &str, expected: &str) {
    let refusal = from_json::<Job>(text).expect_err(text);
    assert_eq!((refusal.code(), &*refusal.to_string()), (code, expected));
}

/// MODEL-5: found, expected and where, whatever is wrong.
#[test]
fn wrong_values_are_told() {
    let task = |member: &str| format!("{{\"TaskGroups\": [{{}}, {{\n  \"Tasks\": [{{{member}}}]}}]}}");
    for (text, expected) in [
        (r#"{"ID": 7}"#.to_string(), "ID: found the number 7, expected text (line 1, column 8)"),
        ("{\"Priority\": 1e1}".into(), "Priority: found the number 10.0, expected an integer (line 1, column 16)"),
        ("{\"Priority\": 5.0}".into(), "Priority: found the number 5.0, expected an integer (line 1, column 16)"),
        (r#"{"priority": true}"#.into(), "priority: found true, expected an integer (line 1, column 17)"),
        (
            r#"{"Version": -1}"#.into(),
            "Version: found the number -1, expected an integer that is not negative (line 1, column 14)",
        ),
        (
            r#"{"Affinities": [{"Weight": 128}]}"#.into(),
            "Affinities[0].Weight: found the number 128, expected an integer from -128 to 127 (line 1, column 30)",
        ),
        (
            r#"{"Spreads": [{"SpreadTarget": [{}, {"Percent": 256}]}]}"#.into(),
            "Spreads[0].SpreadTarget[1].Percent: \
             found the number 256, expected an integer from 0 to 255 (line 1, column 50)",
        ),
        (
            task(r#""KillTimeout": "5s""#),
            "TaskGroups[1].Tasks[0].KillTimeout: found the text \"5s\", expected an integer (line 2, column 32)",
        ),
        (
            task(r#""Env": {"a b": 1}"#),
            "TaskGroups[1].Tasks[0].Env[\"a b\"]: found the number 1, expected text (line 2, column 29)",
        ),
        (
            task(r#""Leader": {}"#),
            "TaskGroups[1].Tasks[0].Leader: found an object, expected true or false (line 2, column 23)",
        ),
        ("[]".into(), "found a list, expected an object (Job) (line 1, column 1)"),
        (r#"{"Meta": []}"#.into(), "Meta: found a list, expected an object (line 1, column 9)"),
        (r#"{"TaskGroups": "x"}"#.into(), "TaskGroups: found the text \"x\", expected a list (line 1, column 18)"),
    ] {
        refused(&text, "MODEL-5", expected);
    }
    let huge = format!(r#"{{"Version": 1{}}}"#, "0".repeat(400));
    assert_eq!(from_json::<Job>(&huge).expect_err("too large").code(), "MODEL-5");
    let long = format!(r#"{{"Priority": "{}"}}"#, "x".repeat(1000));
    assert!(from_json::<Job>(&long).expect_err("text").problem().len() < 120);
}

/// A closed enumeration tells what it knows.
#[test]
fn unknown_keywords_are_told() {
    let refusal = from_json::<TaskState>(r#"{"State": "sleeping"}"#).expect_err("no such state");
    assert_eq!(
        (refusal.code(), refusal.path(), refusal.problem()),
        ("MODEL-5", "State", "found the text \"sleeping\", expected `pending`, `running`, `dead`")
    );
    let refusal = from_json::<Evaluation>(r#"{"WaitUntil": "tomorrow"}"#).expect_err("no time");
    assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", "WaitUntil"));
    assert!(refusal.problem().starts_with("\"tomorrow\" is no RFC 3339 time"), "{refusal}");
}

/// What is no JSON is told as such, even if something else is wrong before.
#[test]
fn bad_syntax_is_told() {
    for (text, expected) in [
        ("", "the text ends before the document does (line 1, column 1)"),
        ("{\"ID\":\"a\",\"TaskGroups\":[", "the text ends before the document does (line 1, column 24)"),
        ("{} {}", "the text goes on after the end of the document (line 1, column 4)"),
        ("{}\n]", "the text goes on after the end of the document (line 2, column 1)"),
        (r#"{"ID": 7, "Name": nul}"#, "no JSON: expected ident (line 1, column 22)"),
        (r#"{"ID": "a",}"#, "no JSON: key must be a string (line 1, column 12)"),
    ] {
        refused(text, "syntax", expected);
    }
    assert_eq!(from_json::<Job>(" {\"ID\": \"a\"}\n ").expect("white space is nothing").id, *"a");
}

/// MODEL-6: text, list, null and empty; anything else is refused.
#[test]
fn bytes_have_several_spellings() {
    let payload = |text: &str| from_json::<Job>(&format!("{{\"Payload\": {text}}}")).map(|job| job.payload);
    assert_eq!(payload("\"YXBwbGU=\""), Ok(Bytes::from(&b"apple"[..])));
    assert_eq!(payload("[97, 0, 255, null]"), Ok(Bytes::from(vec![97, 0, 255, 0])));
    assert_eq!(payload("null"), Ok(Bytes::NULL));
    assert_eq!(payload("\"\""), Ok(Bytes::from(vec![])));
    assert_eq!(payload("[]"), Ok(Bytes::from(vec![])));
    for (text, path) in [
        ("\"YXBwbGU\"", "Payload"), // no padding
        ("\"@@\"", "Payload"),
        ("\"_-8=\"", "Payload"), // the other alphabet
        ("\"aGVs bG8=\"", "Payload"),
        ("5", "Payload"),
        ("{}", "Payload"),
        ("[256]", "Payload[0]"),
        ("[1, -1]", "Payload[1]"),
        ("[\"a\"]", "Payload[0]"),
    ] {
        let refusal = payload(text).expect_err(text);
        assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", path), "{refusal}");
    }
    let shown = |payload: Bytes| {
        let text = to_json(&Job { payload, ..Job::default() }, Form::Full);
        serde_json::from_str::<Value>(&text).expect("our own JSON")["Payload"].clone()
    };
    assert_eq!(shown(Bytes::NULL), Value::Null);
    assert_eq!(shown(Bytes::from(vec![])), "");
    assert_eq!(shown(Bytes::from(vec![0, 255])), "AP8=");
}

/// In bytes, bytes are themselves.
#[test]
fn bytes_in_bytes() {
    for bytes in [Bytes::NULL, Bytes::from(vec![]), Bytes::from(vec![0, 97, 255])] {
        let mut packed = Vec::new();
        bytes.serialize(&mut rmp_serde::Serializer::new(&mut packed)).expect("bytes");
        assert_eq!(rmp_serde::from_slice::<Bytes>(&packed).expect("bytes"), bytes);
    }
    assert_eq!(rmp_serde::to_vec(&Bytes::from(vec![7])).expect("bytes"), [0xc4, 1, 7]);
    assert_eq!(format!("{:?} {:?}", Bytes::NULL, Bytes::from(&b"a\0"[..])), r#"null b"a\x00""#);
}

/// MODEL-4: one duration may be text; the others may not.
#[test]
fn the_identity_ttl_may_be_text() {
    let ttl = |text: &str| {
        from_json::<NodePool>(&format!("{{\"NodeIdentityTTL\": {text}}}")).map(|pool| pool.node_identity_ttl.0)
    };
    let hours = Duration::from_hours;
    for (text, expected) in [
        ("null", hours(24)),
        ("\"\"", hours(24)),
        ("0", Duration::ZERO),
        ("3600000000000", hours(1)),
        ("1.9", Duration(1)),
        ("-1.9", Duration(-1)),
        ("1e3", Duration(1000)),
        ("\"12h\"", hours(12)),
        ("\"1h30m\"", Duration::from_mins(90)),
        ("\"1.5h\"", Duration::from_mins(90)),
        ("\".5s\"", Duration::from_millis(500)),
        ("\"1.s\"", Duration::from_secs(1)),
        ("\"-1m1s\"", Duration::from_secs(-61)),
        ("\"+2us3ns\"", Duration(2003)),
        ("\"1µs\"", Duration(1000)),
        ("\"0\"", Duration::ZERO),
        ("\"-0\"", Duration::ZERO),
        ("\"0.3333333333333h\"", Duration(1_199_999_999_999)),
        ("\"0.9999999999999999999s\"", Duration::from_secs(1)),
        ("\"9223372036854775807ns\"", Duration(i64::MAX)),
        ("\"-9223372036854775808ns\"", Duration(i64::MIN)),
    ] {
        assert_eq!(ttl(text), Ok(expected), "{text}");
    }
    for text in [
        "\"5\"",
        "\"1d\"",
        "\"s\"",
        "\".s\"",
        "\"1.2.3s\"",
        "\"+-1s\"",
        "\"1s \"",
        "\"1 s\"",
        "\"9223372036854775808ns\"",
        "\"99999999999999999999h\"",
        "\"2562048h\"",
        "1e19",
        "9223372036854775808",
        "true",
        "{}",
    ] {
        let refusal = ttl(text).expect_err(text);
        assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", "NodeIdentityTTL"), "{refusal}");
    }
    assert_eq!(to_json(&NodePool::default(), Form::Sparse), "{}");
    assert!(to_json(&NodePool::default(), Form::Full).contains("\"NodeIdentityTTL\":86400000000000"));
    assert!(from_json::<Task>(r#"{"ShutdownDelay": "1s"}"#).is_err());
}

/// Both can be used without an object around them.
#[test]
fn ttl_and_bytes_stand_alone() {
    assert!(Bytes::deserialize(serde_json::json!("YQ==")).is_ok());
    assert_eq!(serde_json::to_value(NodePool::default().node_identity_ttl).expect("JSON"), 86_400_000_000_000_i64);
}

/// MODEL-2: numbers of opaque maps are float64, whoever wrote them; the model writes whole ones as such.
#[test]
fn opaque_numbers_are_floats() {
    let task: Task =
        from_json(r#"{"Config": {"a": 1, "b": 1e3, "c": 12345678901234567890, "d": [-0.5]}}"#).expect("good");
    let number = |name: &str| task.config.get(name).and_then(Value::as_f64);
    assert_eq!((number("a"), number("b"), number("c")), (Some(1.0), Some(1000.0), Some(1.2345678901234567e19)));
    assert_eq!(
        task.config,
        from_json::<Task>(r#"{"Config": {"a": 1.0, "b": 1000, "c": 1.2345678901234567e19, "d": [-0.5]}}"#)
            .expect("good")
            .config
    );
    assert!(to_json(&task, Form::Full).contains(r#""Config":{"a":1,"b":1000,"c":1.2345678901234567e+19,"d":[-0.5]}"#));
}

/// Halves of surrogate pairs are replaced, pairs are not, and places in errors stay.
#[test]
fn halves_of_surrogate_pairs_are_replaced() {
    for (text, name) in [
        (r#"{"Name": "\ud83d\ude00"}"#, "\u{1f600}"),
        (r#"{"Name": "\ud800"}"#, "\u{fffd}"),
        (r#"{"Name": "a\udc00\ud83d\ude00\uD83Dz"}"#, "a\u{fffd}\u{1f600}\u{fffd}z"),
        (r#"{"Name": "\\ud800 \ud800"}"#, "\\ud800 \u{fffd}"),
        (r#"{"Name": "\ud800\n"}"#, "\u{fffd}\n"),
    ] {
        assert_eq!(from_json::<Job>(text).map(|job| job.name).as_deref(), Ok(name), "{text}");
    }
    refused(r#"{"Name": "\ud800", "ID": 7}"#, "MODEL-5", "ID: found the number 7, expected text (line 1, column 26)");
    assert_eq!(from_json::<Job>(r#"{"Name": "\ud8"#).unwrap_err().code(), "syntax");
    assert_eq!(from_json::<Job>(r#"{"Name": "\ud8zz"}"#).unwrap_err().code(), "syntax");
}

/// Documents that are small as text and large in memory are refused before they are read.
#[test]
fn size_is_bounded() {
    let many = |count: usize| format!(r#"{{"TaskGroups": [{}{{}}]}}"#, "{},".repeat(count));
    let refusal = from_json::<Job>(&many(300_000)).expect_err("too many objects");
    assert_eq!((refusal.code(), refusal.problem()), ("LONGSHORE-SIZE", "more than 262144 objects; split the document"));
    let braces = format!(r#"{{"Name": "{}\""}}"#, "{".repeat(300_000));
    assert!(from_json::<Job>(&braces).is_ok(), "braces in a text are no objects");
    let refusal = from_json::<Job>(&" ".repeat((16 << 20) + 1)).expect_err("too long");
    assert_eq!((refusal.code(), refusal.problem()), ("LONGSHORE-SIZE", "16777217 bytes long; the most is 16777216"));
}
