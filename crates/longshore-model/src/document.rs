//! Jobs as documents: what an author wrote, before anything is filled in.
//!
//! In a submitted job, absent differs from zero: an absent `Count` is the lower bound of its scaling, a `Count` of 0 is
//! none. The types here keep that difference. They have the members of the job model and of the documents that bring it,
//! each optional where its absence has a meaning of its own; what a member means is said once, at the canonical type of
//! the same name.
//!
//! A document becomes a canonical [`Job`](crate::Job) by [`Job::canonicalize`]. Parsers of other languages fill in the
//! same types.
//!
//! ```
//! use longshore_model::{document, from_json, to_json, wire::Form};
//! let text = r#"{"ID":"web","TaskGroups":[{"Name":"front","Count":0}]}"#;
//! let document: document::Job = from_json(text)?;
//! assert_eq!(document.priority, None);
//! assert_eq!(to_json(&document, Form::Present), r#"{"ID":"web","TaskGroups":[{"Name":"front","Count":0}],"Dispatched":false}"#);
//! # Ok::<(), longshore_model::DecodeError>(())
//! ```

/// A block of which several places may state a part: a group, its job, its type.
///
/// ```
/// use longshore_model::document::{Overlay, RestartPolicy};
/// let group = RestartPolicy { attempts: Some(5), ..RestartPolicy::default() };
/// let job = RestartPolicy { attempts: Some(1), render_templates: Some(true), ..RestartPolicy::default() };
/// let both = group.over(job);
/// assert_eq!((both.attempts, both.render_templates, both.delay), (Some(5), Some(true), None));
/// ```
pub trait Overlay: Sized {
    /// These members, and where there is none, those of `base`.
    fn over(self, base: Self) -> Self;
}

/// Declares a document's object: a [`record!`](macro@crate::record) and what it settles to.
///
/// The table must name every member of the canonical object; what stands behind `ignoring` is read and then forgotten.
/// With the mark `overlay` every member is optional, and one object can be laid over another.
macro_rules! document {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $(: $mark:ident)? => $stored:path {
            $($(#[$member_meta:meta])* $json:literal $field:ident : $ty:ty),* $(,)?
        } $(ignoring {
            $($(#[$ignored_meta:meta])* $ignored_json:literal $ignored:ident : $ignored_ty:ty),* $(,)?
        })?
    ) => {
        record! {
            $(#[$meta])*
            pub struct $name $(: $mark)? {
                $($(#[$member_meta])* $json $field: $ty,)*
                $($($(#[$ignored_meta])* $ignored_json $ignored: $ignored_ty,)*)?
            }
        }

        impl $crate::document::Settle<$stored> for $name {
            fn settle(self) -> $stored {
                $stored { $($field: $crate::document::Settle::settle(self.$field),)* }
            }
        }

        impl $crate::document::Settle<$stored> for Option<$name> {
            fn settle(self) -> $stored {
                self.unwrap_or_default().settle()
            }
        }

        document! { @marked [$($mark)?] $name => $stored { $($field)* } { $($($ignored)*)? } }
    };
    (@marked [overlay] $name:ident => $stored:path { $($field:ident)* } { $($ignored:ident)* }) => {
        impl $crate::document::Overlay for $name {
            fn over(self, base: $name) -> $name {
                $name { $($field: self.$field.or(base.$field),)* $($ignored: self.$ignored.or(base.$ignored),)* }
            }
        }

        /// Every member present.
        impl From<$stored> for $name {
            fn from(stored: $stored) -> $name {
                $name { $($field: Some(stored.$field),)* $($ignored: None,)* }
            }
        }
    };
    (@marked [$($other:ident)?] $($rest:tt)*) => {};
}

mod group;
mod job;
mod policy;
mod resources;
mod service;
mod settle;
mod task;

pub use group::*;
pub use job::*;
pub use policy::*;
pub use resources::*;
pub use service::*;
pub use task::*;

pub(crate) use settle::Settle;
