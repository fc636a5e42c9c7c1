//! Every object of the model: what its JSON has, what it accepts, that nothing is lost on the way (MODEL-1 to MODEL-9).

mod filler;

use std::collections::BTreeSet;
use std::fmt::Debug;

use filler::Filler;
use longshore_model::wire::{Encoded, Form, Wire};
use longshore_model::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What every object is.
trait Record: Wire + Serialize + DeserializeOwned + PartialEq + Debug {
    const NAME: &'static str;
    const FIELDS: &'static [&'static str];
}

macro_rules! records {
    ($($name:ident)*) => {
        $(impl Record for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = $name::MEMBERS;
        })*

        /// Calls a generic check with every object of the model.
        macro_rules! for_every_record {
            ($check:ident($arg:expr)) => { $($check::<$name>($arg);)* };
        }

        fn filler() -> Filler {
            Filler::new([$((stringify!($name), $name::MEMBERS)),*])
        }
    };
}

records! {
    Action Affinity AllocDeploymentStatus AllocListStub AllocMetric AllocState AllocatedCpu AllocatedDevice
    AllocatedMemory AllocatedPort AllocatedResources AllocatedShared AllocatedTaskResources Allocation ChangeScript
    CheckRestart ClientHostNetwork ClientHostVolume CniConfig Constraint Consul Core CsiInfo CsiPluginConfig Deployment
    DeploymentState DeploymentUpdate DesiredTransition DesiredUpdates DeviceAttribute DeviceLocality DisconnectStrategy
    DispatchPayload DnsConfig DrainMetadata DrainStrategy DriverInfo EphemeralDisk Evaluation EvaluationStub
    GroupSummary Job JobChildren JobInfo JobListStub JobScalingEvents JobSubmission JobSummary JobUi JobUiLink Lifecycle
    LogConfig MigrateStrategy MountOptions Multiregion MultiregionRegion MultiregionStrategy NamespaceCapabilities
    NamespaceInfo NetworkResource NetworkStatus Node NodeCpu NodeDevice NodeDeviceInstance NodeDisk NodeEvent NodeMemory
    NodeNetwork NodeNetworkAddress NodePool NodePoolSchedulerConfiguration NodeResources NodeScore Numa ParameterizedJob
    PeriodicConfig Plan PlanAnnotations PlanResult PoolConfiguration Port Processors RequestedDevice RescheduleEvent
    ReschedulePolicy RescheduleTracker ReservedCpu ReservedPorts ReservedResources Resources RestartPolicy ScalingEvent
    ScalingPolicy ScheduleCron Secret Service ServiceCheck ServiceRegistration ServiceWeights Spread SpreadTarget
    TaskArtifact TaskEvent TaskGroup Task TaskLifecycle TaskSchedule TaskState Template Topology UpdateStrategy Vault
    VersionTag VolumeMount VolumeRequest WaitConfig WorkloadIdentity
}

/// Members that are left out in every form when zero (MODEL-9 and the extensions).
const LEFT_OUT: &[(&str, &str)] = &[
    ("AllocListStub", "AllocatedResources"),
    ("AllocatedDevice", "Share"),
    ("CsiInfo", "ControllerInfo"),
    ("CsiInfo", "NodeInfo"),
    ("JobListStub", "Meta"),
    ("JobListStub", "Namespace"),
    ("NetworkResource", "Hostname"),
    ("RequestedDevice", "Share"),
];

fn full<T: Wire>(value: &T) -> Value {
    serde_json::from_str(&to_json(value, Form::Full)).unwrap()
}

#[track_caller]
fn decoded<T: Record>(text: &str) -> T {
    from_json(text).unwrap_or_else(|why| panic!("{}: {why}\n{text}", T::NAME))
}

/// The members of an object's JSON, in the order of the text.
fn names_in_order(text: &str) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'de> serde::Deserialize<'de> for Names {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Names, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Names;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                    let mut names = Vec::new();
                    while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                        names.push(name);
                    }
                    Ok(Names(names))
                }
            }
            from.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Names>(text).unwrap().0
}

/// MODEL-7: the full form has every member, in order; what it says decodes to what it was made from.
#[test]
fn the_full_form_has_every_member() {
    fn check<T: Record>(_: ()) {
        let text = to_json(&T::default(), Form::Full);
        let expected: Vec<&str> =
            T::FIELDS.iter().copied().filter(|member| !LEFT_OUT.contains(&(T::NAME, member))).collect();
        assert_eq!(names_in_order(&text), expected, "{}", T::NAME);
        assert_eq!(decoded::<T>(&text), T::default());
        assert_eq!(serde_json::to_string(&T::default()).unwrap(), text, "{}: plain serialization is full", T::NAME);
    }
    for_every_record!(check(()));
}

