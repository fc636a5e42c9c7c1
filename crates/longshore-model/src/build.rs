//! The end of a chain of builders: a valid job, or everything that is wrong with it.

use crate::validate::{Finding, Report, validate};
use crate::{Cluster, Job, JobId};

impl Job {
    /// The finished job, canonical and valid for an engine with the default settings. Warnings are not told; ask
    /// [`validate`] for them.
    ///
    /// # Errors
    /// [`InvalidJob`] with every violation.
    ///
    /// # Example: the smallest job
    /// ```
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let job = Job::service("web")
    ///     .with_group(TaskGroup::new("front").task(Task::new("server").driver("exec")))
    ///     .build()?;
    /// # assert_eq!(job.build()?.task_groups[0].count, 1);
    /// # Ok::<(), longshore_model::InvalidJob>(())
    /// ```
    ///
    /// # Example: what is missing
    /// ```
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let invalid = Job::service("web").with_group(TaskGroup::new("front").task(Task::new("server"))).build().unwrap_err();
    /// assert_eq!(invalid.code(), "MODEL-160");
    /// assert_eq!(invalid.violations()[0].place.to_string(), "TaskGroups[0].Tasks[0].Driver");
    /// ```
    pub fn build(self) -> Result<Job, InvalidJob> {
        self.build_for(&Cluster::default())
    }

    /// The finished job for an engine with other settings, namespaces or node pools: the last two stages of
    /// canonicalization ([`Job::complete`], [`Job::admit`]), and validation.
    ///
    /// # Errors
    /// [`InvalidJob`] with every violation.
    ///
    /// ```
    /// use longshore_model::{Cluster, Job, Task, TaskGroup};
    /// let group = TaskGroup::new("g").task(Task::new("t").driver("exec"));
    /// let job = Job::batch("train").node_pool("gpu").with_group(group);
    /// assert_eq!(job.clone().build().unwrap_err().code(), "MODEL-173");
    /// let cluster = Cluster { node_pools: ["gpu".into()].into(), ..Cluster::default() };
    /// assert!(job.build_for(&cluster).is_ok());
    /// ```
    pub fn build_for(mut self, cluster: &Cluster) -> Result<Job, InvalidJob> {
        self.complete();
        self.admit(cluster);
        let report = validate(&self, cluster);
        if report.is_valid() { Ok(self) } else { Err(InvalidJob { id: self.id, report }) }
    }
}

/// A job that no engine would take, and why.
///
/// ```
/// use longshore_model::Job;
/// let invalid = Job::service("web").build().unwrap_err();
/// assert!(invalid.to_string().starts_with("job \"web\" is not valid: TaskGroups: "));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("job {id:?} is not valid: {}", list(self.violations()))]
pub struct InvalidJob {
    id: JobId,
    /// With at least one violation.
    report: Report,
}

impl InvalidJob {
    /// The rule of the first violation.
    pub fn code(&self) -> &'static str {
        self.report.violations[0].code
    }

    /// The job's id.
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// Everything that is wrong, in the order of the rules; never empty.
    pub fn violations(&self) -> &[Finding] {
        &self.report.violations
    }

    /// Violations and warnings.
    pub fn into_report(self) -> Report {
        self.report
    }
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("; ")
}
