//! Every object of the model: what its JSON has, what it accepts, that nothing is lost on the way (MODEL-1 to MODEL-9).

#[macro_use]
mod filler;

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt::Debug;

use filler::Filler;
use longshore_model::diff::*;
use longshore_model::reflect::{Kind as Holds, Reflect, View};
use longshore_model::wire::{Encoded, Form, Wire};
use longshore_model::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const FORMS: [Form; 4] = [Form::Full, Form::Compact, Form::Present, Form::Sparse];

/// A value of any object's type. The checks are written against this and compiled once, not once a type.
trait Object: Debug {
    fn json(&self, form: Form) -> String;
    fn bytes(&self, form: Form) -> Vec<u8>;
    fn is_default(&self) -> bool;
    fn equals(&self, other: &dyn Any) -> bool;
    fn any(&self) -> &dyn Any;
    fn view(&self) -> View<'_>;
}

impl<T: Wire + Reflect + PartialEq + Debug + Any> Object for T {
    fn json(&self, form: Form) -> String {
        to_json(self, form)
    }
    fn bytes(&self, form: Form) -> Vec<u8> {
        rmp_serde::to_vec(&Encoded(self, form)).expect("every object has a form in bytes")
    }
    fn is_default(&self) -> bool {
        Wire::is_default(self)
    }
    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>() == Some(self)
    }
    fn any(&self) -> &dyn Any {
        self
    }
    fn view(&self) -> View<'_> {
        Reflect::view(self)
    }
}

type Decoded<E> = Result<Box<dyn Object>, E>;

/// An object's type.
struct Kind {
    name: &'static str,
    members: &'static [&'static str],
    make: fn() -> Box<dyn Object>,
    fill: fn(&Filler, &[u32]) -> Box<dyn Object>,
    from_json: fn(&str) -> Decoded<DecodeError>,
    from_bytes: fn(&[u8]) -> Decoded<rmp_serde::decode::Error>,
}

impl Kind {
    const fn of<T: Object + Default + DeserializeOwned + 'static>(
        name: &'static str,
        members: &'static [&'static str],
    ) -> Kind {
        Kind {
            name,
            members,
            make: || Box::new(T::default()),
            fill: |filler, choices| Box::new(filler.fill::<T>(choices)),
            from_json: |text| from_json::<T>(text).map(|value| Box::new(value) as _),
            from_bytes: |bytes| rmp_serde::from_slice::<T>(bytes).map(|value| Box::new(value) as _),
        }
    }

    #[track_caller]
    fn decoded(&self, text: &str) -> Box<dyn Object> {
        (self.from_json)(text).unwrap_or_else(|why| panic!("{}: {why}\n{text}", self.name))
    }

    /// Runs a property of values made from choices; a complaint stops it.
    fn property(&self, cases: u32, sizes: std::ops::Range<usize>, check: impl Fn(&dyn Object) -> Result<(), String>) {
        let filler = if self.name.starts_with("document::") { document_filler() } else { filler() };
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let done = TestRunner::new(config).run(&prop::collection::vec(any::<u32>(), sizes), |choices| {
            check(&*(self.fill)(&filler, &choices)).map_err(TestCaseError::fail)
        });
        match done {
            Ok(()) => (),
            Err(TestError::Fail(why, _)) => panic!("{}: {why}", self.name),
            Err(TestError::Abort(why)) => panic!("{}: {why}", self.name),
        }
    }
}

macro_rules! kinds {
    ($($name:ident)*) => { &[$(Kind::of::<$name>(stringify!($name), $name::MEMBERS)),*] };
}

const KINDS: &[Kind] = every_object!(kinds);

macro_rules! documents {
    ($($name:ident)*) => {
        &[$(Kind::of::<document::$name>(concat!("document::", stringify!($name)), document::$name::MEMBERS)),*]
    };
}

const DOCUMENTS: &[Kind] = documents! {
    Affinity ChangeScript CheckRestart Consul CsiPluginConfig DisconnectStrategy EphemeralDisk Job JobUi JobUiLink
    LogConfig MigrateStrategy Multiregion MultiregionRegion MultiregionStrategy NetworkResource Numa ParameterizedJob
    PeriodicConfig RequestedDevice ReschedulePolicy Resources RestartPolicy ScalingPolicy Service ServiceCheck Spread
    Task TaskArtifact TaskGroup Template UpdateStrategy Vault VolumeMount
};

