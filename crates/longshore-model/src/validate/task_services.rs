//! Services of a task (MODEL-159).

use std::collections::{BTreeMap, BTreeSet};

use crate::{Service, ServiceCheck, Task};

use super::check::requires_port;
use super::group_services::labels;
use super::place::Block;
use super::repeats::repeats;
use super::scope::{At, rules};
use super::service::service;

/// `shared` are labels of the group's ports.
pub(super) fn task_services(at: &mut At<'_>, shared: &BTreeSet<&str>, task: &Task) {
    if task.services.is_empty() {
        return;
    }
    // The services that name a port by its label.
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (index, one) in task.services.iter().enumerate() {
        let at = &mut at.element(Block::Service, index, &one.name);
        service(at, one);
        within_task(at, one);
        if !one.port_label.is_empty() && !is_number_of_driver(one) {
            users.entry(&one.port_label).or_default().insert(&one.name);
        }
        for (number, check) in one.checks.iter().enumerate() {
            let label = check_port(&mut at.element(Block::Check, number, &check.name), one, check);
            if let Some(label) = label {
                users.entry(label).or_default().insert(&one.name);
            }
        }
        for repeat in repeats(&one.checks, |check| check.name.as_str()) {
            let name = &one.checks[repeat.later].name;
            rules! { at.element(Block::Check, repeat.later, name);
                "MODEL-159" "check-duplicate" "Name"
                    => "{:?} is the name of Checks[{}] already; give each its own", name, repeat.first;
            }
        }
    }
    // The reference joins the two: `a` at `bb` is `ab` at `b` (Q).
    for repeat in repeats(&task.services, |service| [service.name.as_str(), &service.port_label].concat()) {
        let one = &task.services[repeat.later];
        rules! { at.element(Block::Service, repeat.later, &one.name);
            "MODEL-159" "service-duplicate" "Name"
                => "{:?} followed by the PortLabel {:?} reads as Services[{}] does; change one of them",
                   one.name, one.port_label, repeat.first;
        }
    }
    let own: BTreeSet<&str> = labels(task.resources.get().into_iter().flat_map(|ask| &ask.networks)).collect();
    let unknown = |label: &str| !shared.contains(label) && !own.contains(label);
    for (label, services) in users.iter().filter(|(label, _)| unknown(label)) {
        rules! { at;
            "MODEL-159" "label-unknown" "Services" [label]
                => "name the port {:?} (in {}), which neither the group's first network nor the task has; use theirs",
                   label, services.iter().copied().collect::<Vec<_>>().join(", ");
        }
    }
}

fn is_alloc_mode(mode: &str) -> bool {
    matches!(mode, "alloc" | "alloc_ipv6")
}

/// Whether a service's port is a number in the driver's network, and no label.
fn is_number_of_driver(service: &Service) -> bool {
    service.address_mode == "driver" && service.port_label.parse::<i64>().is_ok()
}

/// What a service of a task may not do, and one of the group may.
fn within_task(at: &mut At<'_>, service: &Service) {
    rules! { at;
        "MODEL-159" "alloc-mode" "AddressMode" if is_alloc_mode(&service.address_mode)
            => "{:?} is for services of groups; use another, or move the service to the group", service.address_mode;
        "MODEL-159" "connect" "Connect" if !service.connect.is_null()
            => "is for services of groups; leave it out, or move the service to the group";
    }
    for (index, check) in service.checks.iter().enumerate() {
        rules! { at.element(Block::Check, index, &check.name);
            "MODEL-159" "check-alloc-mode" "AddressMode" if is_alloc_mode(&check.address_mode)
                => "{:?} is for checks of services of groups; use another, or move the service to the group",
                   check.address_mode;
        }
    }
}

/// What is wrong with the port that a check tries; its label if it is one.
fn check_port<'a>(at: &mut At<'_>, service: &'a Service, check: &'a ServiceCheck) -> Option<&'a str> {
    if !requires_port(check) {
        return None;
    }
    let own = check.port_label.as_str();
    let missing = own.is_empty() && service.port_label.is_empty();
    let number = own.parse::<i64>().ok();
    rules! { at;
        "MODEL-159" "check-port-missing" "PortLabel" if missing
            => "is missing, of the service too; name the port to try";
        "MODEL-159" "check-port-invalid" "PortLabel" if number.is_some_and(|number| number <= 0)
            => "{:?} is no port; use 1 or more, or a label", own;
        else "MODEL-159" "check-port-numeric" "PortLabel" if number.is_some() && check.address_mode != "driver"
            => "{:?} is a number, which goes with AddressMode driver; set it, or use a label", own;
    }
    (!own.is_empty() && number.is_none()).then_some(own)
}
