//! Fills any object of the model with values made from a list of choices: a deserializer that reads no document but
//! answers whatever it is asked for.
//!
//! An exhausted list answers "nothing" to everything, so that a shorter list is a smaller value and proptest's
//! shrinking works. What kinds of text a member takes (any, a keyword, a time) is learned from refusals.

#![allow(dead_code)] // no test uses all of it

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// Hands every object of the model to a macro.
macro_rules! every_object {
    ($then:ident) => {
        $then! {
            Action Affinity AllocDeploymentStatus AllocListStub AllocMetric AllocState AllocatedCpu
            AllocatedDevice AllocatedMemory AllocatedPort AllocatedResources AllocatedShared
            AllocatedTaskResources Allocation ChangeScript CheckRestart ClientHostNetwork ClientHostVolume
            CniConfig Constraint Consul Core CsiInfo CsiPluginConfig Deployment DeploymentState
            DeploymentUpdate DesiredTransition DesiredUpdates DeviceAttribute DeviceLocality
            DisconnectStrategy DispatchPayload DnsConfig DrainMetadata DrainStrategy DriverInfo
            EphemeralDisk Evaluation EvaluationStub FieldDiff GroupSummary Job JobChildren JobDiff JobInfo
            JobListStub JobScalingEvents JobSubmission JobSummary JobUi JobUiLink Lifecycle LogConfig
            MigrateStrategy MountOptions Multiregion MultiregionRegion MultiregionStrategy
            NamespaceCapabilities NamespaceInfo NetworkResource NetworkStatus Node NodeCpu NodeDevice
            NodeDeviceInstance NodeDisk NodeEvent NodeMemory NodeNetwork NodeNetworkAddress NodePool
            NodePoolSchedulerConfiguration NodeResources NodeScore Numa ObjectDiff ParameterizedJob
            PeriodicConfig Plan PlanAnnotations PlanResult PoolConfiguration Port Processors RequestedDevice
            RescheduleEvent ReschedulePolicy RescheduleTracker ReservedCpu ReservedPorts ReservedResources
            Resources RestartPolicy ScalingEvent ScalingPolicy ScheduleCron Secret Service ServiceCheck
            ServiceRegistration ServiceWeights Spread SpreadTarget Task TaskArtifact TaskDiff TaskEvent
            TaskGroup TaskGroupDiff TaskLifecycle TaskSchedule TaskState Template Topology UpdateStrategy
            Vault VersionTag VolumeMount VolumeRequest WaitConfig WorkloadIdentity
        }
    };
}

type Error = de::value::Error;

/// What a member's text may be.
#[derive(Clone, Debug)]
enum Text {
    Keyword(Vec<String>),
    Time,
}

/// Members of objects by the object's name, and what was learned of their texts.
pub(crate) struct Filler {
    members: BTreeMap<&'static str, &'static [&'static str]>,
    learned: RefCell<BTreeMap<Place, Text>>,
}

/// An object and a member of it.
pub(crate) type Place = (String, String);

impl Filler {
    pub(crate) fn of_every_object() -> Filler {
        use longshore_model::diff::*;
        use longshore_model::*;
        macro_rules! members {
            ($($name:ident)*) => { [$((stringify!($name), $name::MEMBERS)),*] };
        }
        const MEMBERS: &[(&str, &[&str])] = &every_object!(members);
        Filler::new(MEMBERS.iter().copied())
    }

