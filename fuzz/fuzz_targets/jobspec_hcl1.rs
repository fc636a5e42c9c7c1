//! A job specification in the legacy dialect: any text gets an answer, and what is read is printed so that it reads the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::jobspec_hcl1(bytes));
