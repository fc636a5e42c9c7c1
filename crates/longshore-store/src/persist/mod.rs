//! Persistent structures: every one clones in O(1) and shares what did not change.
//!
//! Each has a dumb twin from the standard library in `tests`, compared under random operations with live clones.

pub(crate) mod arena;
pub(crate) mod btree;
pub(crate) mod dense;
pub(crate) mod ids;

#[cfg(test)]
mod tests;
