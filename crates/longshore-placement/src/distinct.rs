//! What a group demands of the company that it gets: hosts of its own, and values of properties used only so often.

use std::borrow::Cow;

use longshore_constraint::Target;
use longshore_model::{Allocation, Constraint, Job, JobType, Node, Operand, TaskGroup};
use longshore_value::number;

use crate::feasible::Unfit;
use crate::score::{Census, PropertyUse};

/// What a group demands of the company that it gets, for one plan in the making.
#[derive(Clone, Debug)]
pub struct Distinct {
    hosts: DistinctHosts,
    properties: Vec<(DistinctProperty, PropertyUse)>,
}

/// Where `distinct_hosts` is on (FEAS-151).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct DistinctHosts {
    /// None of the job's may be there.
    pub(crate) job: bool,
    /// None of the group's may be there.
    pub(crate) group: bool,
}

/// A property whose values may be used only so often (FEAS-153).
#[derive(Clone, Debug)]
pub(crate) struct DistinctProperty {
    /// As it was written.
    pub(crate) written: String,
    pub(crate) target: Target,
    /// How often; else what was written, which is no number.
    limit: Result<u64, String>,
    /// Whether only the group's allocations count, not all of the job.
    pub(crate) of_group: bool,
}

impl Distinct {
    /// What a group demands; property uses are counted for one plan in the making (FEAS-153 to FEAS-157).
    pub fn new(census: Census<'_>, job: &Job, group: &TaskGroup) -> Distinct {
        let in_use = |property: DistinctProperty| {
            let group = property.of_group.then_some(&*group.name);
            let in_use = PropertyUse::count(census, job, group, &property.target, &str::to_owned);
            (property, in_use)
        };
        let properties = DistinctProperty::of(job, group).into_iter().map(in_use).collect();
        Distinct { hosts: DistinctHosts::of(job, group), properties }
    }

    /// Whether a node may be used, with the allocations that the plan leaves there.
    ///
    /// # Errors
    /// [`Unfit`], the first demand that it does not meet.
    pub fn admit<'p>(
        &self,
        job: &Job,
        group: &TaskGroup,
        node: &Node,
        proposed: impl IntoIterator<Item = &'p Allocation>,
    ) -> Result<(), Unfit> {
        self.hosts(job, group, proposed)?;
        self.properties.iter().try_for_each(|(property, in_use)| property.admit(node, |value| in_use.of(value)))
    }

    /// FEAS-152.
    fn hosts<'p>(
        &self,
        job: &Job,
        group: &TaskGroup,
        proposed: impl IntoIterator<Item = &'p Allocation>,
    ) -> Result<(), Unfit> {
        if !self.hosts.job && !self.hosts.group {
            return Ok(());
        }
        let same = |alloc: &Allocation| {
            let own = alloc.namespace == job.namespace && alloc.job_id == job.id;
            own && (self.hosts.job || alloc.task_group == group.name)
        };
        if proposed.into_iter().any(same) { Err(Unfit::DistinctHosts) } else { Ok(()) }
    }
}

impl DistinctHosts {
    pub(crate) fn of(job: &Job, group: &TaskGroup) -> DistinctHosts {
        let generic = !matches!(job.kind, JobType::System | JobType::SysBatch);
        let on = |constraints: &[Constraint]| generic && distinct_hosts(constraints);
        DistinctHosts { job: on(&job.constraints), group: on(&group.constraints) }
    }
}

/// FEAS-151: only the first counts; a text that is no truth value means yes.
fn distinct_hosts(constraints: &[Constraint]) -> bool {
    let first = constraints.iter().find(|constraint| constraint.operand == Operand::DistinctHosts);
    first.is_some_and(|constraint| number::boolean(&constraint.rtarget).unwrap_or(true))
}

impl DistinctProperty {
    /// Those that a group is held to, the job's first.
    pub(crate) fn of(job: &Job, group: &TaskGroup) -> Vec<DistinctProperty> {
        let all = job.constraints.iter().map(|one| (one, false)).chain(group.constraints.iter().map(|one| (one, true)));
        let distinct = all.filter(|(constraint, _)| constraint.operand == Operand::DistinctProperty);
        let property = |(constraint, of_group): (&Constraint, bool)| DistinctProperty {
            written: constraint.ltarget.clone(),
            target: Target::parse(&constraint.ltarget),
            limit: limit(&constraint.rtarget),
            of_group,
        };
        distinct.map(property).collect()
    }

    /// A node's value, and how often it may be used.
    ///
    /// # Errors
    /// [`Unfit`] if no use will do: the node has none, or the limit is no number.
    pub(crate) fn value<'a>(&'a self, node: &'a Node) -> Result<(Cow<'a, str>, u64), Unfit> {
        let limit = self.limit.as_ref().map_err(|text| Unfit::Limit(text.clone()))?;
        let value = self.target.resolve(node).ok_or_else(|| Unfit::MissingProperty(self.written.clone()))?;
        Ok((value, *limit))
    }

    /// FEAS-158, where a value is used so often.
    pub(crate) fn admit(&self, node: &Node, used: impl FnOnce(&str) -> u64) -> Result<(), Unfit> {
        let (value, limit) = self.value(node)?;
        let used = used(&value);
        if used < limit {
            return Ok(());
        }
        Err(Unfit::DistinctProperty { property: self.written.clone(), value: value.into_owned(), used })
    }
}

/// FEAS-153: how often a value may be used; without a number, once.
fn limit(text: &str) -> Result<u64, String> {
    let digits = || text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() { Ok(1) } else { text.parse().ok().filter(|_| digits()).ok_or_else(|| text.to_owned()) }
}
