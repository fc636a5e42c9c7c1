//! Commands and reports on nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_constraint::class::computed_class;
use longshore_model::{
    EvalStatus, Evaluation, Job, JobId, Namespace, Node, NodeEvent, NodeId, NodeStatus, Time, TriggeredBy,
};
use longshore_store::Kind;

use crate::check::node_fault;
use crate::engine::{Engine, Written};
use crate::error::Error;
use crate::write::Write;

impl Engine {
    /// Registers a node, or registers it again with what it now has. What waits for room gets another look.
    ///
    /// # Errors
    /// [`Error::Node`] for a node without id or capacity, whose devices are listed twice, or with an opaque value that
    /// nests too deep; [`Error::Storage`].
    pub fn register_node(&mut self, node: Node, now: Time) -> Result<Written, Error> {
        let now = self.see(now);
        if let Some((code, why)) = node_fault(&node) {
            return Err(Error::Node { id: node.id, why, code });
        }
        let existing = self.state.node(&node.id).cloned();
        let mut write = Write::new(&self.state, now, Kind::NodeRegistration);
        let index = write.index();
        let mut node = node;
        if node.node_pool.is_empty() {
            node.node_pool = "default".into();
        }
        node.computed_class = computed_class(&node); // FEAS-20: whatever the host says
        node.create_index = existing.as_ref().map_or(index, |existing| existing.create_index);
        node.modify_index = index;
        node.status_updated_at = now.as_secs();
        node.events = existing.as_ref().map(|existing| existing.events.clone()).unwrap_or_default();
        let what = if existing.is_some() { "Node registered again" } else { "Node registered" };
        add_event(&mut node, what, now, index);
        let back = existing.as_ref().is_some_and(|existing| existing.status != node.status);
        let id = node.id.clone();
        write.put_node(Arc::new(node));
        let evals = if back { node_evals(self, &mut write, &id) } else { Vec::new() };
        let frame = write.frame();
        let index = self.commit(frame)?;
        self.unblock();
        Ok(Written { index, evals })
    }

    /// Reports where a node stands: lost (`down`), back (`ready`). Jobs with work on it are evaluated.
    ///
    /// # Errors
    /// [`Error::NoSuchNode`]; [`Error::Storage`].
    pub fn report_node(&mut self, id: &NodeId, status: NodeStatus, now: Time) -> Result<Written, Error> {
        let now = self.see(now);
        let node = self.state.node(id).ok_or_else(|| Error::NoSuchNode(id.clone()))?.clone();
        if node.status == status {
            return Ok(Written { index: self.state.index(), evals: Vec::new() });
        }
        let mut write = Write::new(&self.state, now, Kind::NodeStatus);
        let index = write.index();
        let mut changed = (*node).clone();
        changed.status = status;
        changed.status_updated_at = now.as_secs();
        changed.modify_index = index;
        add_event(&mut changed, &format!("Node is {status}"), now, index);
        write.put_node(Arc::new(changed));
        let evals = node_evals(self, &mut write, id);
        let frame = write.frame();
        let index = self.commit(frame)?;
        if status == NodeStatus::Ready {
            self.unblock();
        }
        Ok(Written { index, evals })
    }
}

/// The newest ten events are kept (MODEL-38).
fn add_event(node: &mut Node, message: &str, now: Time, index: u64) {
    const KEPT: usize = 10;
    let events = node.events.make();
    events.push(NodeEvent {
        message: message.into(),
        subsystem: "Cluster".into(),
        timestamp: now.into(),
        create_index: index,
        ..NodeEvent::default()
    });
    let surplus = events.len().saturating_sub(KEPT);
    events.drain(..surplus);
}

/// An evaluation for every job with allocations on a node, in order of namespace and id (LOOP-709).
fn node_evals(engine: &Engine, write: &mut Write<'_>, id: &NodeId) -> Vec<longshore_model::EvalId> {
    let slot = engine.state.node_slot(id);
    let jobs: BTreeMap<(Namespace, JobId), Arc<Job>> = slot
        .into_iter()
        .flat_map(|slot| engine.state.allocs_on(slot))
        .filter(|alloc| !alloc.client_terminal())
        .map(|alloc| ((alloc.job().namespace.clone(), alloc.job().id.clone()), alloc.job().clone()))
        .collect();
    let (index, time) = (write.index(), write.time());
    let mut evals = Vec::new();
    for (ordinal, (_, job)) in jobs.into_iter().enumerate() {
        let eval = Evaluation {
            id: engine.ids().eval(index, ordinal as u32),
            namespace: job.namespace.clone(),
            priority: job.priority,
            kind: job.kind.clone(),
            triggered_by: TriggeredBy::NodeUpdate,
            job_id: job.id.clone(),
            node_id: id.clone(),
            node_modify_index: index,
            status: EvalStatus::Pending,
            create_time: time,
            modify_time: time,
            ..Evaluation::default()
        };
        evals.push(write.put_eval(eval).id.clone());
    }
    evals
}
