//! Which keys each object has (SPEC-125). What they hold and become is in `schema`.

/// The keys of an object, and of the objects in it.
#[derive(Debug)]
pub(super) struct Keys {
    /// Names with spaces between them.
    pub(super) names: &'static str,
    pub(super) inner: &'static [(&'static str, &'static Keys)],
    /// Whether other keys are let pass.
    pub(super) open: bool,
}

impl Keys {
    /// Whether it has a key.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.split(' ').any(|known| known == name)
    }

    /// All keys.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(' ')
    }

    /// The keys of an object in it.
    pub(super) fn of(&self, name: &str) -> &'static Keys {
        static NONE: Keys = keys("");
        self.inner.iter().find(|(known, _)| *known == name).map_or(&NONE, |(_, keys)| keys)
    }
}

const fn keys(names: &'static str) -> Keys {
    Keys { names, inner: &[], open: false }
}

const fn nested(names: &'static str, inner: &'static [(&'static str, &'static Keys)]) -> Keys {
    Keys { names, inner, open: false }
}

pub(super) static CONSTRAINT: Keys =
    keys("attribute distinct_hosts distinct_property operator regexp set_contains value version semver");

pub(super) static AFFINITY: Keys =
    keys("attribute operator regexp set_contains set_contains_any set_contains_all value version semver weight");

pub(super) static JOB: Keys = nested(
    "all_at_once constraint affinity spread datacenters group id meta migrate name namespace parameterized periodic \
     priority region reschedule task type update vault vault_token consul_token multiregion",
    &[
        ("spread", &SPREAD),
        ("group", &GROUP),
        ("task", &TASK),
        ("migrate", &MIGRATE),
        ("parameterized", &PARAMETERIZED),
        ("periodic", &PERIODIC),
        ("reschedule", &RESCHEDULE),
        ("update", &UPDATE),
        ("vault", &VAULT),
        ("multiregion", &MULTIREGION),
    ],
);

static SPREAD: Keys = nested("attribute weight target", &[("target", &TARGET)]);
static TARGET: Keys = keys("percent value");
static MIGRATE: Keys = keys("max_parallel health_check min_healthy_time healthy_deadline");
static PARAMETERIZED: Keys = keys("payload meta_required meta_optional");
static PERIODIC: Keys = keys("enabled cron prohibit_overlap time_zone");
static RESCHEDULE: Keys = keys("attempts interval delay delay_function max_delay unlimited");
static UPDATE: Keys = keys(
    "stagger max_parallel health_check min_healthy_time healthy_deadline progress_deadline auto_revert auto_promote canary",
);
static VAULT: Keys = keys("namespace policies env change_mode change_signal");
static MULTIREGION: Keys = nested("strategy region", &[("strategy", &STRATEGY), ("region", &REGION)]);
static STRATEGY: Keys = keys("max_parallel on_failure");
static REGION: Keys = keys("count datacenters meta");

static GROUP: Keys = nested(
    "count constraint restart meta task ephemeral_disk update reschedule vault migrate consul affinity spread \
     shutdown_delay network service volume scaling stop_after_client_disconnect max_client_disconnect",
    &[
        ("restart", &RESTART),
        ("task", &TASK),
        ("ephemeral_disk", &EPHEMERAL_DISK),
        ("update", &UPDATE),
        ("reschedule", &RESCHEDULE),
        ("vault", &VAULT),
        ("migrate", &MIGRATE),
        ("consul", &CONSUL),
        ("spread", &SPREAD),
        ("network", &NETWORK),
        ("service", &SERVICE),
        ("volume", &VOLUME),
        ("scaling", &SCALING),
    ],
);

static RESTART: Keys = keys("attempts interval delay mode");
static EPHEMERAL_DISK: Keys = keys("sticky size migrate");
static CONSUL: Keys = keys("namespace");
static NETWORK: Keys = nested("mbits port mode dns hostname", &[("port", &PORT), ("dns", &DNS)]);
static PORT: Keys = keys("static to host_network");
static DNS: Keys = keys("servers searches options");
static VOLUME: Keys = Keys {
    names: "type source read_only access_mode attachment_mode per_alloc mount_options",
    inner: &[("mount_options", &MOUNT_OPTIONS)],
    open: true,
};
static MOUNT_OPTIONS: Keys = Keys { names: "fs_type mount_flags", inner: &[], open: true };
static SCALING: Keys = keys("min max policy enabled type");

