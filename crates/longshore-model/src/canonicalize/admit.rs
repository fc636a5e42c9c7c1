//! Admission (3.4): what the engine adds to a job that is in stored form.

use std::collections::BTreeSet;

use super::Cluster;
use super::input::fill;
use super::names::DEFAULT;
use crate::{Constraint, Job, List, Service, Task, TaskGroup};

impl Job {
    /// Adds what follows from the engine's settings, and the constraints that a job's blocks imply (MODEL-86 to
    /// MODEL-88). Doing it twice appends the constraint of MODEL-88 twice, and those of catalogue partitions.
    ///
    /// ```
    /// use longshore_model::{Cluster, Job};
    /// let mut job = Job::service("web").priority(0);
    /// job.admit(&Cluster { priority_default: 60, ..Cluster::default() });
    /// assert_eq!(job.priority, 60);
    /// ```
    pub fn admit(&mut self, cluster: &Cluster) {
        if self.priority == 0 {
            self.priority = cluster.priority_default;
        }
        fill(&mut self.node_pool, DEFAULT);
        let providers = secret_providers(self);
        for group in self.task_groups.as_mut_slice() {
            name_clusters(group);
            name_identities(group);
            imply(group, &providers);
        }
    }
}

/// In the order in which the job names them.
fn secret_providers(job: &Job) -> Vec<String> {
    let mut providers: Vec<String> = Vec::new();
    for secret in job.task_groups.iter().flat_map(|group| &*group.tasks).flat_map(|task| &*task.secrets) {
        if !providers.contains(&secret.provider) {
            providers.push(secret.provider.clone());
        }
    }
    providers
}

/// MODEL-86.
fn name_clusters(group: &mut TaskGroup) {
    group.consul.iter_mut().for_each(|consul| fill(&mut consul.cluster, DEFAULT));
    group.services.as_mut_slice().iter_mut().for_each(|service| fill(&mut service.cluster, DEFAULT));
    for task in group.tasks.as_mut_slice() {
        task.vault.iter_mut().for_each(|vault| fill(&mut vault.cluster, DEFAULT));
        task.consul.iter_mut().for_each(|consul| fill(&mut consul.cluster, DEFAULT));
        task.services.as_mut_slice().iter_mut().for_each(|service| fill(&mut service.cluster, DEFAULT));
    }
}

/// MODEL-88: an identity for the `consul` catalogue is named after its service.
fn name_identities(group: &mut TaskGroup) {
    let tasks = group.tasks.as_mut_slice().iter_mut().flat_map(|task| task.services.as_mut_slice());
    for service in group.services.as_mut_slice().iter_mut().chain(tasks) {
        let Service { name, task_name, port_label, provider, identity: Some(identity), .. } = service else { continue };
        if provider == "consul" {
            identity.name = match task_name.as_str() {
                "" => format!("consul-service_{name}-{port_label}"),
                task => format!("consul-service_{task}-{name}-{port_label}"),
            };
            name.clone_into(&mut identity.service_name);
        }
    }
}

/// What makes an implied constraint superfluous.
#[derive(Clone, Copy)]
enum Unless {
    /// Any constraint on the same attribute: the author knows better.
    Attribute,
    /// The very same constraint.
    Same,
    Never,
}

fn append(list: &mut List<Constraint>, unless: Unless, constraint: Constraint) {
    let superfluous = match unless {
        Unless::Attribute => list.iter().any(|known| known.ltarget == constraint.ltarget),
        Unless::Same => list.contains(&constraint),
        Unless::Never => false,
    };
    if !superfluous {
        list.push(constraint);
    }
}

/// An attribute of the client's, of its `default` cluster or of another.
fn of_cluster(system: &str, cluster: &str, fact: &str) -> String {
    match cluster {
        DEFAULT => format!("${{attr.{system}.{fact}}}"),
        other => format!("${{attr.{system}.{other}.{fact}}}"),
    }
}

