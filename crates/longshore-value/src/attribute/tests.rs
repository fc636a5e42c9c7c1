use std::cmp::Ordering::{Equal, Greater, Less};

use proptest::prelude::*;

use super::*;

#[test]
fn feas_141_literals() {
    let int = |number, unit| Attribute::new(Value::Int(number), unit);
    let float = |number, unit| Attribute::new(Value::Float(number), unit);
    let table: &[(&str, Attribute)] = &[
        ("", Attribute::text("")),
        ("5", int(5, "")),
        ("+5", int(5, "")),
        ("5GiB", int(5, "GiB")),
        (" 5\t GiB", int(5, "GiB")),
        ("5\u{a0}GiB", int(5, "GiB")),
        ("-3 mW", int(-3, "mW")),
        ("5 W", int(5, "W")),
        (".98   GiB/s", float(0.98, "GiB/s")),
        ("1_000.5 MB", float(1000.5, "MB")),
        ("9223372036854775808", float(9_223_372_036_854_775_808.0, "")),
        ("inf GiB", float(f64::INFINITY, "GiB")),
        ("0x1p4", float(16.0, "")),
        ("1", int(1, "")),
        ("T", Attribute { value: Value::Bool(true), unit: None }),
        ("False", Attribute { value: Value::Bool(false), unit: None }),
    ];
    for (text, expected) in table {
        assert_eq!(Attribute::parse(text), *expected, "{text:?}");
    }
    for text in ["5 B", "5 Hz", "5 GIB", "5 GiB ", "GiB", "5,000 MB", "T MB", "yes", "0x10", "1e400", "٥ GiB"] {
        assert_eq!(Attribute::parse(text), Attribute::text(text), "{text:?}");
    }
}

#[test]
fn feas_143_and_144_comparison() {
    let table: &[(&str, &str, Option<Ordering>)] = &[
        ("1GiB", "1024MiB", Some(Equal)),
        ("1500mW", "1W", Some(Equal)), // [Q] cut to whole watts
        ("-1500mW", "-1W", Some(Equal)),
        ("1500.0mW", "1W", Some(Greater)),
        ("1W", "1500.0 mW", Some(Less)),
        ("16 EiB", "0 MB", Some(Equal)), // [Q] wraps
        ("16.0 EiB", "0 MB", Some(Greater)),
        ("0.8 GHz", "800 MHz", Some(Greater)),
        ("1 GiB", "1.073741824 GB", Some(Less)),
        ("995 MiB/s", ".98 GiB/s", Some(Less)),
        ("5", "5GiB", None),
        ("5 GiB", "5 GiB/s", None),
        ("5", "5 apples", None),
        ("5", "5.0", Some(Equal)),
        ("nan", "5", None),
        ("inf", "1e308", Some(Greater)),
        ("inf GiB", "inf MB", Some(Equal)),
        ("-inf", "inf", Some(Less)),
        ("-0.0", "0", Some(Equal)),
        ("9223372036854775807", "9223372036854775808", Some(Less)),
        ("foo", "bar", Some(Greater)),
        ("true", "false", Some(Greater)),
        ("false", "true", Some(Greater)),
        ("T", "true", Some(Equal)),
        ("true", "1", None),
    ];
    for (left, right, expected) in table {
        assert_eq!(Attribute::parse(left).compare(&Attribute::parse(right)), *expected, "{left:?} and {right:?}");
    }
    let unknown = Attribute::new(Value::Int(5), "parsec");
    assert_eq!(unknown.compare(&Attribute::parse("5")), Some(Equal), "FEAS-143: an unknown unit is none");
}

#[test]
fn conversion() {
    let amount = |text: &str, unit| Unit::named(unit).and_then(|unit| Attribute::parse(text).amount_in(unit));
    assert_eq!(amount("1.5 GiB", "MiB"), Some(1536.0));
    assert_eq!(amount("250 mW", "W"), Some(0.25));
    assert_eq!(amount("2 kW", "mW"), Some(2e6));
    assert_eq!(amount("5 GiB", "GHz"), None);
    assert_eq!(amount("5", "GHz"), None);
    assert_eq!(amount("fast", "GHz"), None);
}

fn numbers() -> impl Strategy<Value = Attribute> {
    let value = prop_oneof![
        (-2000i64..2000).prop_map(Value::Int),
        (-2000i64..2000, 0u32..5).prop_map(|(number, shift)| Value::Float(number as f64 / f64::from(1 << shift))),
        any::<f64>().prop_filter("a number", |number| !number.is_nan()).prop_map(Value::Float),
    ];
    (value, prop_oneof!["mW", "W", "kW"]).prop_map(|(value, unit)| Attribute::new(value, &unit))
}

proptest! {
    /// FEAS-144: antisymmetric, and transitive where no whole milliwatts are cut.
    #[test]
    fn numbers_are_ordered(a in numbers(), b in numbers(), c in numbers()) {
        let order = |left: &Attribute, right: &Attribute| left.compare(right);
        prop_assert_eq!(order(&a, &b), order(&b, &a).map(Ordering::reverse));
        prop_assert_eq!(order(&a, &a), Some(Equal));
        let milliwatt = Unit::named("mW");
        let cut = |attribute: &Attribute| matches!(attribute.value, Value::Int(_)) && attribute.unit == milliwatt;
        if !cut(&a) && !cut(&b) && !cut(&c) && order(&a, &b) != Some(Greater) && order(&b, &c) != Some(Greater) {
            prop_assert!(order(&a, &c) != Some(Greater), "{} ≤ {} ≤ {}", a, b, c);
        }
    }

    /// A literal is read back from how it is printed.
    #[test]
    fn printed_numbers_read_the_same(attribute in numbers()) {
        prop_assert_eq!(Attribute::parse(&attribute.to_string()), attribute);
    }

    /// In one unit the comparison is that of floating-point numbers.
    #[test]
    fn exact_comparison_agrees_with_hardware(a: f64, b: f64) {
        let (left, right) = (Attribute::new(Value::Float(a), "GB"), Attribute::new(Value::Float(b), "GB"));
        prop_assert_eq!(left.compare(&right), a.partial_cmp(&b));
    }

    #[test]
    fn any_text_is_read_without_a_panic(left in "[-0-9.e_]{0,8} ?[kKMGimWHzBs/]{0,5}", right in "\\PC{0,8}") {
        let _ = Attribute::parse(&left).compare(&Attribute::parse(&right));
    }
}
