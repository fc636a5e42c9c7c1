//! The envelope of what is stored, filled in: no fuzzer guesses a checksum.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Magic, format, check of the header, body length, index, checksum of the body.
pub(crate) const HEADER: usize = 4 + 2 + 2 + 4 + 8 + 8;
const FORMAT: u16 = 1;

/// The bytes with everything in their header right but the index, which stays what it is.
pub(crate) fn sealed(magic: [u8; 4], bytes: &[u8]) -> Option<Vec<u8>> {
    let index = index(bytes)?;
    let body = bytes.get(HEADER..)?;
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&magic);
    header[4..6].copy_from_slice(&FORMAT.to_le_bytes());
    header[8..12].copy_from_slice(&u32::try_from(body.len()).ok()?.to_le_bytes());
    header[12..20].copy_from_slice(&index.to_le_bytes());
    header[20..28].copy_from_slice(&xxh3_64_with_seed(body, index).to_le_bytes());
    // Over the header, with zeros where the check itself stands.
    let check = xxh3_64_with_seed(&header, u64::from(FORMAT)) as u16;
    header[6..8].copy_from_slice(&check.to_le_bytes());
    Some([&header, body].concat())
}

/// The index in the header.
pub(crate) fn index(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(12..20)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore::store::{Checkpoint, Frame, Limits, contract::Life};

    /// What the engine sealed is sealed here to the same bytes: else nothing that is sealed here would ever be read.
    #[test]
    fn it_is_the_engines_own() {
        let mut life = Life::new(1);
        let frame: Frame = life.frame(2);
        assert_eq!(sealed(*b"LSF\n", frame.bytes()).as_deref(), Some(frame.bytes()));
        for chunk in Checkpoint::new(life.state().clone(), Limits::NONE) {
            assert_eq!(sealed(*b"LSC\n", &chunk), Some(chunk));
        }
    }
}
