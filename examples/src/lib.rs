//! Small hosts of the Longshore engine. Each file beside this folder is a program and, run by `cargo test`, a test.
//!
//! | Example | Shows |
//! |---|---|
//! | `embed` | linking the engine: what must run where, a failure, timers, events |
//! | `own_policy` | a scorer of one's own, against a built-in policy on a public trace |
//! | `simulate_in_a_test` | a cluster inside a unit test: a node is lost, and every run is the same, bit for bit |
