use proptest::prelude::*;

use super::*;

/// Whether an expression matches, or where it is wrong.
fn judge(expression: &str, text: &str) -> Result<bool, usize> {
    Regexp::new(expression).map(|regexp| regexp.is_match(text)).map_err(|why| why.character())
}

#[test]
fn feas_63_what_matches() {
    let table: &[(&str, &str, bool)] = &[
        ("bar", "foobar", true),
        ("^bar", "foobar", false),
        ("o$", "foo\n", false),
        ("(?m)o$", "foo\n", true),
        ("a.b", "a\nb", false),
        ("(?s)a.b", "a\nb", true),
        ("[^x]", "\n", true),
        // classes of ASCII
        (r"\d", "٥", false),
        (r"\w", "é", false),
        (r"\s", "\u{b}", false),
        (r"\b", "é", false),
        (r"\B", "é", true),
        (r"a\Béa", "aéa", false),
        (r"[[:space:]]", "\u{b}", true),
        (r"[[:^alpha:]]", "a", false),
        (r"[[:word:]]", "_", true),
        // braces that count nothing
        ("^a{,3}$", "a{,3}", true),
        ("^a{01}$", "a{01}", true),
        ("^a{ 1}$", "a{ 1}", true),
        ("^a{$", "a{", true),
        ("^a{2}$", "aa", true),
        ("^a{0}$", "", true),
        // brackets
        ("^[[a]]bc$", "a]bc", true),
        ("^[[a]]bc$", "[]bc", true),
        ("[a&&b]", "&", true),
        (r"[\w&&[^w]]", "w", false),
        ("[a~~b]", "~", true),
        ("[]a]", "]", true),
        ("[^]a]", "]", false),
        ("[a-c-e]", "-", true),
        ("[a-c-e]", "d", false),
        (r"[\d-z]", "-", true),
        ("[+--]", ",", true),
        ("[[:a]", ":", true),
        ("[:alpha:]", "b", false),
        // flags
        ("(?i)s", "ſ", true),
        ("(?i)STRASSE", "straße", false),
        ("(?i)[^k]", "\u{212a}", false),
        (r"(?i)\W", "ſ", false),
        ("(?i)x(?-i)x", "XX", false),
        ("(?i)x(?-i)x", "Xx", true),
        ("x(?:(?i)x)x", "xXX", false),
        ("a(?i)b|c", "C", true),
        ("(?i:X)x", "xX", false),
        ("(?)x", "x", true),
        // escapes
        (r"\Qa.b", "axb", false),
        (r"\Qa.b\Ec*", "a.bcc", true),
        (r"^\Qab\E+$", "abb", true),
        (r"^\12$", "\n", true),
        (r"^\0123$", "\n3", true),
        (r"^\08$", "\u{0}8", true),
        (r"^\400$", "Ā", true),
        (r"^\x41\x{00041}$", "AA", true),
        (r"\x{D800}", "\u{fffd}", false),
        (r"[\x{D000}-\x{E000}]", "\u{e000}", true),
        (r"\<\_\ \`", "<_ `", true),
        (r"\a\f\v", "\u{7}\u{c}\u{b}", true),
        // categories and scripts
        (r"^\pL\PL$", "é1", true),
        (r"^\p{^L}$", "1", true),
        (r"^\P{^L}$", "1", false),
        (r"^\p{Greek}\p{gREEK}\p{thai}$", "αβก", true),
        (r"\p{Zl}", "\u{2028}", true),
        (r"^\p{Any}$", "x", true),
        (r"(?i)^\p{Lu}$", "a", true),
        // what may be empty
        ("^*", "", true),
        ("()*", "", true),
        ("(|a)*b", "aab", true),
        ("^(?:|x)$", "x", true),
        (r"[^\x00-\x{10FFFF}]", "x", false),
        // names
        ("(?P<1n>a)(?<n>b)(?P<n>c)", "abc", true),
    ];
    for (expression, text, expected) in table {
        assert_eq!(judge(expression, text), Ok(*expected), "{expression:?} on {text:?}");
    }
}

