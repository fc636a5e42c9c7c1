//! What a text may cost: no text, however small, takes unbounded time or memory.

/// Bounds on texts and on what is computed from them; passing one is an error that says so.
///
/// The defaults are far above what any job file needs.
///
/// ```
/// use longshore_jobspec::{Options, parse};
/// let mut options = Options::default();
/// options.limits.work = 10_000;
/// let text = "locals {\n  a = [for x in range(1000) : range(1000)]\n}\njob \"a\" {}\n";
/// assert_eq!(parse(text, &options).unwrap_err().diagnostics()[0].code, "LONGSHORE-LIMIT:work");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one text.
    pub text_bytes: usize,
    /// How deep blocks, expressions and values nest.
    pub depth: usize,
    /// Steps: an expression evaluated, an element made, sixteen bytes of text made, a block decoded.
    pub work: u64,
    /// Elements of one value, everything in it counted, and sixteen bytes of text for one.
    pub value: u64,
    /// Members of the job's objects, elements of its lists, and sixteen bytes of text that is inherited for one.
    pub members: u64,
    /// Blocks that one `dynamic` block may expand to.
    pub expansion: usize,
    /// The cost of a `bcrypt` call: each one more doubles its time.
    pub bcrypt_cost: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            text_bytes: 4 << 20,
            depth: 100,
            work: 8_000_000,
            value: 1_000_000,
            members: 1_000_000,
            expansion: 20_000,
            bcrypt_cost: 12,
        }
    }
}

impl Limits {
    /// The depth that this crate's recursions are safe for, whatever the host asks for.
    pub(crate) const MAX_DEPTH: usize = 200;

    /// The depth in force.
    pub(crate) fn depth(&self) -> usize {
        self.depth.min(Limits::MAX_DEPTH)
    }
}
