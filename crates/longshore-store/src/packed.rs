//! Values kept as their bytes: for what is large, and written far more often than read.

use std::fmt;
use std::marker::PhantomData;

use longshore_model::Bytes;
use longshore_model::reflect::{Kind, Reflect, View};
use longshore_model::wire::{Encoded, Form, Wire};
use serde::{Deserializer, Serializer};

use crate::envelope;

/// A value as its bytes, in the form that frames and checkpoints have. Equal values are equal bytes.
///
/// A task's states with three events take some 200 bytes, where the objects take two thousand. [`Packed::get`] decodes
/// each time; an empty value takes no bytes and no time.
///
/// ```
/// use longshore_store::Packed;
/// use longshore_model::{Map, TaskState};
/// let states: Map<TaskState> = [("server".into(), TaskState { restarts: 2, ..TaskState::default() })].into_iter().collect();
/// let packed = Packed::from(states.clone());
/// assert_eq!(packed.get(), states);
/// assert!(packed.size() < 40, "{}", packed.size());
/// ```
#[derive(Clone)]
pub struct Packed<T> {
    bytes: Bytes,
    of: PhantomData<fn() -> T>,
}

impl<T: Wire> Packed<T> {
    /// The value.
    pub fn get(&self) -> T {
        let mut value = T::default();
        if !self.bytes.is_null() {
            let read = value.decode(&mut rmp_serde::Deserializer::from_read_ref(&*self.bytes));
            debug_assert!(read.is_ok(), "{read:?}");
        }
        value
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the value is the empty one.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_null()
    }
}

impl<T: Wire> From<T> for Packed<T> {
    fn from(value: T) -> Packed<T> {
        let mut bytes = Bytes::NULL;
        if !value.is_default() {
            let mut packed = envelope::packed(&Encoded(&value, Form::Sparse));
            packed.shrink_to_fit();
            bytes = packed.into();
        }
        Packed { bytes, of: PhantomData }
    }
}

impl<T> Default for Packed<T> {
    fn default() -> Packed<T> {
        Packed { bytes: Bytes::NULL, of: PhantomData }
    }
}

impl<T> PartialEq for Packed<T> {
    fn eq(&self, other: &Packed<T>) -> bool {
        self.bytes == other.bytes
    }
}

impl<T: Wire + fmt::Debug> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// As the value itself: that it is packed shows in no bytes.
impl<T: Wire> Wire for Packed<T> {
    const NULLABLE: bool = T::NULLABLE;

    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        let mut value = self.get();
        value.decode(from)?;
        *self = value.into();
        Ok(())
    }

    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        self.get().encode(to, form)
    }

    fn is_zero(&self) -> bool {
        self.get().is_zero()
    }

    fn is_null(&self) -> bool {
        self.get().is_null()
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }

    /// The bytes: two values have one digest only if they are written alike.
    fn feed(&self, out: &mut Vec<u8>) {
        self.bytes.feed(out);
    }
}

impl<T> Reflect for Packed<T> {
    const KIND: Kind = Bytes::KIND;
    fn view(&self) -> View<'_> {
        self.bytes.view()
    }
}
