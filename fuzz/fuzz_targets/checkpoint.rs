//! Chunks of a checkpoint, damaged or made up: no panic, and whatever loads is whole.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::checkpoint(bytes));
