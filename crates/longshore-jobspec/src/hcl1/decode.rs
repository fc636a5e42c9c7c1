//! From the tree to the JSON of the job, by the tables of `schema` and the keys that this dialect has.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::ast::{Item, Kind, Object};
use super::free::{self, no_object, object};
use super::keys::{self, Keys};
use super::{single, weak};
use crate::decode::{Draft, finish, put};
use crate::diagnostics::{Complaint, MOST, nearest};
use crate::room::Room;
use crate::schema::{Child, Content, Count, JOB, Kind as Holds, Schema};
use crate::text::Span;

/// A part of the job, or what is wrong.
type Read<T> = Result<T, Vec<Complaint>>;

/// One complaint.
fn wrong<T>(code: &'static str, span: Span, message: impl Into<String>) -> Read<T> {
    Err(vec![Complaint::new(code, span, message)])
}

/// What may fail with one complaint.
fn one<T>(result: Result<T, Complaint>) -> Read<T> {
    result.map_err(|complaint| vec![complaint])
}

/// The job of a text.
pub(super) fn job(root: &Object, room: &mut Room) -> Read<Map<String, Json>> {
    known(root, &["job"])?;
    let jobs: Vec<&Item> = root.items.iter().filter(|item| item.name() == "job").collect();
    let item = match &jobs[..] {
        [] => return Err(vec![Complaint::nowhere("SPEC-126:no-job", "there is no `job` block")]),
        [only] => *only,
        [_, second, ..] => return wrong("SPEC-127:second-job", second.span(), "there is a second `job` block"),
    };
    let (Some(label), Kind::Object(body)) = (item.labels().first(), &item.value.kind) else {
        return wrong("SPEC-127:no-job-name", item.span(), "a job has a name: `job \"name\" { … }`");
    };
    let mut draft = one(room.draft(&JOB, item.span()))?;
    // Of the job alone, values are looked at before keys.
    attributes(body, &JOB, &keys::JOB, &mut draft)?;
    check(body, &keys::JOB)?;
    for (name, member) in [("vault_token", "VaultToken"), ("consul_token", "ConsulToken")] {
        if let Some(item) = body.items.iter().rev().find(|item| item.name() == name) {
            draft
                .members
                .insert(member.to_owned(), weak::member(name, &item.value, Holds::S).map_err(|one| vec![one])?);
        }
    }
    blocks(body, &JOB, &keys::JOB, &mut draft, room)?;
    one(finish::inherit_from_job(&mut draft, room))?;
    Ok(crate::parse::named(draft, Some(&label.text)))
}

