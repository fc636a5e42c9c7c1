//! Jobs: what should run.

use std::collections::BTreeMap;

use crate::bytes::Bytes;
use crate::canonicalize;
use crate::constraint::{Affinity, Constraint, Spread};
use crate::group::TaskGroup;
use crate::periodic::{Multiregion, ParameterizedJob, PeriodicConfig};
use crate::update::UpdateStrategy;
use crate::{JobId, Namespace, Time};
use crate::{List, Map};

keyword! {
    /// Which scheduler a job is for (MODEL-14).
    ///
    /// ```
    /// use longshore_model::{Job, JobType};
    /// assert_eq!(Job::batch("train").kind, JobType::Batch);
    /// assert_eq!(JobType::from_text("sysbatch"), JobType::SysBatch);
    /// ```
    pub enum JobType: open {
        /// Runs until it is stopped.
        Service = "service",
        /// Runs until it is done.
        Batch = "batch",
        /// One on every matching node, until it is stopped.
        System = "system",
        /// One on every matching node, until it is done.
        SysBatch = "sysbatch",
        /// The engine's own housekeeping.
        Core = "_core",
    }
}

keyword! {
    /// Where a job stands (MODEL-201, MODEL-202).
    ///
    /// ```
    /// use longshore_model::JobStatus;
    /// assert_eq!(JobStatus::from_text("dead"), Some(JobStatus::Dead));
    /// assert_eq!(JobStatus::from_text("lively"), None);
    /// ```
    pub enum JobStatus {
        /// Not known yet.
        Unset = "",
        /// Something is to be done before anything runs.
        Pending = "pending",
        /// Something runs, or will.
        Running = "running",
        /// Nothing runs and nothing will.
        Dead = "dead",
    }
}

record! {
    /// A job (MODEL-14). Built in Rust, it is finished by [`Job::build`].
    ///
    /// ```
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let task = Task::new("server").driver("exec").cpu(500).memory_mb(256);
    /// let job = Job::service("web").with_group(TaskGroup::new("front").count(3).task(task)).build()?;
    /// assert_eq!(job.group("front").map(|group| group.count), Some(3));
    /// # Ok::<(), longshore_model::InvalidJob>(())
    /// ```
    pub struct Job {
        /// Whether it is stopped.
        "Stop" stop: bool,
        /// Its region.
        "Region" region: String = "global".into(),
        /// Its namespace.
        "Namespace" namespace: Namespace = "default".into(),
        /// Its id within the namespace.
        "ID" id: JobId,
        /// The job that it is an instance of.
        "ParentID" parent_id: JobId,
        /// Its name for people.
        "Name" name: String,
        /// Which scheduler it is for.
        "Type" kind: JobType,
        /// 1 to 100; higher goes first.
        "Priority" priority: i64 = 50,
        /// Whether a plan for it is committed whole or not at all.
        "AllAtOnce" all_at_once: bool,
        /// Datacenters it may run in; `*` is a wildcard.
        "Datacenters" datacenters: List<String> = ["*".into()].into(),
        /// The node pool it may run in; `all` for any.
        "NodePool" node_pool: String = "default".into(),
        /// Rules that nodes must meet.
        "Constraints" constraints: List<Constraint>,
        /// Rules that make nodes better or worse.
        "Affinities" affinities: List<Affinity>,
        /// How allocations should spread.
        "Spreads" spreads: List<Spread>,
        /// What runs.
        "TaskGroups" task_groups: List<TaskGroup>,
        /// How new versions are rolled out.
        "Update" update: UpdateStrategy,
        /// Regions of a job in several.
        "Multiregion" multiregion: Option<Multiregion>,
        /// When it is launched.
        "Periodic" periodic: Option<PeriodicConfig>,
        /// Whether it is launched by dispatch.
        "ParameterizedJob" parameterized_job: Option<ParameterizedJob>,
        /// Whether it was launched by dispatch.
        "Dispatched" dispatched: bool,
        /// Makes a repeated dispatch harmless.
        "DispatchIdempotencyToken" dispatch_idempotency_token: String,
        /// What it was dispatched with.
        "Payload" payload: Bytes,
        /// Facts for people and templates.
        "Meta" meta: Map<String>,
        /// Preserved.
        "ConsulNamespace" consul_namespace: String,
        /// Preserved.
        "VaultNamespace" vault_namespace: String,
        /// Preserved.
        "NomadTokenID" nomad_token_id: String,
        /// Where it stands.
        "Status" status: JobStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// Whether this version has proven itself.
        "Stable" stable: bool,
        /// Counts changes of the specification.
        "Version" version: u64,
        /// When it was submitted, Unix ns.
        "SubmitTime" submit_time: Time,
        /// Index of its registration.
        "CreateIndex" create_index: u64,
        /// Index of its last change of any kind.
        "ModifyIndex" modify_index: u64,
        /// Index of its last change of specification.
        "JobModifyIndex" job_modify_index: u64,
        /// How it is shown.
        "UI" ui: Option<JobUi>,
        /// A name for this version.
        "VersionTag" version_tag: Option<VersionTag>,
    }
}

