//! From a document to the one job that it means.
//!
//! | Stage | Function | Rules |
//! |---|---|---|
//! | what absent members mean | [`document::Job::fill_defaults`] | MODEL-62 to MODEL-73 |
//! | conversion to stored form | [`document::Job::into_submitted`] | MODEL-74 to MODEL-79 |
//! | what is empty in stored form | [`Job::complete`] | MODEL-80 to MODEL-85 |
//! | what the engine adds | [`Job::admit`] | MODEL-86 to MODEL-88 |
//!
//! [`document::Job::canonicalize`] does all four. Each stage gives what doing it twice gives, but that MODEL-88 appends
//! its constraint again.

mod admit;
mod convert;
mod input;
mod names;
mod service;
mod stored;

use std::collections::{BTreeMap, BTreeSet};

use crate::{Job, Namespace, NamespaceCapabilities, document};

/// What a request says about the job that it brings; nothing by default.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Request {
    /// The region asked for; `""` leaves it to the job.
    pub region: String,
    /// The namespace asked for; `""` leaves it to the job.
    pub namespace: Namespace,
}

/// The engine's settings, and what it knows of namespaces and node pools: what decides what a job becomes and whether it
/// is taken.
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