/// The sparse form of what nobody has set is empty.
#[test]
fn the_sparse_form_of_a_default_is_empty() {
    fn check<T: Record>(_: ()) {
        assert_eq!(to_json(&T::default(), Form::Sparse), "{}", "{}", T::NAME);
        assert_eq!(rmp_serde::to_vec(&T::default()).unwrap(), [0x80], "{}: binary formats are sparse", T::NAME);
        assert!(T::default().is_default(), "{}", T::NAME);
    }
    for_every_record!(check(()));
}

/// MODEL-3: null and absent are the same, for the object and for each of its members.
#[test]
fn null_is_absent() {
    fn check<T: Record>(_: ()) {
        assert_eq!(decoded::<T>("{}"), T::default());
        assert_eq!(decoded::<T>("null"), T::default());
        let nulls: serde_json::Map<String, Value> =
            T::FIELDS.iter().map(|member| (member.to_string(), Value::Null)).collect();
        assert_eq!(decoded::<T>(&Value::Object(nulls).to_string()), T::default());
    }
    for_every_record!(check(()));
}

/// MODEL-1: no two members differ by case alone, or matching by case would be ambiguous.
#[test]
fn names_differ_by_more_than_case() {
    fn check<T: Record>(_: ()) {
        let folded: BTreeSet<String> = T::FIELDS.iter().map(|member| member.to_ascii_lowercase()).collect();
        assert_eq!(folded.len(), T::FIELDS.len(), "{}", T::NAME);
    }
    for_every_record!(check(()));
}

/// MODEL-5: a wrong type is refused, and the error names the member. No member takes both true and 5.5, but opaque ones.
#[test]
fn a_wrong_type_is_refused_by_name() {
    const OPAQUE: &[(&str, &str)] =
        &[("Service", "Connect"), ("CsiInfo", "ControllerInfo"), ("CsiInfo", "NodeInfo")];
    fn check<T: Record>(_: ()) {
        for member in T::FIELDS.iter().filter(|member| !OPAQUE.contains(&(T::NAME, member))) {
            let refusals: Vec<DecodeError> = ["true", "5.5"]
                .iter()
                .filter_map(|value| from_json::<T>(&format!("{{{member:?}: {value}}}")).err())
                .collect();
            assert!(!refusals.is_empty(), "{}.{member} takes anything", T::NAME);
            for refusal in refusals {
                assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", *member), "{}: {refusal}", T::NAME);
                assert!(refusal.problem().starts_with("found "), "{}: {refusal}", T::NAME);
            }
        }
        for text in ["[]", "5", "true", "\"text\""] {
            let refusal = from_json::<T>(text).unwrap_err();
            assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", ""), "{}: {refusal}", T::NAME);
        }
    }
    for_every_record!(check(()));
}

fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 0..600)
}

