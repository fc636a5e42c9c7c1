//! Services: what groups and tasks offer to others, and how it is checked.

use serde_json::Value;

use crate::Duration;
use crate::opaque::WorkloadIdentity;
use crate::{List, Map};

record! {
    /// A service that a group or a task offers (MODEL-32).
    ///
    /// ```
    /// use longshore_model::{Service, from_json};
    /// let service: Service = from_json(r#"{"Name": "web", "PortLabel": "http", "Provider": "nomad"}"#)?;
    /// assert_eq!((service.address_mode.as_str(), service.on_update.as_str()), ("auto", "require_healthy"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Service {
        /// Its name in the catalogue; `""` is filled in from job, group and task.
        "Name" name: String,
        /// The task it belongs to; `""` for the whole group.
        "TaskName" task_name: String,
        /// The label or the number of its port.
        "PortLabel" port_label: String,
        /// Which address is announced: `auto`, `host`, `driver` or `alloc`.
        "AddressMode" address_mode: String = "auto".into(),
        /// A fixed address to announce; only with the mode `auto`.
        "Address" address: String,
        /// Whether others may change its tags in the catalogue.
        "EnableTagOverride" enable_tag_override: bool,
        /// Labels in the catalogue.
        "Tags" tags: List<String>,
        /// Labels of canaries, in place of the others.
        "CanaryTags" canary_tags: List<String>,
        /// How its health is found out.
        "Checks" checks: List<ServiceCheck>,
        /// Mesh settings, kept as they are; null for none.
        "Connect" connect: Value,
        /// Facts in the catalogue.
        "Meta" meta: Map<String>,
        /// Facts of canaries, in place of the others.
        "CanaryMeta" canary_meta: Map<String>,
        /// More addresses, by what they are for.
        "TaggedAddresses" tagged_addresses: Map<String>,
        /// Its share of requests; null leaves it to the catalogue.
        "Weights" weights: Option<ServiceWeights>,
        /// The namespace it is announced in; derived, not taken from documents (MODEL-76, MODEL-85).
        "Namespace" namespace: String,
        /// When an update may go on: `require_healthy`, `ignore` or `ignore_warnings`.
        "OnUpdate" on_update: String = "require_healthy".into(),
        /// The catalogue: `consul` or `nomad`.
        "Provider" provider: String = "consul".into(),
        /// Which cluster of the catalogue.
        "Cluster" cluster: String = "default".into(),
        /// What it identifies itself with to the catalogue.
        "Identity" identity: Option<WorkloadIdentity>,
        /// Its kind in the catalogue.
        "Kind" kind: String,
    }
}

record! {
    /// A service's share of requests (MODEL-32); canonicalization lifts both to 1 at least (MODEL-73).
    ///
    /// ```
    /// use longshore_model::{ServiceWeights, from_json};
    /// let weights: ServiceWeights = from_json(r#"{"Passing": 10, "Warning": 1}"#)?;
    /// assert!(weights.passing > weights.warning);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ServiceWeights {
        /// While healthy.
        "Passing" passing: i64,
        /// While its checks warn.
        "Warning" warning: i64,
    }
}

record! {
    /// How a service's health is found out (MODEL-33).
    ///
    /// ```
    /// use longshore_model::{Duration, ServiceCheck, from_json};
    /// let check: ServiceCheck = from_json(r#"{"Type": "http", "Path": "/health", "Interval": 10000000000}"#)?;
    /// assert_eq!((check.kind.as_str(), check.interval), ("http", Duration::from_secs(10)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ServiceCheck {
        /// Its name; `""` is filled in from the service.
        "Name" name: String,
        /// What is tried: `http`, `tcp`, `grpc` or `script`.
        "Type" kind: String,
        /// The program of a script check.
        "Command" command: String,
        /// The path of an HTTP check.
        "Path" path: String,
        /// `http` or `https`.
        "Protocol" protocol: String,
        /// The label or the number of the port; `""` for the service's.
        "PortLabel" port_label: String,
        /// Which address is tried.
        "AddressMode" address_mode: String,
        /// The health before the first result.
        "InitialStatus" initial_status: String,
        /// For people; at most 255 bytes.
        "Notes" notes: String,
        /// The server name asked for over TLS.
        "TLSServerName" tls_server_name: String,
        /// The HTTP method.
        "Method" method: String,
        /// The HTTP body.
        "Body" body: String,
        /// The service asked for over gRPC.
        "GRPCService" grpc_service: String,
        /// The task that a script check runs in.
        "TaskName" task_name: String,
        /// When an update may go on; `""` for the service's.
        "OnUpdate" on_update: String,
        /// Arguments of a script check.
        "Args" args: List<String>,
        /// Whether the mesh lets the check through.
        "Expose" expose: bool,
        /// Whether certificates go unchecked.
        "TLSSkipVerify" tls_skip_verify: bool,
        /// Whether gRPC goes over TLS.
        "GRPCUseTLS" grpc_use_tls: bool,
        /// Time between two tries, ns.
        "Interval" interval: Duration,
        /// How long a try may take, ns.
        "Timeout" timeout: Duration,
        /// HTTP headers, each with its values.
        "Header" header: Map<List<String>>,
        /// When failures restart the task.
        "CheckRestart" check_restart: Option<CheckRestart>,
        /// Successes in a row that make it healthy.
        "SuccessBeforePassing" success_before_passing: i64,
        /// Failures in a row that make it unhealthy.
        "FailuresBeforeCritical" failures_before_critical: i64,
        /// Failures in a row that make it warn.
        "FailuresBeforeWarning" failures_before_warning: i64,
    }
}

record! {
    /// When failing checks restart a task (MODEL-33).
    ///
    /// ```
    /// use longshore_model::{CheckRestart, Duration, from_json};
    /// let restart: CheckRestart = from_json(r#"{"Limit": 3}"#)?;
    /// assert_eq!((restart.limit, restart.grace), (3, Duration::from_secs(1)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct CheckRestart {
        /// Failures in a row; 0 for never.
        "Limit" limit: i64,
        /// Time after a start in which failures do not count, ns.
        "Grace" grace: Duration = Duration::from_secs(1),
        /// Whether a warning is no failure.
        "IgnoreWarnings" ignore_warnings: bool,
    }
}
