use std::cmp::Ordering::{self, Equal, Greater, Less};

use proptest::prelude::*;

use super::*;

fn loose(text: &str) -> Version {
    Version::loose(text).unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn feas_70_to_73_grammar() {
    let table: &[(&str, &str, &str)] = &[
        // text, loose and strict: canonical form, or the code
        ("1", "1.0.0", "1.0.0"),
        ("v1.04", "1.4.0", "1.4.0"),
        ("1.2.3.4", "1.2.3.4", "1.2.3.4"),
        ("1.7rc2", "1.7.0-rc2", "FEAS-70"),
        ("1.7-rc2", "1.7.0-rc2", "1.7.0-rc2"),
        ("5.4.0-1018-aws", "5.4.0-1018-aws", "5.4.0-1018-aws"),
        ("1.2--a", "1.2.0--a", "1.2.0--a"),
        ("1.0-", "1.0.0--", "FEAS-70"),
        ("1.0-.a", "1.0.0--.a", "FEAS-70"),
        ("1.0-+m", "1.0.0--+m", "FEAS-70"),
        ("1~a", "1.0.0-~a", "FEAS-70"),
        ("1.2.3-a.b+m.n", "1.2.3-a.b+m.n", "1.2.3-a.b+m.n"),
        ("1.2.beta", "FEAS-70", "FEAS-70"),
        ("1.8.0_222", "FEAS-70", "FEAS-70"),
        ("1.2.3-a..b", "FEAS-70", "FEAS-70"),
        ("1.2.3+", "FEAS-70", "FEAS-70"),
        ("1.2.3+m+n", "FEAS-70", "FEAS-70"),
        ("V1", "FEAS-70", "FEAS-70"),
        (" 1", "FEAS-70", "FEAS-70"),
        ("", "FEAS-70", "FEAS-70"),
        ("v", "FEAS-70", "FEAS-70"),
        ("１.2", "FEAS-70", "FEAS-70"),
        ("9223372036854775807", "9223372036854775807.0.0", "9223372036854775807.0.0"),
        ("9223372036854775808.1", "FEAS-72", "FEAS-72"),
    ];
    let shown = |read: Result<Version, VersionError>| match read {
        Ok(version) => version.to_string(),
        Err(why) => why.code().to_owned(),
    };
    for (text, loosely, strictly) in table {
        assert_eq!(shown(Version::loose(text)), *loosely, "{text:?}, loose");
        assert_eq!(shown(Version::strict(text)), *strictly, "{text:?}, strict");
    }
}

#[test]
fn feas_74_and_75_order() {
    let table: &[(&str, &str, Ordering)] = &[
        ("1.10", "1.9", Greater),
        ("1.0.0", "1.0.0-rc1", Greater),
        ("1.0.0.0-beta", "1.0.0", Equal),
        ("v1.2.0.0.1", "v1.2", Greater),
        ("1+a", "1+b", Equal),
        ("1-alpha", "1-alpha.1", Less),
        ("1-alpha", "1-alpha.beta", Greater),
        ("1-rc.9", "1-rc.10", Less),
        ("1-rc.10", "1-rc.9", Greater),
        ("1-1", "1-a", Less),
        ("1--5", "1-1", Less),
        // [Q] the same number: the left one is less
        ("1-01", "1-1", Less),
        ("1-1", "1-01", Less),
        // [Q] digits beyond 64 bits
        ("1-99999999999999999999", "1-5", Greater),
        ("1-99999999999999999999", "1-a", Greater),
        ("1-a", "1-99999999999999999999", Greater),
        ("1-99999999999999999998", "1-99999999999999999999", Less),
    ];
    for (left, right, expected) in table {
        assert_eq!(loose(left).compare(&loose(right)), *expected, "{left} and {right}");
    }
}

#[test]
fn feas_76_to_88_constraints() {
    // version, constraints; what `version` and `semver` say: yes, no, or the code of what is wrong with the constraints
    let table: &[(&str, &str, &str, &str)] = &[
        ("1.2.3", "~> 1.0", "yes", "FEAS-86"),
        ("2.0.1", "~> 1.0", "no", "FEAS-86"),
        ("3.5", "~> 1", "yes", "FEAS-86"),
        ("0.9", "~> 1", "no", "FEAS-86"),
        ("1.0.7.5", "~> 1.0.7", "yes", "FEAS-86"),
        ("1.0.9", "~> 1.0.9.0", "no", "FEAS-86"),
        ("1.0.9.5.1", "~> 1.0.9.5", "yes", "FEAS-86"),
        ("2.1.0", "~> 2.1.0-a", "no", "FEAS-86"),
        ("2.1.0-beta", "~> 2.1.0-a", "yes", "FEAS-86"),
        ("1.3.0-beta1", ">= 0.6.1", "no", "yes"),
        ("1.7.0-alpha1", ">= 1.6.0-beta1", "no", "yes"),
        ("2.1.0-beta", ">= 2.1.0-a", "yes", "yes"),
        ("2.1.0", ">= 2.1.0-a", "yes", "yes"),
        ("1.3.0-beta1+ent", "= 1.3.0-beta1", "yes", "yes"),
        ("5.4.0-1018-aws", "> 4.0", "no", "yes"),
        ("1.7rc2", "< 1.7", "no", "yes"),
        ("1.7rc2", "< 1.7rc3", "yes", "FEAS-85"),
        ("1.2", "!= 1.2.0", "no", "no"),
        ("1.2-a", "!= 1.2", "yes", "yes"),
        ("1.5", ">= v1.2 , < 2", "yes", "yes"),
        ("1.5", "\t>=1.2\x0c,\r\n1.5 ", "yes", "yes"),
        ("1.5", ">= 1.0,", "FEAS-76", "FEAS-76"),
        ("1.5", "", "FEAS-76", "FEAS-76"),
        ("1.5", ">=1.0 <2", "FEAS-70", "FEAS-70"),
        ("1.5", "==1.0", "FEAS-76", "FEAS-86"),
        ("1.5", "=>1.0", "FEAS-76", "FEAS-86"),
        ("1.5", "^1.0", "FEAS-76", "FEAS-86"),
        ("1.5", "1.x", "FEAS-70", "FEAS-70"),
        ("1.5", "> \u{b}1.0", "FEAS-76", "FEAS-86"),
        ("1.5", "> 9223372036854775808", "FEAS-72", "FEAS-72"),
    ];
    for (version, constraints, by_version, by_semver) in table {
        let shown = |read: Result<Constraints, ConstraintError>| match read {
            Ok(read) if read.allow(&loose(version)) => "yes",
            Ok(_) => "no",
            Err(why) => why.code(),
        };
        assert_eq!(shown(Constraints::version(constraints)), *by_version, "{version} {constraints:?}, version");
        assert_eq!(shown(Constraints::semver(constraints)), *by_semver, "{version} {constraints:?}, semver");
    }
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    let text = |list| Constraints::version(list).map_err(|why| why.to_string());
    let missing = "constraint 2 of \">= 1.0,\" is empty: one looks like >= 1.2";
    assert_eq!(text(">= 1.0,"), Err(missing.to_owned()));
    let tail = "constraint 1: \"1.8.0_222\" is no version: what follows the numbers is neither a pre-release nor \
                metadata; one looks like 1.2.3, 1.2.3-beta1 or v1.2+build";
    assert_eq!(text("<1.8.0_222"), Err(tail.to_owned()));
}

/// Versions that have an order as one expects: three numbers, and at most one part of pre-release.
fn orderly() -> impl Strategy<Value = Version> {
    ("[0-3]\\.[0-3]\\.[0-3]", "(-([1-9]|[a-c]{1,2}))?", "(\\+[a-z0-9]{1,3})?")
        .prop_map(|(numbers, prerelease, metadata)| loose(&format!("{numbers}{prerelease}{metadata}")))
}

/// Versions of any form.
fn any() -> impl Strategy<Value = Version> {
    let prerelease = "(-?[a-c~-][a-c0-9~-]{0,3}(\\.[a-c0-9]{1,21}){0,3}|-[0-9]{1,21}(\\.[a-c0-9-]{1,2}){0,3})?";
    ("v?[0-3](\\.0?[0-3]){0,4}", prerelease, "(\\+[a-c]{1,3})?")
        .prop_map(|(numbers, prerelease, metadata)| loose(&format!("{numbers}{prerelease}{metadata}")))
}

proptest! {
    /// FEAS-74, FEAS-75: antisymmetric and transitive.
    #[test]
    fn order_is_total_where_it_can_be(a in orderly(), b in orderly(), c in orderly()) {
        prop_assert_eq!(a.compare(&b), b.compare(&a).reverse());
        if a.compare(&b).is_le() && b.compare(&c).is_le() {
            prop_assert!(a.compare(&c).is_le(), "{} ≤ {} ≤ {}", a, b, c);
        }
        if a.compare(&b).is_eq() {
            prop_assert_eq!(a.compare(&c), b.compare(&c));
            prop_assert_eq!(a.prerelease(), b.prerelease());
        }
    }

    /// Even where it is not total, operators agree with it (FEAS-80, FEAS-87).
    #[test]
    fn operators_agree_with_the_order(a in any(), b in any()) {
        prop_assert_eq!(a.compare(&a), Equal);
        let order = a.compare(&b);
        let holds = |operator: &str| {
            Constraints::semver(&format!("{operator} {b}")).is_ok_and(|constraints| constraints.allow(&a))
        };
        prop_assert_eq!(holds("="), order == Equal);
        prop_assert_eq!(holds("!="), order != Equal);
        prop_assert_eq!(holds("<"), order == Less);
        prop_assert_eq!(holds("<="), order != Greater);
        prop_assert_eq!(holds(">"), order == Greater);
        prop_assert_eq!(holds(">="), order != Less);
    }

    /// A version is read back from how it is printed, but for how many numbers were written.
    #[test]
    fn printed_versions_read_the_same(version in any()) {
        let again = loose(&version.to_string());
        prop_assert_eq!((again.segments(), again.prerelease(), again.metadata()),
                        (version.segments(), version.prerelease(), version.metadata()));
        prop_assert_eq!(Version::strict(&version.to_string()), Ok(again));
    }

    /// FEAS-81: `~>` allows nothing that `>=` forbids.
    #[test]
    fn pessimistic_is_a_part_of_at_least(a in any(), b in any()) {
        let allows = |operator: &str| {
            Constraints::version(&format!("{operator} {b}")).is_ok_and(|constraints| constraints.allow(&a))
        };
        prop_assert!(!allows("~>") || allows(">="));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[v0-9a.,+~<>=! -]{0,16}|\\PC{0,8}") {
        let _ = (Version::loose(&text), Version::strict(&text));
        let _ = (Constraints::version(&text), Constraints::semver(&text));
    }
}