/// Complains about keys that are not among these, all at once.
fn known(object: &Object, names: &[&str]) -> Read<()> {
    let unknown = object.items.iter().filter(|item| !names.contains(&item.name())).take(MOST);
    let complaints: Vec<Complaint> = unknown
        .map(|item| {
            let message = format!("there is no key `{}` here", item.name());
            let hint = nearest(item.name(), names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            Complaint::new("SPEC-125:invalid-key", item.span(), message).hint(hint)
        })
        .collect();
    if complaints.is_empty() { Ok(()) } else { Err(complaints) }
}

/// Complains about keys that an object does not have.
fn check(object: &Object, keys: &Keys) -> Read<()> {
    if keys.open { Ok(()) } else { known(object, &keys.all().collect::<Vec<_>>()) }
}

/// Reads an object.
fn body(item: &Item, object: &Object, schema: &'static Schema, keys: &'static Keys, room: &mut Room) -> Read<Draft> {
    check(object, keys)?;
    let mut draft = one(room.draft(schema, item.span()))?;
    attributes(object, schema, keys, &mut draft)?;
    blocks(object, schema, keys, &mut draft, room)?;
    Ok(draft)
}

/// Reads the arguments: of repeated ones the last counts, lists are appended (SPEC-124).
fn attributes(object: &Object, schema: &'static Schema, keys: &Keys, draft: &mut Draft) -> Read<()> {
    for attribute in schema.attributes.iter().filter(|attribute| keys.has(attribute.name)) {
        let mut items = object.items.iter().filter(|item| item.name() == attribute.name).peekable();
        if items.peek().is_none() {
            continue;
        }
        let mut member = Json::Null;
        for item in items {
            let value = weak::member(attribute.name, &item.value, attribute.kind).map_err(|one| vec![one])?;
            match (&mut member, value) {
                (Json::Array(list), Json::Array(more)) => list.extend(more),
                (slot, value) => *slot = value,
            }
        }
        draft.members.insert(attribute.member(), member);
    }
    Ok(())
}

/// Reads the blocks.
fn blocks(
    object: &Object,
    schema: &'static Schema,
    keys: &'static Keys,
    draft: &mut Draft,
    room: &mut Room,
) -> Read<()> {
    // SPEC-128: nothing reads it, and nothing can be decoded into it.
    if let Some(item) = object.items.iter().find(|item| item.name() == "wait" && keys.has("wait")) {
        return wrong("SPEC-123:conversion", item.span(), "`wait` cannot be written in this dialect");
    }
    for child in schema.blocks.iter().filter(|child| keys.has(child.name)) {
        let items: Vec<&Item> = object.items.iter().filter(|item| item.name() == child.name).collect();
        if !items.is_empty() {
            block(child, &items, keys.of(child.name), draft, room)?;
        }
    }
    Ok(())
}

/// Reads all items of a block.
fn block(child: &'static Child, items: &[&Item], keys: &'static Keys, draft: &mut Draft, room: &mut Room) -> Read<()> {
    // A map with a label is none.
    let plain: Vec<&Item> = items.iter().copied().filter(|item| item.labels().is_empty()).collect();
    let is_map = !matches!(child.content, Content::Body(_) | Content::Constraint | Content::Affinity);
    let items = if is_map { &plain[..] } else { items };
    if items.is_empty() {
        return Ok(());
    }
    let value = match child.content {
        Content::Free => {
            if child.name == "policy" {
                once(child.name, items)?;
            }
            free::config(items)?
        }
        Content::Texts | Content::TextsOrArgument => free::texts(items)?,
        Content::TextLists => free::text_lists(items)?,
        Content::Constraint | Content::Affinity => return singles(child, items, draft),
        Content::Body(schema) => return bodies(child, schema, items, keys, draft, room),
    };
    put(&mut draft.members, child, value);
    Ok(())
}

/// Constraints and affinities.
fn singles(child: &'static Child, items: &[&Item], draft: &mut Draft) -> Read<()> {
    for item in items {
        let object = object(item)?;
        let value = if matches!(child.content, Content::Constraint) {
            check(object, &keys::CONSTRAINT)?;
            single::constraint(object)?
        } else {
            check(object, &keys::AFFINITY)?;
            Some(single::affinity(object)?)
        };
        if let Some(value) = value {
            put(&mut draft.members, child, value);
        }
    }
    Ok(())
}

/// Complains about a second item.
fn once(name: &str, items: &[&Item]) -> Read<()> {
    match items {
        [first, second, ..] => {
            let complaint =
                Complaint::new("SPEC-127:only-one", second.span(), format!("there is a second `{name}` block"));
            Err(vec![complaint.related(first.span())])
        }
        _ => Ok(()),
    }
}

/// Blocks with a body.
fn bodies(
    child: &'static Child,
    schema: &'static Schema,
    items: &[&Item],
    keys: &'static Keys,
    draft: &mut Draft,
    room: &mut Room,
) -> Read<()> {
    let name = child.name;
    if child.count != Count::Many && child.count != Count::ByLabel || name == "network" {
        once(name, items)?;
    }
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for item in items {
        if name == "group" && child.member().as_deref() == Some("TaskGroups") || name == "task" {
            // SPEC-160: what has no label or is no object is dropped without a word.
            if item.labels().is_empty() || !matches!(item.value.kind, Kind::Object(_)) {
                continue;
            }
        }
        let Kind::Object(object) = &item.value.kind else { return Err(no_object(name, &item.value)) };
        let Some(label) = label(child, item, &mut seen)? else { continue };
        if name == "gateway" {
            check(object, keys)?;
            if !object.items.iter().any(|item| item.name() == "proxy") {
                return wrong("SPEC-127:gateway-proxy", item.span(), "`gateway` needs one `proxy` block");
            }
        }
        if name == "port" {
            check_port(object, keys)?;
        }
        let mut read = body(item, object, schema, keys, room)?;
        finished(child, item, &label, &mut read, room)?;
        if let Some(member) = child.label.and_then(|label| label.member) {
            read.members.insert(member.to_owned(), Json::from(label.clone()));
        }
        match child.member() {
            None => draft.loose.entry(name).or_default().push(read),
            Some(member) if child.count == Count::ByLabel => {
                let map = draft.members.entry(member).or_insert(Json::Null);
                if !map.is_object() {
                    *map = Json::Object(Map::new());
                }
                if let Some(map) = map.as_object_mut() {
                    map.insert(label, Json::Object(read.members));
                }
            }
            Some(_) if name == "expose" => {
                let mut exposed = one(room.draft(schema, item.span()))?.members;
                exposed.insert("Path".to_owned(), read.members.remove("Paths").unwrap_or_default());
                draft.members.insert("ExposeConfig".to_owned(), Json::Object(exposed));
            }
            Some(_) => put(&mut draft.members, child, Json::Object(read.members)),
        }
    }
    Ok(())
}

/// The label of an item, `""` where there is none to be; `None` if the item is dropped without a word.
fn label(child: &'static Child, item: &Item, seen: &mut BTreeMap<String, Span>) -> Read<Option<String>> {
    let (name, span) = (child.name, item.span());
    let labels = item.labels();
    let first = labels.first().map(|label| label.text.clone());
    let is_task_scaling = name == "scaling" && child.label.is_some();
    match (name, &first) {
        ("scaling", Some(_)) if !is_task_scaling => {
            return wrong("SPEC-127:group-scaling-name", span, "the scaling of a group has no label");
        }
        ("scaling", None) if is_task_scaling => {
            return wrong(
                "SPEC-127:task-scaling-no-name",
                span,
                "the scaling of a task has a label: \"cpu\" or \"mem\"",
            );
        }
        ("scaling", Some(_)) if labels.len() > 1 => {
            return wrong("SPEC-127:task-scaling-names", span, "the scaling of a task has one label only");
        }
        // SPEC-160: the reference crashes.
        ("update", Some(_)) => return wrong("SPEC-160:label", span, "`update` has no label"),
        ("envoy_gateway_bind_addresses", None) => {
            return wrong("SPEC-160:label", span, "`envoy_gateway_bind_addresses` has a label");
        }
        ("port", None) => return wrong("SPEC-127:port-unnamed", span, "a port has a label"),
        ("port", Some(label)) if !is_port(label) => {
            return wrong(
                "SPEC-127:port-label",
                span,
                format!("{label:?}: a port's label has letters, digits and `_`"),
            );
        }
        ("device", None) => return wrong("SPEC-127:no-device-name", span, "a device has a label, its name"),
        ("target", _) if labels.len() != 1 => {
            return wrong("SPEC-127:no-target", span, "a target has one label, its value");
        }
        ("volume" | "region", None) => return Ok(None),
        _ => {}
    }
    let label = first.filter(|_| child.label.is_some()).unwrap_or_default();
    let (key, code) = match name {
        "port" => (label.to_lowercase(), "SPEC-127:port-collision"),
        "group" | "task" | "region" | "target" => (label.clone(), "SPEC-127:defined-twice"),
        // As it is written: "cpu" and "CPU" are two.
        "scaling" if is_task_scaling => (label.clone(), "SPEC-127:task-scaling-twice"),
        _ => return Ok(Some(label)),
    };
    match seen.insert(key, span) {
        None => Ok(Some(label)),
        Some(before) => {
            let complaint = Complaint::new(code, span, format!("there is a second `{name} {label:?}`"));
            Err(vec![complaint.related(before)])
        }
    }
}

/// Whether a text is a port's label.
fn is_port(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A port's numbers are numbers, or texts of numbers, and nothing else.
fn check_port(object: &Object, keys: &'static Keys) -> Read<()> {
    check(object, keys)?;
    for item in object.items.iter().filter(|item| matches!(item.name(), "static" | "to")) {
        match &item.value.kind {
            Kind::Number(_) => {}
            Kind::Text(text) if !text.is_empty() => {}
            Kind::Text(_) => return wrong("SPEC-123:conversion", item.value.span, "an empty string is no number"),
            other => {
                let message = format!("`{}`: a whole number is needed, this is {}", item.name(), other.noun());
                return wrong("SPEC-127:not-an-object", item.value.span, message);
            }
        }
    }
    Ok(())
}

/// What is left to do once a block was read.
fn finished(child: &'static Child, item: &Item, label: &str, read: &mut Draft, room: &mut Room) -> Read<()> {
    let span = item.span();
    let members = &mut read.members;
    match child.name {
        "group" => one(finish::inherit_from_group(read, room))?,
        "network" => finish::split_ports(read),
        "periodic" => finish::spec_type(read),
        "vault" => {
            finish::default(members, "Env", true);
            finish::default(members, "ChangeMode", "restart");
        }
        "template" => {
            finish::default(members, "ChangeMode", "restart");
            finish::default(members, "Perms", "0644");
            finish::default(members, "Splay", 5_000_000_000i64);
            finish::default(members, "Uid", -1);
            finish::default(members, "Gid", -1);
            finish::default(members, "ErrMissingKey", false);
        }
        "scaling" => return scaling(child, span, label, members),
        "multiregion" if members.get("Regions").is_none_or(Json::is_null) => {
            return wrong("SPEC-127:no-region", span, "`multiregion` needs a `region` block");
        }
        "proxy" => {
            if let Some(config) = members.get_mut("Config") {
                *config = free::flattened(config.take());
            }
        }
        "task" => {
            let policies = read.loose.remove("scaling").unwrap_or_default();
            if !policies.is_empty() {
                let policies = policies.into_iter().map(|policy| Json::Object(policy.members)).collect();
                members.insert("ScalingPolicies".to_owned(), Json::Array(policies));
            }
            if members.get("CSIPluginConfig").is_some_and(Json::is_null) {
                members.remove("CSIPluginConfig");
            }
        }
        _ => {}
    }
    Ok(())
}

/// The type of a scaling block, and its required `max`.
fn scaling(child: &Child, span: Span, label: &str, members: &mut Map<String, Json>) -> Read<()> {
    let wanted = match (child.label.is_some(), &*label.to_lowercase()) {
        (false, _) => "horizontal",
        (true, "cpu") => "vertical_cpu",
        (true, "mem") => "vertical_mem",
        (true, other) => {
            return wrong(
                "SPEC-127:task-scaling-name",
                span,
                format!("a task scales \"cpu\" or \"mem\", this is {other:?}"),
            );
        }
    };
    if child.label.is_none() && members.get("Max").is_none_or(Json::is_null) {
        return wrong("SPEC-127:no-max", span, "`max` is missing");
    }
    match members.get("Type").and_then(Json::as_str) {
        Some("") | None => drop(members.insert("Type".to_owned(), Json::from(wanted))),
        Some(given) if given == wanted => {}
        Some(given) => {
            return wrong("SPEC-127:scaling-type", span, format!("the type is {wanted:?} here, this is {given:?}"));
        }
    }
    Ok(())
}
