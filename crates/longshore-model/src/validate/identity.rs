//! What a task identifies itself with (MODEL-169, MODEL-249).

use crate::{Task, WorkloadIdentity};

use super::names::is_word;
use super::place::Block;
use super::scope::{At, rules};

/// The name of the identity that every task has (MODEL-84).
pub(super) const DEFAULT: &str = "default";
const NAME_MAX: usize = 128;

pub(super) fn identities(at: &mut At<'_>, task: &Task) {
    if let Some(own) = &task.identity {
        identity(&mut at.named(Block::Identity, &own.name), own);
    }
    for (index, one) in task.identities.iter().enumerate() {
        let at = &mut at.element(Block::Identities, index, &one.name);
        identity(at, one);
        // Canonicalization has taken out the last of this name.
        rules! { at;
            "MODEL-169" "identity-default-repeated" "Name" if one.name == DEFAULT
                => "{:?} is the name of the task's own identity; keep one of them", DEFAULT;
        }
    }
}

fn identity(at: &mut At<'_>, identity: &WorkloadIdentity) {
    let WorkloadIdentity { name, change_signal: signal, ttl, .. } = identity;
    let mode = identity.change_mode.as_str();
    rules! { at;
        "MODEL-249" "identity-name" "Name" if !is_word(name, NAME_MAX, b"-_")
            => "{:?} is no name; use 1 to {} letters, digits, dashes and underscores", name, NAME_MAX;
    }
    for (index, audience) in identity.audience.iter().enumerate() {
        rules! { at;
            "MODEL-249" "identity-audience" "Audience" if audience.is_empty()
                => "has an empty name at position {}; name whom the token is for", index;
        }
    }
    rules! { at;
        "MODEL-249" "identity-signal-unused" "ChangeSignal"
            if matches!(mode, "" | "noop" | "restart") && !signal.is_empty()
            => "{:?} is never sent, ChangeMode is {:?}; use the mode signal, or leave it out", signal, mode;
        "MODEL-249" "identity-signal-missing" "ChangeSignal" if mode == "signal" && signal.is_empty()
            => "is missing; the mode signal needs one, such as SIGHUP";
        "MODEL-249" "identity-change-mode" "ChangeMode" if !matches!(mode, "" | "noop" | "restart" | "signal")
            => "{:?} is unknown; use noop, restart or signal", mode;
        "MODEL-249" "identity-default-ttl" "TTL" if ttl.0 > 0 && name == DEFAULT
            => "{} is not for the identity {:?}, which does not expire; leave it out", ttl, DEFAULT;
        "MODEL-249" "identity-ttl" "TTL" if ttl.0 < 0
            => "{} is negative; use 0 or more, 0 for ever", ttl;
        "MODEL-249" "identity-filepath" "Filepath" if !identity.filepath.is_empty() && !identity.file
            => "{:?} is never written, File is false; set it to true, or leave the path out", identity.filepath;
    }
}
