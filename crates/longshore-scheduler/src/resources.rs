//! What a placed allocation holds.

use std::sync::Arc;

use longshore_model::{
    AllocatedCpu, AllocatedDevice, AllocatedResources, AllocatedShared, AllocatedTaskResources, Node, Task, TaskGroup,
    TaskLifecycle,
};
use longshore_placement::{Ask, Assigned, WHOLE, memory};

/// What every allocation of a group holds, devices aside (PLACE-122).
pub(crate) fn allocated(group: &TaskGroup, oversubscription: bool) -> AllocatedResources {
    let task = |task: &Task| {
        let resources = &task.resources;
        let held = AllocatedTaskResources {
            cpu: AllocatedCpu { cpu_shares: resources.cpu, ..AllocatedCpu::default() },
            // What does not add up was refused with the ask.
            memory: memory(task, oversubscription).unwrap_or_default(),
            ..AllocatedTaskResources::default()
        };
        (task.name.to_string(), held)
    };
    let lifecycle = |task: &Task| {
        let lifecycle = task
            .lifecycle
            .as_ref()
            .map(|lifecycle| TaskLifecycle { hook: lifecycle.hook.clone(), sidecar: lifecycle.sidecar });
        (task.name.to_string(), lifecycle)
    };
    AllocatedResources {
        tasks: group.tasks.iter().map(task).collect(),
        task_lifecycles: group.tasks.iter().map(lifecycle).collect(),
        shared: AllocatedShared { disk_mb: group.ephemeral_disk.size_mb, ..AllocatedShared::default() },
    }
}

/// The group's resources with the chosen device instances.
pub(crate) fn with_devices(
    mut resources: Arc<AllocatedResources>,
    ask: &Ask,
    devices: &[Assigned],
    node: &Node,
) -> Arc<AllocatedResources> {
    if devices.is_empty() {
        return resources;
    }
    let groups = node.node_resources.as_ref().map_or(&[][..], |has| &has.devices);
    let own = Arc::make_mut(&mut resources);
    for (request, assigned) in ask.devices.iter().zip(devices) {
        let Some(group) = groups.get(assigned.group as usize) else { continue };
        let ids = assigned.instances.iter().filter_map(|at| group.instances.get(*at as usize));
        let device = AllocatedDevice {
            vendor: group.vendor.clone(),
            kind: group.kind.clone(),
            name: group.name.clone(),
            device_ids: ids.map(|instance| instance.id.clone()).collect(),
            share: (request.share < WHOLE).then_some(u32::from(request.share)),
        };
        own.tasks.or_default(&request.task).devices.make().push(device);
    }
    resources
}
