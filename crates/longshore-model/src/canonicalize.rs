//! From a document to the one job that it means.
//!
//! | Stage | Function | Rules |
//! |---|---|---|
//! | what absent members mean | [`document::Job::fill_defaults`] | MODEL-62 to MODEL-73 |
//! | conversion to stored form | [`document::Job::into_submitted`] | MODEL-74 to MODEL-79 |
//! | what is empty in stored form | [`Job::complete`] | MODEL-80 to MODEL-85 |
//! | what the engine adds | [`Job::admit`] | MODEL-86 to MODEL-88 |
//!
//! [`document::Job::canonicalize`] does all four. Doing a stage twice changes nothing more, with two exceptions that are
//! the reference's: some constraints are appended each time (MODEL-88, and those of catalogue partitions), and of several
//! identities named `default` one more becomes the task's own each time (MODEL-84; validation refuses such a job).

mod admit;
mod connect;
mod convert;
mod input;
mod names;
mod service;
mod stored;

use std::collections::{BTreeMap, BTreeSet};

use crate::{Job, JobType, Namespace, NamespaceCapabilities, RestartPolicy, TaskGroup, UpdateStrategy, document};

/// What a request says about the job that it brings; nothing by default.
///
/// ```
/// use longshore_model::{Cluster, Request, document};
/// let request = Request { namespace: "lab".into(), ..Request::default() };
/// let job = document::Job::default().canonicalize(&request, &Cluster::default());
/// assert_eq!(job.namespace, "lab");
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Request {
    /// The region asked for; `""` leaves it to the job.
    pub region: String,
    /// The namespace asked for; `""` leaves it to the job.
    pub namespace: Namespace,
}

/// The engine's settings, and what it knows of namespaces and node pools: what decides what a job becomes and whether it
/// is taken.
///
/// ```
/// use longshore_model::{Cluster, Job};
/// let cluster = Cluster { priority_max: 70, ..Cluster::default() };
/// let refused = Job::service("web").priority(71).build_for(&cluster).unwrap_err();
/// assert!(refused.violations().iter().any(|fault| fault.code == "MODEL-171"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The engine's own region (MODEL-79).
    pub region: String,
    /// The priority of jobs that name none (MODEL-86).
    pub priority_default: i64,
    /// The highest priority (MODEL-171).
    pub priority_max: i64,
    /// The most allocations that a job may ask for; 0 for any number (MODEL-172).
    pub count_max: i64,
    /// Whether tasks may use more memory than they reserve (MODEL-185).
    pub memory_oversubscription: bool,
    /// Whether the `default` cluster of secrets storage may be used (MODEL-252).
    pub vault_enabled: bool,
    /// Whether tasks get an identity for secrets storage without naming one (MODEL-252).
    pub vault_default_identity: bool,
    /// Namespaces by name, each with what it allows (MODEL-173, MODEL-174).
    pub namespaces: BTreeMap<Namespace, NamespaceCapabilities>,
    /// Node pools by name (MODEL-173).
    pub node_pools: BTreeSet<String>,
}

impl Default for Cluster {
    fn default() -> Cluster {
        Cluster {
            region: "global".into(),
            priority_default: 50,
            priority_max: 100,
            count_max: 50_000,
            memory_oversubscription: false,
            vault_enabled: true,
            vault_default_identity: false,
            namespaces: [("default".into(), NamespaceCapabilities::default())].into(),
            node_pools: ["all".into(), "default".into()].into(),
        }
    }
}

impl document::Job {
    /// The canonical form of the job that this document asks for.
    ///
    /// ```
    /// use longshore_model::{Cluster, Request, document, from_json};
    /// let document: document::Job = from_json(
    ///     r#"{"ID":"web","TaskGroups":[{"Name":"front","Tasks":[{"Name":"server","Driver":"exec"}]}]}"#,
    /// )?;
    /// let job = document.canonicalize(&Request::default(), &Cluster::default());
    /// let task = &job.task_groups[0].tasks[0];
    /// assert_eq!((job.priority, task.resources.cpu, task.resources.memory_mb), (50, 100, 300));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub fn canonicalize(mut self, request: &Request, cluster: &Cluster) -> Job {
        self.fill_defaults();
        let mut job = self.into_submitted(request, cluster);
        job.complete();
        job.admit(cluster);
        job
    }
}

/// What a job of a type keeps of the update that it gets by default (MODEL-63, MODEL-74).
pub(crate) fn job_update(kind: &JobType) -> UpdateStrategy {
    let update = input::has_update(kind).then(UpdateStrategy::default);
    convert::rollout_pace(update.as_ref())
}

/// Fills in what a group that was built, not decoded, leaves open (MODEL-66, MODEL-69, MODEL-82).
pub(crate) fn settle_in(job: &Job, group: &mut TaskGroup) {
    group.restart_policy.get_or_insert_with(|| RestartPolicy::of(&job.kind));
    if input::has_update(&job.kind) {
        group.update.get_or_insert_default();
    }
    stored::complete_group(job, group);
}
