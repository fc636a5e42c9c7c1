//! The worlds of `formats/placement.md` §1: sparse nodes, jobs and allocations, as the recordings completed them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{
    Allocation, ClientStatus, Cluster, DesiredStatus, Job, JobType, Namespace, Node, NodeId, Request, TaskGroup,
    document, from_json,
};
use longshore_placement::score::Census;
use longshore_placement::volumes::{CsiVolume, HostVolume, StickyClaim, Volumes};
use longshore_placement::{Examined, Examiner, Manner, Settings, Tentative, Visit};
use serde_json::{Map, Value, json};

fn decoded<T: serde::de::DeserializeOwned>(what: &str, value: &Value) -> Result<T, String> {
    from_json(&value.to_string()).map_err(|why| format!("{what} was not understood: {why}"))
}

/// A node: one without a status is ready, one without a pool in the default one.
pub(super) fn node(value: &Value) -> Result<Node, String> {
    let mut members = value.as_object().ok_or_else(|| format!("a node is an object, not {value}"))?.clone();
    for (member, default) in [("Status", "ready"), ("NodePool", "default")] {
        if is_absent(value, member) {
            members.insert(member.to_owned(), default.into());
        }
    }
    without_null_drivers(&mut members);
    let mut node: Node = decoded("a node", &Value::Object(members))?;
    node.computed_class = longshore_constraint::class::computed_class(&node);
    Ok(node)
}

/// Whether a member is no text, or empty.
fn is_absent(value: &Value, member: &str) -> bool {
    value[member].as_str().is_none_or(str::is_empty)
}

/// A workaround: the model refuses null for an object in a map, so it cannot hold the null driver that FEAS-100 speaks
/// of. One that is not there is the nearest that it can hold, and the rule judges both alike.
fn without_null_drivers(node: &mut Map<String, Value>) {
    let drivers = node.get_mut("Drivers").and_then(Value::as_object_mut);
    for driver in drivers.into_iter().flat_map(Map::values_mut).filter(|driver| driver.is_null()) {
        *driver = json!({ "Detected": false, "Healthy": false });
    }
}

/// A job with its defaults filled in and completed, but neither admitted nor validated.
pub(super) fn job(value: &Value) -> Result<Job, String> {
    let mut document: document::Job = decoded("a job", value)?;
    document.fill_defaults();
    let mut job = document.into_submitted(&Request::default(), &Cluster::default());
    job.complete();
    if job.node_pool.is_empty() {
        job.node_pool = "default".into();
    }
    Ok(job)
}

/// Jobs by id; a null list has none.
pub(super) fn jobs(list: &Value) -> Result<BTreeMap<String, Arc<Job>>, String> {
    let values = list.as_array().into_iter().flatten();
    values.map(|value| job(value).map(|job| (job.id.to_string(), Arc::new(job)))).collect()
}

/// An allocation: on the node of its name, with the registered job of its id.
pub(super) fn alloc(
    value: &Value,
    nodes: &BTreeMap<String, NodeId>,
    jobs: &BTreeMap<String, Arc<Job>>,
) -> Result<Allocation, String> {
    let mut alloc: Allocation = decoded("an allocation", value)?;
    if is_absent(value, "Namespace") {
        alloc.namespace = "default".into();
    }
    if is_absent(value, "DesiredStatus") {
        alloc.desired_status = DesiredStatus::Run;
    }
    if is_absent(value, "ClientStatus") {
        alloc.client_status = ClientStatus::Running;
    }
    if let Some(id) = nodes.get(&alloc.node_name) {
        alloc.node_id = id.clone();
    }
    alloc.job = alloc.job.or_else(|| jobs.get(&*alloc.job_id).cloned());
    Ok(alloc)
}

/// A list of allocations; null is empty.
pub(super) fn allocs(
    list: &Value,
    nodes: &BTreeMap<String, NodeId>,
    jobs: &BTreeMap<String, Arc<Job>>,
) -> Result<Vec<Allocation>, String> {
    list.as_array().into_iter().flatten().map(|value| alloc(value, nodes, jobs)).collect()
}

