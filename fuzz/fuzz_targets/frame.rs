//! Bytes of a log: no panic, and whatever is read is written so that it reads the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::frame(bytes));
