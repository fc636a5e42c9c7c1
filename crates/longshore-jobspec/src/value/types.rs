//! Types.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What values are of; `Any` is that of null, and what an element may be of when nothing is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Type {
    Any,
    Bool,
    Number,
    Text,
    List(Arc<Type>),
    Set(Arc<Type>),
    Map(Arc<Type>),
    Tuple(Arc<[Type]>),
    Object(Arc<BTreeMap<Arc<str>, Type>>),
}

impl Type {
    pub(crate) fn list(of: Type) -> Type {
        Type::List(Arc::new(of))
    }

    pub(crate) fn map(of: Type) -> Type {
        Type::Map(Arc::new(of))
    }

    /// Whether it is text, a number or a bool.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::Text)
    }
}

/// As people write it in a `type` argument.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::Text => f.write_str("string"),
            Type::List(of) => write!(f, "list({of})"),
            Type::Set(of) => write!(f, "set({of})"),
            Type::Map(of) => write!(f, "map({of})"),
            Type::Tuple(types) => {
                f.write_str("tuple([")?;
                for (index, one) in types.iter().enumerate() {
                    write!(f, "{}{one}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("])")
            }
            Type::Object(types) => {
                f.write_str("object({")?;
                for (index, (key, one)) in types.iter().enumerate() {
                    write!(f, "{}{key} = {one}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("})")
            }
        }
    }
}
