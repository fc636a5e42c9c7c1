//! Health checks of services (MODEL-154 to MODEL-156). Of one check, the first failure is told.

use crate::{CheckRestart, Duration, ServiceCheck};

use super::http_path::{self, PathFault};
use super::place::Block;
use super::scope::{At, rules};
use super::service::{CONSUL, NOMAD, ON_UPDATE};

const TIME_MIN: Duration = Duration::from_secs(1);
const NOTES_MAX: usize = 255;
/// Methods that checks of the built-in catalogue may use.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];

/// Whether a check needs a port to try.
pub(super) fn requires_port(check: &ServiceCheck) -> bool {
    ["tcp", "http", "grpc"].iter().any(|kind| check.kind.eq_ignore_ascii_case(kind))
}

pub(super) fn check(at: &mut At<'_>, check: &ServiceCheck, provider: &str) {
    let before = at.violations();
    let types: &[&str] = match provider {
        CONSUL => &["grpc", "tcp", "http", "script"],
        NOMAD => &["tcp", "http"],
        _ => return,
    };
    common(at, check, types);
    if at.violations() > before {
        return;
    }
    match provider {
        CONSUL => for_consul(at, check),
        _ => for_nomad(at, check),
    }
}

/// What both catalogues want (MODEL-154).
fn common(at: &mut At<'_>, check: &ServiceCheck, types: &[&str]) {
    let is = |kind: &str| check.kind.eq_ignore_ascii_case(kind);
    let ServiceCheck { path, interval, timeout, initial_status: status, address_mode: mode, on_update, .. } = check;
    let fault = if is("http") { http_path::fault(path) } else { None };
    let restarts = check.check_restart.is_some();
    let warnings_count = check.check_restart.as_ref().is_some_and(|restart| !restart.ignore_warnings);
    let before = at.violations();
    rules! { at;
        "MODEL-154" "type" "Type" if !types.iter().any(|kind| is(kind))
            => "{:?} is unknown here; use one of {}", check.kind, types.join(", ");
        else "MODEL-154" "http-path-missing" "Path" if is("http") && path.is_empty()
            => "is missing; an http check needs one, such as /health";
        else "MODEL-154" "http-path-invalid" "Path" if matches!(fault, Some(PathFault::Invalid(_)))
            => "{:?} is no path: {}", path, why(fault);
        else "MODEL-154" "http-path-absolute" "Path" if fault == Some(PathFault::Absolute)
            => "{:?} has a scheme; write the path alone, such as /health", path;
        else "MODEL-154" "script-command" "Command" if is("script") && check.command.is_empty()
            => "is missing; a script check needs a program";
        else "MODEL-154" "interval-missing" "Interval" if interval.0 == 0
            => "is missing; use {} or more", TIME_MIN;
        else "MODEL-154" "interval-small" "Interval" if *interval < TIME_MIN
            => "{} is too short; use {} or more", interval, TIME_MIN;
        else "MODEL-154" "timeout-missing" "Timeout" if timeout.0 == 0
            => "is missing; use {} or more", TIME_MIN;
        else "MODEL-154" "timeout-small" "Timeout" if *timeout < TIME_MIN
            => "{} is too short; use {} or more", timeout, TIME_MIN;
        else "MODEL-154" "initial-status" "InitialStatus"
            if !matches!(status.as_str(), "" | "passing" | "warning" | "critical")
            => "{:?} is unknown; use passing, warning or critical, or leave it out", status;
        else "MODEL-154" "address-auto" "AddressMode" if mode == "auto"
            => "{:?} is for services; use host, driver or alloc, or leave it out for the service's", mode;
        else "MODEL-154" "address-mode" "AddressMode"
            if !matches!(mode.as_str(), "" | "host" | "driver" | "alloc" | "alloc_ipv6")
            => "{:?} is unknown; use host, driver, alloc or alloc_ipv6, or leave it out for the service's", mode;
        else "MODEL-154" "on-update" "OnUpdate" if !on_update.is_empty() && !ON_UPDATE.contains(&on_update.as_str())
            => "{:?} is unknown; use one of {}", on_update, ON_UPDATE.join(", ");
        else "MODEL-154" "on-update-ignore-restart" "OnUpdate" if on_update == "ignore" && restarts
            => "{:?} does not go with CheckRestart; use another, or leave the restart out", on_update;
        else "MODEL-154" "on-update-warn-restart" "OnUpdate" if on_update == "ignore_warnings" && warnings_count
            => "{:?} goes with a CheckRestart that has IgnoreWarnings; set it", on_update;
    }
    if at.violations() > before {
        return;
    }
    if let Some(CheckRestart { limit, grace, .. }) = &check.check_restart {
        rules! { at.only(Block::CheckRestart);
            "MODEL-154" "limit" "Limit" if *limit < 0
                => "{} is negative; use 0 or more, 0 for never", limit;
            "MODEL-154" "grace" "Grace" if grace.0 < 0
                => "{} is negative; use 0 or more", grace;
        }
    }
}

