//! A list filter: any text is refused with a place, or runs over any object.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::filter(bytes));