/// A world (§1): what is stored, what is to be placed, how.
pub(super) struct World {
    /// The nodes, in the order of the input.
    pub(super) nodes: Vec<Node>,
    /// The job that is placed.
    pub(super) job: Arc<Job>,
    /// Its group.
    group: String,
    pub(super) stored: Vec<Arc<Allocation>>,
    host_volumes: Vec<HostVolume>,
    claims: Vec<StickyClaim>,
    csi_volumes: Vec<CsiVolume>,
    pub(super) jobs: Vec<Arc<Job>>,
    alloc_name: String,
    pub(super) plan: Tentative,
    penalty: BTreeSet<NodeId>,
    /// Whether this select displaces.
    preempt: bool,
    /// What the scheduler's configuration and the job's pool come to; all nodes are looked at.
    pub(super) settings: Settings,
}

impl World {
    /// Reads a world.
    pub(super) fn read(input: &Value) -> Result<World, String> {
        let listed = |member: &str| input[member].as_array().cloned().unwrap_or_default();
        let first = Some(&input["node"]).filter(|node| !node.is_null());
        let nodes: Vec<Node> = first.into_iter().chain(&listed("nodes")).map(node).collect::<Result<_, String>>()?;
        let mut jobs = jobs(&input["jobs"])?;
        let job = Arc::new(job(&input["job"])?);
        jobs.insert(job.id.to_string(), job.clone());
        let ids = nodes.iter().map(|node| (node.name.clone(), node.id.clone())).collect::<BTreeMap<_, _>>();
        let shared = |list: &Value| -> Result<Vec<Arc<Allocation>>, String> {
            Ok(allocs(list, &ids, &jobs)?.into_iter().map(Arc::new).collect())
        };
        let stored = shared(&input["allocs"])?;
        let named = |list: &Value| -> Vec<Arc<Allocation>> {
            let ids = list.as_array().into_iter().flatten().filter_map(Value::as_str);
            ids.filter_map(|id| stored.iter().find(|alloc| alloc.id == id.into()).cloned()).collect()
        };
        let plan = &input["plan"];
        let plan = Tentative {
            stops: named(&plan["stops"]),
            preemptions: named(&plan["preemptions"]),
            placements: shared(&plan["placements"])?,
        };
        let penalty = listed("penalty_nodes");
        let penalty = penalty.iter().filter_map(|name| ids.get(name.as_str()?).cloned()).collect();
        let first = job.task_groups.first().map(|group| &*group.name);
        let group = input["group"].as_str().or(first).ok_or("the job has no groups")?.to_owned();
        let settings = settings(input, &job);
        let preempt = match job.kind {
            JobType::System | JobType::SysBatch => settings.preempt,
            _ => input["preempt"].as_bool().unwrap_or(false),
        };
        let name = format!("{}.{group}[0]", job.id);
        Ok(World {
            nodes,
            group,
            stored,
            host_volumes: listed("host_volumes").iter().map(host_volume).collect(),
            claims: listed("claims").iter().map(claim).collect(),
            csi_volumes: listed("csi_volumes").iter().map(csi_volume).collect(),
            jobs: jobs.into_values().collect(),
            alloc_name: input["alloc_name"].as_str().map_or(name, str::to_owned),
            job,
            plan,
            penalty,
            preempt,
            settings,
        })
    }

    /// A node by id.
    pub(super) fn find(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == *id)
    }

    /// What is stored, with a plan.
    pub(super) fn census<'a>(
        &'a self,
        plan: &'a Tentative,
        node: &'a dyn Fn(&NodeId) -> Option<&'a Node>,
    ) -> Census<'a> {
        let volumes = Volumes {
            host: &self.host_volumes,
            claims: &self.claims,
            csi: &self.csi_volumes,
            jobs: &self.jobs,
            nodes: &self.nodes,
        };
        Census { stored: &self.stored, volumes, plan, node }
    }

    /// The group that is placed.
    fn group(&self) -> Result<&TaskGroup, String> {
        self.job.group(&self.group).ok_or_else(|| format!("the job has no group {:?}", self.group))
    }

    /// Examines a node by itself, in a fresh stack.
    pub(super) fn examine(&self, node: &Node) -> Result<Examined, String> {
        let find = |id: &NodeId| self.find(id);
        let Settings { spread, oversubscription, seed, .. } = self.settings;
        let manner = Manner {
            alloc_name: &self.alloc_name,
            spread,
            oversubscription,
            preempt: self.preempt,
            penalty: &self.penalty,
            seed,
        };
        let census = self.census(&self.plan, &find);
        Ok(Examiner::new(census, &self.job, self.group()?, manner).examine(node, &mut -1.0))
    }
}

