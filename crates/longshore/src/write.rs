//! Writing: how a change becomes a batch, with everything that follows from it.
//!
//! A [`Write`] gathers the batches of one frame. It sees what it has gathered so far, so that job summaries and statuses,
//! which follow from other rows (MODEL-201 to MODEL-209), come out as if each batch had been applied before the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{
    ClientStatus, EvalStatus, Evaluation, GroupName, GroupSummary, Job, JobChildren, JobId, JobStatus, JobSummary,
    Namespace, Node, Time,
};
use longshore_store::{AllocRef, Batch, Change, ChangedAlloc, Frame, Index, JobSlot, JobState, Kind, Placed, State};

type JobKey = (Namespace, JobId);

/// The batches of a frame in the making.
#[derive(Debug)]
pub(crate) struct Write<'a> {
    state: &'a State,
    time: Time,
    batches: Vec<Batch>,
    kind: Kind,
    changes: Vec<Change>,
    /// Rows of jobs as the changes so far leave them.
    jobs: BTreeMap<JobKey, Box<JobOverlay>>,
}

/// A job as the changes so far leave it.
#[derive(Debug, Default)]
struct JobOverlay {
    /// Where the state has the job, if it was ever spoken of.
    slot: Option<JobSlot>,
    /// The current version and changeable part; `None` if there is no such job.
    current: Option<(Arc<Job>, JobState)>,
    summary: Option<Arc<JobSummary>>,
    summary_changed: bool,
    state_changed: bool,
    /// Evaluations of the job that this write puts.
    evals: Vec<Arc<Evaluation>>,
    /// Whether this write places allocations of the job.
    places: bool,
    /// Allocations that this write ends or takes up again: whether they are terminal afterwards.
    terminal: BTreeMap<longshore_model::AllocId, bool>,
}

