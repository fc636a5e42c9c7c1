//! Identifiers, derived: a hash of the seed and of what they are for.
//!
//! Drawn from a stream, an id would depend on the stream's position, which would have to be kept and shared. Derived,
//! it is the same after a restart, on a fork and with any number of workers.

use longshore_model::id::Id;
use longshore_model::{AllocId, EvalId};
use longshore_store::hash_bytes;

/// Makes identifiers from a seed.
///
/// ```
/// use longshore_scheduler::Ids;
/// let ids = Ids::new(42);
/// assert_eq!(ids.eval(7, 0), ids.eval(7, 0));
/// assert_ne!(ids.eval(7, 0), ids.eval(7, 1));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ids {
    seed: u64,
}

impl Ids {
    /// Identifiers of a seed.
    pub const fn new(seed: u64) -> Ids {
        Ids { seed }
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The `ordinal`-th evaluation created by the write `index`.
    pub fn eval(&self, index: u64, ordinal: u32) -> EvalId {
        EvalId(self.derive(b"eval", &Id::EMPTY, index, ordinal))
    }

    /// The `ordinal`-th evaluation that an evaluation's processing on the state at `index` gives rise to.
    pub fn eval_of(&self, eval: &EvalId, index: u64, ordinal: u32) -> EvalId {
        EvalId(self.derive(b"next", &eval.0, index, ordinal))
    }

    /// The `ordinal`-th allocation that an evaluation places on the state at `index`.
    pub fn alloc(&self, eval: &EvalId, index: u64, ordinal: u32) -> AllocId {
        AllocId(self.derive(b"allo", &eval.0, index, ordinal))
    }

    /// A number for all that is left to chance in the `ordinal`-th placement of an evaluation.
    pub fn nonce(&self, eval: &EvalId, index: u64, ordinal: u32) -> u64 {
        let bytes = *self.derive(b"luck", &eval.0, index, ordinal).as_uuid().unwrap_or(&[0; 16]);
        u64::from_le_bytes(std::array::from_fn(|at| bytes[at]))
    }

    fn derive(&self, domain: &[u8; 4], of: &Id, index: u64, ordinal: u32) -> Id {
        // What it is for comes in sixteen bytes: those of a UUID, or a hash of any other name.
        let of = match of.as_uuid() {
            Some(bytes) => u128::from_le_bytes(*bytes),
            None if of.is_empty() => 0,
            None => hash_bytes(self.seed, of.text(&mut [0; 36]).as_bytes()).0,
        };
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(domain);
        bytes[4..12].copy_from_slice(&index.to_le_bytes());
        bytes[12..16].copy_from_slice(&ordinal.to_le_bytes());
        bytes[16..].copy_from_slice(&of.to_le_bytes());
        Id::from_random(hash_bytes(self.seed, &bytes).0.to_le_bytes())
    }
}