static TASK: Keys = nested(
    "driver user config env resources meta logs kill_timeout shutdown_delay kill_signal artifact constraint \
     dispatch_payload leader service template vault scaling affinity lifecycle restart kind volume_mount csi_plugin",
    &[
        ("resources", &RESOURCES),
        ("logs", &LOGS),
        ("artifact", &ARTIFACT),
        ("dispatch_payload", &DISPATCH_PAYLOAD),
        ("service", &SERVICE),
        ("template", &TEMPLATE),
        ("vault", &VAULT),
        ("scaling", &SCALING),
        ("lifecycle", &LIFECYCLE),
        ("restart", &RESTART),
        ("volume_mount", &VOLUME_MOUNT),
        ("csi_plugin", &CSI_PLUGIN),
    ],
);

static RESOURCES: Keys =
    nested("cpu iops disk memory memory_max network device cores", &[("network", &NETWORK), ("device", &DEVICE)]);
static DEVICE: Keys = keys("name count affinity constraint");
static LOGS: Keys = keys("max_files max_file_size");
static ARTIFACT: Keys = keys("source options headers mode destination");
static DISPATCH_PAYLOAD: Keys = keys("file");
static TEMPLATE: Keys = nested(
    "change_mode change_signal data destination left_delimiter right_delimiter perms source splay env vault_grace \
     change_script uid gid wait error_on_missing_key",
    &[("change_script", &CHANGE_SCRIPT)],
);
static CHANGE_SCRIPT: Keys = keys("command args timeout fail_on_error");
static LIFECYCLE: Keys = keys("hook sidecar");
static VOLUME_MOUNT: Keys = keys("volume read_only destination propagation_mode");
static CSI_PLUGIN: Keys =
    Keys { names: "id type mount_dir stage_publish_base_dir health_timeout", inner: &[], open: true };

static SERVICE: Keys = nested(
    "name tags canary_tags port check address_mode check_restart enable_tag_override connect task meta canary_meta \
     tagged_addresses on_update provider",
    &[("check", &CHECK), ("check_restart", &CHECK_RESTART), ("connect", &CONNECT)],
);
static CHECK: Keys = nested(
    "name type interval timeout path protocol port command args initial_status tls_skip_verify header method \
     check_restart address_mode grpc_service grpc_use_tls expose task success_before_passing failures_before_critical \
     on_update body",
    &[("check_restart", &CHECK_RESTART)],
);
static CHECK_RESTART: Keys = keys("limit grace ignore_warnings");
static CONNECT: Keys = nested(
    "native gateway sidecar_service sidecar_task",
    &[("gateway", &GATEWAY), ("sidecar_service", &SIDECAR_SERVICE), ("sidecar_task", &SIDECAR_TASK)],
);
static SIDECAR_SERVICE: Keys = nested("port proxy tags disable_default_tcp_check", &[("proxy", &PROXY)]);
static PROXY: Keys = nested(
    "local_service_address local_service_port upstreams expose config",
    &[("upstreams", &UPSTREAMS), ("expose", &EXPOSE)],
);
static UPSTREAMS: Keys = nested(
    "destination_name local_bind_port local_bind_address datacenter mesh_gateway",
    &[("mesh_gateway", &MESH_GATEWAY)],
);
static MESH_GATEWAY: Keys = keys("mode");
static EXPOSE: Keys = nested("path", &[("path", &EXPOSE_PATH)]);
static EXPOSE_PATH: Keys = keys("path protocol local_path_port listener_port");
static SIDECAR_TASK: Keys = nested(
    "name driver user config env resources meta logs kill_timeout shutdown_delay kill_signal scaling",
    &[("resources", &RESOURCES), ("logs", &LOGS)],
);
static GATEWAY: Keys = nested(
    "proxy ingress terminating mesh",
    &[("proxy", &GATEWAY_PROXY), ("ingress", &INGRESS), ("terminating", &TERMINATING)],
);
static GATEWAY_PROXY: Keys = nested(
    "connect_timeout envoy_gateway_bind_tagged_addresses envoy_gateway_bind_addresses envoy_gateway_no_default_bind \
     envoy_dns_discovery_type config",
    &[("envoy_gateway_bind_addresses", &BIND_ADDRESS)],
);
static BIND_ADDRESS: Keys = keys("address port");
static INGRESS: Keys = nested("tls listener", &[("tls", &TLS), ("listener", &LISTENER)]);
static TLS: Keys = keys("enabled tls_min_version tls_max_version cipher_suites");
static LISTENER: Keys = nested("port protocol service", &[("service", &INGRESS_SERVICE)]);
static INGRESS_SERVICE: Keys = keys("name hosts");
static TERMINATING: Keys = nested("service", &[("service", &LINKED_SERVICE)]);
static LINKED_SERVICE: Keys = keys("name ca_file cert_file key_file sni");
