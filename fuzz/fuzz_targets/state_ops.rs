//! Batches of any kind, with snapshots and forks alive: the state answers as its plain twin does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::state_ops(bytes));