#[test]
fn feas_63_what_is_refused() {
    let table: &[(&str, usize)] = &[
        ("*a", 1),
        ("(*)", 2),
        ("a|*", 3),
        ("{2}", 1),
        ("a**", 3),
        ("a?+", 3),
        ("a*??", 4),
        ("a{2}{3}", 5),
        ("^**", 3),
        ("a{2,1}", 2),
        ("a{1001}", 2),
        ("a{99999999999999999999}", 2),
        ("(a{500}){3}", 9),
        ("((a{10}){10}){11}", 14),
        ("((a{600,})?){2}", 13),
        ("(", 1),
        ("a(b(c)", 2),
        ("a)", 2),
        ("(?=a)", 1),
        ("(?!a)", 1),
        ("(?<=b)a", 4),
        ("(?<!b)a", 4),
        ("(?>a)", 1),
        ("(?P=n)", 1),
        ("(?#c)", 1),
        ("(?'n'a)", 1),
        ("(?P<é>a)", 5),
        ("(?P<>a)", 5),
        ("(?P<n", 5),
        ("(?x)a", 3),
        ("(?u)a", 3),
        ("(?R)a", 3),
        ("(?i", 1),
        ("(?-)a", 4),
        ("(?i-)a", 5),
        ("(?i-s-m)a", 6),
        ("[a", 1),
        ("[]", 1),
        ("[a-", 1),
        ("[z-a]", 2),
        ("[a--b]", 2),
        (r"[a-\d]", 4),
        (r"[\b]", 2),
        (r"[\Q]", 2),
        ("[[:foo:]]", 2),
        (r"\", 1),
        (r"a\1", 2),
        (r"\8", 1),
        (r"\E", 1),
        (r"\C", 1),
        (r"\Z", 1),
        (r"\G", 1),
        (r"\K", 1),
        (r"\u00e9", 1),
        (r"é\é", 2),
        (r"\x4", 1),
        (r"\x{}", 1),
        (r"\x{110000}", 1),
        (r"\p", 1),
        (r"\p{Foo}", 1),
        (r"\p{IsGreek}", 1),
        (r"\p{Script=Greek}", 1),
        (r"\p{Grek}", 1),
        (r"\Q\E*", 5),
    ];
    for (expression, at) in table {
        assert_eq!(judge(expression, "").err(), Some(*at), "{expression:?}");
    }
}

#[test]
fn every_height_that_is_allowed_compiles_on_a_small_stack() {
    let towers: [fn(usize) -> String; 4] = [
        |height| format!("{}a{}", "(".repeat(height), ")".repeat(height)),
        |height| format!("{}a{}", "(?:".repeat(height), ")*".repeat(height)),
        |height| format!("{}a{}", "(x|".repeat(height), ")?".repeat(height)),
        |height| format!("a{}", "*(?i)".repeat(height)),
    ];
    for tower in towers {
        let judge = move || {
            [HEIGHT_MAX / 2 - 2, HEIGHT_MAX + 2, 100_000]
                .map(|height| Regexp::new(&tower(height)).err().map_or("fits", |why| why.code()))
        };
        let small = std::thread::Builder::new().stack_size(1 << 20).spawn(judge).map(std::thread::JoinHandle::join);
        let codes = ["fits", "LONGSHORE-REGEXP-SIZE", "LONGSHORE-REGEXP-SIZE"];
        assert!(matches!(small, Ok(Ok(found)) if found == codes), "{}: {small:?}", tower(2));
    }
}

#[test]
fn size_is_bounded_and_ordinary_large_expressions_fit() {
    for fits in ["(a{100}){10}", ".{1000}", "(?i)[^,]{0,1000}", r"\p{Greek}{100}", r"(\w{1,63}\.){1,15}\w+"] {
        assert!(Regexp::new(fits).is_ok(), "{fits}");
    }
    let hostile = [r"\pL{1000}".repeat(100), r"\pL".repeat(100_000), "(?:aaaaaaaaaaaaaaaaaaaa){1000}".repeat(100)];
    for hostile in hostile {
        let code = Regexp::new(&hostile).map_err(|why| why.code());
        assert_eq!(code, Err("LONGSHORE-REGEXP-SIZE"), "{}…", &hostile[..20]);
    }
}

#[test]
fn time_is_linear_in_the_text() {
    let text = "a".repeat(20_000);
    assert_eq!(judge("(a+a+)+b", &text), Ok(false));
    assert_eq!(judge("(a|aa)*$", &text), Ok(true));
}

#[test]
fn replacements_name_groups() {
    let table = [
        ("[0-9]+", "abc123", "<$0>", "abc<123>"),
        (r"(\w+) (\w+)", "john smith", "$2 $1", "smith john"),
        ("(?P<x>a)", "ab", "${x}z", "azb"),
        ("(?P<x>a)", "ab", "$xz", "b"),
        ("a*?", "aaa", "x", "xaxaxax"),
        ("b*", "abc", "-", "-a-c-"),
        ("a", "a", "$$1 $ ${ ${} $é", "$1 $ ${ ${} $é"),
        ("(?P<n>a)|(?P<n>b)", "ab", "<$n>", "<a><b>"),
        ("a", "éaé", "$9", "éé"),
        ("(a){0}b", "b", "<$1>", "<>"),
    ];
    for (expression, text, replacement, expected) in table {
        let regexp = Regexp::new(expression).unwrap_or_else(|why| panic!("{expression}: {why}"));
        assert_eq!(regexp.replace_all(text, replacement), expected, "{expression:?} {replacement:?}");
    }
}

#[test]
fn programs_are_cheap_to_share() {
    let regexp = Regexp::new("(?P<n>a)").unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(format!("{:?}", regexp.clone()), "Regexp(\"(?P<n>a)\")");
    assert!(Arc::ptr_eq(&regexp.clone().0, &regexp.0));
    let again = Regexp::new("(?P<n>a)").unwrap_or_else(|why| panic!("{why}"));
    assert!(Arc::ptr_eq(&again.0, &regexp.0), "compiled once while it is kept");
}

#[test]
fn programs_that_nobody_keeps_are_gone() {
    let kept = Regexp::new("kept, and found below").map(|regexp| regexp.0);
    let gone = Regexp::new("gone").map(|regexp| Arc::downgrade(&regexp.0));
    assert!(gone.is_ok_and(|gone| gone.upgrade().is_none()));
    for number in 0..1000 {
        assert!(Regexp::new(&format!("^{number}$")).is_ok_and(|regexp| regexp.is_match(&number.to_string())));
    }
    assert_eq!(
        Regexp::new("kept, and found below").map(|regexp| Arc::as_ptr(&regexp.0)),
        kept.map(|kept| Arc::as_ptr(&kept))
    );
    assert!(live::entries() < 500, "others are swept away");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// An expression is refused or works, whatever it is.
    #[test]
    fn any_text_is_judged_without_a_panic(
        parts in proptest::collection::vec(prop_oneof![
            r"[a-c.*+?|(){}\[\]^$\\,0-9:é-]", r"\(\?[imsU:<>P=!-]", r"\\[pPdDwWsSbBAzQExn0-9]", r"\\p\{[a-zA-Z^]{0,3}\}",
        ], 0..24),
        text in "[a-cé\n]{0,12}",
    ) {
        if let Ok(regexp) = Regexp::new(&parts.concat()) {
            let _ = regexp.is_match(&text);
            let _ = regexp.replace_all(&text, "$0$1${n}$$");
        }
    }

    /// What is quoted matches itself, and what is escaped does.
    #[test]
    fn quoted_text_matches_itself(text in "[ -~é]{0,12}", around in "[a-z]{0,3}") {
        let quoted = format!(r"^{around}\Q{}\E$", text.replace(r"\E", ""));
        let whole = format!("{around}{}", text.replace(r"\E", ""));
        // A backslash at the end would open the escape `\\E`.
        prop_assume!(!whole.ends_with('\\') && !whole.contains(r"\E"));
        prop_assert_eq!(judge(&quoted, &whole), Ok(true));
        let escape = |c: char| if c.is_ascii_punctuation() { format!(r"\{c}") } else { c.into() };
        let escaped: String = text.chars().map(escape).collect();
        prop_assert_eq!(judge(&format!("^{escaped}$"), &text), Ok(true));
    }

    /// On what both dialects share, the answer is that of the parser next door.
    #[test]
    fn shared_syntax_means_the_same(
        expression in r"(a|b|c|\.|\||\(a|\(|\)|[abc]\*|b\+|c\?|b\{1,2\}|\[ab\]|\[\^a\]|\^|\$){0,10}",
        text in "[abc]{0,8}",
    ) {
        let other = meta::Regex::new(&expression);
        let ours = Regexp::new(&expression);
        prop_assert_eq!(ours.is_ok(), other.is_ok(), "{}: {:?}", expression, ours);
        if let (Ok(ours), Ok(other)) = (ours, other) {
            prop_assert_eq!(ours.is_match(&text), other.is_match(&text), "{}", expression);
        }
    }
}
