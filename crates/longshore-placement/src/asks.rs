//! Asks of groups seen before, found without writing them out again.
//!
//! A host that registers many jobs of a few shapes asks the same thing again and again. A group is looked up by the
//! bytes of all that its ask is made from; equal bytes, equal ask. A cache and no more: forgetting it changes no answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{Job, TaskGroup};
use xxhash_rust::xxh3::xxh3_64;

use crate::ask::{Ask, AskError};

/// Shapes kept; beyond it all are forgotten.
const SHAPES: usize = 4096;

/// Asks by the bytes that they were made from.
#[derive(Debug, Default)]
pub(crate) struct Asks {
    /// By a hash of the bytes; what shares one is told apart by the bytes themselves.
    known: BTreeMap<u64, Vec<Arc<Ask>>>,
    bytes: Vec<u8>,
}

impl Asks {
    /// The ask of a group: that of an equal group before, else a new one, which `share` may exchange for an equal one.
    pub(crate) fn of(
        &mut self,
        job: &Job,
        group: &TaskGroup,
        share: impl FnOnce(Ask) -> Arc<Ask>,
    ) -> Result<Arc<Ask>, AskError> {
        self.bytes.clear();
        Ask::say(job, group, &mut self.bytes);
        let hash = xxh3_64(&self.bytes);
        if let Some(ask) = self.known.get(&hash).and_then(|same| same.iter().find(|ask| ask.says(&self.bytes))) {
            return Ok(ask.clone());
        }
        let ask = share(Ask::of(job, group, self.bytes.as_slice().into())?);
        if self.known.len() >= SHAPES {
            self.known.clear();
        }
        self.known.entry(hash).or_default().push(ask.clone());
        Ok(ask)
    }
}

#[cfg(test)]
mod tests {
    use longshore_model::{RequestedDevice, Task};

    use super::*;

    #[test]
    fn equal_groups_share_an_ask_whatever_their_jobs_are_called() {
        let group = |share| {
            let gpu = RequestedDevice::new("gpu").share(share);
            TaskGroup::new("g").task(Task::new("t").driver("exec").cpu(100).memory_mb(64).device(gpu))
        };
        let mut asks = Asks::default();
        let mut ask = |id: &str, group: &TaskGroup| {
            let job = Job::batch(id).with_group(group.clone());
            let found = asks.of(&job, group, Arc::new).unwrap();
            assert_eq!(*found, Ask::new(&job, group).unwrap());
            found
        };
        let (first, again, other) = (ask("a", &group(500)), ask("b", &group(500)), ask("c", &group(501)));
        assert!(Arc::ptr_eq(&first, &again) && !Arc::ptr_eq(&first, &other));
    }
}
