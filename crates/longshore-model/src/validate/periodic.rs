//! Jobs that beget jobs (MODEL-108 to MODEL-110).

use std::collections::BTreeSet;

use longshore_schedule::{Periodic, PeriodicError};

use crate::{JobType, ParameterizedJob, PeriodicConfig};

use super::group::runs_to_completion;
use super::scope::{At, rules};

/// A disabled one is never looked at.
pub(super) fn periodic(at: &mut At<'_>, config: &PeriodicConfig, kind: &JobType) {
    if !config.enabled {
        return;
    }
    rules! { at;
        "MODEL-108" "periodic-type" "" if !runs_to_completion(kind)
            => "is for batch and sysbatch jobs, this one is {:?}; leave it out", kind.as_str();
    }
    let PeriodicConfig { spec, specs, spec_type, time_zone: zone, .. } = config;
    let block = Periodic { spec, specs, spec_type, zone };
    for wrong in block.schedule().err().unwrap_or_default() {
        use PeriodicError as E;
        rules! { at;
            "MODEL-109" "periodic-both" "Specs" if matches!(wrong, E::Both { .. })
                => "is given and so is Spec; use Specs alone";
            "MODEL-109" "periodic-no-spec" "Specs" if matches!(wrong, E::None)
                => "is empty; give one schedule or more";
            "MODEL-109" "periodic-zone" "TimeZone" if matches!(wrong, E::Zone(_))
                => "{:?} is no time zone; use a name such as Europe/Oslo", zone;
            "MODEL-109" "periodic-spec" "Specs" if matches!(wrong, E::Cron(_))
                => "has what is no schedule: {}", wrong;
            "MODEL-109" "periodic-spectype" "SpecType" if matches!(wrong, E::Type { .. })
                => "{:?} is unknown; use cron", spec_type;
        }
    }
}

/// One that was dispatched is never looked at.
pub(super) fn parameterized(at: &mut At<'_>, config: &ParameterizedJob, kind: &JobType) {
    let ParameterizedJob { payload, meta_required: required, meta_optional: optional } = config;
    rules! { at;
        "MODEL-110" "parameterized-type" "" if !runs_to_completion(kind)
            => "is for batch and sysbatch jobs, this one is {:?}; leave it out", kind.as_str();
        "MODEL-110" "parameterized-payload" "Payload"
            if !matches!(payload.as_str(), "optional" | "required" | "forbidden")
            => "{:?} is unknown; use optional, required or forbidden", payload;
    }
    if required.is_empty() || optional.is_empty() {
        return;
    }
    let required: BTreeSet<&String> = required.iter().collect();
    let both: Vec<&String> = optional.iter().filter(|key| required.contains(key)).collect();
    rules! { at;
        "MODEL-110" "parameterized-meta" "MetaOptional" if !both.is_empty()
            => "has {:?}, which MetaRequired has; keep each in one of them", both;
    }
}
