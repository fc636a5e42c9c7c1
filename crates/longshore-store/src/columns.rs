//! Columns: allocations in bytes, one list a member instead of one map an allocation.
//!
//! Names then cost once for all of them, and what all leave at its default costs nothing. A column that is missing means
//! defaults, one that is unknown is skipped; columns that are there must agree in length.

use std::sync::Arc;

use longshore_model::id::Id;
use longshore_model::wire::List;
use longshore_model::{AllocId, Bytes, NodeId, record};

use crate::rows::{AllocExtra, Cohort, NewAlloc, Placed};

record! {
    /// Identifiers: sixteen bytes each, zeros for those that are no UUIDs, whose texts stand beside.
    pub(crate) struct IdColumn {
        "UUIDs" uuids: Bytes,
        "Texts" texts: List<TextAt>,
    }
}

record! {
    pub(crate) struct TextAt {
        "At" at: u32,
        "Text" text: String,
    }
}

record! {
    /// What else there is to an allocation; most have nothing.
    pub(crate) struct ExtraAt {
        "At" at: u32,
        "Extra" extra: Arc<AllocExtra>,
    }
}

record! {
    /// New allocations that share a cohort.
    pub(crate) struct PlacedColumns {
        "Cohort" cohort: Arc<Cohort>,
        "ID" id: IdColumn,
        "NodeID" node_id: IdColumn,
        "Index" index: List<u32>,
        "Extra" extra: List<ExtraAt>,
    }
}

impl<'a> FromIterator<&'a Id> for IdColumn {
    fn from_iter<I: IntoIterator<Item = &'a Id>>(ids: I) -> IdColumn {
        let (mut uuids, mut texts) = (Vec::new(), Vec::new());
        for (at, id) in ids.into_iter().enumerate() {
            uuids.extend_from_slice(id.as_uuid().unwrap_or(&[0; 16]));
            if id.as_uuid().is_none() {
                texts.push(TextAt { at: at as u32, text: id.to_string() });
            }
        }
        IdColumn { uuids: uuids.into(), texts: if texts.is_empty() { List::NULL } else { texts.into() } }
    }
}

impl IdColumn {
    /// The identifiers, in order.
    pub(crate) fn ids(&self) -> Result<Vec<Id>, String> {
        let (uuids, rest) = self.uuids.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(format!("a column of identifiers has {} bytes, no multiple of 16", self.uuids.len()));
        }
        let mut ids: Vec<Id> = uuids.iter().map(|bytes| Id::from_bytes(*bytes)).collect();
        for TextAt { at, text } in &self.texts {
            let count = ids.len();
            *ids.get_mut(*at as usize).ok_or_else(|| beyond(*at, count))? = Id::from(text.as_str());
        }
        Ok(ids)
    }
}

/// A column of `count` values, all default if it is missing.
pub(crate) fn column<'a, T: Default + Copy>(
    name: &str,
    values: &'a List<T>,
    count: usize,
) -> Result<impl Iterator<Item = T> + use<'a, T>, String> {
    if !values.is_empty() && values.len() != count {
        return Err(format!("column {name} has {} values for {count} allocations", values.len()));
    }
    Ok((0..count).map(|at| values.get(at).copied().unwrap_or_default()))
}

/// Values as a column: missing if all are the default.
pub(crate) fn to_column<T: Default + PartialEq>(values: Vec<T>) -> List<T> {
    if values.iter().all(|value| *value == T::default()) { List::NULL } else { values.into() }
}

/// What else there is to each of `count` allocations.
pub(crate) fn extras(sparse: &List<ExtraAt>, count: usize) -> Result<Vec<Option<Arc<AllocExtra>>>, String> {
    let mut extras = vec![None; count];
    for ExtraAt { at, extra } in sparse {
        *extras.get_mut(*at as usize).ok_or_else(|| beyond(*at, count))? = Some(extra.clone());
    }
    Ok(extras)
}

/// The extras of those that have one.
pub(crate) fn to_extras<'a>(extras: impl Iterator<Item = &'a Option<Arc<AllocExtra>>>) -> List<ExtraAt> {
    let sparse = extras.enumerate().filter_map(|(at, extra)| Some(ExtraAt { at: at as u32, extra: extra.clone()? }));
    let sparse: Vec<ExtraAt> = sparse.collect();
    if sparse.is_empty() { List::NULL } else { sparse.into() }
}

fn beyond(at: u32, count: usize) -> String {
    format!("a column speaks of allocation {at} of {count}")
}

impl PlacedColumns {
    pub(crate) fn of(placed: &Placed) -> PlacedColumns {
        PlacedColumns {
            cohort: placed.cohort.clone(),
            id: placed.allocs.iter().map(|alloc| &alloc.id.0).collect(),
            node_id: placed.allocs.iter().map(|alloc| &alloc.node_id.0).collect(),
            index: to_column(placed.allocs.iter().map(|alloc| alloc.index).collect()),
            extra: to_extras(placed.allocs.iter().map(|alloc| &alloc.extra)),
        }
    }

    pub(crate) fn placed(self) -> Result<Placed, String> {
        let (ids, nodes) = (self.id.ids()?, self.node_id.ids()?);
        if ids.len() != nodes.len() {
            return Err(format!("column NodeID has {} values for {} allocations", nodes.len(), ids.len()));
        }
        let indexes = column("Index", &self.index, ids.len())?;
        let extras = extras(&self.extra, ids.len())?;
        let rows = ids.into_iter().zip(nodes).zip(indexes).zip(extras);
        let allocs = rows.map(|(((id, node_id), index), extra)| NewAlloc {
            id: AllocId(id),
            node_id: NodeId(node_id),
            index,
            extra,
        });
        Ok(Placed { cohort: self.cohort, allocs: allocs.collect() })
    }
}
