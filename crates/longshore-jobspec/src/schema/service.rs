//! `service` and what stands in it: read, kept, written again (SPEC-96).

use super::Kind::{B, D, DN, I, L, LU, S, U, UN};
use super::job::{CHECK_RESTART, IDENTITY};
use super::task::{LOGS, SIDECAR_RESOURCES, VOLUME_MOUNT};
use super::{CONFIG, Content, Count, Fixed, Schema, a, block, many, named, one};

pub(super) static SERVICE: Schema = Schema::of(&[
    a("name", S),
    a("tags", L),
    a("canary_tags", L),
    a("enable_tag_override", B),
    named("port", "PortLabel", S),
    a("address_mode", S),
    a("address", S),
    named("task", "TaskName", S),
    a("on_update", S),
    a("provider", S),
    a("cluster", S),
    a("kind", S),
])
.blocks(&[
    many("check", "Checks", &CHECK),
    one("check_restart", &CHECK_RESTART),
    one("connect", &CONNECT),
    block("meta", Content::Texts, Count::One),
    block("canary_meta", Content::Texts, Count::One),
    block("tagged_addresses", Content::Texts, Count::One),
    one("identity", &IDENTITY),
    one("weights", &WEIGHTS),
]);

static WEIGHTS: Schema = Schema::of(&[a("passing", I), a("warning", I)]);

static CHECK: Schema = Schema::of(&[
    a("name", S),
    a("type", S),
    a("command", S),
    a("path", S),
    a("protocol", S),
    a("method", S),
    a("body", S),
    a("notes", S),
    a("advertise", S),
    a("address_mode", S),
    a("initial_status", S),
    a("on_update", S),
    a("args", L),
    named("port", "PortLabel", S),
    named("task", "TaskName", S),
    a("expose", B),
    a("interval", D),
    a("timeout", D),
    named("tls_server_name", "TLSServerName", S),
    named("tls_skip_verify", "TLSSkipVerify", B),
    named("grpc_service", "GRPCService", S),
    named("grpc_use_tls", "GRPCUseTLS", B),
    a("success_before_passing", I),
    a("failures_before_critical", I),
    a("failures_before_warning", I),
])
.blocks(&[block("header", Content::TextLists, Count::One), one("check_restart", &CHECK_RESTART)]);

static CONNECT: Schema = Schema::of(&[a("native", B)]).blocks(&[
    one("sidecar_service", &SIDECAR_SERVICE),
    one("sidecar_task", &SIDECAR_TASK),
    one("gateway", &GATEWAY),
]);

static SIDECAR_SERVICE: Schema =
    Schema::of(&[a("tags", L), a("port", S), named("disable_default_tcp_check", "DisableDefaultTCPCheck", B)])
        .blocks(&[one("proxy", &PROXY), block("meta", Content::Texts, Count::One)]);

static PROXY: Schema = Schema::of(&[a("local_service_address", S), a("local_service_port", I)])
    .blocks(&[
        one("expose", &EXPOSE),
        many("upstreams", "Upstreams", &UPSTREAM),
        one("transparent_proxy", &TRANSPARENT_PROXY),
        CONFIG,
    ])
    .fixed(&[("ExposeConfig", Fixed::Object(&EXPOSE))]);

static EXPOSE: Schema =
    Schema::EMPTY.blocks(&[many("path", "Paths", &EXPOSE_PATH)]).fixed(&[("Path", Fixed::Objects(&EXPOSE_PATH))]);

static EXPOSE_PATH: Schema =
    Schema::of(&[a("path", S), a("protocol", S), a("local_path_port", I), a("listener_port", S)]);

static UPSTREAM: Schema = Schema::of(&[
    a("destination_name", S),
    a("destination_namespace", S),
    a("destination_peer", S),
    a("destination_partition", S),
    a("destination_type", S),
    a("local_bind_port", I),
    a("datacenter", S),
    a("local_bind_address", S),
    a("local_bind_socket_path", S),
    a("local_bind_socket_mode", S),
])
.blocks(&[one("mesh_gateway", &MESH_GATEWAY), CONFIG]);