    /// Members of objects by the object's name.
    pub(crate) fn new(members: impl IntoIterator<Item = (&'static str, &'static [&'static str])>) -> Filler {
        Filler { members: members.into_iter().collect(), learned: RefCell::default() }
    }

    /// A value made from choices.
    pub(crate) fn fill<T: DeserializeOwned>(&self, choices: &[u32]) -> T {
        self.fill_opaque(choices, (usize::MAX, &Value::Null)).0
    }

    /// A value made from choices, but for its opaque value of a number, from 0, which is given; and where that went.
    pub(crate) fn fill_opaque<T: DeserializeOwned>(
        &self,
        choices: &[u32],
        opaque: (usize, &Value),
    ) -> (T, Option<Place>) {
        loop {
            let (used, last_text) = (Cell::new(0), RefCell::default());
            let run =
                Run { filler: self, choices, used, last_text, opaque, met: Cell::new(0), given: RefCell::default() };
            match T::deserialize(Answer { run: &run, place: Place::default(), nullable: false }) {
                Ok(value) => return (value, run.given.take()),
                Err(why) => self.learn(run.last_text.take(), &why.to_string()),
            }
        }
    }

    /// Notes what a refused text should have been.
    fn learn(&self, place: Place, why: &str) {
        let text = if why.contains("RFC 3339") {
            Text::Time
        } else {
            let known = why.split_once("expected ").unwrap_or_else(|| panic!("{place:?} refuses all: {why}")).1;
            Text::Keyword(known.split('`').skip(1).step_by(2).map(str::to_string).collect())
        };
        let before = self.learned.borrow_mut().insert(place.clone(), text);
        assert!(before.is_none(), "{place:?} refuses what it asked for: {why}");
    }
}

struct Run<'a> {
    filler: &'a Filler,
    choices: &'a [u32],
    used: Cell<usize>,
    last_text: RefCell<Place>,
    /// The opaque value of a number that is not made from choices.
    opaque: (usize, &'a Value),
    /// Opaque values so far.
    met: Cell<usize>,
    /// Where the one that is given went.
    given: RefCell<Option<Place>>,
}

impl Run<'_> {
    /// The next opaque value, which is not null.
    fn opaque(&self, place: &Place) -> Value {
        let number = self.met.replace(self.met.get() + 1);
        if number == self.opaque.0 {
            self.given.replace(Some(place.clone()));
            return self.opaque.1.clone();
        }
        Some(self.json(0)).filter(|value| !value.is_null()).unwrap_or(Value::Bool(false))
    }

    /// The next choice; 0 once there are none left.
    fn choice(&self) -> u32 {
        let at = self.used.get();
        self.used.set(at + 1);
        self.choices.get(at).copied().unwrap_or(0)
    }

    fn below(&self, bound: u32) -> u32 {
        self.choice() % bound
    }

    /// Small, large, negative: the bounds are where things break.
    fn integer(&self) -> i64 {
        match self.below(8) {
            0 => 0,
            1 => 1,
            2 => -1,
            3 => i64::MAX,
            4 => i64::MIN,
            5 => i64::from(self.choice()),
            6 => -i64::from(self.choice()),
            _ => i64::from(self.choice()) << 31 | i64::from(self.choice()),
        }
    }

    fn float(&self) -> f64 {
        match self.below(4) {
            0 => 0.0,
            1 => f64::from(self.choice()),
            2 => f64::from(self.choice()) / 7.0,
            _ => -1.0 / (1.0 + f64::from(self.choice())),
        }
    }

    fn text(&self) -> String {
        const CHARS: [char; 12] = ['a', 'B', '0', '-', '.', ' ', '"', '\\', '\n', 'é', '\u{0}', '🦀'];
        match self.below(4) {
            0 => String::new(),
            1 => format!("0c0c0c0c-1111-2222-3333-{:012x}", self.choice()),
            _ => (0..self.below(6)).map(|_| CHARS[self.below(12) as usize]).collect(),
        }
    }

    fn json(&self, depth: u32) -> Value {
        match self.below(if depth > 3 { 5 } else { 8 }) {
            0 => Value::Null,
            1 => (self.choice() % 2 == 1).into(),
            2 => self.below(1000).into(),
            3 => self.float().into(),
            4 => self.text().into(),
            5 => self.integer().into(),
            6 => (0..self.below(4)).map(|_| self.json(depth + 1)).collect(),
            _ => Value::Object((0..self.below(4)).map(|_| (self.text(), self.json(depth + 1))).collect()),
        }
    }
}

/// Answers for one value.
struct Answer<'a> {
    run: &'a Run<'a>,
    place: Place,
    /// Whether it may be null: members may, elements may not. Asked once; what is not null is not null.
    nullable: bool,
}

/// What a visitor says it expects.
struct Expected<'a, V>(&'a V);

