//! [`record!`](macro@crate::record): an object of the model, declared once.

/// Declares an object: a struct, its JSON names, its decoding defaults, its encodings.
///
/// ```
/// longshore_model::record! {
///     /// What may be written in a file.
///     #[derive(Eq)]
///     pub struct Limits {
///         /// Files kept.
///         "MaxFiles" max_files: i32 = 10,
///         /// Left out when empty.
///         "Comment" comment: String [omit_empty],
///     }
/// }
/// let limits: Limits = serde_json::from_str(r#"{"maxfiles": 3, "Unknown": true, "Comment": null}"#)?;
/// assert_eq!(limits, Limits { max_files: 3, comment: String::new() });
/// assert_eq!(serde_json::to_string(&Limits::default())?, r#"{"MaxFiles":10}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// - `"Name" field: Type` is a member whose default is the type's zero; `= expr` gives another *decoding default*: what
///   an absent member means (MODEL-3). An explicit zero stays a zero.
/// - `[omit_empty]` leaves a zero out in every form (MODEL-9); such a member has no other default.
/// - `[part Name]` says that selectors reach the member through a part of that name (API-805); JSON does not show it.
/// - `pub struct Name: compact` marks the six types whose zero members the compact form leaves out (MODEL-8).
/// - `pub struct Name: null_element` marks the types whose null entries a job may hold, read as the default and dropped
///   by canonicalization (MODEL-76); elsewhere a null entry refuses the document (MODEL-3).
/// - `pub struct Name: recursive` marks types that hold objects of their own type. They hold no opaque values.
#[macro_export]
macro_rules! record {
    (@default) => { ::core::default::Default::default() };
    (@default $default:expr) => { $default };
    (@is_default $value:expr) => { $crate::wire::Wire::is_default($value) };
    (@is_default $value:expr, $default:expr) => { $crate::wire::same($value, &$default) };
    // Whether the form leaves out this member.
    (@omits $form:ident, $compact:expr, $value:expr, [omit_empty] $($default:expr)?) => {
        $crate::wire::Wire::is_zero($value)
    };
    (@omits $form:ident, $compact:expr, $value:expr, [$(part $part:ident)?] $($default:expr)?) => {
        match $form {
            $crate::wire::Form::Full => false,
            $crate::wire::Form::Compact => $compact && $crate::wire::Wire::is_zero($value),
            $crate::wire::Form::Present => {
                $crate::wire::Wire::is_null($value) && $crate::record!(@is_default $value $(, $default)?)
            }
            $crate::wire::Form::Sparse => $crate::record!(@is_default $value $(, $default)?),
        }
    };
    (@part [part $part:ident]) => { Some(stringify!($part)) };
    (@part [$(omit_empty)?]) => { None };
    (@compact compact) => { true };
    (@compact $($other:ident)?) => { false };
    (@null_element null_element) => { true };
    (@null_element $($other:ident)?) => { false };
    (@opaque [recursive] $($ty:ty),*) => { false };
    (@opaque [$($other:ident)?] $($ty:ty),*) => { false $(|| <$ty as $crate::reflect::Reflect>::OPAQUE)* };
    (@place $place:expr) => { $crate::wire::Place($place) };
    (@place $place:expr, $default:expr) => { $crate::wire::PlaceOr($place, || $default) };
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(: $mark:ident)? {
            $($(#[$member_meta:meta])* $json:literal $field:ident : $ty:ty $([$($flag:ident)+])? $(= $default:expr)?),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name {
            $($(#[$member_meta])* pub $field: $ty,)*
        }

        impl ::core::default::Default for $name {
            /// Every member as it is when a document leaves it out.
            fn default() -> Self {
                $name { $($field: $crate::record!(@default $($default)?),)* }
            }
        }

        impl $name {
            /// The JSON names of the members, in the order of declaration.
            pub const MEMBERS: &'static [&'static str] = &[$($json),*];
        }

        impl $crate::wire::Wire for $name {
            const NULL_ELEMENT: bool = $crate::record!(@null_element $($mark)?);

            fn decode<'de, D: ::serde::Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
                struct Object;
                struct Members<'a>(&'a mut $name);
                impl<'de> ::serde::de::Visitor<'de> for Members<'_> {
                    type Value = ();
                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str(concat!("an object (", stringify!($name), ")"))
                    }
                    fn visit_map<A: ::serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                        while let Some(index) = map.next_key_seed($crate::wire::MemberName($name::MEMBERS))? {
                            let Some(index) = index else {
                                map.next_value::<::serde::de::IgnoredAny>()?;
                                continue;
                            };
                            let mut members = 0..;
                            $(
                                if members.next() == Some(index) {
                                    map.next_value_seed($crate::record!(@place &mut self.0.$field $(, $default)?))?;
                                    continue;
                                }
                            )*
                        }
                        Ok(())
                    }
                }
                impl<'de> $crate::wire::NullableVisit<'de, $name> for Object {
                    fn visit<D: ::serde::Deserializer<'de>>(self, place: &mut $name, from: D) -> Result<(), D::Error> {
                        from.deserialize_map(Members(place))
                    }
                }
                $crate::wire::nullable(from, self, Object)
            }

            #[allow(unused_assignments)] // the last shifts
            fn encode<S: ::serde::Serializer>(
                &self,
                to: S,
                form: $crate::wire::Form,
            ) -> Result<S::Ok, S::Error> {
                const COMPACT: bool = $crate::record!(@compact $($mark)?);
                // One bit a member that is written, so that each is looked at once.
                let mut written = 0u128;
                let mut bit = 1u128;
                $(
                    if !$crate::record!(@omits form, COMPACT, &self.$field, [$($($flag)+)?] $($default)?) {
                        written |= bit;
                    }
                    bit <<= 1;
                )*
                let mut object = $crate::wire::ObjectWriter::<S>::new(to, written.count_ones() as usize)?;
                $(
                    if written & 1 != 0 {
                        object.member($json, &self.$field, form)?;
                    }
                    written >>= 1;
                )*
                object.end()
            }

            fn feed(&self, out: &mut Vec<u8>) {
                const FORM: $crate::wire::Form = $crate::wire::Form::Sparse;
                $(
                    if !$crate::record!(@omits FORM, false, &self.$field, [$($($flag)+)?] $($default)?) {
                        const KEY: [u8; 4] = $crate::wire::member_key($json).to_le_bytes();
                        out.extend_from_slice(&KEY);
                        $crate::wire::Wire::feed(&self.$field, out);
                    }
                )*
                out.extend_from_slice(&[0; 4]);
            }

            fn is_zero(&self) -> bool {
                true $(&& $crate::wire::Wire::is_zero(&self.$field))*
            }

            fn is_default(&self) -> bool {
                true $(&& $crate::record!(@is_default &self.$field $(, $default)?))*
            }
        }

        impl $crate::reflect::Record for $name {
            fn name(&self) -> &'static str {
                stringify!($name)
            }
            fn members(&self) -> &'static [$crate::reflect::Member] {
                &[$($crate::reflect::Member {
                    name: $json,
                    part: $crate::record!(@part [$($($flag)+)?]),
                    kind: <$ty as $crate::reflect::Reflect>::KIND,
                    nullable: <$ty as $crate::reflect::Reflect>::NULLABLE,
                    opaque: <$ty as $crate::reflect::Reflect>::OPAQUE,
                }),*]
            }
            fn member(&self, at: usize) -> Option<$crate::reflect::View<'_>> {
                const VIEWS: &[for<'a> fn(&'a $name) -> $crate::reflect::View<'a>] =
                    &[$(|object| $crate::reflect::Reflect::view(&object.$field)),*];
                VIEWS.get(at).map(|view| view(self))
            }
        }

        impl $crate::reflect::Reflect for $name {
            const KIND: $crate::reflect::Kind = $crate::reflect::Kind::Object;
            const OPAQUE: bool = $crate::record!(@opaque [$($mark)?] $($ty),*);
            fn view(&self) -> $crate::reflect::View<'_> {
                $crate::reflect::View::Object($crate::reflect::Object::new(self))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let form = $crate::wire::natural_form(&to);
                $crate::wire::Wire::encode(self, to, form)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let mut value = $name::default();
                $crate::wire::Wire::decode(&mut value, from)?;
                Ok(value)
            }
        }
    };
}
