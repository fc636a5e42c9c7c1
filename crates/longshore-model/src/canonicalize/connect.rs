//! Pass A for mesh settings. They are kept as they are, but for the parts of a task within them that read as a task's own.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::input::{fill_logs, fill_mount, fill_resources};
use crate::document::LogConfig;
use crate::wire::{Encoded, Form, Wire};
use crate::{from_json, plain_numbers, to_json};

/// Fills in what absent members of a sidecar's task and of an ingress gateway's listeners mean.
pub(super) fn fill_connect(connect: &mut Value) {
    if let Some(task) = connect.get_mut("SidecarTask") {
        refill(task.get_mut("Resources"), fill_resources);
        refill(task.get_mut("LogConfig"), |logs: &mut LogConfig| *logs = fill_logs(std::mem::take(logs)));
        for mount in elements(task.get_mut("VolumeMounts")) {
            refill(Some(mount), fill_mount);
        }
    }
    for listener in elements(connect.pointer_mut("/Gateway/Ingress/Listeners")) {
        if let Some(members) = listener.as_object_mut()
            && members.get("Protocol").is_none_or(|protocol| protocol.is_null() || protocol == "")
        {
            members.insert("Protocol".into(), "tcp".into());
        }
    }
}

fn elements(list: Option<&mut Value>) -> &mut [Value] {
    list.and_then(Value::as_array_mut).map_or(&mut [], |items| items.as_mut_slice())
}

/// Fills a block as if it stood in a task; what is no such block stays as it is. It goes by way of text, in which whole
/// numbers are integers.
fn refill<T: Wire + DeserializeOwned>(value: Option<&mut Value>, fill: impl Fn(&mut T)) {
    let Some(value) = value.filter(|value| value.is_object()) else { return };
    let Ok(mut block) = from_json::<T>(&to_json(value, Form::Full)) else { return };
    fill(&mut block);
    if let Ok(mut filled) = serde_json::to_value(Encoded(&block, Form::Present)) {
        plain_numbers(&mut filled);
        *value = filled;
    }
}
