//! Lists of seeds: `42`, `42,44`, `42..51`, and these mixed.

/// More than anyone waits for; a guard against a slip such as `1..10000000000`.
const SEEDS_MAX: usize = 10_000;

/// Seeds, each once, in the order given; never empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Seeds(pub(super) Vec<u64>);

/// Reads a list of seeds and ranges; both ends of a range are in.
pub(super) fn parse(text: &str) -> Result<Seeds, String> {
    let mut seeds = Vec::new();
    for part in text.split(',') {
        let (first, last) = range(part.trim())?;
        let room = (SEEDS_MAX - seeds.len()) as u64;
        if last - first >= room {
            return Err(format!("more than {SEEDS_MAX} seeds"));
        }
        seeds.extend(first..=last);
    }
    let mut sorted = seeds.clone();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("seed {} is named twice", pair[0])),
        None => Ok(Seeds(seeds)),
    }
}

/// Reads `42` or `42..51`; the second is not below the first.
fn range(part: &str) -> Result<(u64, u64), String> {
    let (first, last) = match part.split_once("..") {
        Some((first, last)) => (seed(first)?, seed(last)?),
        None => {
            let only = seed(part)?;
            (only, only)
        }
    };
    if first > last {
        return Err(format!("{part} is empty: write {last}..{first}"));
    }
    Ok((first, last))
}

/// Reads one seed.
fn seed(text: &str) -> Result<u64, String> {
    let text = text.trim();
    text.parse().map_err(|_| format!("\"{text}\" is no seed: write a whole number, 42,44 or 42..51 (both ends in)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let seeds = |text| parse(text).map(|seeds| seeds.0);
        assert_eq!(seeds("42"), Ok(vec![42]));
        assert_eq!(seeds("42,44"), Ok(vec![42, 44]));
        assert_eq!(seeds("42..45"), Ok(vec![42, 43, 44, 45]));
        assert_eq!(seeds("7, 1..2"), Ok(vec![7, 1, 2]));
        assert_eq!(seeds("5..5"), Ok(vec![5]));
        assert_eq!(seeds("18446744073709551615"), Ok(vec![u64::MAX]));
    }

    #[test]
    fn slips_are_told() {
        for (text, part) in [
            ("", "\"\" is no seed"),
            ("42,", "\"\" is no seed"),
            ("a", "\"a\" is no seed"),
            ("-1", "\"-1\" is no seed"),
            ("1..=3", "\"=3\" is no seed"),
            ("9..3", "write 3..9"),
            ("1,1", "seed 1 is named twice"),
            ("1..3,2", "seed 2 is named twice"),
            ("0..18446744073709551615", "more than 10000"),
            ("1..10000,20000", "more than 10000"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
        assert_eq!(parse("1..10000").map(|seeds| seeds.0.len()), Ok(10_000));
    }
}
