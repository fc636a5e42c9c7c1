//! Which nodes a group may run on at all: rules over what a node is and where the job runs already, not over what is
//! free.
//!
//! The order of the checks is the reference's (FEAS-10), and the first that fails is the reason (FEAS-12).

use std::collections::BTreeSet;

use longshore_constraint::{Rule, Target, escapes, matches};
use longshore_model::{Constraint, Job, NetworkResource, Node, TaskGroup};
use longshore_value::{Constraints, Version};
use thiserror::Error;

use crate::account::DeviceRequest;
use crate::account::node_networks;
use crate::ask::WHOLE;
use crate::filter::{has_driver, in_pool};
use crate::volumes::CsiProblem;

pub use crate::distinct::Distinct;

/// Why a node is out of the question.
#[derive(Clone, Debug, Eq, Error, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Unfit {
    /// Another node of its class was out of the question.
    #[error("another node of its class does not meet what the job demands")]
    Class,
    /// A driver is missing or unhealthy.
    #[error("driver {0:?} is missing or unhealthy")]
    Driver(String),
    /// A constraint does not hold: as it was written.
    #[error("the constraint `{0}` does not hold")]
    Constraint(String),
    /// Too few healthy devices match.
    #[error("too few healthy devices match")]
    Devices,
    /// No network of this mode.
    #[error("the node has no network of mode {0:?}")]
    Network(String),
    /// No address on a port's host network.
    #[error("the node has no address on host network {network:?}, which port {label:?} asks for")]
    HostNetwork {
        /// The host network.
        network: String,
        /// The port.
        label: String,
    },
    /// A port's host network means nothing here.
    #[error("host network {network:?} of port {label:?} means nothing on this node")]
    HostNetworkTemplate {
        /// As it was written.
        network: String,
        /// The port.
        label: String,
    },
    /// What fetches a secret is missing.
    #[error("secrets provider {0:?} is missing")]
    SecretsProvider(String),
    /// A host volume is missing, or may not be used so.
    #[error("the node has no host volume that may be used as asked")]
    HostVolumes,
    /// Volumes that do not exist.
    #[error("there are no volumes {0:?}")]
    CsiMissing(Vec<String>),
    /// A volume of a storage plugin cannot be used.
    #[error("storage: {subject}: {problem:?}")]
    Csi {
        /// What stands in the way.
        problem: CsiProblem,
        /// The plugin or the volume.
        subject: String,
    },
    /// A volume cannot be reached from the node.
    #[error("the volume cannot be reached from where the node is")]
    CsiTopology,
    /// The job or the group is there already.
    #[error("an allocation is there already, and hosts are to be distinct")]
    DistinctHosts,
    /// A value is in use as often as it may be.
    #[error("{property} is {value:?}, in use by {used} already")]
    DistinctProperty {
        /// The target, as it was written.
        property: String,
        /// The node's value.
        value: String,
        /// Allocations that use it.
        used: u64,
    },
    /// The node lacks a property that is to be distinct.
    #[error("the node has no {0}")]
    MissingProperty(String),
    /// A limit that is no number.
    #[error("the limit {0:?} of distinct_property is no whole number")]
    Limit(String),
    /// A filter of the host's own keeps it out, in the filter's words.
    #[error("{0}")]
    Other(String),
}

impl Unfit {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Unfit::Class => "FEAS-28",
            Unfit::Driver(_) => "FEAS-100",
            Unfit::Constraint(_) => "FEAS-101",
            Unfit::Devices => "FEAS-102",
            Unfit::Network(_) => "FEAS-112",
            Unfit::HostNetwork { .. } | Unfit::HostNetworkTemplate { .. } => "FEAS-114",
            Unfit::SecretsProvider(_) => "FEAS-116",
            Unfit::HostVolumes => "FEAS-120",
            Unfit::CsiMissing(_) => "FEAS-131",
            Unfit::Csi { .. } => "FEAS-132",
            Unfit::CsiTopology => "FEAS-134",
            Unfit::DistinctHosts => "FEAS-152",
            Unfit::DistinctProperty { .. } | Unfit::MissingProperty(_) | Unfit::Limit(_) => "FEAS-158",
            Unfit::Other(_) => "LONGSHORE-FILTER",
        }
    }
}

