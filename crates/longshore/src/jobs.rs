//! Commands on jobs: register, scale, stop.

use longshore_model::{
    EvalId, EvalStatus, Evaluation, GroupName, Job, JobId, JobStatus, JobType, Namespace, Time, TriggeredBy,
};
use longshore_store::{Index, JobRef, JobSlot, Kind};

use crate::check::job_faults;
use crate::engine::Engine;
use crate::error::{Error, JobFault};
use crate::write::Write;

/// What a registration, scaling or stop was written as.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobWritten {
    /// The evaluation that will carry it out.
    pub eval_id: EvalId,
    /// Index of the write.
    pub index: Index,
    /// Index of the job's specification: to be named by a later change that must not overwrite another's.
    pub job_modify_index: Index,
    /// The job's version.
    pub version: u64,
    /// Whether the specification was new or changed.
    pub changed: bool,
}

impl Engine {
    /// Registers a job, or a new version of it. An unchanged one is evaluated again and otherwise left alone
    /// (MODEL-191, MODEL-192).
    ///
    /// # Errors
    /// [`Error::Job`] with everything that is wrong with it; [`Error::Storage`]. Nothing is changed then.
    pub fn register_job(&mut self, job: Job, now: Time) -> Result<JobWritten, Error> {
        let now = self.see(now);
        let mut job = job;
        if job.name.is_empty() {
            job.name = job.id.to_string();
        }
        let mut faults = job_faults(&job, &self.limits, &mut self.scheduler);
        let slot = self.state.job_slot(&job.namespace, &job.id);
        let existing = slot.and_then(|slot| self.state.job_in(slot));
        if let Some(existing) = existing.filter(|existing| existing.spec().kind != job.kind) {
            let (was, is) = (existing.spec().kind.as_str(), job.kind.as_str());
            let message = format!("is {is:?} but the registered job's is {was:?}; stop it and use another id");
            faults.push(JobFault::new("MODEL-177", "Type", message));
        }
        if !faults.is_empty() {
            return Err(Error::Job { id: job.id, faults });
        }
        self.share_namespace(&mut job.namespace);
        self.write_job(job, slot, TriggeredBy::JobRegister, now)
    }

    /// Changes the count of one group of a job: a new version that differs in nothing else.
    ///
    /// # Errors
    /// [`Error::NoSuchJob`], [`Error::NoSuchGroup`], [`Error::Job`] for a negative or enormous count;
    /// [`Error::Storage`]. Nothing is changed then.
    pub fn scale_job(
        &mut self,
        namespace: &Namespace,
        id: &JobId,
        group: &GroupName,
        count: i64,
        now: Time,
    ) -> Result<JobWritten, Error> {
        let now = self.see(now);
        let existing = self.find_job(namespace, id)?;
        let slot = Some(existing.slot());
        let mut job = (**existing.spec()).clone();
        job.stable = existing.state().stable;
        let Some(scaled) = job.task_groups.make().iter_mut().find(|found| found.name == *group) else {
            let has = job.task_groups.iter().map(|group| group.name.clone()).collect();
            return Err(Error::NoSuchGroup { job: id.clone(), group: group.clone(), has });
        };
        scaled.count = count;
        let faults = job_faults(&job, &self.limits, &mut self.scheduler);
        if !faults.is_empty() {
            return Err(Error::Job { id: id.clone(), faults });
        }
        self.write_job(job, slot, TriggeredBy::JobScaling, now)
    }

    /// Stops a job: its allocations are told to stop, its record stays. Stopping it again is harmless.
    ///
    /// # Errors
    /// [`Error::NoSuchJob`]; [`Error::Storage`]. Nothing is changed then.
    pub fn stop_job(&mut self, namespace: &Namespace, id: &JobId, now: Time) -> Result<JobWritten, Error> {
        let now = self.see(now);
        let existing = self.find_job(namespace, id)?;
        let mut job = (**existing.spec()).clone();
        job.stable = existing.state().stable;
        job.stop = true;
        let slot = existing.slot();
        self.write_job(job, Some(slot), TriggeredBy::JobDeregister, now)
    }

    fn find_job(&self, namespace: &Namespace, id: &JobId) -> Result<JobRef<'_>, Error> {
        let missing = || Error::NoSuchJob { namespace: namespace.clone(), id: id.clone() };
        self.state.job(namespace, id).ok_or_else(missing)
    }

    fn write_job(
        &mut self,
        mut job: Job,
        slot: Option<JobSlot>,
        triggered_by: TriggeredBy,
        now: Time,
    ) -> Result<JobWritten, Error> {
        let kind = match triggered_by {
            TriggeredBy::JobDeregister => Kind::JobDeregistered,
            _ => Kind::JobRegistered,
        };
        let existing = slot.and_then(|slot| self.state.job_in(slot));
        let changed = existing.is_none_or(|existing| !same_specification(existing.spec(), &job));
        let mut write = Write::new(&self.state, now, kind);
        let index = write.index();
        let mut eval = Evaluation {
            id: self.ids().eval(index, 0),
            namespace: job.namespace.clone(),
            priority: job.priority,
            kind: if job.stop { JobType::Service } else { job.kind.clone() },
            triggered_by,
            job_id: job.id.clone(),
            status: EvalStatus::Pending,
            create_time: now,
            modify_time: now,
            ..Evaluation::default()
        };
        let (mut version, mut job_modify_index) = (0, index);
        match existing {
            Some(existing) if !changed => {
                version = existing.spec().version;
                job_modify_index = existing.modify_index();
            }
            _ => {
                if let Some(existing) = existing {
                    let spec = existing.spec();
                    job.create_index = spec.create_index;
                    job.version = if job.version > spec.version { job.version } else { spec.version.saturating_add(1) };
                    job.status = existing.status();
                    version = job.version;
                } else {
                    job.create_index = index;
                    job.status = JobStatus::Pending;
                    version = version.max(job.version);
                }
                job.modify_index = index;
                job.job_modify_index = index;
                job.submit_time = now;
                eval.job_modify_index = index;
                write.put_job(job);
            }
        }
        let eval_id = write.put_eval(eval).id.clone();
        let frame = write.frame();
        let index = self.commit(frame)?;
        Ok(JobWritten { eval_id, index, job_modify_index, version, changed })
    }
}

/// MODEL-191: equal in everything but what the engine itself sets.
fn same_specification(stored: &Job, submitted: &Job) -> bool {
    if stored.stop != submitted.stop {
        return false;
    }
    let comparable = Job {
        status: submitted.status,
        status_description: submitted.status_description.clone(),
        stable: submitted.stable,
        version: submitted.version,
        submit_time: submitted.submit_time,
        create_index: submitted.create_index,
        modify_index: submitted.modify_index,
        job_modify_index: submitted.job_modify_index,
        ..stored.clone()
    };
    comparable == *submitted
}