impl<'de, V: Visitor<'de>> fmt::Display for Expected<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
}

impl<'de> de::Deserializer<'de> for Answer<'_> {
    type Error = Error;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.nullable && self.run.below(4) == 0 {
            visitor.visit_none()
        } else {
            visitor.visit_some(Answer { nullable: false, ..self })
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.run.below(2) == 1)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i8(self.run.choice() as i8)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u8(self.run.choice() as u8)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i32(self.run.choice() as i32)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(self.run.choice())
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.run.integer())
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.run.integer() as u64)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.run.float())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let run = self.run;
        run.last_text.replace(self.place.clone());
        match run.filler.learned.borrow().get(&self.place) {
            // No keyword and no time: a member that takes it takes anything.
            None => visitor.visit_string(if run.below(8) == 1 { "no keyword".to_string() } else { run.text() }),
            Some(Text::Keyword(known)) => visitor.visit_str(&known[run.below(known.len() as u32) as usize]),
            Some(Text::Time) => {
                let (secs, nanos) = (run.choice(), run.below(4) * 250_000_001);
                let time = longshore_model::Time(i64::from(secs) * 1_000_000_000 + i64::from(nanos));
                visitor.visit_string(longshore_model::DateTime::from(time).to_string())
            }
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let expected = Expected(&visitor).to_string();
        if expected.contains("base64") {
            let bytes: Vec<u8> = (0..self.run.below(5)).map(|_| self.run.choice() as u8).collect();
            visitor.visit_string(STANDARD.encode(bytes))
        } else if expected.contains("nanoseconds") {
            visitor.visit_i64(self.run.integer())
        } else {
            // What is asked for any value has been told that it is not null.
            self.run.opaque(&self.place).into_deserializer().deserialize_any(visitor).map_err(de::Error::custom)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.elements())
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let expected = Expected(&visitor).to_string();
        let Some(name) = expected.strip_prefix("an object (").and_then(|rest| rest.strip_suffix(')')) else {
            return visitor.visit_map(self.elements());
        };
        let members = self.run.filler.members.get(name).unwrap_or_else(|| panic!("{name} is not listed"));
        let place = (name.to_string(), String::new());
        visitor.visit_map(Parts { run: self.run, place, left: members.len(), members })
    }

    forward_to_deserialize_any! {
        i16 i128 u16 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct struct enum
        identifier ignored_any
    }

    /// A newtype is what it holds.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }
}

impl<'a> Answer<'a> {
    /// A few elements, or entries with any keys.
    fn elements(self) -> Parts<'a> {
        Parts { run: self.run, left: self.run.below(4) as usize, place: self.place, members: &[] }
    }
}

/// What is in a list, a map or an object.
struct Parts<'a> {
    run: &'a Run<'a>,
    /// That of the whole; the member changes as an object is gone through.
    place: Place,
    left: usize,
    /// Every member of an object; nothing for a list or a map.
    members: &'static [&'static str],
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        self.next_value_seed(seed).map(Some)
    }
}

impl<'de> MapAccess<'de> for Parts<'_> {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        let key = self.members.get(self.members.len().wrapping_sub(self.left));
        self.left = left;
        match key {
            None => seed.deserialize(self.run.text().into_deserializer()).map(Some),
            Some(member) => {
                self.place.1 = member.to_string();
                seed.deserialize(StrDeserializer::<Error>::new(member)).map(Some)
            }
        }
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Answer { run: self.run, place: self.place.clone(), nullable: !self.members.is_empty() })
    }
}
