//! Which elements of a list repeat an earlier one.

use std::collections::BTreeMap;

/// An element whose key an earlier one has already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Repeat {
    /// Where it stands.
    pub(super) later: usize,
    /// Where the first with its key stands.
    pub(super) first: usize,
}

/// Up to so many elements are compared pair by pair, which costs no allocation.
const PAIRS: usize = 16;

/// Every element whose key an earlier one has, in order. O(n log n).
pub(super) fn repeats<'a, T, K: Ord>(items: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<Repeat> {
    let mut found = Vec::new();
    if items.len() <= PAIRS {
        for (later, item) in items.iter().enumerate() {
            let key_of_later = key(item);
            if let Some(first) = items[..later].iter().position(|earlier| key(earlier) == key_of_later) {
                found.push(Repeat { later, first });
            }
        }
        return found;
    }
    let mut seen = BTreeMap::new();
    for (later, item) in items.iter().enumerate() {
        let first = *seen.entry(key(item)).or_insert(later);
        if first != later {
            found.push(Repeat { later, first });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Short lists and long ones go different ways to one answer.
        #[test]
        fn both_ways_agree(items in proptest::collection::vec(0u8..6, 0..40)) {
            let expected: Vec<Repeat> = items.iter().enumerate().filter_map(|(later, item)| {
                let first = items.iter().position(|other| other == item)?;
                (first < later).then_some(Repeat { later, first })
            }).collect();
            proptest::prop_assert_eq!(repeats(&items, |item| *item), expected);
        }
    }
}
