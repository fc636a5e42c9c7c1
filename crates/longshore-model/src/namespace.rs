//! Namespaces and node pools, and what is kept beside jobs: registered services and submitted sources.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::{AllocId, Duration, JobId, Namespace, NodeId};
use crate::{List, Map};

record! {
    /// A namespace (MODEL-52): keeps jobs of one name apart.
    ///
    /// ```
    /// use longshore_model::{NamespaceInfo, from_json};
    /// let lab: NamespaceInfo = from_json(
    ///     r#"{"Name": "lab", "Capabilities": {"DisabledTaskDrivers": ["raw_exec"]}}"#,
    /// )?;
    /// assert!(lab.name == "lab" && lab.capabilities.is_some_and(|can| can.disabled_task_drivers.len() == 1));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NamespaceInfo {
        /// Letters, digits and dashes, 1 to 128 of them.
        "Name" name: Namespace,
        /// For people; at most 256 bytes.
        "Description" description: String,
        /// Preserved.
        "Quota" quota: String,
        /// What its jobs may use; null for everything.
        "Capabilities" capabilities: Option<NamespaceCapabilities>,
        /// Which node pools its jobs may use; refused unless null.
        "NodePoolConfiguration" node_pool_configuration: Option<PoolConfiguration>,
        /// Which secrets clusters its jobs may use; refused unless null.
        "VaultConfiguration" vault_configuration: Option<PoolConfiguration>,
        /// Which catalogue clusters its jobs may use; refused unless null.
        "ConsulConfiguration" consul_configuration: Option<PoolConfiguration>,
        /// Facts for people.
        "Meta" meta: Map<String>,
        /// Changes with its content.
        "Hash" hash: Bytes,
        /// Index of its first write.
        "CreateIndex" create_index: u64,
        /// Index of its last write.
        "ModifyIndex" modify_index: u64,
        /// Claims that the identities of its tasks must carry.
        "RequiredExtraClaims" required_extra_claims: Map<String>,
        /// Claims that the identities of its tasks may carry.
        "OptionalExtraClaims" optional_extra_claims: Map<String>,
    }
}

record! {
    /// What jobs of a namespace may use (MODEL-52, MODEL-174).
    ///
    /// ```
    /// use longshore_model::{NamespaceCapabilities, from_json};
    /// let can: NamespaceCapabilities = from_json(r#"{"EnabledTaskDrivers": ["exec", "docker"]}"#)?;
    /// assert_eq!((can.enabled_task_drivers.len(), can.disabled_task_drivers.len()), (2, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NamespaceCapabilities {
        /// The only drivers allowed; none listed for all.
        "EnabledTaskDrivers" enabled_task_drivers: List<String>,
        /// Drivers not allowed.
        "DisabledTaskDrivers" disabled_task_drivers: List<String>,
        /// The only network modes allowed; none listed for all.
        "EnabledNetworkModes" enabled_network_modes: List<String>,
        /// Network modes not allowed.
        "DisabledNetworkModes" disabled_network_modes: List<String>,
    }
}

record! {
    /// Which of several pools or clusters jobs of a namespace may use (MODEL-52).
    ///
    /// ```
    /// use longshore_model::{PoolConfiguration, from_json};
    /// let pools: PoolConfiguration = from_json(r#"{"Default": "gpu", "Allowed": ["gpu", "cpu"]}"#)?;
    /// assert!(pools.default == "gpu" && pools.denied.is_null());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct PoolConfiguration {
        /// The one taken when a job names none.
        "Default" default: String,
        /// The only ones allowed; null for all.
        "Allowed" allowed: List<String>,
        /// Those not allowed.
        "Denied" denied: List<String>,
    }
}

record! {
    /// A set of nodes that jobs choose by name (MODEL-53).
    ///
    /// ```
    /// use longshore_model::{NodePool, from_json};
    /// let gpu: NodePool = from_json(
    ///     r#"{"Name": "gpu", "SchedulerConfiguration": {"SchedulerAlgorithm": "spread"}}"#,
    /// )?;
    /// assert!(gpu.scheduler_configuration.is_some_and(|how| how.scheduler_algorithm == "spread"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodePool {
        /// Letters, digits, dashes and underscores, 1 to 128 of them.
        "Name" name: String,
        /// For people; at most 256 bytes.
        "Description" description: String,
        /// Facts for people.
        "Meta" meta: Map<String>,
        /// How its nodes are chosen from; refused unless null.
        "SchedulerConfiguration" scheduler_configuration: Option<NodePoolSchedulerConfiguration>,
        /// How long its nodes' identities last, ns.
        "NodeIdentityTTL" node_identity_ttl: IdentityTtl,
        /// Changes with its content.
        "Hash" hash: Bytes,
        /// Index of its first write.
        "CreateIndex" create_index: u64,
        /// Index of its last write.
        "ModifyIndex" modify_index: u64,
    }
}

record! {
    /// How nodes of a pool are chosen from (MODEL-53).
    ///
    /// ```
    /// use longshore_model::{NodePoolSchedulerConfiguration, from_json};
    /// let how: NodePoolSchedulerConfiguration = from_json(r#"{"SchedulerAlgorithm": "binpack"}"#)?;
    /// assert_eq!(how.memory_oversubscription_enabled, None); // the cluster's choice
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodePoolSchedulerConfiguration {
        /// `binpack` or `spread`; `""` for the cluster's.
        "SchedulerAlgorithm" scheduler_algorithm: String,
        /// Whether tasks may grow beyond their memory; null for the cluster's choice.
        "MemoryOversubscriptionEnabled" memory_oversubscription_enabled: Option<bool>,
    }
}

