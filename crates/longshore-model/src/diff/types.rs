//! What a diff is made of (MODEL-222).

use crate::{List, Map};

keyword! {
    /// How two versions of one thing differ (MODEL-222).
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
    pub struct ObjectDiff {
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