fn all() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().chain(DOCUMENTS)
}

/// Members that are left out in every form when zero (MODEL-9, and our extensions).
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

/// Members that hold whatever they are given.
const OPAQUE: &[(&str, &str)] =
    &[("CsiInfo", "ControllerInfo"), ("CsiInfo", "NodeInfo"), ("Service", "Connect"), ("document::Service", "Connect")];

fn filler() -> Filler {
    Filler::of_every_object()
}

/// The same for documents, whose objects have the same names.
fn document_filler() -> Filler {
    Filler::new(all().map(|kind| (kind.name.trim_start_matches("document::"), kind.members)))
}

#[track_caller]
fn decoded<T: DeserializeOwned>(text: &str) -> T {
    from_json(text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

fn full(value: &dyn Object) -> Value {
    serde_json::from_str(&value.json(Form::Full)).expect("our own JSON")
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
    serde_json::from_str::<Names>(text).expect("our own JSON").0
}

/// A complaint if two values differ: where their debug texts part.
fn same(what: &str, got: &dyn Object, expected: &dyn Object) -> Result<(), String> {
    if got.equals(expected.any()) {
        return Ok(());
    }
    let (got, expected) = (format!("{got:?}"), format!("{expected:?}"));
    let parting = got.chars().zip(expected.chars()).take_while(|(a, b)| a == b).count();
    let excerpt = |text: &str| text.chars().skip(parting.saturating_sub(40)).take(100).collect::<String>();
    Err(format!("{what}: …{}… became …{}…", excerpt(&expected), excerpt(&got)))
}

/// What the tests below go through is all there is: every `record!` and `document!` in the sources is listed.
#[test]
fn every_record_is_listed() {
    let mut declared = BTreeSet::new();
    let folders = [("", "\nrecord! {", ""), ("/diff", "\nrecord! {", ""), ("/document", "\ndocument! {", "document::")];
    for (folder, declaration, prefix) in folders {
        let sources = format!("{}/src{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(sources).expect("the crate has sources") {
            let text = std::fs::read_to_string(file.expect("a file").path()).unwrap_or_default();
            for record in text.split(declaration).skip(1) {
                let name = record.split_once("pub struct ").expect("a record is a struct").1;
                declared.insert(format!("{prefix}{}", name.split([' ', ':']).next().expect("a name")));
            }
        }
    }
    let listed: BTreeSet<String> = all().map(|kind| kind.name.to_string()).collect();
    assert_eq!(declared, listed);
}

/// MODEL-7: the full form has every member, in order; what it says decodes to what it was made from.
#[test]
fn the_full_form_has_every_member() {
    for kind in all() {
        let text = (kind.make)().json(Form::Full);
        let written = |member: &&&str| !LEFT_OUT.contains(&(kind.name, **member));
        assert_eq!(names_in_order(&text), kind.members.iter().filter(written).copied().collect::<Vec<_>>());
        assert_eq!(same("full", &*kind.decoded(&text), &*(kind.make)()), Ok(()), "{}", kind.name);
    }
    assert_eq!(serde_json::to_string(&Job::default()).expect("JSON"), to_json(&Job::default(), Form::Full));
}

/// The sparse form of what nobody has set is empty.
#[test]
fn the_sparse_form_of_a_default_is_empty() {
    for kind in all() {
        let value = (kind.make)();
        assert_eq!(value.json(Form::Sparse), "{}", "{}", kind.name);
        assert!(value.is_default(), "{}", kind.name);
    }
    assert_eq!(rmp_serde::to_vec(&Job::default()).expect("bytes"), [0x80], "plain serialization to bytes is sparse");
}

/// MODEL-3: null and absent are the same, for the object and for each of its members; but a member that can be null
/// where an absent one has a default is null then, or it would not come back from being written.
#[test]
fn null_is_absent() {
    for kind in all() {
        for text in ["{}", "null"] {
            assert_eq!(same(text, &*kind.decoded(text), &*(kind.make)()), Ok(()), "{}", kind.name);
        }
        let nulls: serde_json::Map<String, Value> =
            kind.members.iter().map(|member| (member.to_string(), Value::Null)).collect();
        let decoded = kind.decoded(&Value::Object(nulls).to_string());
        let (Value::Object(members), default) = (full(&*decoded), full(&*(kind.make)())) else { panic!("no object") };
        for (name, member) in members {
            assert!(member.is_null() || member == default[&name], "{}.{name} is {member}", kind.name);
        }
        assert_eq!(comes_back(kind, &*decoded), Ok(()), "{}", kind.name);
    }
}

/// MODEL-1: no two members differ by case alone, or matching by case would be ambiguous.
#[test]
fn names_differ_by_more_than_case() {
    for kind in all() {
        let folded: BTreeSet<String> = kind.members.iter().map(|member| member.to_ascii_lowercase()).collect();
        assert_eq!(folded.len(), kind.members.len(), "{}", kind.name);
    }
}

/// MODEL-5: a wrong type is refused, and the error names the member. Only opaque members take both true and 5.5.
#[test]
fn a_wrong_type_is_refused_by_name() {
    for kind in all() {
        for member in kind.members.iter().filter(|member| !OPAQUE.contains(&(kind.name, member))) {
            let refused = |value: &&str| (kind.from_json)(&format!("{{{member:?}: {value}}}")).err();
            let refusals: Vec<DecodeError> = ["true", "5.5"].iter().filter_map(refused).collect();
            assert!(!refusals.is_empty(), "{}.{member} takes anything", kind.name);
            for refusal in refusals {
                assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", *member), "{}: {refusal}", kind.name);
                assert!(refusal.problem().starts_with("found "), "{}: {refusal}", kind.name);
                assert_eq!(refusal.line(), 1, "{}: {refusal}", kind.name);
            }
        }
        for text in ["[]", "5", "true", "\"text\""] {
            let refusal = (kind.from_json)(text).expect_err("no object");
            assert_eq!((refusal.code(), refusal.path()), ("MODEL-5", ""), "{}: {refusal}", kind.name);
        }
    }
}

/// Nothing is lost in any form, in text or in bytes.
fn comes_back(kind: &Kind, value: &dyn Object) -> Result<(), String> {
    for form in FORMS {
        let text = (kind.from_json)(&value.json(form)).map_err(|why| format!("{form:?} text: {why}"))?;
        same(&format!("{form:?} text"), &*text, value)?;
        let bytes = (kind.from_bytes)(&value.bytes(form)).map_err(|why| format!("{form:?} bytes: {why}"))?;
        same(&format!("{form:?} bytes"), &*bytes, value)?;
    }
    if value.is_default() != value.equals((kind.make)().any()) {
        return Err(format!("is_default() is {} for {value:?}", value.is_default()));
    }
    Ok(())
}

#[test]
fn filled_values_come_back() {
    for kind in all() {
        kind.property(48, 0..600, |value| comes_back(kind, value));
    }
}

/// The same for the objects that hold all others, with more to hold.
/// Whether a view shows what JSON says.
fn shows(view: View<'_>, json: &Value) -> bool {
    match view {
        View::Null => json.is_null(),
        View::Bool(value) => *json == json!(value),
        View::Int(value) => *json == json!(value),
        View::Uint(value) => *json == json!(value),
        View::Float(value) => json.as_f64() == Some(value),
        View::Text(value) => *json == json!(value),
        View::Id(value) => *json == json!(value),
        View::Bytes(value) => *json == json!(value),
        View::List(list) => match json.as_array() {
            None => list.is_null() && json.is_null(),
            Some(elements) => {
                let each = |(at, element)| list.at(at).is_some_and(|found| shows(found, element));
                !list.is_null() && list.len() == elements.len() && elements.iter().enumerate().all(each)
            }
        },
        View::Map(map) => match json.as_object() {
            None => map.is_null() && json.is_null(),
            Some(entries) => {
                let mut keys = Vec::new();
                let _ = map.visit(&mut |key, value| {
                    keys.push(key);
                    assert!(entries.get(key).is_some_and(|entry| shows(value, entry)), "{key}");
                    std::ops::ControlFlow::Continue(())
                });
                let each = |(key, entry): (&String, _)| map.get(key).is_some_and(|found| shows(found, entry));
                keys.is_sorted() && keys.len() == entries.len() && !map.is_null() && entries.iter().all(each)
            }
        },
        View::Object(object) if object.record().members().is_empty() => json.is_string(), // an instant
        View::Object(object) => object.record().members().iter().enumerate().all(|(at, member)| {
            let by_name = match member.part {
                None => object.get(member.name),
                Some(part) => match object.get(part) {
                    Some(View::Object(part)) => part.get(member.name),
                    _ => None,
                },
            };
            let by_position = object.record().member(at);
            let left_out = Value::Null;
            let json = json.get(member.name).unwrap_or(&left_out);
            [by_name, by_position].into_iter().all(|found| match found {
                Some(View::Text("")) if json.is_null() => true, // left out
                Some(found) => shows(found, json) && is_a(member.kind, member.nullable, found),
                None => false,
            })
        }),
    }
}

/// Whether a view holds what is known of it beforehand.
fn is_a(kind: Holds, nullable: bool, view: View<'_>) -> bool {
    match view {
        View::Null => nullable,
        View::Bool(_) => matches!(kind, Holds::Bool | Holds::Any),
        View::Int(_) => kind == Holds::Int,
        View::Uint(_) => kind == Holds::Uint,
        View::Float(_) => matches!(kind, Holds::Float | Holds::Any),
        View::Text(_) | View::Id(_) => matches!(kind, Holds::Text | Holds::Any),
        View::Bytes(_) | View::List(_) => matches!(kind, Holds::List | Holds::Any),
        View::Map(_) => matches!(kind, Holds::Map | Holds::Any),
        View::Object(_) => kind == Holds::Object,
    }
}

/// Looking into an object by names finds what its JSON says (API-805, API-806).
#[test]
fn views_show_what_json_says() {
    for kind in KINDS {
        kind.property(20, 0..200, |value| {
            let json = full(value);
            if shows(value.view(), &json) { Ok(()) } else { Err(format!("its view differs from {json}")) }
        });
    }
}

#[test]
fn large_values_come_back() {
    for kind in all().filter(|kind| ["Job", "Node", "Allocation", "Plan", "document::Job"].contains(&kind.name)) {
        kind.property(24, 2000..4000, |value| comes_back(kind, value));
    }
}

/// MODEL-1, MODEL-2: case of names does not matter, members that nobody knows do not either.
#[test]
fn case_and_unknown_members_do_not_matter() {
    for kind in all() {
        kind.property(8, 0..300, |value| {
            let Value::Object(members) = full(value) else { return Err("no object".to_string()) };
            for fold in [str::to_ascii_lowercase, str::to_ascii_uppercase] {
                let mut folded: serde_json::Map<String, Value> =
                    members.iter().map(|(name, member)| (fold(name), member.clone())).collect();
                folded.insert("NobodyKnows".to_string(), json!({"ID": [{"Name": 1.5}, null]}));
                same("folded", &*kind.decoded(&Value::Object(folded).to_string()), value)?;
            }
            Ok(())
        });
    }
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
    let group: TaskGroup =
        decoded(r#"{"Volumes": {"v": {"Source": "s"}}, "Volumes": {"v": {"Type": "host"}, "w": {}}}"#);
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
    // The same in bytes, {"Config": {"a": [[[…]]]}}, if the reader is told how deep to go.
    let mut bytes = b"\x81\xa6Config\x81\xa1a".to_vec();
    bytes.extend([0x91].repeat(100_000));
    bytes.push(0xc0);
    let mut reader = rmp_serde::Deserializer::from_read_ref(&bytes);
    reader.set_max_depth(127);
    assert!(<Task as serde::Deserialize>::deserialize(&mut reader).is_err());
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
    fn no_damage_panics(
        choices in prop::collection::vec(any::<u32>(), 0..600),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
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
            let skipped = serde_json::from_str::<serde::de::IgnoredAny>(&text);
            prop_assert!(skipped.is_ok() || refusal.code() == "syntax", "{refusal}");
            prop_assert!(serde_json::from_str::<Value>(&text).is_err() || refusal.code() == "MODEL-5", "{refusal}");
        }
    }
}
