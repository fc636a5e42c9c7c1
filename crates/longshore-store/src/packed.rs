//! Values kept as their bytes: for what is large, and written far more often than read.

use std::fmt;
use std::marker::PhantomData;

use longshore_model::reflect::{Kind, Reflect, View};
use longshore_model::wire::{Encoded, Form, Wire, feed_length};
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
/// let server = TaskState { restarts: 2, ..TaskState::default() };
/// let states: Map<TaskState> = [("server".to_owned(), server)].into_iter().collect();
/// let packed = Packed::from(states.clone());
/// assert_eq!(packed.get(), states);
/// assert!(packed.size() < 40, "{}", packed.size());
/// ```
#[derive(Clone)]
pub struct Packed<T> {
    /// `None` for the empty value.
    bytes: Option<Box<[u8]>>,
    of: PhantomData<fn() -> T>,
}

impl<T: Wire> Packed<T> {
    /// The value.
    pub fn get(&self) -> T {
        let mut value = T::default();
        if let Some(bytes) = &self.bytes {
            let read = value.decode(&mut rmp_serde::Deserializer::from_read_ref(bytes));
            debug_assert!(read.is_ok(), "{read:?}");
        }
        value
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        self.bytes.as_ref().map_or(0, |bytes| bytes.len())
    }

    /// Whether the value is the empty one.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_none()
    }
}

impl<T: Wire> From<T> for Packed<T> {
    fn from(value: T) -> Packed<T> {
        let bytes = (!value.is_default()).then(|| envelope::packed(&Encoded(&value, Form::Sparse)).into());
        Packed { bytes, of: PhantomData }
    }
}

impl<T> Default for Packed<T> {
    fn default() -> Packed<T> {
        Packed { bytes: None, of: PhantomData }
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
        let bytes = self.bytes.as_deref().unwrap_or_default();
        feed_length(bytes.len(), out);
        out.extend_from_slice(bytes);
    }
}

/// Seen as nothing: records that hold packed values are the store's own, and no host looks into them by name.
impl<T> Reflect for Packed<T> {
    const KIND: Kind = Kind::Any;
    fn view(&self) -> View<'_> {
        View::Null
    }
}
