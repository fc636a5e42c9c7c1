//! `job`, `group` and what stands in them.

use super::Kind::{B, BN, D, DN, I, I8N, IN, L, S, SN, U, UN};
use super::service::SERVICE;
use super::task::{CONSUL, RESTART, SECRET, TASK, VAULT};
use super::{AFFINITY, CONSTRAINT, Content, Count, Fixed, Schema, a, block, many, named, one};
use crate::decode::finish;

/// `job "ID"`
pub(crate) static JOB: Schema = Schema::of(&[
    a("region", SN),
    a("namespace", SN),
    named("id", "ID", SN),
    a("name", SN),
    a("type", SN),
    a("priority", IN),
    a("all_at_once", BN),
    a("datacenters", L),
    a("node_pool", SN),
])
.blocks(&[
    CONSTRAINT,
    AFFINITY,
    SPREADS,
    many("group", "TaskGroups", &GROUP).label_or_null("Name"),
    block("task", Content::Body(&TASK), Count::Many).label("Name").no_member(),
    one("update", &UPDATE),
    one("multiregion", &MULTIREGION),
    one("periodic", &PERIODIC),
    one("parameterized", &PARAMETERIZED).member_named("ParameterizedJob"),
    one("reschedule", &RESCHEDULE),
    one("migrate", &MIGRATE),
    block("meta", Content::TextsOrArgument, Count::One),
    one("ui", &UI).member_named("UI"),
    one("vault", &VAULT).count(Count::OneOr("SPEC-92:duplicate-vault")).no_member(),
    many("secret", "", &SECRET).label("Name").no_member(),
])
.fixed(&[
    ("Stop", Fixed::Unset(BN)),
    ("ParentID", Fixed::Unset(SN)),
    ("Dispatched", Fixed::Unset(B)),
    ("DispatchIdempotencyToken", Fixed::Unset(SN)),
    ("Payload", Fixed::Bytes),
    ("ConsulNamespace", Fixed::Unset(SN)),
    ("VaultNamespace", Fixed::Unset(SN)),
    ("NomadTokenID", Fixed::Unset(SN)),
    ("Status", Fixed::Unset(SN)),
    ("StatusDescription", Fixed::Unset(SN)),
    ("Stable", Fixed::Unset(BN)),
    ("Version", Fixed::Unset(UN(64))),
    ("SubmitTime", Fixed::Unset(IN)),
    ("CreateIndex", Fixed::Unset(UN(64))),
    ("ModifyIndex", Fixed::Unset(UN(64))),
    ("JobModifyIndex", Fixed::Unset(UN(64))),
    ("VersionTag", Fixed::Object(&VERSION_TAG)),
])
.finish(finish::job);

static VERSION_TAG: Schema = Schema::of(&[a("name", S), a("description", S), a("tagged_time", I)]);

const SPREADS: super::Child = many("spread", "Spreads", &SPREAD);

static SPREAD: Schema =
    Schema::of(&[a("attribute", S), a("weight", I8N)])
        .blocks(&[many("target", "SpreadTarget", &SPREAD_TARGET).label("Value")]);

static SPREAD_TARGET: Schema = Schema::of(&[a("percent", U(8))]);

static UPDATE: Schema = Schema::of(&[
    a("stagger", DN),
    a("max_parallel", IN),
    a("health_check", SN),
    a("min_healthy_time", DN),
    a("healthy_deadline", DN),
    a("progress_deadline", DN),
    a("canary", IN),
    a("auto_revert", BN),
    a("auto_promote", BN),
]);

static MIGRATE: Schema =
    Schema::of(&[a("max_parallel", IN), a("health_check", SN), a("min_healthy_time", DN), a("healthy_deadline", DN)]);

static RESCHEDULE: Schema = Schema::of(&[
    a("attempts", IN),
    a("interval", DN),
    a("delay", DN),
    a("delay_function", SN),
    a("max_delay", DN),
    a("unlimited", BN),
]);

static PERIODIC: Schema = Schema::of(&[
    a("enabled", BN),
    named("cron", "Spec", SN),
    named("crons", "Specs", L),
    a("prohibit_overlap", BN),
    a("time_zone", SN),
])
.fixed(&[("SpecType", Fixed::Unset(SN))])
.finish(finish::periodic);

static PARAMETERIZED: Schema = Schema::of(&[a("payload", S), a("meta_required", L), a("meta_optional", L)]);

static MULTIREGION: Schema =
    Schema::EMPTY.blocks(&[one("strategy", &STRATEGY), many("region", "Regions", &REGION).label("Name")]);

static STRATEGY: Schema = Schema::of(&[a("max_parallel", IN), a("on_failure", SN)]);

static REGION: Schema = Schema::of(&[a("count", IN), a("datacenters", L), a("node_pool", S)]).blocks(&[block(
    "meta",
    Content::Texts,
    Count::One,
)]);

static UI: Schema = Schema::of(&[a("description", S)]).blocks(&[many("link", "Links", &LINK)]);

static LINK: Schema = Schema::of(&[a("label", S), named("url", "URL", S)]);

