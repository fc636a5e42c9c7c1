//! Services of a group, its tasks' among them (MODEL-157, MODEL-158).

use std::collections::{BTreeMap, BTreeSet};

use crate::{NetworkResource, Service, Task, TaskGroup};

use super::place::Block;
use super::scope::{At, rules};
use super::service::service;

/// What stands for the group where services of tasks have the task's name (MODEL-157).
const GROUP: &str = "group";

pub(super) fn group_services(at: &mut At<'_>, group: &TaskGroup) {
    if group.services.is_empty() && group.tasks.iter().all(|task| task.services.is_empty()) {
        return;
    }
    let tasks: BTreeSet<&str> = group.tasks.iter().map(|task| task.name.as_str()).collect();
    for (index, one) in group.services.iter().enumerate() {
        let at = &mut at.element(Block::Service, index, &one.name);
        let before = at.violations();
        service(at, one);
        if at.violations() == before {
            within_group(at, &tasks, one);
        }
    }
    uniqueness(at, group);
    providers(at, group);
    for (index, task) in group.tasks.iter().enumerate() {
        for (number, one) in task.services.iter().enumerate() {
            let at = &mut at.element(Block::Task, index, &task.name);
            belongs(&mut at.element(Block::Service, number, &one.name), task, one);
        }
    }
    script_checks(at, group);
}

/// What a service of the group may not do, and one of a task may.
fn within_group(at: &mut At<'_>, tasks: &BTreeSet<&str>, service: &Service) {
    rules! { at;
        "MODEL-157" "driver-mode" "AddressMode" if service.address_mode == "driver"
            => "{:?} is for services of tasks; use another, or move the service to its task", service.address_mode;
    }
    for (index, check) in service.checks.iter().enumerate().filter(|(_, check)| !check.task_name.is_empty()) {
        rules! { at.element(Block::Check, index, &check.name);
            "MODEL-157" "check-driver-mode" "AddressMode" if check.address_mode == "driver"
                => "{:?} is for checks of services of tasks; use another, or move the service to its task",
                   check.address_mode;
            "MODEL-157" "check-task-unknown" "TaskName" if !tasks.contains(check.task_name.as_str())
                => "{:?} is no task of the group; name one of them", check.task_name;
        }
    }
}

/// Services of one name and port of one owner.
fn uniqueness(at: &mut At<'_>, group: &TaskGroup) {
    let of_tasks =
        group.tasks.iter().flat_map(|task| task.services.iter().map(|service| (task.name.as_str(), service)));
    let of_group = group.services.iter().map(|service| (GROUP, service));
    let mut seen = BTreeMap::new();
    for (owner, service) in of_group.chain(of_tasks) {
        *seen.entry((owner, service.name.as_str(), service.port_label.as_str())).or_insert(0) += 1;
    }
    let mut twice: Vec<String> =
        seen.into_iter().filter(|(_, times)| *times > 1).map(|(identity, _)| identity_text(identity)).collect();
    twice.sort_unstable();
    rules! { at;
        "MODEL-157" "not-unique" "Services" [twice.join(" ")] if !twice.is_empty()
            => "repeats {}; give services of one owner different names or ports", twice.join(" ");
    }
}

fn identity_text((owner, name, port): (&str, &str, &str)) -> String {
    let colon = if port.is_empty() { "" } else { ":" };
    format!("{owner}->{name}{colon}{port}")
}

fn providers(at: &mut At<'_>, group: &TaskGroup) {
    let services = group.services.iter().chain(group.tasks.iter().flat_map(|task| &task.services));
    let mut providers = services.map(|service| service.provider.as_str());
    let first = providers.next().unwrap_or_default();
    let other = providers.find(|provider| *provider != first);
    rules! { at;
        "MODEL-157" "providers" "Services" if other.is_some()
            => "uses the providers {:?} and {:?}; use one for the whole group", first, other.unwrap_or_default();
    }
}

/// A service of a task is that task's (MODEL-158).
fn belongs(at: &mut At<'_>, task: &Task, service: &Service) {
    let elsewhere = |name: &str| !name.is_empty() && task.name != *name;
    rules! { at;
        "MODEL-158" "service-other-task" "TaskName" if elsewhere(&service.task_name)
            => "{:?} is another task; a service of task {:?} names that or none", service.task_name, task.name;
    }
    for (index, check) in service.checks.iter().enumerate() {
        rules! { at.element(Block::Check, index, &check.name);
            "MODEL-158" "check-other-task" "TaskName" if elsewhere(&check.task_name)
                => "{:?} is another task; a check of task {:?} names that or none", check.task_name, task.name;
        }
    }
}

/// A script needs a task to run in (MODEL-158).
fn script_checks(at: &mut At<'_>, group: &TaskGroup) {
    for (index, service) in group.services.iter().enumerate().filter(|(_, service)| service.task_name.is_empty()) {
        for (number, check) in service.checks.iter().enumerate() {
            let at = &mut at.element(Block::Service, index, &service.name);
            rules! { at.element(Block::Check, number, &check.name);
                "MODEL-158" "script-no-task" "TaskName"
                    if check.kind.eq_ignore_ascii_case("script") && check.task_name.is_empty()
                    => "is missing, of the service too; name the task that the script runs in";
            }
        }
    }
}

/// Labels of the ports of a group's first network: all tasks' services may name them.
pub(super) fn shared_labels(group: &TaskGroup) -> BTreeSet<&str> {
    labels(group.networks.iter().take(1)).collect()
}

/// Labels of the ports of networks.
pub(super) fn labels<'a>(networks: impl IntoIterator<Item = &'a NetworkResource>) -> impl Iterator<Item = &'a str> {
    let ports = |network: &'a NetworkResource| network.reserved_ports.iter().chain(&network.dynamic_ports);
    networks.into_iter().flat_map(ports).map(|port| port.label.as_str())
}
