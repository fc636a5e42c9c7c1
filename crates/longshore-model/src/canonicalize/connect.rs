//! Pass A for mesh settings. They are kept as they are, but for the parts of a task within them that read as a task's own.

use serde_json::Value;

use super::input::{fill_logs, fill_mount, fill_resources};
use crate::document::LogConfig;
use crate::plain_numbers;
use crate::wire::{Encoded, Form, Wire};

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

/// Fills a block as if it stood in a task; what is no such block stays as it is.
fn refill<T: Wire>(value: Option<&mut Value>, fill: impl Fn(&mut T)) {
    let Some(value) = value.filter(|value| value.is_object()) else { return };
    let mut block = T::default();
    if block.decode(&*value).is_err() {
        return;
    }
    fill(&mut block);
    if let Ok(mut filled) = serde_json::to_value(Encoded(&block, Form::Present)) {
        plain_numbers(&mut filled);
        *value = filled;
    }
}
