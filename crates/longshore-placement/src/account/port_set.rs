//! Sets of ports.

use std::ops::RangeInclusive;

/// Ports that share a page.
const PAGE: usize = 1024;

/// A set of ports: 1,024 to a page, and only pages with a port in them.
///
/// A node in use has a few ports from the dynamic range and a few well-known ones: some two kilobytes, where a flat
/// bitmap takes eight for every address. O(log pages) to look up and to change, of at most 64 pages.
///
/// ```
/// use longshore_placement::account::PortSet;
/// let mut used = PortSet::default();
/// used.insert(22);
/// used.insert_range(8000..=8999);
/// assert!(used.contains(8080) && used.len() == 1001);
/// assert_eq!(used.nth_free(8998..=9002, 1), Some(9001)); // of 9000, 9001, 9002
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PortSet {
    /// By number, ascending; none is empty.
    pages: Vec<(u8, [u64; PAGE / 64])>,
}

/// Page and place of a port.
fn place(port: u16) -> (u8, usize, u64) {
    let within = usize::from(port) % PAGE;
    ((usize::from(port) / PAGE) as u8, within / 64, 1 << (within % 64))
}

impl PortSet {
    /// Adds a port; `false` if it is there already.
    pub fn insert(&mut self, port: u16) -> bool {
        let (page, word, bit) = place(port);
        let at = match self.pages.binary_search_by_key(&page, |(number, _)| *number) {
            Ok(at) => at,
            Err(at) => {
                self.pages.insert(at, (page, [0; PAGE / 64]));
                at
            }
        };
        let word = &mut self.pages[at].1[word];
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Adds every port of a range.
    pub fn insert_range(&mut self, ports: RangeInclusive<u16>) {
        for port in ports {
            self.insert(port);
        }
    }

    /// Takes a port out; `false` if it was not there.
    pub fn remove(&mut self, port: u16) -> bool {
        let (page, word, bit) = place(port);
        let Ok(at) = self.pages.binary_search_by_key(&page, |(number, _)| *number) else { return false };
        let words = &mut self.pages[at].1;
        let there = words[word] & bit != 0;
        words[word] &= !bit;
        if words.iter().all(|word| *word == 0) {
            self.pages.remove(at);
        }
        there
    }

    /// Whether a port is in the set.
    pub fn contains(&self, port: u16) -> bool {
        let (page, word, bit) = place(port);
        let found = self.pages.binary_search_by_key(&page, |(number, _)| *number);
        found.is_ok_and(|at| self.pages[at].1[word] & bit != 0)
    }

    /// How many ports it has.
    pub fn len(&self) -> usize {
        self.pages.iter().flat_map(|(_, words)| words).map(|word| word.count_ones() as usize).sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// How many ports of a range are *not* in the set.
    pub fn free_in(&self, ports: RangeInclusive<u16>) -> usize {
        self.free(ports).count()
    }

    /// The `nth` port of a range, from 0, that is *not* in the set. O(range).
    pub fn nth_free(&self, ports: RangeInclusive<u16>, nth: usize) -> Option<u16> {
        self.free(ports).nth(nth)
    }

    fn free(&self, ports: RangeInclusive<u16>) -> impl Iterator<Item = u16> + '_ {
        ports.filter(|port| !self.contains(*port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// The twin: a set of numbers.
        #[test]
        fn place_50_equals_a_set(steps in prop::collection::vec((any::<bool>(), 1000..1100u16), 0..200), low in 990..1110u16) {
            let (mut set, mut twin) = (PortSet::default(), BTreeSet::new());
            for (add, port) in steps {
                match add {
                    true => prop_assert_eq!(set.insert(port), twin.insert(port)),
                    false => prop_assert_eq!(set.remove(port), twin.remove(&port)),
                }
                prop_assert_eq!((set.len(), set.is_empty()), (twin.len(), twin.is_empty()));
            }
            let free: Vec<u16> = (low..=1105).filter(|port| !twin.contains(port)).collect();
            prop_assert_eq!(set.free_in(low..=1105), free.len());
            prop_assert_eq!(set.nth_free(low..=1105, 3), free.get(3).copied());
        }
    }

    #[test]
    fn place_50_ends() {
        let mut set = PortSet::default();
        set.insert_range(0..=u16::MAX);
        assert_eq!((set.len(), set.nth_free(0..=u16::MAX, 0)), (65_536, None));
        assert!(set.remove(u16::MAX) && set.nth_free(0..=u16::MAX, 0) == Some(u16::MAX));
    }
}
