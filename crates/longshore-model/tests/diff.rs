//! Diffs (MODEL-222 to MODEL-243): what must hold of any two jobs. Recorded cases show the rest.

#[macro_use]
mod filler;

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::diff::{Detail, DiffType, FieldDiff, JobDiff, ObjectDiff};
use longshore_model::wire::Form;
use longshore_model::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::Value;

const DETAILS: [Detail; 2] = [Detail::Changes, Detail::Contextual];

/// Objects of a job's specification: where they stand, and their members.
const PLACES: &[(&str, &[&str])] = &[
    ("", Job::MEMBERS),
    ("Constraints[]", Constraint::MEMBERS),
    ("Affinities[]", Affinity::MEMBERS),
    ("Spreads[]", Spread::MEMBERS),
    ("Spreads[].SpreadTarget[]", SpreadTarget::MEMBERS),
    ("Update", UpdateStrategy::MEMBERS),
    ("Multiregion", Multiregion::MEMBERS),
    ("Multiregion.Strategy", MultiregionStrategy::MEMBERS),
    ("Multiregion.Regions[]", MultiregionRegion::MEMBERS),
    ("Periodic", PeriodicConfig::MEMBERS),
    ("ParameterizedJob", ParameterizedJob::MEMBERS),
    ("UI", JobUi::MEMBERS),
    ("UI.Links[]", JobUiLink::MEMBERS),
    ("VersionTag", VersionTag::MEMBERS),
    ("G", TaskGroup::MEMBERS),
    ("G.Constraints[]", Constraint::MEMBERS),
    ("G.Affinities[]", Affinity::MEMBERS),
    ("G.Spreads[]", Spread::MEMBERS),
    ("G.Update", UpdateStrategy::MEMBERS),
    ("G.Migrate", MigrateStrategy::MEMBERS),
    ("G.Scaling", ScalingPolicy::MEMBERS),
    ("G.RestartPolicy", RestartPolicy::MEMBERS),
    ("G.Disconnect", DisconnectStrategy::MEMBERS),
    ("G.EphemeralDisk", EphemeralDisk::MEMBERS),
    ("G.ReschedulePolicy", ReschedulePolicy::MEMBERS),
    ("G.Networks[]", NetworkResource::MEMBERS),
    ("G.Networks[].DNS", DnsConfig::MEMBERS),
    ("G.Networks[].CNI", CniConfig::MEMBERS),
    ("G.Networks[].ReservedPorts[]", Port::MEMBERS),
    ("G.Networks[].DynamicPorts[]", Port::MEMBERS),
    ("G.Consul", Consul::MEMBERS),
    ("G.Services[]", Service::MEMBERS),
    ("G.Services[].Weights", ServiceWeights::MEMBERS),
    ("G.Services[].Identity", WorkloadIdentity::MEMBERS),
    ("G.Services[].Checks[]", ServiceCheck::MEMBERS),
    ("G.Services[].Checks[].CheckRestart", CheckRestart::MEMBERS),
    ("G.Volumes{}", VolumeRequest::MEMBERS),
    ("G.Volumes{}.MountOptions", MountOptions::MEMBERS),
    ("T", Task::MEMBERS),
    ("T.Constraints[]", Constraint::MEMBERS),
    ("T.Affinities[]", Affinity::MEMBERS),
    ("T.Services[]", Service::MEMBERS),
    ("T.Vault", Vault::MEMBERS),
    ("T.Secrets[]", Secret::MEMBERS),
    ("T.Consul", Consul::MEMBERS),
    ("T.Templates[]", Template::MEMBERS),
    ("T.Templates[].ChangeScript", ChangeScript::MEMBERS),
    ("T.Templates[].Wait", WaitConfig::MEMBERS),
    ("T.Resources", Resources::MEMBERS),
    ("T.Resources.Networks[]", NetworkResource::MEMBERS),
    ("T.Resources.Devices[]", RequestedDevice::MEMBERS),
    ("T.Resources.Devices[].Constraints[]", Constraint::MEMBERS),
    ("T.Resources.Devices[].Affinities[]", Affinity::MEMBERS),
    ("T.Resources.NUMA", Numa::MEMBERS),
    ("T.RestartPolicy", RestartPolicy::MEMBERS),
    ("T.DispatchPayload", DispatchPayload::MEMBERS),
    ("T.Lifecycle", Lifecycle::MEMBERS),
    ("T.LogConfig", LogConfig::MEMBERS),
    ("T.Artifacts[]", TaskArtifact::MEMBERS),
    ("T.VolumeMounts[]", VolumeMount::MEMBERS),
    ("T.ScalingPolicies[]", ScalingPolicy::MEMBERS),
    ("T.CSIPluginConfig", CsiPluginConfig::MEMBERS),
    ("T.Identity", WorkloadIdentity::MEMBERS),
    ("T.Identities[]", WorkloadIdentity::MEMBERS),
    ("T.Actions[]", Action::MEMBERS),
    ("T.Schedule.Cron", ScheduleCron::MEMBERS),
];

