//! Asks of groups seen before, found without writing them out again.
//!
//! A host that registers many jobs of a few shapes asks the same thing again and again. A group is looked up by the
//! bytes of all that its ask is made from; equal bytes, equal ask. A cache and no more: forgetting it changes no answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::wire::Wire;
use longshore_model::{Job, TaskGroup};
use xxhash_rust::xxh3::xxh3_64;

use crate::ask::{Ask, AskError};

/// Shapes kept; beyond it all are forgotten.
const SHAPES: usize = 4096;

/// Asks by the bytes that they were made from.
#[derive(Debug, Default)]
pub(crate) struct Asks {
    /// By a hash of the bytes; what shares one is told apart by the bytes themselves.
    known: BTreeMap<u64, Vec<Known>>,
    bytes: Vec<u8>,
}

/// The bytes of a group, and its ask.
type Known = (Box<[u8]>, Arc<Ask>);

impl Asks {
    /// The ask of a group: that of an equal group before, else a new one, which `share` may exchange for an equal one.
    pub(crate) fn of(
        &mut self,
        job: &Job,
        group: &TaskGroup,
        share: impl FnOnce(Ask) -> Arc<Ask>,
    ) -> Result<Arc<Ask>, AskError> {
        Ask::supported(job, group)?;
        self.bytes.clear();
        write(job, group, &mut self.bytes);
        let hash = xxh3_64(&self.bytes);
        if let Some((_, ask)) = self.known.get(&hash).and_then(|same| same.iter().find(|(of, _)| **of == *self.bytes)) {
            return Ok(ask.clone());
        }
        let ask = share(Ask::new(job, group)?);
        if self.known.len() >= SHAPES {
            self.known.clear();
        }
        self.known.entry(hash).or_default().push((self.bytes.as_slice().into(), ask.clone()));
        Ok(ask)
    }
}

/// Everything that [`Ask::new`] reads.
fn write(job: &Job, group: &TaskGroup, out: &mut Vec<u8>) {
    job.node_pool.feed(out);
    job.datacenters.feed(out);
    job.constraints.feed(out);
    group.constraints.feed(out);
    group.ephemeral_disk.feed(out);
    for task in &group.tasks {
        task.name.feed(out);
        task.driver.feed(out);
        task.constraints.feed(out);
        task.lifecycle.feed(out);
        task.resources.feed(out);
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

    #[test]
    fn what_is_refused_is_refused_again() {
        let mut group = TaskGroup::new("g").task(Task::new("t").driver("exec"));
        let mut asks = Asks::default();
        let job = Job::batch("a").with_group(group.clone());
        asks.of(&job, &group, Arc::new).unwrap();
        group.networks.push(Default::default());
        assert_eq!(asks.of(&job, &group, Arc::new).unwrap_err().code(), "LONGSHORE-UNSUPPORTED");
    }
}