fn why(fault: Option<PathFault>) -> &'static str {
    match fault {
        Some(PathFault::Invalid(why)) => why,
        Some(PathFault::Absolute) | None => "",
    }
}

/// MODEL-155.
fn for_consul(at: &mut At<'_>, check: &ServiceCheck) {
    // Here types are compared as written, elsewhere in any case (Q).
    let exposable = matches!(check.kind.as_str(), "http" | "grpc");
    let counts = matches!(check.kind.as_str(), "tcp" | "http" | "grpc");
    let (negative, below) = first(check, |count| count < 0).unwrap_or_default();
    let (counting, above) = first(check, |count| count > 0).unwrap_or_default();
    rules! { at;
        "MODEL-155" "expose-type" "Expose" if check.expose && !exposable
            => "is for http and grpc checks, this one is {:?}; leave it out", check.kind;
        else "MODEL-155" "threshold-negative" negative if below < 0
            => "{} is negative; use 0 or more", below;
        else "MODEL-155" "threshold-type" counting if above > 0 && !counts
            => "is for tcp, http and grpc checks, this one is {:?}; leave it out", check.kind;
        else "MODEL-155" "notes" "Notes" if check.notes.len() > NOTES_MAX
            => "has {} bytes; use at most {}", check.notes.len(), NOTES_MAX;
    }
}

/// MODEL-156.
fn for_nomad(at: &mut At<'_>, check: &ServiceCheck) {
    let ignores = check.check_restart.as_ref().is_some_and(|restart| restart.ignore_warnings);
    let is_method = check.method.is_empty() || METHODS.iter().any(|method| check.method.eq_ignore_ascii_case(method));
    let (counting, count) = first(check, |count| count != 0).unwrap_or_default();
    rules! { at;
        "MODEL-156" "expose" "Expose" if check.expose
            => "is for the provider {}; leave it out, or use that provider", CONSUL;
        else "MODEL-156" "on-update" "OnUpdate" if check.on_update == "ignore_warnings"
            => "{:?} is for the provider {}; use another, or that provider", check.on_update, CONSUL;
        else "MODEL-156" "ignore-warnings" "CheckRestart" if ignores
            => "has IgnoreWarnings, which is for the provider {}; leave it out, or use that provider", CONSUL;
        else "MODEL-156" "driver-mode" "AddressMode" if check.address_mode == "driver"
            => "{:?} is for the provider {}; use host or alloc, or that provider", check.address_mode, CONSUL;
        else "MODEL-156" "method" "Method" if check.kind == "http" && !is_method
            => "{:?} is unknown; use one of {}", check.method, METHODS.join(", ");
        else "MODEL-156" "consul-only" counting if count != 0
            => "is for the provider {}; leave it out, or use that provider", CONSUL;
        else "MODEL-156" "consul-only" "TLSServerName" if !check.tls_server_name.is_empty()
            => "is for the provider {}; leave it out, or use that provider", CONSUL;
    }
}

/// The first count of results before a change of health for which something holds, with its member.
fn first(check: &ServiceCheck, holds: impl Fn(i64) -> bool) -> Option<(&'static str, i64)> {
    let counts = [
        ("SuccessBeforePassing", check.success_before_passing),
        ("FailuresBeforeCritical", check.failures_before_critical),
        ("FailuresBeforeWarning", check.failures_before_warning),
    ];
    counts.into_iter().find(|(_, count)| holds(*count))
}
