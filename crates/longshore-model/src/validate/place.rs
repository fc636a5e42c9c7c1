//! Where in a job something is: steps from the job down, and a member at the end.

use std::fmt;

/// Where in a job something is.
///
/// Reads as the path in the document: `TaskGroups[0].Tasks[1].Resources.CPU`; the job itself is `job`.
///
/// ```
/// use longshore_model::{Job, Task, TaskGroup};
/// use longshore_model::validate::{Block, Step};
/// let job = Job::service("web").with_group(TaskGroup::new("front").task(Task::new("server")));
/// let invalid = job.build().unwrap_err();
/// let place = &invalid.violations()[0].place;
/// assert_eq!(place.to_string(), "TaskGroups[0].Tasks[0].Driver");
/// assert_eq!(place.find(Block::Group), Some(&Step::Element(Block::Group, 0, "front".into())));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Place {
    pub(super) steps: Vec<Step>,
    pub(super) member: &'static str,
}

/// One step down from an object of a job to an object within.
///
/// ```
/// use longshore_model::validate::{Block, Step};
/// let step: Step<&str> = Step::Element(Block::Task, 0, "server");
/// assert_eq!(step.block().member(), "Tasks");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Step<T = Box<str>> {
    /// The only object of a member, such as `Update`, with its name if it has one.
    Only(Block, T),
    /// An element of a list, from 0, with its name if it has one.
    Element(Block, usize, T),
    /// An entry of a map, by its key.
    Entry(Block, T),
}

/// Declares [`Block`] with the members' names.
macro_rules! blocks {
    ($($(#[$meta:meta])* $block:ident = $member:literal),* $(,)?) => {
        /// A kind of object within a job, by the member that holds it.
        ///
        /// ```
        /// use longshore_model::validate::Block;
        /// assert_eq!(Block::Group.member(), "TaskGroups");
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Block { $(#[doc = concat!("`", $member, "`.")] $block),* }

        impl Block {
            /// The name of the member.
            pub const fn member(self) -> &'static str {
                match self { $(Block::$block => $member),* }
            }
        }
    };
}

blocks! {
    Action = "Actions", Affinity = "Affinities", Artifact = "Artifacts", Check = "Checks",
    CheckRestart = "CheckRestart", Cni = "CNI", Constraint = "Constraints", Consul = "Consul",
    CsiPlugin = "CSIPluginConfig", Device = "Devices", Disconnect = "Disconnect", Disk = "EphemeralDisk",
    DispatchPayload = "DispatchPayload", DynamicPort = "DynamicPorts", Group = "TaskGroups", Identities = "Identities",
    Identity = "Identity", Lifecycle = "Lifecycle", LogConfig = "LogConfig", Migrate = "Migrate",
    Multiregion = "Multiregion", Network = "Networks", Numa = "NUMA", Parameterized = "ParameterizedJob",
    Periodic = "Periodic", Reschedule = "ReschedulePolicy", ReservedPort = "ReservedPorts", Resources = "Resources",
    Restart = "RestartPolicy", Scaling = "Scaling", Schedule = "Schedule", Secret = "Secrets", Service = "Services",
    Spread = "Spreads", SpreadTarget = "SpreadTarget", Task = "Tasks", Template = "Templates", Ui = "UI",
    Update = "Update", Vault = "Vault", VersionTag = "VersionTag", Volume = "Volumes", VolumeMount = "VolumeMounts",
}

impl Place {
    /// The steps from the job down.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The member of the object where the steps end; `""` for the object itself.
    pub fn member(&self) -> &'static str {
        self.member
    }

    /// The innermost step to an object of this kind.
    pub fn find(&self, block: Block) -> Option<&Step> {
        self.steps.iter().rev().find(|step| step.block() == block)
    }
}

impl<T> Step<T> {
    /// What kind of object it leads to.
    pub fn block(&self) -> Block {
        match self {
            Step::Only(block, _) | Step::Element(block, ..) | Step::Entry(block, _) => *block,
        }
    }

    /// The position in a list, from 0.
    pub fn index(&self) -> Option<usize> {
        match self {
            Step::Element(_, index, _) => Some(*index),
            Step::Only(..) | Step::Entry(..) => None,
        }
    }
}

impl<T: AsRef<str>> Step<T> {
    /// The name of an object or the key of a map's entry; `""` if there is none.
    pub fn name(&self) -> &str {
        match self {
            Step::Only(_, name) | Step::Element(_, _, name) | Step::Entry(_, name) => name.as_ref(),
        }
    }

    pub(super) fn to_owned(&self) -> Step {
        match self {
            Step::Only(block, name) => Step::Only(*block, name.as_ref().into()),
            Step::Element(block, index, name) => Step::Element(*block, *index, name.as_ref().into()),
            Step::Entry(block, key) => Step::Entry(*block, key.as_ref().into()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() && self.member.is_empty() {
            return f.write_str("job");
        }
        for (number, step) in self.steps.iter().enumerate() {
            let dot = if number == 0 { "" } else { "." };
            write!(f, "{dot}{step}")?;
        }
        match (self.steps.is_empty(), self.member) {
            (_, "") => Ok(()),
            (true, member) => f.write_str(member),
            (false, member) => write!(f, ".{member}"),
        }
    }
}

impl<T: AsRef<str>> fmt::Display for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let member = self.block().member();
        match self {
            Step::Only(..) => f.write_str(member),
            Step::Element(_, index, _) => write!(f, "{member}[{index}]"),
            Step::Entry(_, key) => write!(f, "{member}[{:?}]", key.as_ref()),
        }
    }
}