static MESH_GATEWAY: Schema = Schema::of(&[a("mode", S)]);

static TRANSPARENT_PROXY: Schema = Schema::of(&[
    named("uid", "UID", S),
    a("outbound_port", U(16)),
    a("exclude_inbound_ports", L),
    a("exclude_outbound_ports", LU(16)),
    named("exclude_outbound_cidrs", "ExcludeOutboundCIDRs", L),
    named("exclude_uids", "ExcludeUIDs", L),
    named("no_dns", "NoDNS", B),
]);

static SIDECAR_TASK: Schema = Schema::of(&[
    a("name", S),
    a("driver", S),
    a("user", S),
    a("kill_timeout", DN),
    a("shutdown_delay", DN),
    a("kill_signal", S),
])
.blocks(&[
    CONFIG,
    block("env", Content::Texts, Count::One),
    block("meta", Content::Texts, Count::One),
    one("resources", &SIDECAR_RESOURCES),
    one("logs", &LOGS).member_named("LogConfig"),
    many("volume_mount", "VolumeMounts", &VOLUME_MOUNT),
    many("identity", "Identities", &IDENTITY),
]);

static GATEWAY: Schema = Schema::EMPTY.blocks(&[
    one("proxy", &GATEWAY_PROXY),
    one("ingress", &INGRESS),
    one("terminating", &TERMINATING),
    one("mesh", &MESH),
]);

static MESH: Schema = Schema::EMPTY;

static GATEWAY_PROXY: Schema = Schema::of(&[
    a("connect_timeout", DN),
    a("envoy_gateway_bind_tagged_addresses", B),
    a("envoy_gateway_no_default_bind", B),
    named("envoy_dns_discovery_type", "EnvoyDNSDiscoveryType", S),
])
.blocks(&[block("envoy_gateway_bind_addresses", Content::Body(&BIND_ADDRESS), Count::ByLabel).label("Name"), CONFIG]);

static BIND_ADDRESS: Schema = Schema::of(&[a("address", S), a("port", I)]);

static INGRESS: Schema =
    Schema::EMPTY.blocks(&[one("tls", &TLS).member_named("TLS"), many("listener", "Listeners", &LISTENER)]);

static TLS: Schema = Schema::of(&[
    a("enabled", B),
    named("tls_min_version", "TLSMinVersion", S),
    named("tls_max_version", "TLSMaxVersion", S),
    a("cipher_suites", L),
])
.blocks(&[one("sds", &SDS).member_named("SDS")]);

static SDS: Schema = Schema::of(&[a("cluster_name", S), a("cert_resource", S)]);

static LISTENER: Schema =
    Schema::of(&[a("port", I), a("protocol", S)]).blocks(&[many("service", "Services", &INGRESS_SERVICE)]);

static INGRESS_SERVICE: Schema = Schema::of(&[
    a("name", S),
    a("hosts", L),
    a("max_connections", UN(32)),
    a("max_pending_requests", UN(32)),
    a("max_concurrent_requests", UN(32)),
])
.blocks(&[one("tls", &TLS).member_named("TLS"), one("request_headers", &HEADERS), one("response_headers", &HEADERS)]);

static HEADERS: Schema = Schema::of(&[a("remove", L)])
    .blocks(&[block("add", Content::Texts, Count::One), block("set", Content::Texts, Count::One)]);

static TERMINATING: Schema = Schema::EMPTY.blocks(&[many("service", "Services", &LINKED_SERVICE)]);

static LINKED_SERVICE: Schema = Schema::of(&[
    a("name", S),
    named("ca_file", "CAFile", S),
    a("cert_file", S),
    a("key_file", S),
    named("sni", "SNI", S),
]);