impl<'a> Write<'a> {
    /// A write on a state at a time; its first batch is of a kind.
    pub(crate) fn new(state: &'a State, time: Time, kind: Kind) -> Write<'a> {
        Write { state, time, batches: Vec::new(), kind, changes: Vec::new(), jobs: BTreeMap::new() }
    }

    /// The index of the batch in the making.
    pub(crate) fn index(&self) -> Index {
        self.state.index() + 1 + self.batches.len() as u64
    }

    /// The time of the write.
    pub(crate) fn time(&self) -> Time {
        self.time
    }

    /// Ends the batch and begins the next. An empty one is left out.
    pub(crate) fn next(&mut self, kind: Kind) {
        self.close();
        self.kind = kind;
    }

    /// The frame; `None` if nothing was written.
    pub(crate) fn frame(mut self) -> Option<Frame> {
        self.close();
        if self.batches.is_empty() {
            return None;
        }
        Some(Frame::new(self.state.digest(), self.batches))
    }

    fn close(&mut self) {
        self.settle_jobs();
        if !self.changes.is_empty() {
            let batch = Batch {
                index: self.index(),
                time: self.time,
                kind: self.kind.clone(),
                changes: std::mem::take(&mut self.changes),
            };
            self.batches.push(batch);
        }
    }

    pub(crate) fn put_node(&mut self, node: Arc<Node>) {
        self.changes.push(Change::PutNode(node));
    }

    fn overlay(&mut self, namespace: &Namespace, id: &JobId) -> &mut JobOverlay {
        let state = self.state;
        self.jobs.entry((namespace.clone(), id.clone())).or_insert_with(|| {
            let slot = state.job_slot(namespace, id);
            let job = slot.and_then(|slot| state.job_in(slot));
            Box::new(JobOverlay {
                slot,
                current: job.map(|job| (job.spec().clone(), job.state().clone())),
                summary: job.and_then(|job| job.summary().cloned()),
                ..JobOverlay::default()
            })
        })
    }

    /// A version of a job, current from now on. Versions that nothing speaks of any more are dropped.
    pub(crate) fn put_job(&mut self, job: Arc<Job>) {
        let index = self.index();
        let state = JobState::of(&job);
        let known = self.overlay(&job.namespace, &job.id).current.is_some();
        let dropped = if known { self.versions_to_drop(&job) } else { Vec::new() };
        let overlay = self.overlay(&job.namespace, &job.id);
        overlay.current = Some((job.clone(), state));
        overlay.count_groups(&job, index);
        self.changes.push(Change::PutJob(job.clone()));
        for version in dropped {
            self.changes.push(Change::DropJobVersion(job.namespace.clone(), job.id.clone(), version));
        }
    }

    /// Beyond the six newest, versions that no allocation runs (MODEL-198).
    fn versions_to_drop(&self, job: &Job) -> Vec<u64> {
        const TRACKED: usize = 6;
        let Some(held) = self.state.job(&job.namespace, &job.id) else { return Vec::new() };
        let older: Vec<u64> = held.versions().skip(TRACKED - 1).map(|version| version.version).collect();
        if older.is_empty() {
            return older;
        }
        let allocs: Vec<AllocRef<'_>> = self.state.allocs_of_job(&job.namespace, &job.id).collect();
        let runs = |version: u64| allocs.iter().any(|alloc| alloc.job().version == version);
        older.into_iter().filter(|version| !runs(*version)).collect()
    }

    /// An evaluation, with what its status means for its kin (LOOP-401, LOOP-402).
    pub(crate) fn put_eval(&mut self, mut eval: Evaluation) -> Arc<Evaluation> {
        let index = self.index();
        eval.modify_index = index;
        if eval.create_index == 0 {
            eval.create_index = index;
        }
        let eval = Arc::new(eval);
        let overlay = self.overlay(&eval.namespace, &eval.job_id);
        overlay.set_queued(&eval, index);
        overlay.evals.retain(|before| before.id != eval.id);
        overlay.evals.push(eval.clone());
        self.changes.push(Change::PutEval(eval.clone()));
        eval
    }

    /// New allocations of one cohort.
    pub(crate) fn place(&mut self, placed: Placed) {
        let job = placed.cohort.job().clone();
        let (index, group, count) = (self.index(), placed.cohort.group.clone(), placed.allocs.len() as i64);
        let overlay = self.overlay(&job.namespace, &job.id);
        overlay.places = true;
        overlay.count_group(&job, &group, index, |summary| {
            summary.starting += count;
            summary.queued = (summary.queued - count).max(0);
        });
        self.changes.push(Change::Place(placed));
    }

    /// An existing allocation's changeable part.
    pub(crate) fn put_alloc(&mut self, before: &AllocRef<'_>, changed: ChangedAlloc) {
        let job = before.job();
        let index = self.index();
        let (from, to) = (before.client_status(), changed.client_status);
        let terminal = changed.desired_status.is_terminal() || to.is_terminal();
        let group = before.group().clone();
        let overlay = self.overlay(&job.namespace, &job.id);
        overlay.terminal.insert(changed.id.clone(), terminal);
        if from != to {
            overlay.count_group(job, &group, index, |summary| {
                if let Some(bin) = leaving_bin(summary, from) {
                    *bin = (*bin - 1).max(0);
                }
                *entering_bin(summary, to) += 1;
            });
        }
        self.changes.push(Change::PutAlloc(changed));
    }

    /// Writes the summaries and statuses that follow from the batch's changes.
    fn settle_jobs(&mut self) {
        if self.changes.is_empty() {
            return;
        }
        let (index, state) = (self.index(), self.state);
        for overlay in self.jobs.values_mut() {
            if std::mem::take(&mut overlay.summary_changed) {
                self.changes.extend(overlay.summary.clone().map(Change::PutSummary));
            }
            let status = overlay.status(state);
            if let Some((_, job)) = overlay.current.as_mut().filter(|(_, job)| job.status != status) {
                job.status = status;
                job.modify_index = index;
                overlay.state_changed = true;
            }
            if std::mem::take(&mut overlay.state_changed) {
                self.changes.extend(overlay.current.as_ref().map(|(_, job)| Change::PutJobState(job.clone())));
            }
        }
    }
}

impl JobOverlay {
    /// LOOP-404. Deployments do not take part yet.
    fn status(&self, state: &State) -> JobStatus {
        let Some((spec, _)) = &self.current else { return JobStatus::Unset };
        let mut allocs = self.slot.into_iter().flat_map(|slot| state.allocs_of_job_in(slot));
        let live_alloc = self.places
            || allocs.any(|alloc| !self.terminal.get(alloc.id()).copied().unwrap_or_else(|| alloc.terminal()));
        if live_alloc {
            return JobStatus::Running;
        }
        let mut any_eval = false;
        let mut live = |status: EvalStatus| {
            any_eval = true;
            !status.is_terminal()
        };
        let stored = self.slot.into_iter().flat_map(|slot| state.evals_of_job_in(slot));
        let stored = stored.filter(|eval| !self.evals.iter().any(|own| own.id == eval.id));
        if self.evals.iter().chain(stored).any(|eval| live(eval.status)) {
            return JobStatus::Pending;
        }
        if any_eval || spec.stop { JobStatus::Dead } else { JobStatus::Pending }
    }

