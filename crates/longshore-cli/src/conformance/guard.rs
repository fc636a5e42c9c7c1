//! A panic made a value, with its message and place.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// `Some` while this thread runs guarded: the panic's words, once there are any.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it becomes `Err(message and place)` and prints nothing.
///
/// Panics of other threads, and outside of guarded work, are reported as ever. A stack overflow
/// is no panic and cannot be caught.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    install();
    CAUGHT.set(Some(String::new()));
    // The caller drops everything that the work touched, so a torn value is never seen.
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    let words = CAUGHT.take().filter(|words| !words.is_empty());
    outcome.map_err(|_| words.unwrap_or_else(|| "a panic without words".to_owned()))
}

/// Puts our hook before the one in place, once for the process.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // Borrowed only for this look: the other hook may panic, too.
            let guarded = CAUGHT.with_borrow(Option::is_some);
            if guarded {
                CAUGHT.set(Some(words(info)));
            } else {
                before(info);
            }
        }));
    });
}

/// What a panic says, and where.
fn words(info: &PanicHookInfo<'_>) -> String {
    // The two types that `panic!` throws.
    let text = info.payload().downcast_ref::<&str>().copied();
    let message = text.or_else(|| info.payload().downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)");
    match info.location() {
        Some(place) => format!("{message} (at {}:{})", place.file(), place.line()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_value_with_its_place() {
        let caught = guarded(|| -> u8 { panic!("no {}", "luck") }).expect_err("panicked");
        assert!(caught.starts_with("no luck (at "), "{caught}");
        assert!(caught.contains("guard.rs:"), "{caught}");
        assert_eq!(guarded(|| 7), Ok(7));
    }

    #[test]
    fn a_caught_panic_leaves_nothing_behind() {
        assert!(guarded(|| panic!("first")).is_err());
        assert!(CAUGHT.with_borrow(Option::is_none));
    }
}