/// The index of the state that a world is written to (§1): that of the last object.
pub(super) fn snapshot_index(world: &Value) -> usize {
    let count = |member: &str| world[member].as_array().map_or(0, Vec::len);
    let listed = [
        ("node_pools", 60),
        ("nodes", 100),
        ("host_volumes", 200),
        ("jobs", 300),
        ("csi_volumes", 450),
        ("claims", 700),
    ];
    let (job, allocs) = (400, if count("allocs") > 0 { 600 } else { 0 });
    let last = listed.into_iter().filter(|(member, _)| count(member) > 0);
    last.map(|(member, first)| first + count(member) - 1).fold(job.max(allocs), usize::max)
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn namespace(value: &Value) -> Namespace {
    value["Namespace"].as_str().filter(|name| !name.is_empty()).unwrap_or("default").into()
}

fn host_volume(value: &Value) -> HostVolume {
    let pair = |one: &Value| (text(one, "AccessMode"), text(one, "AttachmentMode"));
    HostVolume {
        id: text(value, "ID"),
        namespace: namespace(value),
        node: text(value, "NodeID").into(),
        ready: value["State"].as_str().is_none_or(|state| state == "ready"),
        capabilities: value["RequestedCapabilities"].as_array().into_iter().flatten().map(pair).collect(),
    }
}

fn claim(value: &Value) -> StickyClaim {
    StickyClaim {
        namespace: namespace(value),
        job: text(value, "JobID").into(),
        group: text(value, "TaskGroupName").into(),
        alloc: text(value, "AllocID").into(),
        volume: text(value, "VolumeID"),
    }
}

fn csi_volume(entry: &Value) -> CsiVolume {
    let value = &entry["volume"];
    let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let segments = |place: &Value| {
        let pairs = place["Segments"].as_object().into_iter().flatten();
        pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    };
    CsiVolume {
        id: text(value, "ID"),
        namespace: namespace(value),
        plugin: text(value, "PluginID"),
        access_mode: text(value, "AccessMode"),
        capabilities: listed(&value["RequestedCapabilities"]).iter().map(|one| text(one, "AccessMode")).collect(),
        exhausted: value["ResourceExhausted"].as_str().is_some_and(|time| !time.starts_with("0001")),
        topologies: listed(&value["Topologies"]).iter().map(segments).collect(),
        writers: listed(&entry["write_allocs"]).iter().filter_map(Value::as_str).map(Into::into).collect(),
    }
}

/// What the scheduler's configuration and the job's pool come to (PLACE-3 to PLACE-6).
fn settings(input: &Value, job: &Job) -> Settings {
    let config = &input["config"];
    let pools = input["node_pools"].as_array().into_iter().flatten();
    let pool = pools.filter(|pool| pool["Name"] == *job.node_pool).map(|pool| &pool["SchedulerConfiguration"]).next();
    let pool = pool.unwrap_or(&Value::Null);
    let algorithm = pool["SchedulerAlgorithm"].as_str().filter(|name| !name.is_empty());
    let spread = algorithm.or(config["SchedulerAlgorithm"].as_str()) == Some("spread");
    let more = pool["MemoryOversubscriptionEnabled"].as_bool();
    let oversubscription = more.or(config["MemoryOversubscriptionEnabled"].as_bool()).unwrap_or(false);
    // An absent record preempts for all; an absent member keeps what is stored at first: only system jobs.
    let none = input.get("config").is_some_and(Value::is_null);
    let (member, initial) = match job.kind {
        JobType::System => ("SystemSchedulerEnabled", true),
        JobType::SysBatch => ("SysBatchSchedulerEnabled", false),
        JobType::Batch => ("BatchSchedulerEnabled", false),
        _ => ("ServiceSchedulerEnabled", false),
    };
    let preempt = none || config["PreemptionConfig"][member].as_bool().unwrap_or(initial);
    let node_limit = config["NodeLimitForFeasibilityChecks"].as_i64().unwrap_or(0);
    let carry_over = true;
    Settings { visit: Visit::Every, carry_over, spread, oversubscription, preempt, node_limit, seed: 1 }
}