/// What a diff leaves out, and the rule that says so. A group or a task that differs there is edited none the less.
const LEFT_OUT: &[(&str, &str)] = &[
    ("Status", "MODEL-232"),
    ("StatusDescription", "MODEL-232"),
    ("Stable", "MODEL-232"),
    ("Version", "MODEL-232"),
    ("SubmitTime", "MODEL-232"),
    ("CreateIndex", "MODEL-232"),
    ("ModifyIndex", "MODEL-232"),
    ("JobModifyIndex", "MODEL-232"),
    ("NomadTokenID", "MODEL-232"),
    ("Update", "MODEL-232"),
    ("Payload", "MODEL-233"),
    ("Spreads[]", "MODEL-233"),
    ("VersionTag", "MODEL-233"),
    ("Multiregion.Regions[].Datacenters[]", "MODEL-233: shown only beside another change of the region"),
    ("G.Spreads[]", "MODEL-234"),
    ("G.MaxRunDuration", "MODEL-234"),
    ("G.StopAfterClientDisconnect", "MODEL-234"),
    ("G.MaxClientDisconnect", "MODEL-234"),
    ("G.Update.Stagger", "MODEL-236"),
    ("T.RestartPolicy", "MODEL-237"),
    ("T.Lifecycle", "MODEL-237"),
    ("T.ScalingPolicies[]", "MODEL-237"),
    ("T.CSIPluginConfig", "MODEL-237"),
];

/// What shows only as a change of an object of this name, and the rule.
const SHOWN_BY_OBJECT: &[(&str, &str, &str)] = &[
    ("G.Scaling.ID", "Scaling", "MODEL-236"),
    ("G.Scaling.Type", "Scaling", "MODEL-236"),
    ("G.Scaling.CreateIndex", "Scaling", "MODEL-236"),
    ("G.Scaling.ModifyIndex", "Scaling", "MODEL-236"),
    ("G.Scaling.Policy", "Policy", "MODEL-236: under their own keys"),
    ("T.Config", "Config", "MODEL-239: under their own keys"),
    ("T.Resources.Devices[].Constraints[]", "Device", "MODEL-240"),
    ("T.Resources.Devices[].Affinities[]", "Device", "MODEL-240"),
    ("T.Resources.NUMA.Devices[]", "NUMA", "MODEL-240"),
    ("Networks[].Device", "Network", "MODEL-241"),
    ("Networks[].CIDR", "Network", "MODEL-241"),
    ("Networks[].IP", "Network", "MODEL-241"),
    ("Networks[].MBits", "Network", "MODEL-241"),
    ("Networks[].CNI.Args", "CNIConfig", "MODEL-241: under their own keys"),
    ("Networks[].DynamicPorts[].Value", "Network", "MODEL-241"),
    ("Networks[].DynamicPorts[].IgnoreCollision", "Network", "MODEL-241"),
    ("Services[].Checks[].Args[]", "Check", "MODEL-242"),
    ("Services[].Checks[].Header", "Header", "MODEL-242: under their own keys"),
    ("Services[].Connect", "ConsulConnect", "MODEL-242: under their own keys"),
    ("Services[].Weights.Passing", "Weights", "MODEL-242: not shown unless positive"),
    ("Services[].Weights.Warning", "Weights", "MODEL-242: not shown unless positive"),
    ("Identity.ExtraClaims[]", "Identity", "MODEL-239"),
];

/// Objects that stand in several places, under a name for all of them.
const ALIKE: &[(&str, &str)] = &[
    ("T.Resources.Networks[]", "Networks[]"),
    ("G.Networks[]", "Networks[]"),
    ("G.Services[]", "Services[]"),
    ("T.Services[]", "Services[]"),
    ("Services[].Identity", "Identity"),
    ("T.Identity", "Identity"),
    ("T.Identities[]", "Identity"),
];

/// Maps, whose keys are no members.
#[rustfmt::skip]
const MAPS: &[&str] = &[
    "Meta", "Env", "Config", "Policy", "Target", "Header", "CNI.Args", "Volumes", "CanaryMeta", "TaggedAddresses",
    "GetterOptions", "GetterHeaders",
];

