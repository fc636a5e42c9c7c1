//! Commands on jobs: register, scale, stop.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::validate::{Finding, validate};
use longshore_model::{
    EvalId, EvalStatus, Evaluation, GroupName, Job, JobId, JobStatus, JobType, Namespace, Request, Time, TriggeredBy,
    document,
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

/// What a document was registered as.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentWritten {
    /// The registration.
    pub written: JobWritten,
    /// What the job may do and should not (MODEL-179 to MODEL-185, MODEL-254).
    pub warnings: Vec<Finding>,
}

impl Engine {
    /// Registers the job that a document asks for: completed, validated by every rule of the model, and then as by
    /// [`register_job`](Engine::register_job). The way for what people write.
    ///
    /// # Errors
    /// [`Error::Job`] with everything that is wrong with it, and with what this version does not support in groups that
    /// are sound otherwise; [`Error::Storage`]. Nothing is changed then.
    ///
    /// ```
    /// use longshore::{Engine, Error, Options};
    /// use longshore::model::{Request, Time, from_json};
    /// let mut engine = Engine::new(Options::default());
    /// let task = r#"{"Name": "server", "Driver": "exec", "Resources": {"CPU": 500, "MemoryMB": 2}}"#;
    /// let document = from_json(&format!(r#"{{"ID": "web", "TaskGroups": [{{"Name": "front", "Tasks": [{task}]}}]}}"#))?;
    /// let refused = engine.register_document(document, &Request::default(), Time::from_secs(1)).unwrap_err();
    /// let Error::Job { faults, .. } = refused else { panic!("{refused}") };
    /// assert_eq!((faults[0].code, &*faults[0].path), ("MODEL-142", "TaskGroups[0].Tasks[0].Resources.MemoryMB"));
    /// # Ok::<(), longshore::model::DecodeError>(())
    /// ```
    pub fn register_document(
        &mut self,
        document: document::Job,
        request: &Request,
        now: Time,
    ) -> Result<DocumentWritten, Error> {
        let job = Arc::new(document.canonicalize(request, &self.cluster));
        let report = validate(&job, &self.cluster);
        let written = self.take(job, report.violations.iter().map(JobFault::from).collect(), now)?;
        Ok(DocumentWritten { written, warnings: report.warnings })
    }

    /// Registers a job, or a new version of it. An unchanged one is evaluated again and otherwise left alone
    /// (MODEL-191, MODEL-192).
    ///
    /// A job is taken as it is: for those that programs make, many a second. What is checked is what the engine's own
    /// rows and placements rest on: id, type, priority, datacenters, names, counts, resources, the depth of opaque values,
    /// updates of another kind (MODEL-177), and whatever this version cannot place by. Every rule of the model is checked by [`Job::build`] and
    /// [`register_document`](Engine::register_document).
    ///
    /// # Errors
    /// [`Error::Job`] with everything of that that is wrong; [`Error::Storage`]. Nothing is changed then.
    ///
    /// # Cost
    /// A job that is the very one in the [`state`](Engine::state) is neither checked nor compared again.
    pub fn register_job(&mut self, job: impl Into<Arc<Job>>, now: Time) -> Result<JobWritten, Error> {
        self.take(job.into(), Vec::new(), now)
    }

    /// Takes a job of which `faults` are known.
    fn take(&mut self, mut job: Arc<Job>, mut faults: Vec<JobFault>, now: Time) -> Result<JobWritten, Error> {
        let now = self.see(now);
        if job.name.is_empty() {
            let name = job.id.to_string();
            Arc::make_mut(&mut job).name = name;
        }
        let slot = self.state.job_slot(&job.namespace, &job.id);
        let existing = slot.and_then(|slot| self.state.job_in(slot)).map(|existing| existing.spec());
        // What stands in the state was checked when it came there.
        if !existing.is_some_and(|existing| Arc::ptr_eq(existing, &job)) {
            let update = job.check_update(existing.map(|existing| &**existing));
            add_unknown(&mut faults, job_faults(&job, &self.limits, &mut self.scheduler));
            faults.extend(update.err().as_ref().map(JobFault::from));
        }
        if !faults.is_empty() {
            return Err(Error::Job { id: job.id.clone(), faults });
        }
        if let Some(job) = Arc::get_mut(&mut job) {
            self.share_namespace(&mut job.namespace);
        }
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
        self.write_job(job.into(), slot, TriggeredBy::JobScaling, now)
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
        self.write_job(job.into(), Some(slot), TriggeredBy::JobDeregister, now)
    }

    fn find_job(&self, namespace: &Namespace, id: &JobId) -> Result<JobRef<'_>, Error> {
        let missing = || Error::NoSuchJob { namespace: namespace.clone(), id: id.clone() };
        self.state.job(namespace, id).ok_or_else(missing)
    }

    fn write_job(
        &mut self,
        mut job: Arc<Job>,
        slot: Option<JobSlot>,
        triggered_by: TriggeredBy,
        now: Time,
    ) -> Result<JobWritten, Error> {
        let kind = match triggered_by {
            TriggeredBy::JobDeregister => Kind::JobDeregistered,
            _ => Kind::JobRegistered,
        };
        let existing = slot.and_then(|slot| self.state.job_in(slot));
        let changed = existing.is_none_or(|existing| !existing.spec().same_specification(&job));
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
                let row = Arc::make_mut(&mut job);
                if let Some(existing) = existing {
                    let spec = existing.spec();
                    row.create_index = spec.create_index;
                    row.version = if row.version > spec.version { row.version } else { spec.version.saturating_add(1) };
                    row.status = existing.status();
                    version = row.version;
                } else {
                    row.create_index = index;
                    row.status = JobStatus::Pending;
                    version = version.max(row.version);
                }
                row.modify_index = index;
                row.job_modify_index = index;
                row.submit_time = now;
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

/// Adds faults at places, and by rules, that are not among those that are known.
fn add_unknown(known: &mut Vec<JobFault>, found: Vec<JobFault>) {
    if known.is_empty() {
        *known = found;
        return;
    }
    let keys: BTreeSet<(&str, &str)> = known.iter().map(|fault| (fault.code, fault.path.as_str())).collect();
    let new: Vec<JobFault> =
        found.into_iter().filter(|fault| !keys.contains(&(fault.code, fault.path.as_str()))).collect();
    known.extend(new);
}
