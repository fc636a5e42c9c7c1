//! Checks that the mesh lets through (MODEL-253). The first failure is told, group by group.

use std::ops::ControlFlow;

use crate::{Job, Service, TaskGroup};

use super::place::Block;
use super::scope::{At, rules};

pub(super) fn exposed_checks(at: &mut At<'_>, job: &Job) {
    let _ = job.task_groups.iter().enumerate().try_for_each(|(index, group)| {
        let at = &mut at.element(Block::Group, index, &group.name);
        network(at, group)?;
        for (number, service) in group.services.iter().enumerate() {
            without_sidecar(&mut at.element(Block::Service, number, &service.name), service)?;
        }
        for (number, task) in group.tasks.iter().enumerate() {
            let at = &mut at.element(Block::Task, number, &task.name);
            for (position, service) in task.services.iter().enumerate() {
                of_task(&mut at.element(Block::Service, position, &service.name), service)?;
            }
        }
        ControlFlow::Continue(())
    });
}

/// The first check of a service that is exposed.
fn exposed(service: &Service) -> Option<(usize, &str)> {
    let mut checks = service.checks.iter().enumerate();
    checks.find(|(_, check)| check.expose).map(|(index, check)| (index, check.name.as_str()))
}

/// Goes on unless something was found.
fn unless(found: bool) -> ControlFlow<()> {
    if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

fn network(at: &mut At<'_>, group: &TaskGroup) -> ControlFlow<()> {
    if group.services.iter().all(|service| exposed(service).is_none()) {
        return ControlFlow::Continue(());
    }
    let networks = group.networks.len();
    let mode = group.networks.first().map_or("", |network| network.mode.as_str());
    let is_own = mode == "bridge" || mode.starts_with("cni/");
    rules! { at;
        "MODEL-253" "expose-network" "Networks" if networks != 1
            => "has {} networks; a group with exposed checks needs one", networks;
        else "MODEL-253" "expose-network-mode" "Networks" if !is_own
            => "has the mode {:?}; a group with exposed checks needs bridge or cni/NAME", mode;
    }
    unless(networks != 1 || !is_own)
}

fn without_sidecar(at: &mut At<'_>, service: &Service) -> ControlFlow<()> {
    let has_sidecar = service.connect.get("SidecarService").is_some_and(|sidecar| !sidecar.is_null());
    let Some((index, name)) = exposed(service).filter(|_| !has_sidecar) else { return ControlFlow::Continue(()) };
    rules! { at.element(Block::Check, index, name);
        "MODEL-253" "expose-group" "Expose"
            => "needs a sidecar; give the service Connect.SidecarService, or leave it out";
    }
    unless(true)
}

fn of_task(at: &mut At<'_>, service: &Service) -> ControlFlow<()> {
    let Some((index, name)) = exposed(service) else { return ControlFlow::Continue(()) };
    rules! { at.element(Block::Check, index, name);
        "MODEL-253" "expose-task" "Expose"
            => "is for services of groups; move the service to the group, or leave it out";
    }
    unless(true)
}