impl Job {
    /// A job of a type with nothing but an id, which is also its name.
    ///
    /// What this and [`Job::with_group`] make is canonical: equal to what the same words in a document become, but for
    /// what [`Job::admit`] adds. Whether it is valid, [`Job::build`] says.
    pub fn new(id: &str, kind: JobType) -> Job {
        let update = canonicalize::job_update(&kind);
        Job { id: id.into(), name: id.into(), kind, update, ..Job::default() }
    }

    /// A job that runs until it is stopped.
    pub fn service(id: &str) -> Job {
        Job::new(id, JobType::Service)
    }

    /// A job that runs until it is done.
    pub fn batch(id: &str) -> Job {
        Job::new(id, JobType::Batch)
    }

    /// Adds a group. What the group leaves open follows from the job's type.
    pub fn with_group(mut self, mut group: TaskGroup) -> Job {
        canonicalize::settle_in(&self, &mut group);
        self.task_groups.push(group);
        self
    }

    /// 1 to 100; higher goes first.
    pub fn priority(mut self, priority: i64) -> Job {
        self.priority = priority;
        self
    }

    /// The node pool it may run in.
    pub fn node_pool(mut self, pool: &str) -> Job {
        self.node_pool = pool.into();
        self
    }

    /// The datacenters it may run in.
    pub fn datacenters(mut self, datacenters: &[&str]) -> Job {
        self.datacenters = datacenters.iter().map(|name| (*name).to_string()).collect();
        self
    }

    /// Adds a rule that nodes must meet.
    pub fn constraint(mut self, left: &str, operand: &str, right: &str) -> Job {
        self.constraints.push(Constraint::new(left, operand, right));
        self
    }

    /// A group by name.
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        self.task_groups.iter().find(|group| group.name == *name)
    }

    /// The facts that a task sees: its own over its group's over the job's; an unknown group gives the job's
    /// (MODEL-190).
    pub fn task_meta(&self, group: &str, task: &str) -> BTreeMap<String, String> {
        let mut meta: BTreeMap<String, String> = self.meta.clone().into_iter().collect();
        if let Some(group) = self.group(group) {
            meta.extend(group.meta.iter().map(|(key, value)| (key.clone(), value.clone())));
            if let Some(task) = group.tasks.iter().find(|found| found.name == *task) {
                meta.extend(task.meta.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        meta
    }
}

record! {
    /// How a job is shown (MODEL-16).
    ///
    /// ```
    /// use longshore_model::{JobUi, from_json};
    /// let ui: JobUi = from_json(
    ///     r#"{"Description": "The shop", "Links": [{"Label": "Manual", "Url": "https://example.com"}]}"#,
    /// )?;
    /// assert_eq!(ui.links[0].label, "Manual");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobUi {
        /// What it is.
        "Description" description: String,
        /// Where to read more.
        "Links" links: List<JobUiLink>,
    }
}

record! {
    /// A link (MODEL-16).
    ///
    /// ```
    /// use longshore_model::{JobUiLink, from_json};
    /// let link: JobUiLink = from_json(r#"{"Label": "Manual", "Url": "https://example.com"}"#)?;
    /// assert_eq!(link.url, "https://example.com");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobUiLink {
        /// Its text.
        "Label" label: String,
        /// Its target.
        "Url" url: String,
    }
}

record! {
    /// A name for a version (MODEL-16).
    ///
    /// ```
    /// use longshore_model::{Time, VersionTag, from_json};
    /// let tag: VersionTag = from_json(r#"{"Name": "golden", "Description": "before the move"}"#)?;
    /// assert_eq!((tag.name.as_str(), tag.tagged_time), ("golden", Time::default()));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct VersionTag {
        /// The name.
        "Name" name: String,
        /// What it is.
        "Description" description: String,
        /// When it was given, Unix ns.
        "TaggedTime" tagged_time: Time,
    }
}
