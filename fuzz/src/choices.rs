//! Choices made by bytes.

/// Reads choices from bytes; past their end every choice is the first.
#[derive(Debug)]
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    /// Whether no byte is left.
    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Whether a bit of a byte of flags is set; bits are asked for one after the other.
    pub(crate) fn flags(&mut self) -> impl FnMut() -> bool + use<> {
        let mut flags = self.byte();
        move || {
            let set = flags & 1 == 1;
            flags >>= 1;
            set
        }
    }

    /// One of these.
    pub(crate) fn of<T: Clone>(&mut self, options: &[T]) -> T {
        options[usize::from(self.byte()) % options.len()].clone()
    }

    /// One of these numbers, or, one time in sixteen, any number at all.
    pub(crate) fn number(&mut self, usual: &[i64]) -> i64 {
        match self.byte() {
            byte if byte < 0xF0 => usual[usize::from(byte) % usual.len()],
            _ => self.any(),
        }
    }

    /// Any number at all.
    pub(crate) fn any(&mut self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }
}
