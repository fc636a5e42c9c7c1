//! The visit limit of the sampled search: how few scored nodes are enough.

use std::collections::VecDeque;

/// At most so many nodes with bad scores are put aside in one select (PLACE-21).
const PARKED_MAX: u32 = 3;

/// Delivers scored nodes until there are enough, and puts a few that score 0 or less aside for later (PLACE-21).
///
/// An iterator over `(score, node)`; it draws from its source only as far as it must.
///
/// # Example: the bad ones come last
/// ```
/// use longshore_placement::Limit;
/// let scored = [(-1.0, 'a'), (1.0, 'b'), (-0.5, 'c'), (0.56, 'd')];
/// let delivered: String = Limit::new(3, scored.into_iter()).map(|(_, node)| node).collect();
/// assert_eq!(delivered, "bdc");
/// ```
#[derive(Clone, Debug)]
pub struct Limit<T, I> {
    source: I,
    left: usize,
    parked: VecDeque<(f64, T)>,
    /// How often something was put aside, also again.
    parkings: u32,
    dry: bool,
}

impl<T, I: Iterator<Item = (f64, T)>> Limit<T, I> {
    /// At most `most` of a source.
    pub fn new(most: usize, source: I) -> Limit<T, I> {
        Limit { source, left: most, parked: VecDeque::new(), parkings: 0, dry: false }
    }

    fn pull(&mut self) -> Option<(f64, T)> {
        let scored = if self.dry { None } else { self.source.next() };
        self.dry = scored.is_none();
        scored
    }
}

impl<T, I: Iterator<Item = (f64, T)>> Iterator for Limit<T, I> {
    type Item = (f64, T);

    /// What is put aside makes way for the next of the source. Where that is dry, the first that was put aside is
    /// delivered, whatever its score; so one of those is put aside again only as the first look of a delivery.
    fn next(&mut self) -> Option<(f64, T)> {
        self.left = self.left.checked_sub(1)?;
        let mut scored = self.pull().or_else(|| self.parked.pop_front())?;
        // NaN is not put aside (PLACE-82).
        while scored.0 <= 0.0 && self.parkings < PARKED_MAX {
            self.parkings += 1;
            self.parked.push_back(scored);
            match self.pull() {
                Some(next) => scored = next,
                None => return self.parked.pop_front(),
            }
        }
        Some(scored)
    }
}

/// The first of those with the greatest score (PLACE-22). NaN neither replaces another nor is replaced (PLACE-82).
///
/// ```
/// use longshore_placement::first_best;
/// assert_eq!(first_best([(0.5, 'a'), (0.7, 'b'), (0.7, 'c')]), Some((0.7, 'b')));
/// assert_eq!(first_best::<char>([]), None);
/// ```
pub fn first_best<T>(scored: impl IntoIterator<Item = (f64, T)>) -> Option<(f64, T)> {
    scored.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best })
}

/// How many scored nodes are enough (PLACE-18, PLACE-19): two, or for services the binary logarithm of how many there
/// are, rounded up; with affinities or spreads the group's count, or `least` if that is more (PLACE-4).
///
/// ```
/// use longshore_placement::visit_limit;
/// let service = |nodes| visit_limit(nodes, true, None);
/// assert_eq!([1, 4, 5, 8, 9, 1000, 1025].map(service), [2, 2, 3, 3, 4, 10, 11]);
/// assert_eq!(visit_limit(10_000, false, None), 2);
/// assert_eq!(visit_limit(8, true, Some((500, 100))), 500);
/// ```
pub fn visit_limit(nodes: usize, service: bool, preferences: Option<(i64, i64)>) -> usize {
    if let Some((count, least)) = preferences {
        return usize::try_from(count.max(least)).unwrap_or(0);
    }
    let logarithm = nodes.checked_sub(1).and_then(usize::checked_ilog2).map_or(0, |bits| bits as usize + 1);
    if service { logarithm.max(2) } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows 6 and 7 of the specification's scenarios.
    #[test]
    fn place_21_22_scenarios() {
        let table: [(&[f64], &[f64]); 5] = [
            (&[-1.0, 2.0, 3.0], &[2.0, 3.0]),
            (&[0.25, -0.5, -1.0], &[0.25, -0.5]),
            (&[-1.0, -6.0], &[-1.0, -6.0]),
            (&[-1.0, 5.0, -2.0, 2.0], &[5.0, 2.0]),
            (&[-1.0, -2.0, -3.0, -4.0, -5.0, 9.0], &[-4.0, -5.0]),
        ];
        for (scores, expected) in table {
            assert_eq!(delivered(scores), expected, "{scores:?}");
        }
    }

    fn delivered(scores: &[f64]) -> Vec<f64> {
        Limit::new(2, scores.iter().map(|score| (*score, ()))).map(|(score, ())| score).collect()
    }

    /// NaN is delivered like a good score, and is best if it is first only.
    #[test]
    fn place_82_nan() {
        const NAN: f64 = f64::NAN;
        let table: [(&[f64], &str, f64); 4] = [
            (&[NAN, -1.0, 2.0], "NaN 2", NAN),
            (&[-1.0, 2.0, NAN, 3.0], "2 NaN", 2.0),
            (&[-1.0, NAN], "NaN -1", NAN),
            (&[NAN, NAN], "NaN NaN", NAN),
        ];
        for (scores, expected, best) in table {
            let delivered = delivered(scores);
            let texts: Vec<String> = delivered.iter().map(f64::to_string).collect();
            let found = first_best(delivered.into_iter().map(|score| (score, ()))).unwrap().0;
            assert_eq!((texts.join(" ").as_str(), found.to_string()), (expected, best.to_string()), "{scores:?}");
        }
    }
}
