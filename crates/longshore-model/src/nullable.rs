//! Objects that know null from their default.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::Deserializer;
use serde::ser::Serializer;

use crate::wire::{Form, Wire};

/// An object that may be null, and reads as its type's default where it is.
///
/// Validation tells a null apart (MODEL-118, MODEL-162); everyone else reads and writes members as if it were there.
/// Writing to a null one makes it a default first. As large as the object itself.
///
/// ```
/// use longshore_model::{Nullable, Resources};
/// let mut resources: Nullable<Resources> = Nullable::NULL;
/// assert!(resources.is_null() && resources.memory_mb == 300);
/// resources.cpu = 500;
/// assert_eq!(resources.get(), Some(&Resources { cpu: 500, ..Resources::default() }));
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Nullable<T>(Option<T>);

/// A type whose default can be borrowed for ever: what a null [`Nullable`] reads as, and where canonicalization takes
/// defaults from, so that each stands in the type's own table and nowhere else.
///
/// ```
/// use longshore_model::{Resources, SharedDefault};
/// assert_eq!(Resources::shared_default().memory_mb, 300);
/// ```
pub trait SharedDefault: Default + 'static {
    /// The default.
    fn shared_default() -> &'static Self;
}

macro_rules! shared_default {
    ($($name:ty),*) => {$(
        impl $crate::nullable::SharedDefault for $name {
            fn shared_default() -> &'static Self {
                static DEFAULT: std::sync::LazyLock<$name> = std::sync::LazyLock::new(<$name>::default);
                &DEFAULT
            }
        }
    )*};
}

shared_default!(
    crate::Affinity,
    crate::ChangeScript,
    crate::CheckRestart,
    crate::Consul,
    crate::CsiPluginConfig,
    crate::EphemeralDisk,
    crate::Job,
    crate::MultiregionRegion,
    crate::Numa,
    crate::ParameterizedJob,
    crate::PeriodicConfig,
    crate::RequestedDevice,
    crate::Resources,
    crate::Service,
    crate::Spread,
    crate::Task,
    crate::TaskArtifact,
    crate::TaskGroup,
    crate::Template,
    crate::Vault,
    crate::VolumeMount
);

impl<T> Nullable<T> {
    /// No object.
    pub const NULL: Nullable<T> = Nullable(None);

    /// Whether there is none.
    pub const fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The object, if there is one.
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The object, if there is one.
    pub fn into_option(self) -> Option<T> {
        self.0
    }
}

/// The type's default, not null.
impl<T: Default> Default for Nullable<T> {
    fn default() -> Self {
        Nullable(Some(T::default()))
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Nullable(Some(value))
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        Nullable(value)
    }
}

impl<T: SharedDefault> Deref for Nullable<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::shared_default(),
        }
    }
}

impl<T: SharedDefault> DerefMut for Nullable<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_with(T::default)
    }
}

impl<T: fmt::Debug> fmt::Debug for Nullable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}

/// Absent is the default; null is null.
impl<T: Wire> Wire for Nullable<T> {
    const NULLABLE: bool = true;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        self.0.decode(from)
    }
    fn feed(&self, out: &mut Vec<u8>) {
        self.0.feed(out);
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        self.0.encode(to, form)
    }
    fn is_zero(&self) -> bool {
        self.is_null()
    }
    fn is_null(&self) -> bool {
        Nullable::is_null(self)
    }
    fn is_default(&self) -> bool {
        self.0.as_ref().is_some_and(Wire::is_default)
    }
}