/// Values of any shape, changed as a whole.
const OPAQUE: &[&str] = &["Config{}", "Policy{}", "Connect"];

/// A value in the JSON of a job.
#[derive(Clone, Debug, Default)]
struct Leaf {
    /// Where it is, as a JSON pointer.
    pointer: String,
    /// The same without names and positions: groups are `G`, tasks `T`, elements `[]`, entries of maps `{}`.
    pattern: String,
}

impl Leaf {
    fn within(&self, step: &str, pattern: String) -> Leaf {
        let step = step.replace('~', "~0").replace('/', "~1");
        Leaf { pointer: format!("{}/{step}", self.pointer), pattern }
    }

    fn is_one_of(&self, members: &[&str]) -> bool {
        let is = |member: &&str| {
            self.pattern.strip_suffix(member).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        members.iter().any(is)
    }

    /// The name that the diff has for it: that of the last member on the way.
    fn name(&self) -> &str {
        let member = self.pattern.rsplit('.').next().unwrap_or_default();
        member.trim_end_matches(['[', ']', '{', '}'])
    }

    fn matches(&self, entry: &str) -> bool {
        let pattern = ALIKE.iter().fold(self.pattern.clone(), |pattern, (one, all)| {
            pattern.strip_prefix(one).map_or(pattern.clone(), |rest| format!("{all}{rest}"))
        });
        pattern.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
    }
}

/// Every scalar of a job's JSON, and every opaque value; null is none.
fn leaves(value: &Value, at: Leaf, found: &mut Vec<Leaf>) {
    match value {
        Value::Null => {}
        _ if at.is_one_of(OPAQUE) => found.push(at),
        Value::Object(members) => {
            let map = at.is_one_of(MAPS);
            for (name, member) in members {
                let pattern = match at.pattern.as_str() {
                    pattern if map => format!("{pattern}{{}}"),
                    "" => name.clone(),
                    pattern => format!("{pattern}.{name}"),
                };
                leaves(member, at.within(name, pattern), found);
            }
        }
        Value::Array(items) => {
            let pattern = match at.pattern.as_str() {
                "TaskGroups" => "G".to_string(),
                "G.Tasks" => "T".to_string(),
                pattern => format!("{pattern}[]"),
            };
            let each = items.iter().enumerate();
            each.for_each(|(index, item)| leaves(item, at.within(&index.to_string(), pattern.clone()), found));
        }
        _ => found.push(at),
    }
}

/// Another value of the same kind.
fn change(leaf: &Leaf, value: &mut Value) {
    *value = match value {
        _ if leaf.is_one_of(OPAQUE) => "changed".into(),
        Value::Bool(flag) => (!*flag).into(),
        Value::String(text) => format!("{text}x").into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) if number > 0 => (number - 1).into(),
            (Some(number), _) => (number + 1).into(),
            (None, Some(number)) => (number - 1).into(),
            _ => 0.into(),
        },
        other => panic!("{other} is no scalar"),
    };
}

/// What diffs tell apart by name has a name of its own.
fn name_all(job: &mut Job) {
    fn each<T>(list: &mut List<T>, name: impl Fn(&mut T, String)) {
        list.as_mut_slice().iter_mut().enumerate().for_each(|(at, item)| name(item, format!("n{at}")));
    }
    fn services(list: &mut List<Service>) {
        list.as_mut_slice().iter_mut().for_each(|service| each(&mut service.checks, |check, name| check.name = name));
    }
    fn networks(list: &mut List<NetworkResource>) {
        for network in list.as_mut_slice() {
            each(&mut network.reserved_ports, |port, name| port.label = name);
            each(&mut network.dynamic_ports, |port, name| port.label = name);
        }
    }
    job.multiregion.iter_mut().for_each(|regions| each(&mut regions.regions, |region, name| region.name = name));
    each(&mut job.task_groups, |group, name| group.name = name.as_str().into());
    for group in job.task_groups.as_mut_slice() {
        services(&mut group.services);
        networks(&mut group.networks);
        each(&mut group.tasks, |task, name| task.name = name.as_str().into());
        for task in group.tasks.as_mut_slice() {
            services(&mut task.services);
            each(&mut task.secrets, |secret, name| secret.name = name);
            each(&mut task.identities, |identity, name| identity.name = name);
            each(&mut task.artifacts, |artifact, name| artifact.relative_dest = name);
            if !task.resources.is_null() {
                let resources = &mut *task.resources;
                networks(&mut resources.networks);
                each(&mut resources.devices, |device, name| device.name = name);
            }
        }
    }
}

