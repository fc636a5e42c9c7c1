//! The best scores of a metric record.

/// How many entries a record keeps (PLACE-133).
const KEPT: usize = 5;

/// Keeps the five best of any number of scored items.
///
/// Equal scores come out in the order that a binary min-heap in an array gives them (PLACE-134),
/// because the reference's records show it: the first of equals pushed need not be the first
/// listed. A newcomer to a full heap is admitted only if it is strictly better than the worst
/// kept; `NaN` is better than nothing and worse than nothing.
///
/// # Cost
/// O(1) a push: the heap never has more than five entries.
///
/// # Source
/// PLACE-131 to PLACE-134.
///
/// # Example: among equals the order is the heap's
/// ```
/// # use longshore_placement::TopScores;
/// let mut top = TopScores::new();
/// for name in ["A", "B", "C", "D", "E", "F"] {
///     top.push(0.5, name);
/// }
/// let names: Vec<_> = top.into_sorted().into_iter().map(|(_, name)| name).collect();
/// assert_eq!(names, ["B", "C", "D", "E", "A"]);
/// ```
#[derive(Clone, Debug)]
pub struct TopScores<T> {
    /// Invariant: at most [`KEPT`] entries; none is strictly less than its parent, that of entry
    /// `i` being `(i - 1) / 2`. `NaN`s can hide a violation, as in the reference.
    heap: Vec<(f64, T)>,
}

impl<T> Default for TopScores<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> TopScores<T> {
    /// Keeps nothing yet.
    pub fn new() -> Self {
        Self { heap: Vec::with_capacity(KEPT) }
    }

    /// Offers an item; it stays if it is among the best so far.
    pub fn push(&mut self, score: f64, item: T) {
        if self.heap.len() < KEPT {
            self.heap.push((score, item));
            self.sift_up(self.heap.len() - 1);
        } else if score > self.heap[0].0 {
            self.heap[0] = (score, item);
            self.sift_down(self.heap.len());
        }
    }

    /// The entries kept, best first.
    pub fn into_sorted(mut self) -> Vec<(f64, T)> {
        // The worst goes behind the rest of the heap, again and again: best first remains.
        for end in (1..self.heap.len()).rev() {
            self.heap.swap(0, end);
            self.sift_down(end);
        }
        self.heap
    }

    /// Moves entry `child` up while it is strictly less than its parent.
    fn sift_up(&mut self, mut child: usize) {
        while child > 0 {
            let parent = (child - 1) / 2;
            if !self.is_less(child, parent) {
                break;
            }
            self.heap.swap(child, parent);
            child = parent;
        }
    }

    /// Moves the root down, within the first `len` entries, while a child is strictly less; the
    /// left child on a tie.
    fn sift_down(&mut self, len: usize) {
        let mut parent = 0;
        loop {
            let left = 2 * parent + 1;
            if left >= len {
                break;
            }
            let right = left + 1;
            let child = if right < len && self.is_less(right, left) { right } else { left };
            if !self.is_less(child, parent) {
                break;
            }
            self.heap.swap(parent, child);
            parent = child;
        }
    }

    /// Is entry `a` strictly less than entry `b`?
    fn is_less(&self, a: usize, b: usize) -> bool {
        self.heap[a].0 < self.heap[b].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(scores: &[f64]) -> String {
        let mut top = TopScores::new();
        for (&score, name) in scores.iter().zip('A'..) {
            top.push(score, name);
        }
        top.into_sorted().into_iter().map(|(_, name)| name).collect()
    }

    /// PLACE-134, example 59 of the specification.
    #[test]
    fn equals_come_out_in_the_heaps_order() {
        assert_eq!(kept(&[0.5; 6]), "BCDEA");
        assert_eq!(kept(&[0.3, 0.5, 0.3, 0.1, 0.5, 0.2]), "EBCAF");
    }

    /// PLACE-133: best first, at most five, only the strictly better get in.
    #[test]
    fn the_five_best_are_kept_best_first() {
        assert_eq!(kept(&[]), "");
        assert_eq!(kept(&[1.0]), "A");
        assert_eq!(kept(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "GFEDC");
        assert_eq!(kept(&[6.0, 5.0, 4.0, 3.0, 2.0, 2.0]), "ABCDE");
    }

    /// The dumb twin: without ties, sorting and cutting gives the same.
    #[test]
    fn without_ties_it_is_a_sort() {
        for start in 0..50_u32 {
            let scores: Vec<f64> = (0..20).map(|i| f64::from((start + i * 37) % 101)).collect();
            let mut top = TopScores::new();
            for &score in &scores {
                top.push(score, ());
            }
            let mut sorted = scores;
            sorted.sort_by(|a, b| b.total_cmp(a));
            sorted.truncate(KEPT);
            let kept: Vec<f64> = top.into_sorted().into_iter().map(|(score, ())| score).collect();
            assert_eq!(kept, sorted);
        }
    }

    #[test]
    fn nan_neither_enters_a_full_heap_nor_leaves_by_itself() {
        assert_eq!(kept(&[1.0, 1.0, 1.0, 1.0, 1.0, f64::NAN]).len(), KEPT);
        assert!(!kept(&[1.0, 1.0, 1.0, 1.0, 1.0, f64::NAN]).contains('F'));
        assert!(kept(&[f64::NAN, 1.0]).contains('A'));
    }
}
