//! Access to secrets, and the commands that a task offers (MODEL-169, MODEL-250).

use std::collections::BTreeMap;

use crate::{Action, List, Secret, Task, Vault};

use super::names::{is_one_word, is_word};
use super::place::Block;
use super::repeats::repeats;
use super::scope::{At, rules};

const NAME_MAX: usize = 128;

pub(super) fn vault(at: &mut At<'_>, vault: Option<&Vault>) {
    let Some(vault) = vault else { return };
    let mode = vault.change_mode.as_str();
    rules! { at.only(Block::Vault);
        "MODEL-169" "vault-change-mode" "ChangeMode" if !matches!(mode, "noop" | "restart" | "signal")
            => "{:?} is unknown; use noop, restart or signal", mode;
        "MODEL-169" "vault-signal" "ChangeSignal" if mode == "signal" && vault.change_signal.is_empty()
            => "is missing; the mode signal needs one, such as SIGHUP";
    }
}

pub(super) fn actions(at: &mut At<'_>, actions: &List<Action>) {
    for (index, action) in actions.iter().enumerate() {
        rules! { at.element(Block::Action, index, &action.name);
            "MODEL-169" "action-command" "Command" if action.command.is_empty()
                => "is missing; name the program to run";
            "MODEL-169" "action-name" "Name" if !is_one_word(&action.name, NAME_MAX)
                => "{:?} is no name; use 1 to {} characters without spaces", action.name, NAME_MAX;
        }
    }
    // Of one name the second is told of, then the fourth, and so on: the reference counts them in pairs (Q).
    let mut told = BTreeMap::new();
    for repeat in repeats(actions, |action| action.name.as_str()) {
        let name = &actions[repeat.later].name;
        let was_told = told.entry(repeat.first).or_insert(false);
        *was_told = !*was_told;
        rules! { at.element(Block::Action, repeat.later, name);
            "MODEL-169" "action-repeated" "Name" if *was_told
                => "{:?} is the name of Actions[{}] already; give each its own", name, repeat.first;
        }
    }
}

pub(super) fn secrets(at: &mut At<'_>, task: &Task) {
    for repeat in repeats(&task.secrets, |secret| secret.name.as_str()) {
        let name = &task.secrets[repeat.later].name;
        rules! { at.element(Block::Secret, repeat.later, name);
            "MODEL-169" "secret-repeated" "Name"
                => "{:?} is the name of Secrets[{}] already; give each its own", name, repeat.first;
        }
    }
    for (index, one) in task.secrets.iter().enumerate() {
        secret(&mut at.element(Block::Secret, index, &one.name), one, task.vault.is_some());
    }
}

fn secret(at: &mut At<'_>, secret: &Secret, has_vault: bool) {
    let Secret { name, provider, path, config, env } = secret;
    let built_in = matches!(provider.as_str(), "nomad" | "vault");
    rules! { at;
        "MODEL-250" "secret-name-missing" "Name" if name.is_empty()
            => "is missing; give the secret a name";
        "MODEL-250" "secret-name" "Name" if !is_word(name, NAME_MAX, b"_")
            => "{:?} is no name; use 1 to {} letters, digits and underscores", name, NAME_MAX;
        "MODEL-250" "secret-provider" "Provider" if provider.is_empty()
            => "is missing; name what fetches the secret";
        "MODEL-250" "secret-path" "Path" if path.is_empty()
            => "is missing; say where the secret is kept";
        "MODEL-250" "secret-env" "Env" if built_in && !env.is_empty()
            => "is for plugins, and the provider is {:?}; leave it out", provider;
        "MODEL-250" "secret-config" "Config" if !built_in && !config.is_empty()
            => "is for the providers nomad and vault, this one is {:?}; leave it out", provider;
        "MODEL-250" "secret-vault" "Provider" if provider == "vault" && !has_vault
            => "is {:?}, and the task has no Vault block; give it one", provider;
    }
}
