//! Pass A for services (MODEL-73).

use super::input::fill;
use crate::document::{CheckRestart, Service, ServiceCheck};
use crate::{List, SharedDefault};

/// Fills in what absent members of a group's or a task's services mean. `name` is for a service without one.
pub(super) fn fill_all(services: &mut List<Service>, name: impl Fn() -> String) {
    for service in services.as_mut_slice() {
        if service.name.is_empty() {
            service.name = name();
        }
        fill_service(service);
    }
}

fn fill_service(service: &mut Service) {
    let default = crate::Service::shared_default();
    fill(&mut service.address_mode, &default.address_mode);
    fill(&mut service.on_update, &default.on_update);
    fill(&mut service.provider, &default.provider);
    fill(&mut service.cluster, &default.cluster);
    service.meta.null_if_empty();
    service.canary_meta.null_if_empty();
    service.tagged_addresses.null_if_empty();
    if let Some(weights) = &mut service.weights {
        weights.passing = weights.passing.max(1);
        weights.warning = weights.warning.max(1);
    }
    super::connect::fill_connect(&mut service.connect);
    for check in service.checks.as_mut_slice() {
        fill_check(check, service.check_restart.as_ref(), &service.on_update);
    }
}

fn fill_check(check: &mut ServiceCheck, service: Option<&CheckRestart>, on_update: &str) {
    check.check_restart = merged(service, check.check_restart.take());
    for threshold in
        [&mut check.success_before_passing, &mut check.failures_before_critical, &mut check.failures_before_warning]
    {
        *threshold = (*threshold).max(0);
    }
    fill(&mut check.on_update, on_update);
}

/// The service's, overlaid by what the check says.
fn merged(service: Option<&CheckRestart>, check: Option<CheckRestart>) -> Option<CheckRestart> {
    let mut restart = match (service, check) {
        (None, check) => check?,
        (Some(service), None) => service.clone(),
        (Some(service), Some(check)) => CheckRestart {
            limit: if check.limit > 0 { check.limit } else { service.limit },
            grace: check.grace.or(service.grace),
            ignore_warnings: check.ignore_warnings || service.ignore_warnings,
        },
    };
    restart.grace.get_or_insert(crate::CheckRestart::shared_default().grace);
    Some(restart)
}
