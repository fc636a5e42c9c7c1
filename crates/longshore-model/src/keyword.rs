//! [`keyword!`](macro@crate::keyword): an enumeration of the model, written as text.

/// Declares an enumeration with its texts. The first variant is the default: what an absent member means.
///
/// A closed enumeration refuses other texts; `""` is the default unless a variant is written `""`.
/// `pub enum Name: open` keeps any other text in `Other`, `""` too, for validation to speak of.
///
/// ```
/// longshore_model::keyword! {
///     /// How fast.
///     pub enum Pace { Slow = "slow", Fast = "fast" }
/// }
/// longshore_model::keyword! {
///     /// Which colour.
///     pub enum Colour: open { Red = "red" }
/// }
/// assert_eq!(serde_json::from_str::<Pace>(r#""fast""#)?, Pace::Fast);
/// assert!(serde_json::from_str::<Pace>(r#""faster""#).is_err());
/// assert_eq!(serde_json::from_str::<Colour>(r#""green""#)?.as_str(), "green");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! keyword {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Hash)]
        pub enum $name { $(#[doc = concat!("`", $text, "`.")] $(#[$variant_meta])* $variant),* }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The text of this variant.
            pub const fn as_str(&self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }

            /// The variant of a text, if there is one.
            pub fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($text => Some($name::$variant),)*
                    _ => text.is_empty().then(Self::default),
                }
            }
        }

        $crate::keyword!(@common $name { $($variant = $text),* });

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_text(from, |text| {
                    $name::from_text(text).ok_or_else(|| ::serde::de::Error::unknown_variant(text, &[$($text),*]))
                })
            }
        }

        $crate::wire_scalar! { $name => |v| v.as_str().is_empty(), default |v| *v == $name::default(), feed |v, out| $crate::wire::feed_text(v.as_str(), out); }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident : open { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`.")] $(#[$variant_meta])* $variant,)*
            /// A text that the reference does not know; kept as it is.
            Other(Box<str>),
        }

        impl $name {
            /// Every variant with a fixed text, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The text of this variant.
            pub fn as_str(&self) -> &str {
                match self { $($name::$variant => $text,)* $name::Other(text) => text }
            }

            /// The variant of `""`: what a member holds that has no value.
            pub fn unset() -> Self {
                Self::from_text("")
            }

            /// The variant of a text; `Other` if it has none of its own.
            pub fn from_text(text: &str) -> Self {
                match text { $($text => $name::$variant,)* other => $name::Other(other.into()) }
            }
        }

        $crate::keyword!(@common $name { $($variant = $text),* });

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_text(from, |text| Ok($name::from_text(text)))
            }
        }

        $crate::wire_scalar! { $name => |v| v.as_str().is_empty(), default |v| *v == $name::default(), feed |v, out| $crate::wire::feed_text(v.as_str(), out); }
    };
    (@common $name:ident { $first:ident = $first_text:literal $(, $variant:ident = $text:literal)* }) => {
        impl ::core::default::Default for $name {
            fn default() -> Self {
                $name::$first
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::reflect::Reflect for $name {
            const KIND: $crate::reflect::Kind = $crate::reflect::Kind::Text;
            fn view(&self) -> $crate::reflect::View<'_> {
                $crate::reflect::View::Text(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}
