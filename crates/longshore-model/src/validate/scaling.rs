//! Bounds of a group's count (MODEL-126, MODEL-127).

use crate::ScalingPolicy;

use super::scope::{At, rules};

/// The only kind of scaling that groups have.
const HORIZONTAL: &str = "horizontal";

/// `counts_elsewhere`: the job has regions, which say the counts of groups that say 0.
pub(super) fn scaling(at: &mut At<'_>, policy: &ScalingPolicy, count: i64, counts_elsewhere: bool) {
    let ScalingPolicy { min, max, .. } = *policy;
    let is_known = !(counts_elsewhere && count == 0);
    rules! { at;
        "MODEL-127" "type-missing" "Type" if policy.kind.is_empty()
            => "is missing; use {}", HORIZONTAL;
        else "MODEL-127" "type-unknown" "Type" if policy.kind != HORIZONTAL
            => "{:?} is unknown; use {}", policy.kind, HORIZONTAL;
    }
    for member in ["Namespace", "Job", "Group"] {
        let missing = policy.target.get(member).is_none_or(String::is_empty);
        rules! { at;
            "MODEL-127" "target" "Target" if missing && !policy.target.is_empty()
                => "does not name its {}; name it, or leave Target out", member;
        }
    }
    rules! { at;
        "MODEL-127" "max-missing" "Max" if max < 0
            => "is missing or negative ({}); give the highest count", max;
        else "MODEL-127" "max-below-min" "Max" if max < min
            => "{} is below Min, which is {}; use as much or more", max, min;
        "MODEL-127" "min-negative" "Min" if min < 0
            => "{} is negative; use 0 or more", min;
        "MODEL-126" "count-above-max" "Max" if max < count
            => "{} is below the group's Count, which is {}; raise it or lower the count", max, count;
        "MODEL-126" "count-below-min" "Min" if count < min && is_known
            => "{} is above the group's Count, which is {}; lower it or raise the count", min, count;
    }
}
