//! Expressions that no recorded case has: their value as JSON, or the code of what is wrong with them.
#![allow(missing_docs)]

use longshore_jobspec::{Options, parse};

/// The value of an expression in a free-form map, or the first complaint's code.
fn value(expression: &str) -> String {
    let text = format!("job \"a\" {{\n  task \"t\" {{\n    config {{\n      x = {expression}\n    }}\n  }}\n}}\n");
    match parse(&text, &Options::default()) {
        Ok(job) => job.document["TaskGroups"][0]["Tasks"][0]["Config"]["x"].to_string(),
        Err(failure) => failure.diagnostics()[0].code.to_owned(),
    }
}

/// A table: on each line an expression, ` -> `, and what comes of it.
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (expression, wanted) = line.split_once(" -> ").unwrap_or_else(|| panic!("{line}"));
        assert_eq!(value(expression.trim()), wanted, "{expression}");
    }
}

#[test]
fn spec_65_csv_is_strict() {
    check(
        r#"
        csvdecode("a,b\n1,\"2\"\"3\"")    -> [{"a":"1","b":"2\"3"}]
        csvdecode("a\r\n\r\n1\r\n")       -> [{"a":"1"}]
        csvdecode("a\n1\r2")              -> [{"a":"1\r2"}]
        strlen(keys(csvdecode("\ufeffa\n1")[0])[0]) -> 2
        csvdecode("a\n1,2")               -> SPEC-65:call-failed
        csvdecode("a\n1\"2")              -> SPEC-65:call-failed
        csvdecode("a\n\"1")               -> SPEC-65:call-failed
        csvdecode("a\n\"1\"2")            -> SPEC-65:call-failed
        "#,
    );
}

#[test]
fn spec_65_floats_have_the_text_of_floats() {
    check(
        r#"
        "=${pow(2, 0.5)}"     -> "=1.4142135623730951"
        "=${-pow(2, 0.5)}"    -> "=-1.4142135623730951"
        "=${log(2, 10)}"      -> "=0.30102999566398114"
        "=${pow(2, 60)}"      -> "=1152921504606847000"
        pow(2, 60)           -> 1152921504606846976
        "=${max(pow(3, 0.5), 0)}" -> "=1.7320508075688772"
        pow(10, -1) == 0.1   -> false
        "#,
    );
}

#[test]
fn spec_65_case_zero_and_short_addresses() {
    check(
        r#"
        upper("straße ᾳ ǆ")              -> "STRAßE ᾼ Ǆ"
        lower("İI Σ")                    -> "ii σ"
        title("ǆ ᾳ-ǉ აა 1a_b éa")        -> "ǅ ᾼ-ǈ აა 1a_b Éa"
        "=${abs("-0")} ${abs(-0)} ${-0}" -> "=0 0 -0"
        cidrhost("::ffff:10.0.0.0/104", 5)      -> "10.0.0.5"
        cidrhost("::ffff:10.0.0.0/90", 0)       -> "::ffc0:0:0"
        cidrsubnet("::ffff:10.0.0.0/104", 8, 1) -> "10.1.0.0/16"
        cidrsubnets("::ffff:0:0/96", 8)         -> ["0.0.0.0/8"]
        cidrnetmask("::ffff:10.0.0.0/104")      -> "ffff:ffff:ffff:ffff:ffff:ffff:ff00:0"
        "#,
    );
}

#[test]
fn spec_65_bcrypt_takes_its_default_for_costs_too_low() {
    check(
        r#"
        substr(bcrypt("a", 3), 0, 7)    -> "$2a$10$"
        substr(bcrypt("a", -40), 0, 7)  -> "$2a$10$"
        substr(bcrypt("a", 4), 0, 7)    -> "$2a$04$"
        bcrypt("a", 13)                 -> SPEC-65:call-failed
        "#,
    );
}

/// As many operators as one likes, where nothing nests.
#[test]
fn spec_25_chains_of_operators_are_not_deep() {
    let sum = vec!["1"; 5_000].join(" + ");
    assert_eq!(value(&sum), "5000");
    assert_eq!(value(&format!("10000 - {}", sum.replace('+', "-"))), "5000");
    assert_eq!(value(&vec!["true"; 5_000].join(" && ")), "true");
    assert_eq!(value(&format!("{}1", "-".repeat(1_000))), "LONGSHORE-LIMIT:depth");
    check(
        r#"
        2 * 3 % 4 / 4               -> 0.5
        1 == 1 != false             -> true
        1 - null                    -> SPEC-32:failed
        1 - 2 - "x" - "y"           -> SPEC-134:bad-operand
        "#,
    );
}

#[test]
fn numbers_have_a_length_that_can_be_told() {
    assert_eq!(value(&"9".repeat(4_001)), "LONGSHORE-LIMIT:number");
    assert_eq!(value("1e4001"), "LONGSHORE-LIMIT:number");
    assert_eq!(value("1e99999999999999999999"), "LONGSHORE-LIMIT:number");
    let json = format!("{{\"job\":{{\"a\":{{\"priority\":{}}}}}}}", "9".repeat(4_001));
    let failure = parse(&json, &Options::default()).unwrap_err();
    assert_eq!(failure.diagnostics()[0].code, "LONGSHORE-LIMIT:number");
}

/// A text may begin with the mark that editors leave; within a template of JSON it is text.
#[test]
fn spec_21_byte_order_marks() {
    let name = |text: &str| parse(text, &Options::default()).map(|job| job.document["Name"].clone());
    assert_eq!(name("\u{feff}job \"a\" {\n}\n").ok(), Some("a".into()));
    assert_eq!(name(r#"{"job":{"a":{"name":"\ufeff${1}"}}}"#).ok(), Some("\u{feff}1".into()));
}
