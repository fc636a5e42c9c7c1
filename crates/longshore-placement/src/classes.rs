//! What is known of whole classes of nodes: which of them can run a group (FEAS-23 to FEAS-38).
//!
//! Nodes of one computed class are alike in what most constraints look at. The reference asks the first of them and takes
//! its answer for all the others; and an evaluation that found no room says which classes are worth another look.

use std::collections::{BTreeMap, BTreeSet};

use longshore_constraint::escapes;
use longshore_model::{Constraint, GroupName, Job, Map, Node, TaskGroup};

use crate::feasible::{Demands, Unfit};

/// What an evaluation that is blocked carries (FEAS-33 to FEAS-38).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Eligibility {
    /// Whether a constraint tells nodes of one class apart: then any change of any node may make room (FEAS-26).
    pub escaped: bool,
    /// Computed classes that were looked at: may the job run there? A new blocked evaluation that is escaped carries
    /// none of them (FEAS-34).
    pub classes: BTreeMap<String, bool>,
    /// What is missing that no node has, such as `csi-volume:default:data` (FEAS-131).
    pub missing: BTreeSet<String>,
}

impl Eligibility {
    /// The classes as a new blocked evaluation carries them: null where nodes of one class differ (FEAS-34).
    pub fn carried(&self) -> Map<bool> {
        if self.escaped { Map::NULL } else { self.classes.clone().into() }
    }

    /// Adds what is known of another group of the job: a class is eligible if any group may run there (FEAS-33).
    pub fn merge(&mut self, other: Eligibility) {
        self.escaped |= other.escaped;
        self.missing.extend(other.missing);
        for (class, eligible) in other.classes {
            *self.classes.entry(class).or_default() |= eligible;
        }
    }
}

/// Answers by class, for the job and for each of its groups.
#[derive(Clone, Debug)]
pub(crate) struct Classes {
    job: Answers,
    groups: BTreeMap<GroupName, Answers>,
    missing: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
struct Answers {
    /// Nothing is true of a whole class (FEAS-27).
    escaped: bool,
    known: BTreeMap<String, bool>,
}

impl Classes {
    /// Nothing is known yet.
    pub(crate) fn new(job: &Job) -> Classes {
        let answers = |escaped| Answers { escaped, known: BTreeMap::new() };
        let groups = job.task_groups.iter().map(|group| (group.name.clone(), answers(group_escapes(group))));
        let job_escaped = job.constraints.iter().any(constraint_escapes);
        Classes { job: answers(job_escaped), groups: groups.collect(), missing: BTreeSet::new() }
    }

    /// Forgets all but whether the job level is escaped, as system jobs do before every select (FEAS-32).
    pub(crate) fn forget(&mut self) {
        self.job.known.clear();
        self.groups.clear();
        self.missing.clear();
    }

    /// Asks a node what its record answers, and notes the answer for its class. With `trust`, answers of other nodes of
    /// the class count for this one (FEAS-28); the job's rules are asked again all the same (FEAS-29).
    pub(crate) fn admit(
        &mut self,
        demands: &Demands,
        group: &GroupName,
        node: &Node,
        trust: bool,
    ) -> Result<(), Unfit> {
        let class = &node.computed_class;
        if trust && self.job.of(class) == Some(false) {
            return Err(Unfit::Class);
        }
        self.job.note(class, demands.admit_job(node), trust)?;
        let of_group = self.groups.entry(group.clone()).or_default();
        match of_group.of(class) {
            Some(false) if trust => Err(Unfit::Class),
            Some(true) if trust => Ok(()),
            _ => of_group.note(class, demands.admit_group(node), trust),
        }
    }

    /// Notes what no node has, if that is the reason (FEAS-131).
    pub(crate) fn note_missing(&mut self, job: &Job, reason: &Unfit) {
        if let Unfit::CsiMissing(volumes) = reason {
            self.missing.extend(volumes.iter().map(|id| format!("csi-volume:{}:{id}", job.namespace)));
        }
    }

    /// What is known by now.
    pub(crate) fn eligibility(&self) -> Eligibility {
        let mut classes: BTreeMap<String, bool> = BTreeMap::new();
        for (class, eligible) in self.groups.values().flat_map(|group| &group.known) {
            *classes.entry(class.clone()).or_default() |= eligible;
        }
        for (class, eligible) in &self.job.known {
            let answer = classes.entry(class.clone()).or_insert(true);
            *answer &= eligible;
        }
        let escaped = self.job.escaped || self.groups.values().any(|group| group.escaped);
        Eligibility { escaped, classes, missing: self.missing.clone() }
    }
}

impl Answers {
    fn of(&self, class: &str) -> Option<bool> {
        self.known.get(class).copied()
    }

    /// With `trust`, the last answer is that of the class; otherwise a class is eligible if any of its nodes is.
    fn note(&mut self, class: &str, answer: Result<(), Unfit>, trust: bool) -> Result<(), Unfit> {
        if !self.escaped {
            match self.known.get_mut(class) {
                Some(known) => *known = answer.is_ok() || *known && !trust,
                None => drop(self.known.insert(class.to_owned(), answer.is_ok())),
            }
        }
        answer
    }
}

/// FEAS-24.
fn constraint_escapes(constraint: &Constraint) -> bool {
    escapes(&constraint.ltarget) || escapes(&constraint.rtarget)
}

/// FEAS-25: its own constraints, those of its tasks, and volumes of storage plugins.
fn group_escapes(group: &TaskGroup) -> bool {
    let tasks = group.tasks.iter().flat_map(|task| task.constraints.iter());
    let constraints = group.constraints.iter().chain(tasks).any(constraint_escapes);
    constraints || group.volumes.values().any(|volume| volume.kind == "csi")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 30 of the specification's scenarios.
    #[test]
    fn feas_33_class_map() {
        let answers = |known: &[(&str, bool)]| Answers {
            escaped: false,
            known: known.iter().map(|(class, eligible)| ((*class).to_owned(), *eligible)).collect(),
        };
        let mut classes = Classes::new(&Job::default());
        classes.job = answers(&[("1", true), ("2", false)]);
        let groups = [
            ("foo", answers(&[("3", true)])),
            ("bar", answers(&[("4", false), ("5", true)])),
            ("fizz", answers(&[("1", false), ("3", false)])),
        ];
        classes.groups = groups.into_iter().map(|(name, answers)| (name.into(), answers)).collect();
        let map = classes.eligibility().classes;
        let told: Vec<_> = map.iter().map(|(class, eligible)| (class.as_str(), *eligible)).collect();
        assert_eq!(told, [("1", false), ("2", false), ("3", true), ("4", false), ("5", true)]);
    }
}
