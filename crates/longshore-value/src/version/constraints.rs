//! Lists of constraints on versions, in two dialects.

use std::cmp::Ordering;

use super::{Version, VersionError};

/// Constraints that a version must all meet, such as `>= 1.2, < 2`.
///
/// ```
/// use longshore_value::{Constraints, Version};
/// let beta = Version::loose("1.3.0-beta1")?;
/// assert!(!Constraints::version(">= 0.6.1")?.allow(&beta)); // FEAS-79
/// assert!(Constraints::semver(">= 0.6.1")?.allow(&beta)); // FEAS-87
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Constraints {
    dialect: Dialect,
    pieces: Vec<Piece>,
}

/// Why a text is no list of constraints.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConstraintError {
    /// A piece between two commas is empty.
    #[error("constraint {number} of {text:?} is empty: one looks like >= 1.2")]
    Empty {
        /// Which piece, from 1.
        number: usize,
        /// The whole list.
        text: String,
    },
    /// A piece does not begin with an operator of the dialect, or not with one and a version.
    #[error("constraint {number}, {piece:?}, has no operator that is known here: {known} are, and none is =")]
    Operator {
        /// Which piece, from 1.
        number: usize,
        /// The piece.
        piece: String,
        /// The dialect's operators.
        known: &'static str,
    },
    /// What follows the operator is no version.
    #[error("constraint {number}: {source}")]
    Version {
        /// Which piece, from 1.
        number: usize,
        /// Why not.
        source: VersionError,
    },
    /// A version that only the loose grammar takes.
    #[error("constraint {number}: a pre-release needs its hyphen here: {source}")]
    Loose {
        /// Which piece, from 1.
        number: usize,
        /// Why not.
        source: VersionError,
    },
}

impl ConstraintError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            ConstraintError::Empty { .. } => "FEAS-76",
            ConstraintError::Operator { known, .. } if known.contains('~') => "FEAS-76",
            ConstraintError::Operator { .. } => "FEAS-86",
            ConstraintError::Version { source, .. } => source.code(),
            ConstraintError::Loose { .. } => "FEAS-85",
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Dialect {
    Version,
    Semver,
}

impl Dialect {
    /// For messages.
    fn known(self) -> &'static str {
        match self {
            Dialect::Version => "=, !=, >, <, >=, <= and ~>",
            Dialect::Semver => "=, !=, >, <, >= and <=",
        }
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Piece {
    operator: Operator,
    version: Version,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Pessimistic,
}

/// Longer ones first, so that the first that fits is meant.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("~>", Operator::Pessimistic),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("=", Operator::Equal),
];

impl Constraints {
    /// Reads the dialect of the operand `version` (FEAS-76).
    ///
    /// # Errors
    /// [`ConstraintError`] for the first piece that is none; it voids the list.
    pub fn version(text: &str) -> Result<Constraints, ConstraintError> {
        Constraints::read(text, Dialect::Version)
    }

    /// Reads the dialect of the operand `semver` (FEAS-85, FEAS-86).
    ///
    /// # Errors
    /// [`ConstraintError`] for the first piece that is none; it voids the list.
    pub fn semver(text: &str) -> Result<Constraints, ConstraintError> {
        Constraints::read(text, Dialect::Semver)
    }

    /// Whether a version meets all of them (FEAS-77).
    pub fn allow(&self, version: &Version) -> bool {
        self.pieces.iter().all(|piece| piece.allows(version, self.dialect))
    }

    fn read(text: &str, dialect: Dialect) -> Result<Constraints, ConstraintError> {
        let pieces = text.split(',').enumerate().map(|(at, piece)| {
            let piece = piece.trim_matches(is_blank);
            match piece {
                "" => Err(ConstraintError::Empty { number: at + 1, text: text.to_owned() }),
                _ => Piece::read(piece, at + 1, dialect),
            }
        });
        Ok(Constraints { dialect, pieces: pieces.collect::<Result<_, _>>()? })
    }
}

impl Piece {
    fn read(text: &str, number: usize, dialect: Dialect) -> Result<Piece, ConstraintError> {
        let operator = OPERATORS.iter().find(|(name, operator)| {
            text.starts_with(name) && (dialect == Dialect::Version || *operator != Operator::Pessimistic)
        });
        let (operator, rest) = match operator {
            Some((name, operator)) => (*operator, text[name.len()..].trim_start_matches(is_blank)),
            None => (Operator::Equal, text),
        };
        if !rest.starts_with(|c: char| c == 'v' || c.is_ascii_digit()) {
            return Err(ConstraintError::Operator { number, piece: text.to_owned(), known: dialect.known() });
        }
        let version = match dialect {
            Dialect::Version => Version::loose(rest).map_err(|source| ConstraintError::Version { number, source })?,
            Dialect::Semver => Version::strict(rest).map_err(|source| match Version::loose(rest) {
                Ok(_) => ConstraintError::Loose { number, source },
                Err(source) => ConstraintError::Version { number, source },
            })?,
        };
        Ok(Piece { operator, version })
    }

    /// FEAS-79 to FEAS-81, FEAS-87.
    fn allows(&self, version: &Version, dialect: Dialect) -> bool {
        let order = version.compare(&self.version);
        let open = dialect == Dialect::Semver || self.gate_is_open(version);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => open && order.is_gt(),
            Operator::Less => open && order.is_lt(),
            Operator::GreaterOrEqual => open && order.is_ge(),
            Operator::LessOrEqual => open && order.is_le(),
            Operator::Pessimistic => open && self.is_within(version, order),
        }
    }

    /// FEAS-79: a pre-release passes only beside one of the very same numbers.
    fn gate_is_open(&self, version: &Version) -> bool {
        version.prerelease.is_empty()
            || !self.version.prerelease.is_empty() && version.segments == self.version.segments
    }

    /// FEAS-81: no less, and the same in all written numbers but the last.
    fn is_within(&self, version: &Version, order: Ordering) -> bool {
        let (wanted, written) = (&self.version.segments, self.version.written);
        let last = wanted.len() - 1;
        order.is_ge()
            && (self.version.prerelease.is_empty() || !version.prerelease.is_empty())
            && version.segments.len() >= wanted.len()
            && version.segments[..written - 1] == wanted[..written - 1]
            && version.segments[last] >= wanted[last]
    }
}

/// FEAS-76: vertical tabs are no blanks here.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r')
}
