//! What a block becomes once everything in it was read: defaults and inheritance of the parse (SPEC-84 to SPEC-95).

use serde_json::{Map, Value as Json, json};

use super::{Decoder, Draft};
use crate::diagnostics::Complaint;
use crate::room::Room;
use crate::text::{Span, quoted};

type Members = Map<String, Json>;

/// Sets a member that is unset.
pub(crate) fn default(members: &mut Members, member: &str, value: impl Into<Json>) {
    let slot = members.entry(member).or_insert(Json::Null);
    if slot.is_null() {
        *slot = value.into();
    }
}

/// The objects in a list member.
fn objects<'m>(members: &'m mut Members, member: &str) -> impl Iterator<Item = &'m mut Members> {
    members.get_mut(member).and_then(Json::as_array_mut).into_iter().flatten().filter_map(Json::as_object_mut)
}

/// The blocks of a type that became no member, as JSON.
fn loose(draft: &mut Draft, kind: &str) -> Vec<Json> {
    draft.loose.remove(kind).unwrap_or_default().into_iter().map(|read| Json::Object(read.members)).collect()
}

impl Draft {
    /// Where the value of an argument stands, if it is there.
    fn value_of(&self, name: &str) -> Option<Span> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, span)| *span)
    }
}

/// Names, groups of bare tasks, what tasks inherit from the job (SPEC-84, SPEC-85, SPEC-91, SPEC-93).
pub(crate) fn job(decoder: &mut Decoder<'_, '_>, draft: &mut Draft) {
    if let Err(full) = inherit_from_job(draft, &mut decoder.evaluator.room) {
        decoder.evaluator.exceed(full);
    }
}

/// Done, or there was no room.
type Inherited = Result<(), Complaint>;

/// The same, of any dialect.
pub(crate) fn inherit_from_job(draft: &mut Draft, room: &mut Room) -> Inherited {
    let span = draft.open;
    let bare = loose(draft, "task");
    if !bare.is_empty() {
        let groups = bare.into_iter().map(|task| group_of_task(task, room, span));
        let mut groups: Vec<Json> = groups.collect::<Result<_, _>>()?;
        if let Some(Json::Array(written)) = draft.members.get_mut("TaskGroups") {
            groups.append(written);
        }
        draft.members.insert("TaskGroups".to_owned(), Json::Array(groups));
    }
    let vault = loose(draft, "vault").into_iter().next();
    let secrets = loose(draft, "secret");
    for group in objects(&mut draft.members, "TaskGroups") {
        for task in objects(group, "Tasks") {
            add_vault(task, vault.as_ref(), room, span)?;
            add_secrets(task, &secrets, room, span)?;
        }
    }
    Ok(())
}

/// A group that is nothing but a task.
fn group_of_task(task: Json, room: &mut Room, span: Span) -> Result<Json, Complaint> {
    let mut group = room.draft(crate::schema::group(), span)?.members;
    group.insert("Name".to_owned(), task.get("Name").cloned().unwrap_or_default());
    group.insert("Tasks".to_owned(), Json::Array(vec![task]));
    Ok(Json::Object(group))
}

/// Gives a task a vault block, if it has none.
fn add_vault(task: &mut Members, vault: Option<&Json>, room: &mut Room, span: Span) -> Inherited {
    if let Some(vault) = vault.filter(|_| task.get("Vault").is_none_or(Json::is_null)) {
        task.insert("Vault".to_owned(), room.copy(vault, span)?);
    }
    Ok(())
}

/// Adds secrets to a task's own.
fn add_secrets(task: &mut Members, secrets: &[Json], room: &mut Room, span: Span) -> Inherited {
    if secrets.is_empty() {
        return Ok(());
    }
    default(task, "Secrets", Json::Array(Vec::new()));
    if let Some(Json::Array(own)) = task.get_mut("Secrets") {
        room.take_copies(secrets, span)?;
        own.extend_from_slice(secrets);
    }
    Ok(())
}

/// What tasks inherit from the group (SPEC-91, SPEC-93).
pub(crate) fn group(decoder: &mut Decoder<'_, '_>, draft: &mut Draft) {
    if let Err(full) = inherit_from_group(draft, &mut decoder.evaluator.room) {
        decoder.evaluator.exceed(full);
    }
}

/// The same, of any dialect.
pub(crate) fn inherit_from_group(draft: &mut Draft, room: &mut Room) -> Inherited {
    let span = draft.open;
    let vault = loose(draft, "vault").pop();
    let secrets = loose(draft, "secret");
    for task in objects(&mut draft.members, "Tasks") {
        add_vault(task, vault.as_ref(), room, span)?;
        match task.get_mut("Secrets") {
            // SPEC-93: where the group has secrets, a task's own are there twice.
            Some(Json::Array(own)) if !secrets.is_empty() => {
                room.take_copies(own, span)?;
                own.extend_from_within(..);
            }
            _ => add_secrets(task, &secrets, room, span)?,
        }
    }
    Ok(())
}

/// SPEC-87
pub(crate) fn periodic(_: &mut Decoder<'_, '_>, draft: &mut Draft) {
    spec_type(draft);
}

/// The same, of any dialect.
pub(crate) fn spec_type(draft: &mut Draft) {
    if ["Spec", "Specs"].iter().any(|member| draft.members.get(*member).is_some_and(|value| !value.is_null())) {
        draft.members.insert("SpecType".to_owned(), Json::from("cron"));
    }
}

