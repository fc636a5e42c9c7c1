//! Services and access to their catalogue.

use serde_json::Value;

use crate::{Duration, List, Map, ServiceWeights, WorkloadIdentity};

document! {
    /// A service that a group or a task offers; see [`crate::Service`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let service: document::Service = from_json(r#"{"PortLabel": "http"}"#)?;
    /// assert!(service.name.is_empty() && service.provider.is_empty());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Service => crate::Service {
        /// Its name in the catalogue; `""` is filled in from job, group and task.
        "Name" name: String,
        /// The task it belongs to; `""` for the whole group.
        "TaskName" task_name: String,
        /// The label or the number of its port.
        "PortLabel" port_label: String,
        /// Which address is announced; `""` reads as `auto`.
        "AddressMode" address_mode: String,
        /// A fixed address to announce.
        "Address" address: String,
        /// Whether others may change its tags in the catalogue.
        "EnableTagOverride" enable_tag_override: bool,
        /// Labels in the catalogue.
        "Tags" tags: List<String>,
        /// Labels of canaries, in place of the others.
        "CanaryTags" canary_tags: List<String>,
        /// How its health is found out.
        "Checks" checks: List<ServiceCheck>,
        /// Mesh settings, kept as they are.
        "Connect" connect: Value,
        /// Facts in the catalogue.
        "Meta" meta: Map<String>,
        /// Facts of canaries, in place of the others.
        "CanaryMeta" canary_meta: Map<String>,
        /// More addresses, by what they are for.
        "TaggedAddresses" tagged_addresses: Map<String>,
        /// Its share of requests.
        "Weights" weights: Option<ServiceWeights>,
        /// Not taken (MODEL-76).
        "Namespace" namespace: Option<String>,
        /// When an update may go on; `""` reads as `require_healthy`.
        "OnUpdate" on_update: String,
        /// The catalogue; `""` reads as `consul`.
        "Provider" provider: String,
        /// Which cluster of the catalogue; `""` reads as `default`.
        "Cluster" cluster: String,
        /// What it identifies itself with to the catalogue.
        "Identity" identity: Option<WorkloadIdentity>,
        /// Its kind in the catalogue.
        "Kind" kind: String,
    } ignoring {
        /// When failing checks restart a task, where they do not say so themselves (MODEL-73).
        "CheckRestart" check_restart: Option<CheckRestart>,
    }
}

document! {
    /// How a service's health is found out; see [`crate::ServiceCheck`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let check: document::ServiceCheck = from_json(r#"{"Type": "tcp", "CheckRestart": {"Limit": 3}}"#)?;
    /// assert!(check.check_restart.is_some_and(|restart| restart.grace.is_none()));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ServiceCheck => crate::ServiceCheck {
        /// Its name; `""` is filled in from the service.
        "Name" name: String,
        /// What is tried.
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
        /// For people.
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
        /// When failures restart the task; what is absent, the service says.
        "CheckRestart" check_restart: Option<CheckRestart>,
        /// Successes in a row that make it healthy.
        "SuccessBeforePassing" success_before_passing: i64,
        /// Failures in a row that make it unhealthy.
        "FailuresBeforeCritical" failures_before_critical: i64,
        /// Failures in a row that make it warn.
        "FailuresBeforeWarning" failures_before_warning: i64,
    } ignoring {
        /// Obsolete; not kept (MODEL-76).
        "Advertise" advertise: String,
    }
}

document! {
    /// When failing checks restart a task; see [`crate::CheckRestart`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let restart: document::CheckRestart = from_json(r#"{"Limit": 3}"#)?;
    /// assert_eq!((restart.limit, restart.grace), (3, None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct CheckRestart => crate::CheckRestart {
        /// Failures in a row; 0 for never.
        "Limit" limit: i64,
        /// Time after a start in which failures do not count, ns; absent, one second.
        "Grace" grace: Option<Duration>,
        /// Whether a warning is no failure.
        "IgnoreWarnings" ignore_warnings: bool,
    }
}

document! {
    /// Access to the service catalogue; see [`crate::Consul`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let consul: document::Consul = from_json(r#"{"Partition": "eu"}"#)?;
    /// assert!(consul.cluster.is_empty() && consul.partition == "eu");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Consul => crate::Consul {
        /// Its namespace there; `""` reads as the job's.
        "Namespace" namespace: String,
        /// Which cluster; `""` reads as `default`.
        "Cluster" cluster: String,
        /// Its partition there.
        "Partition" partition: String,
    }
}
