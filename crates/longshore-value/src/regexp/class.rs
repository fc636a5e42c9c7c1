//! Sets of characters: classes in brackets, of escapes, of names, of categories and scripts.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

/// A set of characters.
pub(super) type Set = ClassUnicode;

/// The characters from one number to another; numbers that are no character (surrogates) are left out.
pub(super) fn range(first: u32, last: u32) -> Set {
    let mut set = Set::empty();
    for (first, last) in [(first, last.min(0xd7ff)), (first.max(0xe000), last)] {
        if let (Some(first), Some(last)) = (char::from_u32(first), char::from_u32(last))
            && first <= last
        {
            set.push(ClassUnicodeRange::new(first, last));
        }
    }
    set
}

/// A set with everything that differs from its characters in case only, if `fold`; then its complement, if `negated`.
pub(super) fn finish(mut set: Set, fold: bool, negated: bool) -> Set {
    if fold {
        // Fails only if the tables are compiled out; the manifest asks for them.
        let _ = set.try_case_fold_simple();
    }
    if negated {
        set.negate();
    }
    set
}

/// The class of an escape: `d`, `s` and `w`, all of ASCII (FEAS-63).
pub(super) fn perl(letter: char) -> Option<Set> {
    Some(match letter {
        'd' => posix("digit")?,
        's' => of(&[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
        'w' => posix("word")?,
        _ => return None,
    })
}

/// The class of a name such as `alpha`, as in `[[:alpha:]]`.
pub(super) fn posix(name: &str) -> Option<Set> {
    Some(of(match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    }))
}

/// Names of scripts with four letters; all others of four letters are short forms, which RE2 does not know.
const SCRIPTS_OF_FOUR: [&str; 8] = ["ahom", "cham", "kawi", "lisu", "modi", "newa", "thai", "toto"];

/// A category or a script, by its name in any case (FEAS-63).
pub(super) fn property(name: &str) -> Option<Set> {
    // As the tables compare names; they would also drop an `is` at the beginning.
    let plain: String = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect::<String>().to_lowercase();
    if plain.is_empty() || plain.starts_with("is") || !plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let known = |property: &str| regex_syntax::parse(&format!(r"\p{{{property}={plain}}}")).ok().and_then(characters);
    known("gc").or_else(|| match plain.len() {
        4 if !SCRIPTS_OF_FOUR.contains(&plain.as_str()) => None,
        _ => known("sc"),
    })
}

/// The characters that an expression of one class matches.
fn characters(hir: Hir) -> Option<Set> {
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(set)) => Some(set),
        HirKind::Class(Class::Bytes(set)) => set.to_unicode_class(),
        // A class of one character is made a literal.
        HirKind::Literal(literal) => {
            let only = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(range(only.into(), only.into()))
        }
        _ => None,
    }
}

fn of(ranges: &[(char, char)]) -> Set {
    Set::new(ranges.iter().map(|(first, last)| ClassUnicodeRange::new(*first, *last)))
}