/// Ports with a fixed number apart from those without (SPEC-88).
pub(crate) fn network(_: &mut Decoder<'_, '_>, draft: &mut Draft) {
    split_ports(draft);
}

/// The same, of any dialect.
pub(crate) fn split_ports(draft: &mut Draft) {
    let Some(Json::Array(ports)) = draft.members.get_mut("DynamicPorts").map(Json::take) else { return };
    let is_fixed = |port: &Json| port.get("Value").and_then(Json::as_i64).is_some_and(|value| value > 0);
    let (fixed, dynamic): (Vec<Json>, Vec<Json>) = ports.into_iter().partition(is_fixed);
    for (member, ports) in [("ReservedPorts", fixed), ("DynamicPorts", dynamic)] {
        let ports = if ports.is_empty() { Json::Null } else { Json::Array(ports) };
        draft.members.insert(member.to_owned(), ports);
    }
}

/// SPEC-89
pub(crate) fn group_scaling(decoder: &mut Decoder<'_, '_>, draft: &mut Draft) {
    if draft.value_of("max").is_none() {
        decoder.missing("max", draft.open);
    }
    match draft.members.get("Type").and_then(Json::as_str) {
        Some("horizontal") => {}
        Some("") | None => drop(draft.members.insert("Type".to_owned(), Json::from("horizontal"))),
        Some(other) => {
            let message = format!("the type of a group's scaling is \"horizontal\", this is {}", quoted(other));
            let place = draft.value_of("type").unwrap_or(draft.open);
            decoder.evaluator.complain(Complaint::new("SPEC-89:type", place, message));
        }
    }
}

/// Scaling by label, identities, defaults (SPEC-90, SPEC-94).
pub(crate) fn task(decoder: &mut Decoder<'_, '_>, draft: &mut Draft) {
    scaling(decoder, draft);
    identity(&mut draft.members);
    // SPEC-8: the one member that is left out if it is null.
    if draft.members.get("CSIPluginConfig").is_some_and(Json::is_null) {
        draft.members.remove("CSIPluginConfig");
    }
}

/// SPEC-90
fn scaling(decoder: &mut Decoder<'_, '_>, draft: &mut Draft) {
    let mut policies = Vec::new();
    let mut seen: Vec<(String, Span)> = Vec::new();
    for mut read in draft.loose.remove("scaling").unwrap_or_default() {
        let Some(label) = read.label.clone() else { continue };
        let wanted = match &*label.text.to_lowercase() {
            "cpu" => "vertical_cpu",
            "mem" => "vertical_mem",
            _ => {
                let message = format!("a task scales \"cpu\" or \"mem\", this is {:?}", &*label.text);
                decoder.evaluator.complain(Complaint::new("SPEC-90:label", label.span, message));
                continue;
            }
        };
        if let Some((_, before)) = seen.iter().find(|(known, _)| known == wanted) {
            let message = format!("there is a second `scaling {:?}` block", &*label.text);
            decoder.evaluator.complain(Complaint::new("SPEC-90:duplicate", read.header, message).related(*before));
            continue;
        }
        seen.push((wanted.to_owned(), read.header));
        match read.members.get("Type").and_then(Json::as_str) {
            Some("") | None => drop(read.members.insert("Type".to_owned(), Json::from(wanted))),
            Some(given) if given == wanted => {}
            Some(given) => {
                let message =
                    format!("the type of `scaling {:?}` is {wanted:?}, this is {}", &*label.text, quoted(given));
                let place = read.value_of("type").unwrap_or(read.open);
                decoder.evaluator.complain(Complaint::new("SPEC-90:type", place, message));
            }
        }
        policies.push(Json::Object(read.members));
    }
    if !policies.is_empty() {
        draft.members.insert("ScalingPolicies".to_owned(), Json::Array(policies));
    }
}

/// The first identity without a name of its own is the task's (SPEC-94).
fn identity(members: &mut Members) {
    let Some(Json::Array(identities)) = members.get_mut("Identities") else { return };
    let is_default =
        |identity: &Json| matches!(identity.get("Name").and_then(Json::as_str), Some("" | "default") | None);
    if let Some(index) = identities.iter().position(is_default) {
        let identity = identities.remove(index);
        members.insert("Identity".to_owned(), identity);
    }
}

/// SPEC-91
pub(crate) fn vault(_: &mut Decoder<'_, '_>, draft: &mut Draft) {
    default(&mut draft.members, "Env", true);
    default(&mut draft.members, "DisableFile", false);
    default(&mut draft.members, "ChangeMode", "restart");
}

/// SPEC-95
pub(crate) fn template(_: &mut Decoder<'_, '_>, draft: &mut Draft) {
    default(&mut draft.members, "ChangeMode", "restart");
    default(&mut draft.members, "Perms", "0644");
    default(&mut draft.members, "Splay", 5_000_000_000i64);
    default(&mut draft.members, "ErrMissingKey", false);
}

/// SPEC-95
pub(crate) fn change_script(_: &mut Decoder<'_, '_>, draft: &mut Draft) {
    default(&mut draft.members, "Args", json!([]));
    default(&mut draft.members, "Timeout", 5_000_000_000i64);
    default(&mut draft.members, "FailOnError", false);
    default(&mut draft.members, "RunOnFirstRender", false);
}