/// The objects and fields of a job, a group or a task.
struct Shown<'a> {
    kind: &'a DiffType,
    fields: &'a [FieldDiff],
    objects: &'a [ObjectDiff],
}

impl<'a> Shown<'a> {
    /// Where a diff would mention a leaf of the old job.
    fn of(diff: &'a JobDiff, old: &Value, leaf: &Leaf) -> Shown<'a> {
        let names = |depth: usize| -> &str {
            let end = leaf.pointer.match_indices('/').nth(depth).map_or(leaf.pointer.len(), |(at, _)| at);
            old.pointer(&format!("{}/Name", &leaf.pointer[..end])).and_then(Value::as_str).unwrap_or_default()
        };
        let group = || diff.task_groups.iter().find(|group| group.name == names(2)).expect("every group is listed");
        match &leaf.pattern {
            pattern if pattern.starts_with("T.") => {
                let task = group().tasks.iter().find(|task| task.name == names(4)).expect("every task is listed");
                Shown { kind: &task.kind, fields: &task.fields, objects: &task.objects }
            }
            pattern if pattern.starts_with("G.") => {
                let group = group();
                Shown { kind: &group.kind, fields: &group.fields, objects: &group.objects }
            }
            _ => Shown { kind: &diff.kind, fields: &diff.fields, objects: &diff.objects },
        }
    }

    fn has_field(&self, name: &str) -> bool {
        let named = |field: &FieldDiff| {
            let rest = field.name.strip_prefix(name);
            field.kind != DiffType::None && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        };
        self.fields.iter().any(named) || self.objects().any(|object| object.fields.iter().any(named))
    }

    fn has_object(&self, name: &str) -> bool {
        self.objects().any(|object| object.name == name && object.kind != DiffType::None)
    }

    fn objects(&self) -> impl Iterator<Item = &'a ObjectDiff> {
        let mut open: Vec<&ObjectDiff> = self.objects.iter().collect();
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(next.objects.iter());
            Some(next)
        })
    }
}

/// Checks one changed leaf; a complaint if the diff does not mention it.
fn mentioned(before: &Job, old: &Value, leaf: &Leaf) -> Result<(), String> {
    let mut new = old.clone();
    change(leaf, new.pointer_mut(&leaf.pointer).expect("it was found there"));
    let left_out = LEFT_OUT.iter().any(|(entry, _)| leaf.matches(entry));
    let after = match from_json::<Job>(&new.to_string()) {
        Ok(after) => after,
        Err(_) if left_out => return Ok(()), // no other value of its kind is valid
        Err(error) => return Err(error.to_string()),
    };
    for detail in DETAILS {
        let diff = JobDiff::between(Some(before), Some(&after), detail).map_err(|error| error.to_string())?;
        let shown = Shown::of(&diff, old, leaf);
        let at_all = *shown.kind != DiffType::None || (left_out && !leaf.pattern.starts_with(['G', 'T']));
        let by_object = SHOWN_BY_OBJECT.iter().find(|(entry, ..)| leaf.matches(entry));
        let said = left_out
            || match (leaf.pattern.as_str(), by_object) {
                ("G.Name" | "T.Name", _) => *shown.kind == DiffType::Deleted,
                (_, Some((_, object, _))) => shown.has_object(object),
                (_, None) => shown.has_field(leaf.name()),
            };
        if !at_all || !said {
            return Err(format!("{} ({}) is not mentioned: {diff}", leaf.pattern, leaf.pointer));
        }
    }
    Ok(())
}

