//! A job specification in HCL2: any text gets an answer, and what is read is printed so that it reads the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| longshore_fuzz::jobspec_hcl2(bytes));