/// Whether a node is looked at for a job at all: ready, in its pool, in one of its datacenters (FEAS-1 to FEAS-4).
pub fn is_candidate(job: &Job, node: &Node) -> bool {
    would_do(&job.node_pool, &job.datacenters, node)
}

/// The same, for a job of this pool and these datacenters.
pub(crate) fn would_do(pool: &str, datacenters: &[String], node: &Node) -> bool {
    let datacenter = || datacenters.iter().any(|pattern| matches(pattern, &node.datacenter));
    node.ready() && in_pool(pool, &node.node_pool) && datacenter()
}

/// What a group demands of nodes, compiled once and asked of many.
#[derive(Clone, Debug)]
pub struct Demands {
    /// The job's rules, then the group's and its tasks', each as it was written.
    job_rules: Vec<(String, Rule)>,
    group_rules: Vec<(String, Rule)>,
    drivers: BTreeSet<String>,
    devices: Vec<DeviceRequest>,
    network: Option<NetworkResource>,
    /// Whether a group without a network needs one of the node all the same (FEAS-112).
    network_anyway: bool,
    providers: BTreeSet<String>,
}

impl Demands {
    /// What a group demands (FEAS-16).
    pub fn new(job: &Job, group: &TaskGroup) -> Demands {
        let rules = |constraints: &[Constraint]| {
            let written = |c: &Constraint| (format!("{} {} {}", c.ltarget, c.operand, c.rtarget), Rule::new(c));
            constraints.iter().map(written).collect::<Vec<_>>()
        };
        let mut group_rules = rules(&group.constraints);
        group_rules.extend(group.tasks.iter().flat_map(|task| rules(&task.constraints)));
        let secrets = group.tasks.iter().flat_map(|task| task.secrets.iter());
        let devices = group.tasks.iter().flat_map(|task| task.resources.devices.iter());
        Demands {
            job_rules: rules(&job.constraints),
            group_rules,
            drivers: group.tasks.iter().map(|task| task.driver.clone()).collect(),
            devices: devices.map(DeviceRequest::new).collect(),
            network: group.networks.first().cloned(),
            network_anyway: true,
            providers: secrets.map(|secret| secret.provider.clone()).collect(),
        }
    }

    /// The same, but that a group which asks for no network runs on nodes that have none, and a task without a driver
    /// where there is none (DIFF-18).
    pub(crate) fn lenient(mut self) -> Demands {
        self.drivers.remove("");
        Demands { network_anyway: false, ..self }
    }

    /// The same with the network of a group that was selected before, where this one has none (FEAS-18).
    pub(crate) fn with_network(mut self, before: Option<&NetworkResource>) -> Demands {
        self.network = self.network.or_else(|| before.cloned());
        self
    }

    /// Whether a node meets those that its own record answers: everything before volumes (FEAS-10).
    ///
    /// # Errors
    /// [`Unfit`], the first demand that it does not meet.
    pub fn admit(&self, node: &Node) -> Result<(), Unfit> {
        self.admit_job(node).and_then(|()| self.admit_group(node))
    }

    /// The job's rules: the first of two stages, each of which is known of whole classes (FEAS-10).
    ///
    /// # Errors
    /// [`Unfit::Constraint`], the first that does not hold.
    pub fn admit_job(&self, node: &Node) -> Result<(), Unfit> {
        holds(&self.job_rules, node)
    }

    /// What the group demands: the second stage.
    ///
    /// # Errors
    /// [`Unfit`], the first demand that the node does not meet.
    pub fn admit_group(&self, node: &Node) -> Result<(), Unfit> {
        self.drivers(node)?;
        holds(&self.group_rules, node)?;
        self.devices(node)?;
        self.network(node)?;
        self.providers(node)
    }

    /// Whether they name single nodes, or single instances of devices, so that every node is to be asked (FEAS-24).
    pub(crate) fn name_nodes(&self) -> bool {
        let ports = || self.network.iter().flat_map(|ask| ask.dynamic_ports.iter().chain(ask.reserved_ports.iter()));
        self.job_rules.iter().chain(&self.group_rules).any(|(_, rule)| rule.escapes())
            || self.devices.iter().any(DeviceRequest::names_instances)
            || ports().any(|port| escapes(&port.host_network))
    }