/// `group "Name"`
static GROUP: Schema = Schema::of(&[
    a("count", IN),
    a("shutdown_delay", DN),
    a("max_run_duration", DN),
    a("stop_after_client_disconnect", DN),
    a("max_client_disconnect", DN),
    a("prevent_reschedule_on_lost", BN),
])
.blocks(&[
    CONSTRAINT,
    AFFINITY,
    SPREADS,
    many("task", "Tasks", &TASK).label("Name"),
    block("volume", Content::Body(&VOLUME), Count::ByLabel).label("Name").member_named("Volumes"),
    one("restart", &RESTART).member_named("RestartPolicy"),
    one("disconnect", &DISCONNECT),
    one("reschedule", &RESCHEDULE).member_named("ReschedulePolicy"),
    one("ephemeral_disk", &EPHEMERAL_DISK),
    one("update", &UPDATE),
    one("migrate", &MIGRATE),
    many("network", "Networks", &NETWORK),
    block("meta", Content::TextsOrArgument, Count::One),
    many("service", "Services", &SERVICE),
    one("scaling", &GROUP_SCALING),
    one("consul", &CONSUL),
    one("vault", &VAULT).count(Count::LastUnchecked).no_member(),
    many("secret", "", &SECRET).count(Count::ManyUnchecked).label("Name").no_member(),
])
.finish(finish::group);

/// What a group holds; the group of a bare task has all of it, unset.
pub(crate) fn group() -> &'static Schema {
    &GROUP
}

static DISCONNECT: Schema =
    Schema::of(&[a("lost_after", DN), a("stop_on_client_after", DN), a("replace", BN), a("reconcile", SN)]);

static EPHEMERAL_DISK: Schema = Schema::of(&[a("sticky", BN), a("migrate", BN), named("size", "SizeMB", IN)]);

static VOLUME: Schema = Schema::of(&[
    a("type", S),
    a("source", S),
    a("read_only", B),
    a("sticky", B),
    a("access_mode", S),
    a("attachment_mode", S),
    a("per_alloc", B),
])
.blocks(&[one("mount_options", &MOUNT_OPTIONS)]);

static MOUNT_OPTIONS: Schema = Schema::of(&[named("fs_type", "FSType", S), a("mount_flags", L)]);

const SCALING_ATTRIBUTES: &[super::Attribute] = &[a("min", IN), a("max", IN), a("enabled", BN), a("type", S)];

const SCALING_BLOCKS: &[super::Child] = &[block("policy", Content::Free, Count::One)];

const SCALING_FIXED: &[(&str, Fixed)] = &[
    ("ID", Fixed::Unset(S)),
    ("Namespace", Fixed::Unset(S)),
    ("Target", Fixed::Unset(super::Kind::M)),
    ("CreateIndex", Fixed::Unset(U(64))),
    ("ModifyIndex", Fixed::Unset(U(64))),
];

static GROUP_SCALING: Schema =
    Schema::of(SCALING_ATTRIBUTES).blocks(SCALING_BLOCKS).fixed(SCALING_FIXED).finish(finish::group_scaling);

pub(super) static TASK_SCALING: Schema = Schema::of(SCALING_ATTRIBUTES).blocks(SCALING_BLOCKS).fixed(SCALING_FIXED);

const NETWORK_ATTRIBUTES: &[super::Attribute] = &[
    a("mode", S),
    a("device", S),
    named("cidr", "CIDR", S),
    named("ip", "IP", S),
    a("hostname", S),
    named("mbits", "MBits", IN),
];

const NETWORK_BLOCKS: &[super::Child] = &[
    one("dns", &DNS).member_named("DNS"),
    many("port", "DynamicPorts", &PORT).label("Label"),
    many("reserved_ports", "ReservedPorts", &PORT).label("Label"),
    one("cni", &CNI).member_named("CNI"),
];

/// `network`, its ports told apart (SPEC-88).
pub(super) static NETWORK: Schema = Schema::of(NETWORK_ATTRIBUTES).blocks(NETWORK_BLOCKS).finish(finish::network);

/// `network` of a sidecar's task, its ports left as they are (SPEC-88).
pub(super) static SIDECAR_NETWORK: Schema = Schema::of(NETWORK_ATTRIBUTES).blocks(NETWORK_BLOCKS);

static DNS: Schema = Schema::of(&[a("servers", L), a("searches", L), a("options", L)]);

static CNI: Schema = Schema::of(&[a("args", super::Kind::M)]);

static PORT: Schema =
    Schema::of(&[named("static", "Value", I), a("to", I), a("host_network", S), a("ignore_collision", B)]);

/// `check_restart`, of services and of checks.
pub(super) static CHECK_RESTART: Schema = Schema::of(&[a("limit", I), a("grace", DN), a("ignore_warnings", B)]);

/// `identity`, of tasks and of services.
pub(super) static IDENTITY: Schema = Schema::of(&[
    a("name", S),
    named("aud", "Audience", L),
    a("change_mode", S),
    a("change_signal", S),
    a("env", B),
    a("file", B),
    a("filepath", S),
    a("service_name", S),
    named("ttl", "TTL", D),
    a("extra_claims", L),
]);
