//! Reports on allocations: what happened on the nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{
    AllocId, ClientStatus, EvalStatus, Evaluation, Job, JobId, Map, Namespace, TaskState, Time, TriggeredBy,
};
use longshore_store::{AllocExtra, AllocRef, ChangedAlloc, Kind};

use crate::engine::{Engine, Written};
use crate::error::Error;
use crate::write::Write;

/// What a host says of an allocation.
///
/// ```
/// use longshore::AllocReport;
/// use longshore::model::ClientStatus;
/// let report = AllocReport::new("some-allocation".into(), ClientStatus::Failed).because("exit code 137");
/// assert_eq!(report.description, "exit code 137");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllocReport {
    /// Which.
    pub id: AllocId,
    /// What it does.
    pub client_status: ClientStatus,
    /// Why, for people.
    pub description: String,
    /// Its tasks; null leaves what was said before.
    pub task_states: Map<TaskState>,
}

impl AllocReport {
    /// A report of a status.
    pub fn new(id: AllocId, client_status: ClientStatus) -> AllocReport {
        AllocReport { id, client_status, ..AllocReport::default() }
    }

    /// With a reason, for people.
    pub fn because(mut self, description: &str) -> AllocReport {
        self.description = description.into();
        self
    }
}

impl Engine {
    /// Reports what allocations do. One write, however many; the last report on an allocation counts. Jobs whose
    /// allocations failed or ended are evaluated, and what waits for room gets another look.
    ///
    /// # Errors
    /// [`Error::NoSuchAlloc`] for the first that is not known; [`Error::Storage`]. Nothing is changed then.
    pub fn report_allocs(&mut self, reports: &[AllocReport], now: Time) -> Result<Written, Error> {
        let now = self.see(now);
        let mut latest: BTreeMap<&AllocId, &AllocReport> = BTreeMap::new();
        for report in reports {
            if self.state.alloc(&report.id).is_none() {
                return Err(Error::NoSuchAlloc(report.id.clone()));
            }
            latest.insert(&report.id, report);
        }
        let mut write = Write::new(&self.state, now, Kind::AllocationUpdated);
        let mut ended: BTreeMap<(Namespace, JobId), (Arc<Job>, TriggeredBy)> = BTreeMap::new();
        let mut room = false;
        for report in latest.values() {
            let Some(alloc) = self.state.alloc(&report.id) else { continue };
            let was_terminal = alloc.client_terminal();
            write.put_alloc(&alloc, changed(&alloc, report, now));
            if report.client_status.is_terminal() && !was_terminal {
                room = true;
                if needs_eval(&alloc, report.client_status) {
                    let why = match report.client_status {
                        ClientStatus::Failed => TriggeredBy::AllocFailure,
                        _ => TriggeredBy::AllocStop,
                    };
                    let key = (alloc.job().namespace.clone(), alloc.job().id.clone());
                    ended.entry(key).or_insert_with(|| (alloc.job().clone(), why));
                }
            }
        }
        let evals = self.evals_for(&mut write, ended);
        let frame = write.frame();
        let index = self.commit(frame)?;
        if room {
            self.unblock();
        }
        Ok(Written { index, evals })
    }

    fn evals_for(
        &self,
        write: &mut Write<'_>,
        jobs: BTreeMap<(Namespace, JobId), (Arc<Job>, TriggeredBy)>,
    ) -> Vec<longshore_model::EvalId> {
        let (index, time) = (write.index(), write.time());
        let mut evals = Vec::new();
        for (ordinal, (_, (job, triggered_by))) in jobs.into_iter().enumerate() {
            let eval = Evaluation {
                id: self.ids().eval(index, ordinal as u32),
                namespace: job.namespace.clone(),
                priority: job.priority,
                kind: job.kind.clone(),
                triggered_by,
                job_id: job.id.clone(),
                status: EvalStatus::Pending,
                create_time: time,
                modify_time: time,
                ..Evaluation::default()
            };
            evals.push(write.put_eval(eval).id.clone());
        }
        evals
    }
}

/// A wanted allocation that failed may have to be placed again; a wanted service that ended has to be.
fn needs_eval(alloc: &AllocRef<'_>, status: ClientStatus) -> bool {
    let service = alloc.job().kind == longshore_model::JobType::Service;
    !alloc.server_terminal() && (status == ClientStatus::Failed || service)
}

/// MODEL-214: a host's report sets what the host owns, and of the indexes the modify index alone.
fn changed(alloc: &AllocRef<'_>, report: &AllocReport, now: Time) -> ChangedAlloc {
    let mut changed = alloc.changed();
    changed.client_status = report.client_status;
    changed.modify_time = now;
    let before = alloc.extra();
    let said = before.map_or("", |extra| extra.client_description.as_str());
    if report.description != said || !report.task_states.is_null() {
        let mut extra: AllocExtra = before.map(|extra| (**extra).clone()).unwrap_or_default();
        extra.client_description.clone_from(&report.description);
        if !report.task_states.is_null() {
            extra.task_states = report.task_states.clone().into();
        }
        changed.extra = Some(Arc::new(extra));
    }
    changed
}
