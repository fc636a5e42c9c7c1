//! Which instances a request for devices gets on a node.

use longshore_constraint::{DeviceFacts, DeviceName, DeviceRule};
use longshore_model::{NodeDevice, RequestedDevice};
use thiserror::Error;

use super::devices::DeviceTable;
use crate::ask::WHOLE;

/// A request for devices, its rules compiled.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    name: DeviceName,
    count: u64,
    share: u32,
    constraints: Vec<DeviceRule>,
    affinities: Vec<(DeviceRule, i64)>,
}

/// What a request gets: instances of one group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceOffer {
    /// The group's place in the node's record.
    pub group: usize,
    /// The instances' places in the group.
    pub instances: Vec<usize>,
    /// The sum of the weights of the affinities that the group meets (PLACE-83).
    pub matched: i64,
}

/// Why a request gets nothing (PLACE-72).
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum DeviceProblem {
    /// The node has no devices.
    #[error("the node has no devices")]
    NoneAvailable,
    /// Nothing is asked for.
    #[error("the request is for no device; ask for 1 or more")]
    Zero,
    /// No group has enough that is free and fits.
    #[error("no group of devices has enough that is free and fits")]
    NoMatch,
}

impl DeviceProblem {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "PLACE-72"
    }
}

impl DeviceRequest {
    /// Compiles a request.
    pub fn new(request: &RequestedDevice) -> DeviceRequest {
        let constraint = |c: &longshore_model::Constraint| DeviceRule::new(&c.ltarget, c.operand.as_str(), &c.rtarget);
        let affinity = |a: &longshore_model::Affinity| {
            (DeviceRule::new(&a.ltarget, a.operand.as_str(), &a.rtarget), i64::from(a.weight))
        };
        DeviceRequest {
            name: DeviceName::parse(&request.name),
            count: request.count,
            share: request.share.unwrap_or(u32::from(WHOLE)),
            constraints: request.constraints.iter().map(constraint).collect(),
            affinities: request.affinities.iter().map(affinity).collect(),
        }
    }

    /// What it is called: vendor, type, model, as far as they matter.
    pub fn name(&self) -> &DeviceName {
        &self.name
    }

    /// How many instances it wants.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Thousandths that it wants of each.
    pub fn share(&self) -> u32 {
        self.share
    }

    /// Whether a group answers it by name and constraints (FEAS-105, FEAS-106).
    pub fn matches<'a>(&self, group: impl Into<DeviceFacts<'a>>) -> bool {
        let group = group.into();
        self.name.matches(group.vendor, group.kind, group.model)
            && self.constraints.iter().all(|rule| rule.holds(group))
    }

    /// Whether a constraint looks at which instances a group has, so that groups alike in all else may differ (FEAS-146).
    pub(crate) fn names_instances(&self) -> bool {
        self.constraints.iter().any(DeviceRule::names_instances)
    }

    /// The sum of its affinities' weights without their signs.
    pub fn weight(&self) -> i64 {
        self.affinities.iter().map(|(_, weight)| weight.abs()).sum()
    }

    fn matched(&self, group: &NodeDevice) -> i64 {
        self.affinities.iter().filter(|(rule, _)| rule.holds(group.into())).map(|(_, weight)| weight).sum()
    }

    /// Free instances of a group that may be given (PLACE-74).
    pub fn usable<'a>(
        &'a self,
        table: &'a DeviceTable,
        groups: &'a [NodeDevice],
        group: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        table.free(groups, group, self.share).filter(move |at| {
            let (group, id) = (&groups[group], &groups[group].instances[*at].id);
            self.constraints.iter().all(|rule| rule.admits_instance(group.into(), id))
        })
    }
}

impl DeviceTable {
    /// The instances that a request gets: the first of the group with the greatest affinity, the last such group in the
    /// node's record (PLACE-73). Nothing is taken.
    ///
    /// ```
    /// use longshore_model::{NodeDevice, RequestedDevice};
    /// use longshore_placement::account::{DeviceProblem, DeviceRequest, DeviceTable};
    /// let groups = [NodeDevice::new("acme", "gpu", "a").instances(1), NodeDevice::new("acme", "gpu", "b").instances(2)];
    /// let table = DeviceTable::new(&groups);
    /// let ask = |count| DeviceRequest::new(&RequestedDevice::new("gpu").count(count));
    /// assert_eq!(table.offer(&groups, &ask(1))?.group, 1);
    /// assert_eq!(table.offer(&groups, &ask(3)), Err(DeviceProblem::NoMatch)); // never of two groups
    /// # Ok::<(), DeviceProblem>(())
    /// ```
    ///
    /// # Errors
    /// [`DeviceProblem`].
    pub fn offer(&self, groups: &[NodeDevice], request: &DeviceRequest) -> Result<DeviceOffer, DeviceProblem> {
        if groups.is_empty() {
            return Err(DeviceProblem::NoneAvailable);
        }
        if request.count == 0 {
            return Err(DeviceProblem::Zero);
        }
        let count = usize::try_from(request.count).unwrap_or(usize::MAX);
        let mut best: Option<DeviceOffer> = None;
        for (at, group) in groups.iter().enumerate().filter(|(_, group)| request.matches(*group)) {
            let instances: Vec<usize> = request.usable(self, groups, at).take(count).collect();
            let matched = request.matched(group);
            // Of one request, the sum of weights is the same for all groups: the sums compare as the scores do.
            if instances.len() == count && best.as_ref().is_none_or(|best| matched >= best.matched) {
                best = Some(DeviceOffer { group: at, instances, matched });
            }
        }
        best.ok_or(DeviceProblem::NoMatch)
    }

    /// Takes an offer.
    pub fn take_offer(&mut self, offer: &DeviceOffer, share: u32) {
        offer.instances.iter().for_each(|instance| self.take(offer.group, *instance, share));
    }
}
