//! What a diff is made of (MODEL-222).

use crate::{List, Map};

keyword! {
    /// How two versions of one thing differ (MODEL-222).
    ///
    /// ```
    /// use longshore_model::Job;
    /// use longshore_model::diff::{Detail, DiffType, JobDiff};
    /// let diff = JobDiff::between(None, Some(&Job::service("web")), Detail::Changes)?;
    /// assert_eq!(diff.kind, DiffType::Added);
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub enum DiffType {
        /// Not at all.
        None = "None",
        /// Only the new version has it.
        Added = "Added",
        /// Only the old version has it.
        Deleted = "Deleted",
        /// Both have it, and not alike.
        Edited = "Edited",
    }
}

record! {
    /// How two versions of a job differ (MODEL-222).
    ///
    /// ```
    /// use longshore_model::diff::{Detail, JobDiff};
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let group = TaskGroup::new("front").task(Task::new("server"));
    /// let job = |count| Job::service("web").with_group(group.clone().count(count));
    /// let diff = JobDiff::between(Some(&job(1)), Some(&job(3)), Detail::Changes)?;
    /// assert!(diff.fields.is_empty() && diff.task_groups.len() == 1);
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub struct JobDiff {
        /// How.
        "Type" kind: DiffType,
        /// The job.
        "ID" id: String,
        /// Its fields that differ.
        "Fields" fields: List<FieldDiff>,
        /// Its objects that differ.
        "Objects" objects: List<ObjectDiff>,
        /// All its groups, by name.
        "TaskGroups" task_groups: List<TaskGroupDiff>,
    }
}

record! {
    /// How two versions of a group differ (MODEL-222).
    ///
    /// ```
    /// use longshore_model::diff::{Detail, DiffType, JobDiff};
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let group = TaskGroup::new("front").task(Task::new("server"));
    /// let job = |count| Job::service("web").with_group(group.clone().count(count));
    /// let diff = JobDiff::between(Some(&job(1)), Some(&job(3)), Detail::Changes)?;
    /// assert_eq!((diff.task_groups[0].name.as_str(), diff.task_groups[0].kind), ("front", DiffType::Edited));
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub struct TaskGroupDiff {
        /// How.
        "Type" kind: DiffType,
        /// The group.
        "Name" name: String,
        /// Its fields that differ.
        "Fields" fields: List<FieldDiff>,
        /// Its objects that differ.
        "Objects" objects: List<ObjectDiff>,
        /// All its tasks, by name.
        "Tasks" tasks: List<TaskDiff>,
        /// What a plan does to its allocations, and to how many (MODEL-244).
        "Updates" updates: Map<u64>,
    }
}

record! {
    /// How two versions of a task differ (MODEL-222).
    ///
    /// ```
    /// use longshore_model::diff::{Detail, DiffType, JobDiff};
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let group = TaskGroup::new("front").task(Task::new("server"));
    /// let job = |count| Job::service("web").with_group(group.clone().count(count));
    /// let diff = JobDiff::between(Some(&job(1)), Some(&job(3)), Detail::Changes)?;
    /// assert_eq!(diff.task_groups[0].tasks[0].kind, DiffType::None); // every task is listed
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub struct TaskDiff {
        /// How.
        "Type" kind: DiffType,
        /// The task.
        "Name" name: String,
        /// Its fields that differ.
        "Fields" fields: List<FieldDiff>,
        /// Its objects that differ.
        "Objects" objects: List<ObjectDiff>,
        /// What follows from it (MODEL-246, MODEL-247).
        "Annotations" annotations: List<String>,
    }
}

record! {
    /// How two versions of an object differ (MODEL-222).
    ///
    /// ```
    /// use longshore_model::Job;
    /// use longshore_model::diff::{Detail, JobDiff};
    /// let (old, new) = (Job::service("web"), Job::service("web").constraint("${attr.arch}", "=", "arm64"));
    /// let diff = JobDiff::between(Some(&old), Some(&new), Detail::Changes)?;
    /// assert_eq!((&*diff.objects[0].name, diff.objects[0].fields.len()), ("Constraint", 3));
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub struct ObjectDiff: recursive {
        /// How.
        "Type" kind: DiffType,
        /// What it is, such as `Constraint`.
        "Name" name: String,
        /// Its fields that differ, and in a contextual diff the others.
        "Fields" fields: List<FieldDiff>,
        /// Objects within it.
        "Objects" objects: List<ObjectDiff>,
    }
}

record! {
    /// How two versions of a field differ (MODEL-222).
    ///
    /// ```
    /// use longshore_model::diff::{Detail, JobDiff};
    /// use longshore_model::{Job, Task, TaskGroup};
    /// let group = TaskGroup::new("front").task(Task::new("server"));
    /// let job = |count| Job::service("web").with_group(group.clone().count(count));
    /// let diff = JobDiff::between(Some(&job(1)), Some(&job(3)), Detail::Changes)?;
    /// let count = &diff.task_groups[0].fields[0];
    /// assert_eq!((&*count.name, &*count.old, &*count.new), ("Count", "1", "3"));
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub struct FieldDiff {
        /// How.
        "Type" kind: DiffType,
        /// The field, such as `Count` or `Meta[owner]`.
        "Name" name: String,
        /// What it was; `""` if it was not.
        "Old" old: String,
        /// What it is; `""` if it is not.
        "New" new: String,
        /// What follows from it (MODEL-245).
        "Annotations" annotations: List<String>,
    }
}
