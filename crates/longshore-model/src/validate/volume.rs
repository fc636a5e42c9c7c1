//! Volumes that a group asks for, and where its tasks mount them (MODEL-148 to MODEL-150, MODEL-168).

use crate::{JobType, Map, TaskGroup, VolumeMount, VolumeRequest};

use super::group::runs_everywhere;
use super::scope::{At, rules};

const SINGLE_READER: &str = "single-node-reader-only";
const SINGLE_WRITER: &str = "single-node-writer";
const MULTI_READER: &str = "multi-node-reader-only";
const MULTI_SINGLE_WRITER: &str = "multi-node-single-writer";

/// How a volume on one node may be used; `""` leaves it open.
const HOST_MODES: [&str; 5] =
    ["", SINGLE_READER, SINGLE_WRITER, "single-node-single-writer", "single-node-multi-writer"];

pub(super) fn volume(at: &mut At<'_>, volume: &VolumeRequest, group: &TaskGroup, kind: &JobType) {
    let known = matches!(volume.kind.as_str(), "host" | "csi");
    rules! { at;
        "MODEL-148" "type-unknown" "Type" if !known
            => "{:?} is unknown; use host or csi", volume.kind;
    }
    if !known {
        return;
    }
    let canaries = group.update.as_ref().map_or(0, |update| update.canary);
    rules! { at;
        "MODEL-148" "source-empty" "Source" if volume.source.is_empty()
            => "is missing; name the volume to use";
        "MODEL-148" "per-alloc-system" "PerAlloc" if volume.per_alloc && runs_everywhere(kind)
            => "is not for {} jobs, whose allocations have no number of their own; leave it out", kind;
        "MODEL-148" "per-alloc-canary" "PerAlloc" if volume.per_alloc && canaries > 0
            => "gives canaries the volumes of others, and Update.Canary is {}; use one of them", canaries;
        "MODEL-148" "per-alloc-sticky" "PerAlloc" if volume.per_alloc && volume.sticky
            => "is given and so is Sticky; use one of them";
    }
    if volume.kind == "host" { host(at, volume) } else { csi(at, volume, group) }
}

fn host(at: &mut At<'_>, volume: &VolumeRequest) {
    let mode = volume.access_mode.as_str();
    rules! { at;
        "MODEL-149" "host-mount-options" "MountOptions" if volume.mount_options.is_some()
            => "is for csi volumes; leave it out";
        "MODEL-149" "reader-not-readonly" "ReadOnly" if mode == SINGLE_READER && !volume.read_only
            => "is false, and AccessMode {:?} only reads; set it to true", mode;
        "MODEL-149" "host-access-mode" "AccessMode" if !HOST_MODES.contains(&mode)
            => "{:?} is not for host volumes; use one that begins with single-node-, or leave it out", mode;
    }
}

fn csi(at: &mut At<'_>, volume: &VolumeRequest, group: &TaskGroup) {
    let (mode, attachment) = (volume.access_mode.as_str(), volume.attachment_mode.as_str());
    let reads_only = matches!(mode, SINGLE_READER | MULTI_READER);
    let shared = group.count > 1 && !volume.per_alloc;
    rules! { at;
        "MODEL-150" "attachment-missing" "AttachmentMode" if attachment.is_empty()
            => "is missing; use file-system or block-device";
        "MODEL-150" "block-mount-options" "MountOptions"
            if attachment == "block-device" && volume.mount_options.is_some()
            => "is for file systems, and AttachmentMode is block-device; leave it out";
        "MODEL-150" "access-missing" "AccessMode" if mode.is_empty()
            => "is missing; say how many nodes and writers may use the volume";
        "MODEL-150" "reader-not-readonly" "ReadOnly" if reads_only && !volume.read_only
            => "is false, and AccessMode {:?} only reads; set it to true", mode;
        "MODEL-150" "one-reader" "AccessMode" if shared && mode == SINGLE_READER
            => "{:?} allows one reader, and the group's Count is {}; use another mode or PerAlloc", mode, group.count;
        "MODEL-150" "one-reader-or-writer" "AccessMode" if shared && mode == SINGLE_WRITER
            => "{:?} allows one user, and the group's Count is {}; use another mode or PerAlloc", mode, group.count;
        "MODEL-150" "one-writer" "AccessMode" if shared && mode == MULTI_SINGLE_WRITER && !volume.read_only
            => "{:?} allows one writer, and the group's Count is {}; use another mode, ReadOnly or PerAlloc",
               mode, group.count;
    }
}

/// Where a task mounts a volume of its group (MODEL-168).
pub(super) fn mount(at: &mut At<'_>, mount: &VolumeMount, volumes: &Map<VolumeRequest>) {
    let VolumeMount { volume, propagation_mode, selinux_label, .. } = mount;
    let propagates = matches!(propagation_mode.as_str(), "" | "private" | "host-to-task" | "bidirectional");
    rules! { at;
        "MODEL-168" "volume-undefined" "Volume" if !volumes.contains_key(volume)
            => "{:?} is no volume of the group; declare it in its Volumes", volume;
        "MODEL-168" "volume-empty" "Volume" if volume.is_empty()
            => "is missing; name a volume of the group";
        "MODEL-168" "propagation" "PropagationMode" if !propagates
            => "{:?} is unknown; use private, host-to-task or bidirectional", propagation_mode;
        "MODEL-168" "selinux" "SELinuxLabel" if !matches!(selinux_label.as_str(), "" | "z" | "Z")
            => "{:?} is unknown; use z for a shared label, Z for a private one, or leave it out", selinux_label;
    }
}
