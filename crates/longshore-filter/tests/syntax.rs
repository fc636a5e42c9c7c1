//! What is an expression, how it is told back, and what is said of a text that is none.

use longshore_filter::{DEPTH_MAX, Filter, LENGTH_MAX};

fn printed(text: &str) -> String {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

#[test]
fn api_801_to_810_expressions_and_their_canonical_text() {
    for (text, canonical) in [
        // Signs need no blanks, words do.
        ("Status==running", r#"Status == "running""#),
        (" Status\t!=\r\n running ", r#"Status != "running""#),
        ("oslo in Datacenters", r#"Datacenters contains "oslo""#),
        ("oslo not  in Datacenters", r#"Datacenters not contains "oslo""#),
        ("Name not matches `^k`", r#"Name not matches "^k""#),
        ("Meta is  not\nempty", "Meta is not empty"),
        ("not Periodic is nil", "Periodic is not nil"),
        // API-803.
        (r#"Meta[ "cost.center" ] is empty"#, r#"Meta["cost.center"] is empty"#),
        ("Meta[`a`].b.0.00 is empty", "Meta.a.b.0.00 is empty"),
        (r#""/Meta/cost.center" is empty"#, r#"Meta["cost.center"] is empty"#),
        (r#""/Meta/a~1b~0" is empty"#, r#"Meta["a/b~"] is empty"#),
        (r#""/1/ü" is empty"#, r#""/1/ü" is empty"#),
        (r#""" is empty"#, r#""" is empty"#),
        ("Meta.own/er is empty", "Meta.own/er is empty"),
        // API-807, API-808.
        ("Name == a.b.0", r#"Name == "a.b.0""#),
        ("Name == a[`b`]", r#"Name == "a.b""#),
        (r#"Name == "/a/b""#, r#"Name == "a/b""#),
        ("Name == `/a/b`", r#"Name == "\x2fa/b""#),
        ("Name == ``", r#"Name == """#),
        (r#"Name == "\x22\t\u00fc\101""#, r#"Name == "\x22\tüA""#),
        ("Priority == -0", "Priority == -0"),
        ("Priority == `70`", "Priority == 70"),
        ("(Priority == 70)", "Priority == 70"),
        ("any TaskGroups as g { g.Count == 5 }", "any TaskGroups as g { g.Count == 5 }"),
        // API-809: `not` before `and` before `or`, chains to the right.
        ("a == 1 or b == 2 and not c == 3", "a == 1 or b == 2 and c != 3"),
        ("(a == 1 or b == 2) and c == 3", "(a == 1 or b == 2) and c == 3"),
        ("not (a == 1 or b == 2)", "not (a == 1 or b == 2)"),
        ("not not (a == 1 and b == 2)", "a == 1 and b == 2"),
        ("(a == 1 and b == 2) and (c == 3 and d == 4)", "a == 1 and b == 2 and c == 3 and d == 4"),
        ("a == 1 or any b as x { x == 1 or all c as _, y { y == x } }", {
            r#"a == 1 or any b as x { x == 1 or all c as _, y { y == "x" } }"#
        }),
        ("(any b as i,_{ i == 1 }) and a == 1", "(any b as i, _ { i == 1 }) and a == 1"),
        // No word is reserved.
        ("not == x", r#""/not" == "x""#),
        ("not in not", r#""/not" contains "not""#),
        ("not not in x", r#"x not contains "not""#),
        ("not contains x", r#""/not" contains "x""#),
        ("not contains in x", r#"x not contains "contains""#),
        ("and == or and or == and", r#"and == "or" and or == "and""#),
        ("any in all", r#""/all" contains "any""#),
        ("any any as all { all == all }", r#"any "/any" as all { "/all" == "all" }"#),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
        assert_eq!(printed(canonical), canonical);
    }
}

#[test]
fn api_801_what_is_no_expression_is_told_where_and_why() {
    for (text, at, problem) in [
        ("", 0, "a test such as `Status == \"running\"` is missing"),
        ("Status == running and ", 22, "a test such as `Status == \"running\"` is missing"),
        ("Status == running and", 18, "a test such as `Status == \"running\"` is missing"),
        (
            "Status",
            6,
            "an operator is missing: `==`, `!=`, `contains`, `matches`, `is empty`, `is nil`, `in` or one of \
                       these with `not`",
        ),
        (
            "Status running",
            7,
            "`running` is no operator; there are `==`, `!=`, `contains`, `matches`, `is empty`, \
                               `is nil`, `in`, and `not`",
        ),
        ("Status = running", 7, "there is no operator `=`: equality is `==`"),
        ("Priority >= 50", 9, "there is no operator `>=`: values are equal or not, there is no order"),
        ("Name =~ k", 5, "there is no operator `=~`: a pattern is asked for with `matches`"),
        ("a == 1 && b == 2", 7, "`&` is too much here: `and`, `or` or the end is expected"),
        ("Status ==", 9, "a value is missing: a word, a number or a text in quotes"),
        ("Name contains", 13, "a value is missing: a word, a number or a text in quotes"),
        (
            "Status == 'running'",
            10,
            "'\\'' cannot begin a value; put a text with other than letters, digits, `_`, `/` \
                                      and `.` in quotes",
        ),
        ("Job == my-job", 9, "`-` is too much here: `and`, `or` or the end is expected"),
        ("Priority == 070", 12, "a number does not begin with 0; put it in quotes if it is a text"),
        (
            "Update.Stagger == 30s",
            20,
            "a number is followed by a blank, `)` or the end; put it in quotes if it is a text",
        ),
        (
            "any x as g { g == 5}",
            19,
            "a number is followed by a blank, `)` or the end; put it in quotes if it is a text",
        ),
        ("Name == \"web", 8, "the text is not closed with `\"`"),
        ("Name == `web", 8, "the text is not closed with ```"),
        ("Name == \"a\nb\"", 10, "a text in double quotes stays on its line: write `\\n`, or use back-quotes"),
        (
            "Name == \"a\\q\"",
            10,
            "there is no such escape: `\\` is followed by one of `abfnrtv\\`, `x41`, `101`, \
                                 `u0041` or `U00000041`",
        ),
        ("TaskGroups[0].Name == x", 10, "an element is written `TaskGroups.0`, a key `TaskGroups[\"key\"]`"),
        ("Meta[\"a\" == x", 9, "`]` is missing"),
        ("Meta[\"\\xff\"] == x", 5, "a key is UTF-8, and this one is not"),
        ("Name. == x", 5, "a name or an index is missing after `.`"),
        ("x in \"Meta\"", 5, "a path in quotes is `/` and a name, repeatedly, such as `\"/Meta/owner\"`"),
        ("x in", 4, "a selector is missing: a name such as `Status`, a path such as `Meta.owner` or `\"/Meta/owner\"`"),
        (
            "x in ",
            5,
            "a selector is missing: a name such as `Status`, a path such as `Meta.owner` or `\"/Meta/owner\"`",
        ),
        ("5 == x", 2, "after a value comes `in` or `not in`; all other tests begin with a selector, such as `Status`"),
        ("Meta is full", 8, "`is` is followed by `empty`, `nil`, `not empty` or `not nil`"),
        ("(a == 1", 7, "`)` is missing"),
        ("a == 1)", 6, "`)` is too much here: `and`, `or` or the end is expected"),
        (
            "not(a == 1)",
            3,
            "`(` is no operator; there are `==`, `!=`, `contains`, `matches`, `is empty`, `is nil`, `in`, \
                             and `not`",
        ),
        ("(a == 1) and(b == 2)", 9, "`and` stands between blanks"),
        ("() or a == 1", 1, "`)` cannot begin a test, which looks like `Status == \"running\"`"),
        ("any x d { d == 1 }", 6, "`as` and a name for the elements are missing"),
        ("any x as _, _ { x == 1 }", 9, "the names of index and value cannot both be left out"),
        ("any x as _ { x == 1 }", 9, "the names of index and value cannot both be left out"),
        ("any x as d d == 1 }", 11, "`{` is missing"),
        ("any x as d { d == 1 ", 20, "`}` is missing"),
        (
            "a == 1 and any x as d { d == 1 }",
            11,
            "`any … { … }` has to stand in parentheses here; only the right end of \
                                                 `or` needs none",
        ),
        (
            "all x as d { any d as e { e == 1 } } and a == 1",
            0,
            "`all … { … }` has to stand in parentheses here; only the \
                                                               right end of `or` needs none",
        ),
        (
            "not all x as d { d == 1 }",
            4,
            "`all … { … }` has to stand in parentheses here; only the right end of `or` \
                                          needs none",
        ),
    ] {
        let error = Filter::parse(text).expect_err(text);
        assert_eq!((error.span().start, error.problem().as_str()), (at, problem), "{text}");
        assert_eq!((error.code(), error.detail()), ("API-801", "syntax"), "{text}");
    }
}

#[test]
fn places_are_told_in_lines_and_characters() {
    let error = Filter::parse("Name == `ü`\n  and Prio > 5").unwrap_err();
    assert_eq!((error.line(), error.column(), error.span()), (2, 12, 24..25));
    assert!(error.to_string().ends_with("there is no order (line 2, column 12)"), "{error}");
}

#[test]
fn api_818_limits() {
    let nested = |depth: usize| format!("{}a == 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nested(DEPTH_MAX)).is_ok());
    let bodies = |depth: usize| format!("{} a == 1 {}", "any b as x { ".repeat(depth), " }".repeat(depth));
    assert!(Filter::parse(&bodies(DEPTH_MAX)).is_ok());
    for text in [nested(DEPTH_MAX + 1), bodies(DEPTH_MAX + 1), nested(100_000), "not (".repeat(100_000)] {
        let error = Filter::parse(&text).unwrap_err();
        assert_eq!((error.code(), error.detail()), ("API-818", "too-long"));
        assert_eq!(error.problem(), "parentheses and braces are nested deeper than 100 levels");
    }
    let error = Filter::parse(&" ".repeat(LENGTH_MAX + 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the expression is 1048577 bytes long; at most 1048576 are allowed (line 1, column 1048577)"
    );
    let error = Filter::parse(&(r"a matches `[\pL\pN]{900}` or ".repeat(50) + "a == b")).unwrap_err();
    assert_eq!(error.code(), "API-818", "{error}");
}

/// Long texts of every shape are read in time that grows with their length.
#[test]
fn api_818_long_chains() {
    for (piece, end) in [
        ("a == b or ", "a == b"),
        ("a == b and ", "a == b"),
        ("not ", "a == b"),
        ("not ", "in b"),
        ("not\t\t\t\t\t\t\t\t", "(a == b)"),
        ("(a == b) and (b == c) or ", "any x as y { y == z }"),
        ("a.b.c[`d`].", "e is nil"),
    ] {
        let text = piece.repeat((LENGTH_MAX - 100) / piece.len()) + end;
        let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{piece}: {error}"));
        drop(filter);
    }
    for text in
        ["not ", "a == b and ", "(", "\"", "`", "a.", "a[`b`", "any a as b { ", "a in ", "-", "\\", "é", "a contains "]
    {
        assert!(Filter::parse(&text.repeat(LENGTH_MAX / text.len())).is_err(), "{text}");
    }
}
