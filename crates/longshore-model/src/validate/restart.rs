//! Restarts in place (MODEL-116). Only the group's policy is looked at, a task's own never.

use crate::{Duration, RestartMode, RestartPolicy};

use super::place::Block;
use super::scope::{At, rules};

const INTERVAL_MIN: Duration = Duration::from_secs(5);

pub(super) fn restart(at: &mut At<'_>, policy: Option<&RestartPolicy>) {
    rules! { at;
        "MODEL-116" "restart-missing" "RestartPolicy" if policy.is_none()
            => "is missing; say how the group's tasks are restarted";
    }
    let Some(policy) = policy else { return };
    let RestartPolicy { attempts, interval, delay, mode, .. } = policy;
    // The reference multiplies without a thought of overflow; so many attempts are impossible all the same.
    let needed = Duration(attempts.saturating_mul(delay.0));
    rules! { at.only(Block::Restart);
        "MODEL-116" "restart-mode" "Mode" if matches!(mode, RestartMode::Other(_))
            => "{:?} is unknown; use fail or delay", mode.as_str();
        "MODEL-116" "restart-ambiguous" "Attempts" if *attempts == 0 && *mode != RestartMode::Fail
            => "is 0 with the mode {:?}; allow attempts, or use the mode fail", mode.as_str();
        "MODEL-116" "restart-interval" "Interval" if *interval < INTERVAL_MIN
            => "{} is too short; use {} or more", interval, INTERVAL_MIN;
        "MODEL-116" "restart-impossible" "Interval" if needed > *interval
            => "{} is too short for {} attempts {} apart; use {} or more", interval, attempts, delay, needed;
    }
}
