//! A sequence of calls of an engine: no panic, no node over its capacity, and the log tells the same story.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::engine_calls(bytes));
