//! Volumes: storage that outlives an allocation.

use crate::wire::List;

record! {
    /// A volume that a group asks for (MODEL-31). A null one in a job's map is dropped (MODEL-76).
    ///
    /// ```
    /// use longshore_model::{VolumeRequest, from_json};
    /// let data: VolumeRequest = from_json(
    ///     r#"{"Name": "data", "Type": "host", "Source": "ssd", "ReadOnly": true}"#,
    /// )?;
    /// assert!(data.kind == "host" && data.read_only && !data.per_alloc);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct VolumeRequest: null_element {
        /// Its name within the group.
        "Name" name: String,
        /// `host` or `csi`.
        "Type" kind: String,
        /// Its name, or its id, on the node or in the cluster.
        "Source" source: String,
        /// Whether nothing is written to it.
        "ReadOnly" read_only: bool,
        /// Whether a replacement must get the same one.
        "Sticky" sticky: bool,
        /// How many readers and writers, on how many nodes; such as `single-node-writer`.
        "AccessMode" access_mode: String,
        /// `file-system` or `block-device`.
        "AttachmentMode" attachment_mode: String,
        /// How its file system is mounted.
        "MountOptions" mount_options: Option<MountOptions>,
        /// Whether every allocation has one of its own, its index appended to the source.
        "PerAlloc" per_alloc: bool,
    }
}

record! {
    /// How a volume's file system is mounted (MODEL-31).
    ///
    /// ```
    /// use longshore_model::{MountOptions, from_json};
    /// let options: MountOptions = from_json(r#"{"FSType": "ext4", "MountFlags": ["noatime"]}"#)?;
    /// assert_eq!((options.fs_type.as_str(), options.mount_flags.len()), ("ext4", 1));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct MountOptions {
        /// The kind of file system, such as `ext4`.
        "FSType" fs_type: String,
        /// Flags for mount.
        "MountFlags" mount_flags: List<String>,
    }
}

record! {
    /// Where a task sees a volume (MODEL-31). A null one in a job's list is dropped (MODEL-76).
    ///
    /// ```
    /// use longshore_model::{VolumeMount, from_json};
    /// let mount: VolumeMount = from_json(r#"{"Volume": "data", "Destination": "/srv"}"#)?;
    /// assert!(!mount.read_only && mount.propagation_mode == "private");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct VolumeMount: null_element {
        /// The volume's name within the group.
        "Volume" volume: String,
        /// The path inside the task.
        "Destination" destination: String,
        /// Whether the task may not write to it.
        "ReadOnly" read_only: bool,
        /// Whether later mounts are seen: `private`, `host-to-task` or `bidirectional`.
        "PropagationMode" propagation_mode: String = "private".into(),
        /// Security label: `z` shared, `Z` private, `""` none.
        "SELinuxLabel" selinux_label: String,
    }
}
