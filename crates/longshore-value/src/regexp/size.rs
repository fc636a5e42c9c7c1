//! What a program takes, about.
//!
//! What the engine says of itself hangs on the platform and on the features that it was built with, and whether a job is
//! taken must not.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes that come with every program, and with each of its states, in round figures.
const PROGRAM: usize = 4096;
const STATE: usize = 24;

/// Bytes that the program of an expression takes, about.
pub(super) fn of(hir: &Hir) -> usize {
    states(hir).saturating_mul(STATE).saturating_add(PROGRAM)
}

/// States of the program: a byte, a range of a class, a group's end. What repeats is written out. As deep as the
/// expression, which is bounded.
fn states(hir: &Hir) -> usize {
    let all = |parts: &[Hir]| parts.iter().map(states).fold(1, usize::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().max(1),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len().max(1),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or_else(|| repetition.min.saturating_add(1)).max(1);
            states(&repetition.sub).saturating_add(1).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Regexp;

    /// Of what the engine says, within a factor of eight where it matters.
    #[test]
    fn as_the_engine_says_about() {
        for text in [
            r"\pL{300}",
            r"\w{1,200}",
            r"(a|b|cde){500}",
            r"[^x]{100}(\d+){30}",
            r"(?i)[a-z]{900}",
            r"\pL+\pN{100}x{20}",
        ] {
            let (size, engine) =
                Regexp::new(text).map(|one| (one.size(), one.0.program.memory_usage())).unwrap_or_default();
            assert!(size / 8 < engine && engine / 8 < size, "{text}: {size}, {engine}");
        }
    }
}
