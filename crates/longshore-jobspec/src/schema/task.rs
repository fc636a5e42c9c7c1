//! `task` and what stands in it.

use super::Kind::{B, BN, D, DN, IN, L, S, SN, UN};
use super::job::{IDENTITY, NETWORK, SIDECAR_NETWORK, TASK_SCALING};
use super::service::SERVICE;
use super::{AFFINITY, CONFIG, CONSTRAINT, Content, Count, Fixed, Schema, a, block, many, named, one};
use crate::decode::finish;

/// `task "Name"`
pub(super) static TASK: Schema = Schema::of(&[
    a("driver", S),
    a("user", S),
    a("kill_timeout", DN),
    a("leader", B),
    a("shutdown_delay", D),
    a("kill_signal", S),
    a("kind", S),
])
.blocks(&[
    CONFIG,
    block("env", Content::TextsOrArgument, Count::One),
    block("meta", Content::TextsOrArgument, Count::One),
    one("lifecycle", &LIFECYCLE),
    CONSTRAINT,
    AFFINITY,
    many("service", "Services", &SERVICE),
    one("resources", &RESOURCES),
    one("restart", &RESTART).member_named("RestartPolicy"),
    one("logs", &LOGS).member_named("LogConfig"),
    many("artifact", "Artifacts", &ARTIFACT),
    many("template", "Templates", &TEMPLATE),
    one("vault", &VAULT),
    one("consul", &CONSUL),
    one("dispatch_payload", &DISPATCH_PAYLOAD),
    many("volume_mount", "VolumeMounts", &VOLUME_MOUNT),
    one("csi_plugin", &CSI_PLUGIN).member_named("CSIPluginConfig"),
    many("scaling", "ScalingPolicies", &TASK_SCALING).loose_label(),
    many("secret", "Secrets", &SECRET).label("Name"),
    many("identity", "Identities", &IDENTITY),
    many("action", "Actions", &ACTION).label("Name"),
    one("schedule", &SCHEDULE),
])
.fixed(&[("Identity", Fixed::Object(&IDENTITY))])
.finish(finish::task);

pub(super) static RESTART: Schema =
    Schema::of(&[a("interval", DN), a("attempts", IN), a("delay", DN), a("mode", SN), a("render_templates", BN)]);

pub(super) static CONSUL: Schema = Schema::of(&[a("namespace", S), a("cluster", S), a("partition", S)]);

pub(super) static VAULT: Schema = Schema::of(&[
    a("policies", L),
    a("role", S),
    a("namespace", SN),
    a("cluster", S),
    a("env", BN),
    a("disable_file", BN),
    a("change_mode", SN),
    a("change_signal", SN),
    a("allow_token_expiration", BN),
])
.finish(finish::vault);

pub(super) static SECRET: Schema =
    Schema::of(&[a("provider", S), a("path", S)]).blocks(&[CONFIG, block("env", Content::Texts, Count::One)]);

static LIFECYCLE: Schema = Schema::of(&[a("hook", S).required(), a("sidecar", B)]);

pub(super) static LOGS: Schema =
    Schema::of(&[a("max_files", IN), named("max_file_size", "MaxFileSizeMB", IN), a("enabled", BN), a("disabled", BN)]);

static DISPATCH_PAYLOAD: Schema = Schema::of(&[a("file", S)]);

static ACTION: Schema = Schema::of(&[a("command", S).required(), a("args", L)]);

static SCHEDULE: Schema = Schema::EMPTY.blocks(&[one("cron", &SCHEDULE_CRON)]);

static SCHEDULE_CRON: Schema = Schema::of(&[a("start", S), a("end", S), a("timezone", S)]);

pub(super) static VOLUME_MOUNT: Schema = Schema::of(&[
    a("volume", SN),
    a("destination", SN),
    a("read_only", BN),
    a("propagation_mode", SN),
    named("selinux_label", "SELinuxLabel", SN),
]);

static CSI_PLUGIN: Schema = Schema::of(&[
    named("id", "ID", S),
    a("type", S),
    a("mount_dir", S),
    a("stage_publish_base_dir", S),
    a("health_timeout", D),
]);

static ARTIFACT: Schema = Schema::of(&[
    named("source", "GetterSource", SN),
    named("mode", "GetterMode", SN),
    named("insecure", "GetterInsecure", BN),
    named("destination", "RelativeDest", SN),
    a("chown", B),
])
.blocks(&[
    block("options", Content::Texts, Count::One).member_named("GetterOptions"),
    block("headers", Content::Texts, Count::One).member_named("GetterHeaders"),
]);

static TEMPLATE: Schema = Schema::of(&[
    named("source", "SourcePath", SN),
    named("destination", "DestPath", SN),
    named("data", "EmbeddedTmpl", SN),
    a("change_mode", SN),
    a("change_signal", SN),
    a("once", BN),
    a("splay", DN),
    a("perms", SN),
    a("uid", IN),
    a("gid", IN),
    named("left_delimiter", "LeftDelim", SN),
    named("right_delimiter", "RightDelim", SN),
    named("env", "Envvars", BN),
    a("vault_grace", DN),
    named("error_on_missing_key", "ErrMissingKey", BN),
])
.blocks(&[one("change_script", &CHANGE_SCRIPT), one("wait", &WAIT)])
.finish(finish::template);

static CHANGE_SCRIPT: Schema = Schema::of(&[
    a("command", SN),
    a("args", L),
    a("timeout", DN),
    a("fail_on_error", BN),
    a("run_on_first_render", BN),
])
.finish(finish::change_script);

static WAIT: Schema = Schema::of(&[a("min", DN), a("max", DN)]);

const RESOURCES_ATTRIBUTES: &[super::Attribute] = &[
    named("cpu", "CPU", IN),
    a("cores", IN),
    named("memory", "MemoryMB", IN),
    named("memory_max", "MemoryMaxMB", IN),
    named("disk", "DiskMB", IN),
    named("secrets", "SecretsMB", IN),
    named("iops", "IOPS", IN),
];

static RESOURCES: Schema =
    Schema::of(RESOURCES_ATTRIBUTES).blocks(&[many("network", "Networks", &NETWORK), DEVICES, NUMA_NODE]);

/// `resources` of a sidecar's task.
pub(super) static SIDECAR_RESOURCES: Schema =
    Schema::of(RESOURCES_ATTRIBUTES).blocks(&[many("network", "Networks", &SIDECAR_NETWORK), DEVICES, NUMA_NODE]);

const DEVICES: super::Child = many("device", "Devices", &DEVICE).label("Name");

const NUMA_NODE: super::Child = one("numa", &NUMA).member_named("NUMA");

static DEVICE: Schema = Schema::of(&[a("count", UN(64))]).blocks(&[CONSTRAINT, AFFINITY]);

static NUMA: Schema = Schema::of(&[a("affinity", S), a("devices", L)]);