/// Runs a property of values of one type, made from choices.
fn property<T: Record>(filler: &Filler, cases: u32, check: impl Fn(&T)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let done = TestRunner::new(config).run(&choices(), |choices| {
        check(&filler.fill::<T>(&choices));
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{}: {why}", T::NAME));
}

/// Nothing is lost in any form, in text or in bytes.
#[test]
fn filled_values_come_back() {
    fn check<T: Record>(filler: &Filler) {
        property::<T>(filler, 48, |value| {
            for form in [Form::Full, Form::Compact, Form::Sparse] {
                let text = to_json(value, form);
                assert_eq!(&decoded::<T>(&text), value, "{form:?} {text}");
                let bytes = rmp_serde::to_vec(&Encoded(value, form)).unwrap();
                assert_eq!(&rmp_serde::from_slice::<T>(&bytes).unwrap(), value, "{form:?} in bytes");
            }
            assert_eq!(value.is_default(), *value == T::default(), "{value:?}");
        });
    }
    let filler = filler();
    for_every_record!(check(&filler));
}

/// The same for the objects that hold all others, with more to hold.
#[test]
fn large_values_come_back() {
    fn check<T: Record>(filler: &Filler) {
        let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
        let done = TestRunner::new(config).run(&prop::collection::vec(any::<u32>(), 2000..4000), |choices| {
            let value = filler.fill::<T>(&choices);
            for form in [Form::Full, Form::Compact, Form::Sparse] {
                prop_assert_eq!(&from_json::<T>(&to_json(&value, form)).unwrap(), &value);
                let bytes = rmp_serde::to_vec(&Encoded(&value, form)).unwrap();
                prop_assert_eq!(&rmp_serde::from_slice::<T>(&bytes).unwrap(), &value);
            }
            Ok(())
        });
        done.unwrap_or_else(|why| panic!("{}: {why}", T::NAME));
    }
    let filler = filler();
    check::<Job>(&filler);
    check::<Node>(&filler);
    check::<Allocation>(&filler);
    check::<Evaluation>(&filler);
    check::<Deployment>(&filler);
    check::<Plan>(&filler);
    check::<PlanResult>(&filler);
}

/// MODEL-1, MODEL-2: case of names does not matter, members that nobody knows do not either.
#[test]
fn case_and_unknown_members_do_not_matter() {
    fn check<T: Record>(filler: &Filler) {
        property::<T>(filler, 8, |value| {
            let Value::Object(members) = full(value) else { unreachable!("an object") };
            for fold in [str::to_ascii_lowercase, str::to_ascii_uppercase] {
                let mut folded: serde_json::Map<String, Value> =
                    members.iter().map(|(name, member)| (fold(name), member.clone())).collect();
                folded.insert("NobodyKnows".to_string(), json!({"ID": [{"Name": 1.5}, null]}));
                assert_eq!(&decoded::<T>(&Value::Object(folded).to_string()), value);
            }
        });
    }
    let filler = filler();
    for_every_record!(check(&filler));
}

/// MODEL-1: an exact name and a folded one are the same member; the later wins.
#[test]
fn a_repeated_scalar_is_the_last() {
    let job: Job = decoded(r#"{"ID": "a", "id": "b", "Priority": 3, "PRIORITY": 4, "Name": "n", "name": null}"#);
    assert_eq!((&*job.id, job.priority, &*job.name), ("b", 4, ""));
    let job: Job = decoded(r#"{"Payload": "YQ==", "payload": [98], "Region": "x", "region": null}"#);
    assert_eq!((&*job.payload, &*job.region), (&b"b"[..], "global"));
}

/// MODEL-1: a repeated object is merged, down to its own members; null forgets the earlier one.
#[test]
fn a_repeated_object_is_merged() {
    let job: Job = decoded(r#"{"Update": {"Stagger": 1, "Canary": 2}, "update": {"canary": 3, "AutoRevert": true}}"#);
    assert_eq!(
        job.update,
        UpdateStrategy { stagger: Duration(1), canary: 3, auto_revert: true, ..UpdateStrategy::default() }
    );
    let job: Job = decoded(r#"{"Periodic": {"Spec": "a"}, "Periodic": {"TimeZone": "b"}}"#);
    assert_eq!(
        job.periodic,
        Some(PeriodicConfig { spec: "a".into(), time_zone: "b".into(), ..PeriodicConfig::default() })
    );
    let job: Job = decoded(r#"{"Periodic": {"Spec": "a"}, "Periodic": null, "Periodic": {"TimeZone": "b"}}"#);
    assert_eq!(job.periodic, Some(PeriodicConfig { time_zone: "b".into(), ..PeriodicConfig::default() }));
}

/// MODEL-1: a repeated map is merged key by key; the value of a repeated key starts afresh.
#[test]
fn a_repeated_map_is_merged() {
    let job: Job = decoded(r#"{"Meta": {"a": "1", "b": "2"}, "meta": {"b": "3", "c": null}}"#);
    assert_eq!(job.meta, Map::from_iter([("a", "1".to_string()), ("b", "3".into()), ("c", "".into())]));
    let group: TaskGroup = decoded(r#"{"Volumes": {"v": {"Source": "s"}}, "Volumes": {"v": {"Type": "host"}, "w": {}}}"#);
    let volume = VolumeRequest { kind: "host".into(), ..VolumeRequest::default() };
    assert_eq!(group.volumes, Map::from_iter([("v", volume), ("w", VolumeRequest::default())]));
}

/// MODEL-1: a repeated list replaces the earlier one, but its objects start from the earlier ones.
#[test]
fn a_repeated_list_starts_from_earlier_elements() {
    let job: Job = decoded(
        r#"{"TaskGroups": [{"Name": "a", "Count": 3, "Meta": {"k": "v"}}, {"Name": "b"}],
            "taskgroups": [{"Count": 5}], "Datacenters": ["x", "y"], "datacenters": ["z"]}"#,
    );
    let group = TaskGroup { meta: Map::from_iter([("k", "v".to_string())]), ..TaskGroup::new("a").count(5) };
    assert_eq!(job.task_groups, List::from([group]));
    assert_eq!(job.datacenters, List::from(["z".to_string()]));
    let job: Job = decoded(r#"{"Constraints": [{"LTarget": "a"}], "Constraints": [{}, {"LTarget": "b"}]}"#);
    let left: Vec<&str> = job.constraints.iter().map(|constraint| &*constraint.ltarget).collect();
    assert_eq!(left, ["a", "b"]);
    let job: Job = decoded(r#"{"Constraints": [{"LTarget": "a"}], "Constraints": []}"#);
    assert_eq!(job.constraints, List::from([]));
}

/// MODEL-3: null is no element of a list of objects, but `""` in a list or map of texts; MODEL-76: two kinds of object
/// may be null, and are dropped later.
#[test]
fn null_as_an_element() {
    for (text, path) in [
        (r#"{"TaskGroups": [{}, null]}"#, "TaskGroups[1]"),
        (r#"{"TaskGroups": [{"Tasks": [null]}]}"#, "TaskGroups[0].Tasks[0]"),
        (r#"{"Constraints": [null]}"#, "Constraints[0]"),
    ] {
        let refusal = from_json::<Job>(text).unwrap_err();
        assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", path), "{refusal}");
    }
    let job: Job = decoded(r#"{"Datacenters": [null, "a"], "Meta": {"k": null}}"#);
    assert_eq!(job.datacenters, List::from([String::new(), "a".into()]));
    assert_eq!(job.meta, Map::from_iter([("k", String::new())]));
    let group: TaskGroup = decoded(r#"{"Volumes": {"v": null}, "Tasks": [{"VolumeMounts": [null]}]}"#);
    assert_eq!(group.volumes, Map::from_iter([("v", VolumeRequest::default())]));
    assert_eq!(group.tasks[0].volume_mounts, List::from([VolumeMount::default()]));
}

/// MODEL-2: opaque maps keep what is beneath them, null too.
#[test]
fn opaque_maps_are_kept() {
    let config = json!({"image": "x", "ports": [1, "two", 3.5, null, {"deep": {"er": [[]]}}], "null": null});
    let task: Task = decoded(&json!({"Config": config}).to_string());
    assert_eq!(full(&task)["Config"], full(&decoded::<Task>(&json!({"config": config}).to_string()))["Config"]);
    assert_eq!(full(&task)["Config"]["ports"][4], json!({"deep": {"er": [[]]}}));
    assert!(full(&task)["Config"].as_object().is_some_and(|config| config.contains_key("null")));
    assert_eq!(full(&Task::default())["Config"], Value::Null);
    assert_eq!(full(&decoded::<Task>(r#"{"Config": {}}"#))["Config"], json!({}));
}

/// A document too deep to read is refused with words, not with the end of the stack.
#[test]
fn deep_nesting_is_refused() {
    for depth in [200, 100_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let refusal = from_json::<Task>(&format!(r#"{{"Config": {{"a": {open}{close}}}}}"#)).unwrap_err();
        assert_eq!((refusal.code(), refusal.problem()), ("syntax", "nested deeper than 127 levels"));
        assert!(refusal.path().starts_with("Config.a"), "{refusal}");
        assert!(from_json::<Task>(&open).is_err());
        let (open, close) = (r#"{"Tasks":[{"Config":"#.repeat(depth), "}]}".repeat(depth));
        assert!(from_json::<TaskGroup>(&format!("{open}{close}")).is_err());
        // What nobody knows is skipped, however deep it is.
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        assert_eq!(decoded::<Task>(&format!(r#"{{"NobodyKnows": {open}{close}}}"#)), Task::default());
    }
    // The same in bytes: {"Config": {"a": [[[…]]]}}.
    let mut bytes = b"\x81\xa6Config\x81\xa1a".to_vec();
    bytes.extend([0x91].repeat(100_000));
    bytes.push(0xc0);
    assert!(rmp_serde::from_slice::<Task>(&bytes).is_err());
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    /// No bytes make a decoder panic.
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = from_json::<Job>(&text);
        let _ = from_json::<Node>(&text);
        let _ = rmp_serde::from_slice::<Job>(&bytes);
        let _ = rmp_serde::from_slice::<Node>(&bytes);
        let _ = rmp_serde::from_slice::<Allocation>(&bytes);
        let _ = rmp_serde::from_slice::<NodePool>(&bytes);
    }

    /// Nor does a good document with some of its bytes changed; it is refused with a place in the text or accepted.
    #[test]
    fn no_damage_panics(choices in choices(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let filler = filler();
        let job = filler.fill::<Job>(&choices);
        let mut text = to_json(&job, Form::Sparse).into_bytes();
        let mut bytes = rmp_serde::to_vec(&job).unwrap();
        for (index, byte) in damage {
            let at = index.index(text.len());
            text[at] = byte;
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = rmp_serde::from_slice::<Job>(&bytes);
        let text = String::from_utf8_lossy(&text);
        if let Err(refusal) = from_json::<Job>(&text) {
            prop_assert!(refusal.line() <= text.lines().count().max(1), "{refusal}");
            prop_assert!(["MODEL-5", "syntax"].contains(&refusal.code()));
            prop_assert_eq!(refusal.code() == "syntax", serde_json::from_str::<Value>(&text).is_err(), "{}", refusal);
        }
    }
}
