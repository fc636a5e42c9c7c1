//! Files rendered for a task (MODEL-165).

use crate::{List, Template, WaitConfig};

use super::paths::{escapes, is_permissions};
use super::place::Block;
use super::repeats::repeats;
use super::scope::{At, rules};

pub(super) fn templates(at: &mut At<'_>, list: &List<Template>) {
    for (index, one) in list.iter().enumerate() {
        template(&mut at.element(Block::Template, index, ""), one);
    }
    for repeat in repeats(list, |template| template.dest_path.as_str()) {
        rules! { at.element(Block::Template, repeat.later, "");
            "MODEL-165" "same-destination" "DestPath"
                => "{:?} is where Templates[{}] goes already; give each its own",
                   list[repeat.later].dest_path, repeat.first;
        }
    }
}

fn template(at: &mut At<'_>, template: &Template) {
    let Template { source_path, dest_path, embedded_tmpl, change_mode, change_signal, splay, perms, .. } = template;
    let mode = change_mode.as_str();
    let signals = mode == "signal";
    let script = template.change_script.as_ref();
    let command = script.map_or("", |script| &script.command);
    rules! { at;
        "MODEL-165" "source-missing" "" if source_path.is_empty() && embedded_tmpl.is_empty()
            => "has nothing to render; give SourcePath or EmbeddedTmpl";
        "MODEL-165" "destination-missing" "DestPath" if dest_path.is_empty()
            => "is missing; say where the result goes";
        "MODEL-165" "escape" "DestPath" if escapes(&["task"], dest_path)
            => "{:?} leads out of the allocation's directory; use a path within it", dest_path;
        "MODEL-165" "change-mode" "ChangeMode" if !matches!(mode, "noop" | "restart" | "signal" | "script")
            => "{:?} is unknown; use noop, restart, signal or script", mode;
        "MODEL-165" "signal-missing" "ChangeSignal" if signals && change_signal.is_empty()
            => "is missing; the mode signal needs one, such as SIGHUP";
        "MODEL-165" "signal-envvars" "ChangeMode" if signals && template.envvars
            => "signal does not go with Envvars, which are read at the start only; use restart or noop";
        "MODEL-165" "script-missing" "ChangeScript" if mode == "script" && script.is_none()
            => "is missing; the mode script needs one";
        else "MODEL-165" "script-command" "ChangeScript" if mode == "script" && command.is_empty()
            => "has no Command; name the program to run";
        "MODEL-165" "splay" "Splay" if splay.0 < 0
            => "{} is negative; use 0 or more", splay;
        "MODEL-165" "perms" "Perms" if !is_permissions(perms)
            => "{:?} is no octal number up to 7777; write it such as 0644", perms;
    }
    let bounds = template.wait.as_ref().and_then(|WaitConfig { min, max }| min.zip(*max));
    let (min, max) = bounds.unwrap_or_default();
    rules! { at;
        "MODEL-165" "wait" "Wait" if min > max
            => "has Min {} above Max {}; use a Min not above", min, max;
    }
}