    /// An entry for every group of the job (MODEL-205).
    fn count_groups(&mut self, job: &Job, index: Index) {
        let known = |summary: &JobSummary| {
            job.task_groups.iter().all(|group| summary.summary.contains_key(group.name.as_str()))
        };
        if self.summary.as_deref().is_some_and(known) {
            return;
        }
        let summary = self.summary.get_or_insert_with(|| Arc::new(new_summary(job, index)));
        let summary = Arc::make_mut(summary);
        for group in &job.task_groups {
            summary.summary.or_default(&group.name);
        }
        summary.modify_index = index;
        self.summary_changed = true;
    }

    /// Changes a group's counters, if they are those of this registration of the job (MODEL-209).
    fn count_group(&mut self, job: &Job, group: &GroupName, index: Index, change: impl FnOnce(&mut GroupSummary)) {
        let Some(summary) = &mut self.summary else { return };
        if summary.create_index != job.create_index {
            return;
        }
        let summary = Arc::make_mut(summary);
        change(summary.summary.or_default(group));
        summary.modify_index = index;
        self.summary_changed = true;
    }

    /// MODEL-206: groups that the evaluation names and the summary knows.
    fn set_queued(&mut self, eval: &Evaluation, index: Index) {
        let Some(summary) = &mut self.summary else { return };
        let differs = |(group, queued): (&String, &i64)| {
            summary.summary.get(group).is_some_and(|counted| counted.queued != *queued)
        };
        if !eval.queued_allocations.iter().any(differs) {
            return;
        }
        let summary = Arc::make_mut(summary);
        for (group, queued) in eval.queued_allocations.iter() {
            if let Some(counted) = summary.summary.get_mut(group) {
                counted.queued = *queued;
            }
        }
        summary.modify_index = index;
        self.summary_changed = true;
    }
}

fn new_summary(job: &Job, index: Index) -> JobSummary {
    JobSummary {
        job_id: job.id.clone(),
        namespace: job.namespace.clone(),
        children: Some(JobChildren::default()),
        create_index: index,
        ..JobSummary::default()
    }
}

/// The counter of a status that is entered (MODEL-208).
fn entering_bin(summary: &mut GroupSummary, status: ClientStatus) -> &mut i64 {
    match status {
        ClientStatus::Pending => &mut summary.starting,
        ClientStatus::Running => &mut summary.running,
        ClientStatus::Complete => &mut summary.complete,
        ClientStatus::Failed => &mut summary.failed,
        ClientStatus::Lost => &mut summary.lost,
        ClientStatus::Unknown => &mut summary.unknown,
    }
}

/// The counter of a status that is left; failures and completions stay counted (MODEL-208).
fn leaving_bin(summary: &mut GroupSummary, status: ClientStatus) -> Option<&mut i64> {
    match status {
        ClientStatus::Complete | ClientStatus::Failed => None,
        other => Some(entering_bin(summary, other)),
    }
}