/// Every member in which two jobs differ is mentioned, but for those that rules leave out; and no member of any object is
/// left out of this test.
#[test]
fn every_changed_member_is_mentioned() {
    let filler = filler::Filler::of_every_object();
    let reached = std::cell::RefCell::new(BTreeSet::new());
    let config = Config { cases: 40, max_shrink_iters: 50, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let jobs = prop::collection::vec(any::<u32>(), 2000..4000);
    let done = runner.run(&jobs, |choices| {
        let mut job: Job = filler.fill(&choices);
        // Small jobs: each leaf costs a document.
        job.task_groups.make().truncate(2);
        job.task_groups.as_mut_slice().iter_mut().for_each(|group| group.tasks.make().truncate(1));
        name_all(&mut job);
        let old: Value = serde_json::from_str(&to_json(&job, Form::Full)).expect("our own JSON");
        let mut found = Vec::new();
        leaves(&old, Leaf::default(), &mut found);
        // One leaf of each pattern a job; many jobs make many leaves.
        let by_pattern: BTreeMap<&str, &Leaf> = found.iter().map(|leaf| (leaf.pattern.as_str(), leaf)).collect();
        for (pattern, leaf) in by_pattern {
            if pattern != "ID" && !pattern.is_empty() {
                mentioned(&job, &old, leaf).map_err(TestCaseError::fail)?;
                reached.borrow_mut().insert(pattern.to_string());
            }
        }
        Ok(())
    });
    match done {
        Ok(()) => (),
        Err(TestError::Fail(why, _) | TestError::Abort(why)) => panic!("{why}"),
    }
    let missed: Vec<String> = members().filter(|member| !reached.borrow().iter().any(|r| begins(r, member))).collect();
    assert!(missed.is_empty(), "nothing changed in {missed:?}");
}

fn begins(pattern: &str, member: &str) -> bool {
    pattern.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
}

/// Every member of every object of a specification, but for those that are walked through.
fn members() -> impl Iterator<Item = String> {
    let named =
        |place: &&str, member: &str| if place.is_empty() { member.to_string() } else { format!("{place}.{member}") };
    let all = PLACES.iter().flat_map(move |(place, members)| members.iter().map(move |member| named(place, member)));
    all.filter(|member| !["ID", "TaskGroups", "G.Tasks"].contains(&member.as_str()))
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    /// Two equal jobs differ in nothing, however much is shown.
    #[test]
    fn equals_do_not_differ(choices in prop::collection::vec(any::<u32>(), 0..2000)) {
        let job: Job = filler::Filler::of_every_object().fill(&choices);
        for detail in DETAILS {
            let diff = JobDiff::between(Some(&job), Some(&job.clone()), detail).expect("one job");
            prop_assert_eq!(diff.kind, DiffType::None);
            prop_assert!(diff.fields.is_null() && diff.objects.is_null());
            for group in &diff.task_groups {
                prop_assert!(group.kind == DiffType::None && group.fields.is_null() && group.objects.is_null());
                prop_assert!(group.tasks.iter().all(|task| task.kind == DiffType::None && task.objects.is_null()));
            }
        }
    }

    /// MODEL-225, MODEL-226, MODEL-228: of any two jobs, what is there and in which order follows from what it is; a diff
    /// without context is the one with context without what did not change.
    #[test]
    fn any_two_jobs_compare(
        old in prop::collection::vec(any::<u32>(), 0..1500),
        new in prop::collection::vec(any::<u32>(), 0..1500),
    ) {
        let filler = filler::Filler::of_every_object();
        let (old, mut new): (Job, Job) = (filler.fill(&old), filler.fill(&new));
        new.id = old.id.clone();
        let diff = |detail| JobDiff::between(Some(&old), Some(&new), detail).expect("one job");
        let (plain, mut contextual) = (diff(Detail::Changes), diff(Detail::Contextual));
        let parts = plain.task_groups.iter().map(|group| 1 + group.tasks.len()).sum::<usize>();
        prop_assert!(plain.to_string().lines().count() > parts, "each has its line");
        prop_assert!(plain.fields.is_sorted_by_key(|field| (&field.name, &field.old, &field.new)));
        prop_assert!(plain.task_groups.is_sorted_by_key(|group| &group.name));
        without_context(&mut contextual);
        let mut plain = plain;
        without_context(&mut plain); // the order of objects depends on how much they show
        prop_assert_eq!(plain, contextual);
    }
}

/// Takes out what did not change, and sorts objects by what is left.
fn without_context(diff: &mut JobDiff) {
    fn objects(list: &mut List<ObjectDiff>) {
        let mut kept: Vec<ObjectDiff> = std::mem::take(list).into_iter().filter(|o| o.kind != DiffType::None).collect();
        for object in &mut kept {
            fields(&mut object.fields);
            objects(&mut object.objects);
        }
        kept.sort_by_key(|object| format!("{object:?}"));
        *list = if kept.is_empty() { List::NULL } else { kept.into() };
    }
    fn fields(list: &mut List<FieldDiff>) {
        let kept: Vec<FieldDiff> = std::mem::take(list).into_iter().filter(|f| f.kind != DiffType::None).collect();
        *list = if kept.is_empty() { List::NULL } else { kept.into() };
    }
    objects(&mut diff.objects);
    for group in diff.task_groups.as_mut_slice() {
        objects(&mut group.objects);
        group.tasks.as_mut_slice().iter_mut().for_each(|task| objects(&mut task.objects));
    }
}