/// MODEL-87, MODEL-88: constraints that follow from blocks, in the order of the rule.
fn imply(group: &mut TaskGroup, secret_providers: &[String]) {
    use Unless::{Attribute, Never, Same};
    let TaskGroup { constraints, consul, tasks, services, networks, .. } = group;
    if let Some(consul) = consul {
        imply_partition(constraints, consul);
    }
    for task in tasks.as_mut_slice() {
        if let Some(consul) = &task.consul {
            imply_partition(&mut task.constraints, consul);
        }
    }
    let mut imply = |unless, left: &str, operand, right: &str| {
        append(constraints, unless, Constraint::new(left, operand, right));
    };
    for vault in tasks.iter().filter_map(|task| task.vault.as_ref()) {
        let least = if vault.cluster == DEFAULT { ">= 0.6.1" } else { ">= 1.11.0" };
        imply(Attribute, &of_cluster("vault", &vault.cluster, "version"), "semver", least);
    }
    for provider in secret_providers {
        imply(Attribute, &format!("${{attr.plugins.secrets.{provider}.version}}"), "is_set", "");
    }
    if tasks.iter().any(|task| task.resources.numa.as_ref().is_some_and(|numa| numa.affinity != "none")) {
        imply(Same, "${attr.nomad.version}", "semver", ">= 1.6.3-dev");
        imply(Same, "${attr.kernel.name}", "=", "linux");
    }
    if let Some(signals) = signals(tasks) {
        imply(Same, "${attr.os.signals}", "set_contains", &signals);
    }
    let all_services = || services.iter().chain(tasks.iter().flat_map(|task| &*task.services));
    if all_services().any(|service| service.provider == "nomad") {
        imply(Same, "${attr.nomad.service_discovery}", "=", "true");
    }
    if all_services().any(|service| service.provider == "nomad" && !service.checks.is_empty()) {
        imply(Same, "${attr.nomad.version}", "semver", ">= 1.4.0");
    }
    imply_consul(constraints, services);
    for Task { constraints, services, .. } in tasks.as_mut_slice() {
        imply_consul(constraints, services);
    }
    let mut imply = |unless, left: &str, operand, right: &str| {
        append(constraints, unless, Constraint::new(left, operand, right));
    };
    if networks.iter().any(|network| network.mode == "bridge") {
        for plugin in ["bridge", "firewall", "host-local", "loopback", "portmap"] {
            imply(Attribute, &format!("${{attr.plugins.cni.version.{plugin}}}"), "semver", ">= 0.4.0");
        }
    }
    if tasks.iter().any(|task| task.schedule.is_some()) {
        imply(Attribute, "${attr.nomad.version}", "semver", ">= 1.8.0-dev");
    }
    let mut all_services = services.iter().chain(tasks.iter().flat_map(|task| &*task.services));
    if tasks.iter().any(|task| !task.identities.is_empty()) || all_services.any(|service| service.identity.is_some()) {
        imply(Never, "${attr.nomad.version}", "semver", ">= 1.7.0-a");
    }
}

fn imply_partition(constraints: &mut List<Constraint>, consul: &crate::Consul) {
    if !consul.partition.is_empty() {
        let left = of_cluster("consul", &consul.cluster, "partition");
        append(constraints, Unless::Never, Constraint::new(&left, "=", &consul.partition));
    }
}

fn imply_consul(constraints: &mut List<Constraint>, services: &List<Service>) {
    for service in services.iter().filter(|service| service.provider == "consul") {
        let left = of_cluster("consul", &service.cluster, "version");
        append(constraints, Unless::Attribute, Constraint::new(&left, "semver", ">= 1.8.0"));
    }
}

/// The signals that a group's tasks may be sent, sorted and joined; `None` if there are none. A block in the mode
/// `signal` counts even if it names none.
fn signals(tasks: &[Task]) -> Option<String> {
    let mut signals = BTreeSet::new();
    for task in tasks {
        signals.extend((!task.kill_signal.is_empty()).then_some(&*task.kill_signal));
        let templates = task.templates.iter().map(|template| (&template.change_mode, &template.change_signal));
        let vault = task.vault.iter().map(|vault| (&vault.change_mode, &vault.change_signal));
        signals.extend(templates.chain(vault).filter(|(mode, _)| *mode == "signal").map(|(_, signal)| &**signal));
    }
    (!signals.is_empty()).then(|| signals.into_iter().collect::<Vec<_>>().join(","))
}