    /// FEAS-100.
    fn drivers(&self, node: &Node) -> Result<(), Unfit> {
        let missing = self.drivers.iter().find(|driver| !has_driver(node, driver));
        missing.map_or(Ok(()), |driver| Err(Unfit::Driver(driver.clone())))
    }

    /// FEAS-116.
    fn providers(&self, node: &Node) -> Result<(), Unfit> {
        let lacks = |provider: &&String| !node.attributes.contains_key(&format!("plugins.secrets.{provider}.version"));
        self.providers.iter().find(lacks).map_or(Ok(()), |provider| Err(Unfit::SecretsProvider(provider.clone())))
    }

    /// FEAS-102 to FEAS-106: requests share what is healthy, and one may be met by several groups.
    fn devices(&self, node: &Node) -> Result<(), Unfit> {
        let groups = node.node_resources.as_ref().map_or(&[][..], |resources| &resources.devices);
        let healthy = |group: &longshore_model::NodeDevice| group.instances.iter().filter(|one| one.healthy).count();
        // In thousandths: shares may sit on one instance (DIFF-5). Whole ones are whole thousands, and count as they do.
        let mut left: Vec<u64> = groups.iter().map(|group| healthy(group) as u64 * u64::from(WHOLE)).collect();
        for request in &self.devices {
            let mut wanted = request.count().saturating_mul(u64::from(request.share()));
            let mut met = false;
            for (group, left) in groups.iter().zip(&mut left).filter(|(_, left)| **left > 0) {
                if !met && request.matches(group) {
                    let taken = wanted.min(*left);
                    *left -= taken;
                    wanted -= taken;
                    met = wanted == 0;
                }
            }
            if !met {
                return Err(Unfit::Devices);
            }
        }
        Ok(())
    }

    /// FEAS-110 to FEAS-114.
    fn network(&self, node: &Node) -> Result<(), Unfit> {
        if self.network.is_none() && !self.network_anyway {
            return Ok(());
        }
        let or_host = |mode: &str| if mode.is_empty() { "host".to_owned() } else { mode.to_owned() };
        let mode = or_host(self.network.as_ref().map_or("", |network| &network.mode));
        if mode == "none" {
            return Ok(());
        }
        let Some(resources) = &node.node_resources else { return Err(Unfit::Network(mode)) };
        if !resources.networks.iter().any(|network| or_host(&network.mode) == mode) {
            return if mode == "bridge" && bridges_unsaid(node) { Ok(()) } else { Err(Unfit::Network(mode)) };
        }
        let networks = node_networks(resources);
        let ports = self.network.iter().flat_map(|ask| ask.dynamic_ports.iter().chain(ask.reserved_ports.iter()));
        for port in ports.filter(|port| !port.host_network.is_empty()) {
            let label = port.label.clone();
            let target = Target::parse(&port.host_network);
            let Some(network) = target.resolve(node) else {
                return Err(Unfit::HostNetworkTemplate { network: port.host_network.clone(), label });
            };
            let mut addresses = networks.iter().flat_map(|network| network.addresses.iter());
            if !addresses.any(|address| address.alias == *network) {
                return Err(Unfit::HostNetwork { network: network.into_owned(), label });
            }
        }
        Ok(())
    }
}

fn holds(rules: &[(String, Rule)], node: &Node) -> Result<(), Unfit> {
    let broken = rules.iter().find(|(_, rule)| !rule.holds(node));
    broken.map_or(Ok(()), |(written, _)| Err(Unfit::Constraint(written.clone())))
}

/// FEAS-113: clients before 0.12 bridge without saying so.
fn bridges_unsaid(node: &Node) -> bool {
    let version = node.attributes.get("nomad.version").and_then(|text| Version::strict(text).ok());
    let old = Constraints::version("< 0.12");
    version.is_some_and(|version| old.is_ok_and(|old| old.allow(&version)))
}
