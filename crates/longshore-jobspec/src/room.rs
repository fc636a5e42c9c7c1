//! How large a job may get: a block of a few bytes is an object of dozens of members, and inheritance copies.

use serde_json::Value as Json;

use crate::decode::Draft;
use crate::diagnostics::Complaint;
use crate::limits::Limits;
use crate::schema::{Schema, unset};
use crate::text::Span;

/// What is left of [`Limits::members`]. Every object of a job, in whatever dialect, and every copy is paid for here
/// before it is made; a value that was evaluated, before it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    most: u64,
    left: u64,
}

impl Room {
    pub(crate) fn new(limits: &Limits) -> Room {
        Room { most: limits.members, left: limits.members }
    }

    /// Takes room for so many members; a complaint once there is none.
    pub(crate) fn take(&mut self, members: u64, span: Span) -> Result<(), Complaint> {
        let left = self.left.checked_sub(members);
        self.left = left.unwrap_or(0);
        match left {
            Some(_) => Ok(()),
            None => {
                let message = format!("the job has more than {} members in all", self.most);
                Err(Complaint::new("LONGSHORE-LIMIT:members", span, message))
            }
        }
    }

    /// An object of a block, everything unset.
    pub(crate) fn draft(&mut self, schema: &Schema, span: Span) -> Result<Draft, Complaint> {
        self.take((1 + schema.fixed.len() + schema.attributes.len() + schema.blocks.len()) as u64, span)?;
        Ok(unset(schema))
    }

    /// Takes room for a value.
    pub(crate) fn hold(&mut self, value: &Json, span: Span) -> Result<(), Complaint> {
        self.take(weight(value), span)
    }

    /// A copy.
    pub(crate) fn copy(&mut self, value: &Json, span: Span) -> Result<Json, Complaint> {
        self.hold(value, span)?;
        Ok(value.clone())
    }

    /// Takes room for copies.
    pub(crate) fn take_copies(&mut self, values: &[Json], span: Span) -> Result<(), Complaint> {
        self.take(values.iter().map(weight).sum(), span)
    }
}

/// Members, elements, and sixteen bytes of text for one. As deep as the value: the parser bounds that.
fn weight(value: &Json) -> u64 {
    1 + match value {
        Json::String(text) => text.len() as u64 / 16,
        Json::Array(items) => items.iter().map(weight).sum(),
        Json::Object(members) => members.iter().map(|(name, value)| name.len() as u64 / 16 + weight(value)).sum(),
        _ => 0,
    }
}