/// How long a node's identity lasts: the one duration that a document may also give as text (MODEL-4).
///
/// Absent, null and `""` are 24 hours; a fraction of a nanosecond is cut off. Written as an integer.
///
/// ```
/// use longshore_model::{Duration, NodePool};
/// let ttl = |text| serde_json::from_str(text).map(|pool: NodePool| pool.node_identity_ttl.0);
/// assert_eq!(ttl(r#"{"NodeIdentityTTL": "1h30m"}"#)?, Duration::from_mins(90));
/// assert_eq!(ttl(r#"{"NodeIdentityTTL": 1e9}"#)?, Duration::from_secs(1));
/// assert_eq!(ttl("{}")?, Duration::from_hours(24));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct IdentityTtl(pub Duration);

impl Default for IdentityTtl {
    fn default() -> IdentityTtl {
        IdentityTtl(Duration::from_hours(24))
    }
}

wire_scalar! { IdentityTtl => |v| v.0 == Duration::ZERO, default |v| *v == IdentityTtl::default(); }

impl<'de> Deserialize<'de> for IdentityTtl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<IdentityTtl, D::Error> {
        struct Ttl;
        impl Visitor<'_> for Ttl {
            type Value = IdentityTtl;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("nanoseconds or a duration such as \"12h\"")
            }
            fn visit_i64<E: de::Error>(self, nanos: i64) -> Result<IdentityTtl, E> {
                Ok(IdentityTtl(Duration(nanos)))
            }
            fn visit_u64<E: de::Error>(self, nanos: u64) -> Result<IdentityTtl, E> {
                i64::try_from(nanos)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(nanos), &self))
                    .and_then(|nanos| self.visit_i64(nanos))
            }
            fn visit_f64<E: de::Error>(self, nanos: f64) -> Result<IdentityTtl, E> {
                // The bounds are -2^63 and 2^63, exact as floats; NaN fails both comparisons.
                if nanos >= i64::MIN as f64 && nanos < i64::MAX as f64 {
                    self.visit_i64(nanos as i64)
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(nanos), &self))
                }
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<IdentityTtl, E> {
                if text.is_empty() {
                    return Ok(IdentityTtl::default());
                }
                parse_duration(text).map(IdentityTtl).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_any(Ttl)
    }
}

/// A sign, then decimal numbers each with its unit: `12h`, `1h30m`, `1.5s`, `-20ms`; a lone `0` needs no unit.
fn parse_duration(text: &str) -> Option<Duration> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut nanos = 0i128;
    loop {
        let number_len = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(number_len);
        let unit_len = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        nanos = nanos.checked_add(part(number, unit)?)?;
        if nanos > i128::from(i64::MAX) + i128::from(negative) {
            return None;
        }
        rest = tail;
        if rest.is_empty() {
            break;
        }
    }
    i64::try_from(if negative { -nanos } else { nanos }).ok().map(Duration)
}

/// Nanoseconds of a number without sign and its unit; what is smaller is cut off.
fn part(number: &str, unit: &str) -> Option<i128> {
    let unit: i128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && decimals.is_empty() || decimals.contains('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // As many decimals as fit an `i64`, then floats, as the reference has it: 0.9999999999999999999s is a second.
    let (mut count, mut scale) = (0i64, 1.0);
    for digit in decimals.bytes() {
        let Some(next) = count.checked_mul(10).and_then(|tens| tens.checked_add(i64::from(digit - b'0'))) else {
            break;
        };
        (count, scale) = (next, scale * 10.0);
    }
    Some(i128::from(whole) * unit + (count as f64 * (unit as f64 / scale)) as i128)
}

record! {
    /// A service as registered with the engine's own catalogue (MODEL-54).
    ///
    /// ```
    /// use longshore_model::{ServiceRegistration, from_json};
    /// let web: ServiceRegistration = from_json(
    ///     r#"{"ServiceName": "web", "Address": "10.0.0.7", "Port": 20080}"#,
    /// )?;
    /// assert_eq!(format!("{}:{}", web.address, web.port), "10.0.0.7:20080");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ServiceRegistration {
        /// Names the registration.
        "ID" id: String,
        /// The service.
        "ServiceName" service_name: String,
        /// Its namespace.
        "Namespace" namespace: Namespace,
        /// The node it runs on.
        "NodeID" node_id: NodeId,
        /// That node's datacenter.
        "Datacenter" datacenter: String,
        /// The job it belongs to.
        "JobID" job_id: JobId,
        /// The allocation it belongs to.
        "AllocID" alloc_id: AllocId,
        /// Its labels.
        "Tags" tags: List<String>,
        /// Where it is reached.
        "Address" address: String,
        /// Its port there.
        "Port" port: i64,
        /// Index of its first write.
        "CreateIndex" create_index: u64,
        /// Index of its last write.
        "ModifyIndex" modify_index: u64,
    }
}

record! {
    /// A job as its author wrote it (MODEL-55): kept beside one version of the job, never overwritten.
    ///
    /// ```
    /// use longshore_model::{JobSubmission, from_json};
    /// let source: JobSubmission = from_json(
    ///     r#"{"Source": "job \"web\" {}", "Format": "hcl2", "JobID": "web", "Version": 3}"#,
    /// )?;
    /// assert_eq!((source.source.as_str(), source.version), (r#"job "web" {}"#, 3));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobSubmission {
        /// The text.
        "Source" source: String,
        /// Its language: `hcl1`, `hcl2` or `json`.
        "Format" format: String,
        /// Variables given one by one.
        "VariableFlags" variable_flags: Map<String>,
        /// Variables given as a file.
        "Variables" variables: String,
        /// The job's namespace.
        "Namespace" namespace: Namespace,
        /// The job.
        "JobID" job_id: JobId,
        /// Which version of it.
        "Version" version: u64,
        /// The index of that version.
        "JobModifyIndex" job_modify_index: u64,
    }
}
