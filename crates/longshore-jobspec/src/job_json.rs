//! Jobs in the JSON of the jobs API, as files hold them (SPEC-11 to SPEC-13): by the same tables as job specifications.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::diagnostics::{Complaint, MOST};
use crate::options::Options;
use crate::parse::{Failure, Stage};
use crate::room::Room;
use crate::schema::{Child, Content, Count, Fixed, JOB, Kind as Holds, Label, Schema, unset};
use crate::syntax::json::{Json, Key, Kind, Strictness, read};
use crate::text::Texts;

/// Reads a job in the JSON of the jobs API, bare or as the member `Job` of an object. Of the options only the path and
/// the limits count: JSON has no variables (SPEC-14).
///
/// The document is like that of [`parse`](crate::parse): every member is there, unset ones are null.
///
/// ```
/// use longshore_jobspec::{Options, parse_json};
/// let job = parse_json(r#"{"Job": {"ID": "web", "priority": 70}}"#, &Options::default())?;
/// assert_eq!((job["ID"].as_str(), job["Priority"].as_i64()), (Some("web"), Some(70)));
///
/// let failure = parse_json(r#"{"ID": "web", "Priority": "high"}"#, &Options::default()).unwrap_err();
/// assert_eq!(failure.diagnostics()[0].code, "SPEC-13:type");
/// # Ok::<(), longshore_jobspec::Failure>(())
/// ```
///
/// # Errors
/// [`Failure`], with the first thing that is no JSON, or with everything of the wrong type.
pub fn parse_json(text: &str, options: &Options<'_>) -> Result<Map<String, Value>, Failure> {
    let mut texts = Texts::default();
    let main = texts.add(options.path, text);
    let json = crate::syntax::too_long(text, main, &options.limits).map_or_else(
        || {
            read(text, main, options.limits.depth(), Strictness::First).map_err(|mut complaint| {
                if complaint.code == "SPEC-134:syntax" {
                    complaint.code = "SPEC-13:syntax";
                }
                complaint
            })
        },
        Err,
    );
    let json = json.map_err(|complaint| Failure::new(Stage::Syntax, vec![complaint], &texts, main))?;
    let mut decoder = Decoder { complaints: Vec::new(), room: Room::new(&options.limits) };
    let mut document = unset(&JOB).members;
    decoder.body(&json_of_job(&json), &JOB, None, &mut document);
    if decoder.complaints.is_empty() {
        Ok(document)
    } else {
        Err(Failure::new(Stage::Body, decoder.complaints, &texts, main))
    }
}

/// The job in an object: its member `Job`, unless that is null or missing (SPEC-11).
fn json_of_job(json: &Json) -> Json {
    if let Kind::Object(members) = &json.kind {
        let wrapped = members.iter().rev().find(|(key, _)| key.text.eq_ignore_ascii_case("Job"));
        if let Some((_, job)) = wrapped.filter(|(_, job)| !matches!(job.kind, Kind::Null)) {
            return job.clone();
        }
    }
    json.clone()
}

struct Decoder {
    complaints: Vec<Complaint>,
    room: Room,
}

/// What a member is, by the schema.
enum Member {
    Holds(String, Holds),
    Block(String, &'static Child),
    Bytes(String),
    Object(String, &'static Schema),
    Objects(String, &'static Schema),
}

/// The member of a name: exactly, else whatever the case of its letters (SPEC-12).
fn member(schema: &'static Schema, label: Option<Label>, name: &str) -> Option<Member> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    if let Some((label, unset)) = label_member(label).filter(|(label, _)| same(label)) {
        return Some(Member::Holds(label.to_owned(), if unset.is_null() { Holds::SN } else { Holds::S }));
    }
    if let Some(attribute) = schema.attributes.iter().find(|attribute| same(&attribute.member())) {
        return Some(Member::Holds(attribute.member(), attribute.kind));
    }
    if let Some((member, child)) =
        schema.blocks.iter().filter_map(|child| Some((child.member()?, child))).find(|(member, _)| same(member))
    {
        return Some(Member::Block(member, child));
    }
    let (name, fixed) = schema.fixed.iter().find(|(known, _)| same(known))?;
    let name = (*name).to_owned();
    Some(match fixed {
        Fixed::Unset(kind) => Member::Holds(name, *kind),
        Fixed::Bytes => Member::Bytes(name),
        Fixed::Object(schema) => Member::Object(name, schema),
        Fixed::Objects(schema) => Member::Objects(name, schema),
    })
}

/// The member of a label, and what it is if it is absent.
fn label_member(label: Option<Label>) -> Option<(&'static str, Value)> {
    let label = label?;
    Some((label.member?, if label.null { Value::Null } else { Value::from("") }))
}

/// The members of `constraint` and `affinity`, which their blocks name otherwise.
static CONSTRAINT: Schema = Schema::of(&[
    crate::schema::named("attribute", "LTarget", Holds::S),
    crate::schema::named("value", "RTarget", Holds::S),
    crate::schema::named("operator", "Operand", Holds::S),
]);
static AFFINITY: Schema = Schema::of(&[
    crate::schema::named("attribute", "LTarget", Holds::S),
    crate::schema::named("value", "RTarget", Holds::S),
    crate::schema::named("operator", "Operand", Holds::S),
    crate::schema::named("weight", "Weight", Holds::I8N),
]);

impl Decoder {
    /// Complains.
    fn complain(&mut self, complaint: Complaint) {
        if self.complaints.len() < MOST {
            self.complaints.push(complaint);
        }
    }

    /// Complains about a value of another type.
    fn wrong(&mut self, json: &Json, name: &str, wanted: &str) {
        let found = match &json.kind {
            Kind::Null => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(text) => format!("the number {}", text.chars().take(40).collect::<String>()),
            Kind::Text(_) => "a string".to_owned(),
            Kind::Array(_) => "a list".to_owned(),
            Kind::Object(_) => "an object".to_owned(),
        };
        let name = if name.is_empty() { "the job" } else { name };
        self.complain(Complaint::new(
            "SPEC-13:type",
            json.span,
            format!("`{name}`: {wanted} is needed, this is {found}"),
        ));
    }

    /// Reads an object over what its members are so far: repeated objects merge.
    fn body(&mut self, json: &Json, schema: &'static Schema, label: Option<Label>, to: &mut Map<String, Value>) {
        let members = match &json.kind {
            Kind::Object(members) => members,
            Kind::Null => return,
            _ => return self.wrong(json, "", "an object"),
        };
        for (key, value) in members {
            let Some(member) = member(schema, label, &key.text) else { continue };
            match member {
                Member::Holds(name, kind) => self.hold(value, &name, kind, to),
                Member::Block(name, child) => self.block(value, &name, child, to),
                Member::Bytes(name) => self.bytes(value, &name, to),
                Member::Object(name, schema) => self.object(value, &name, schema, None, to),
                Member::Objects(name, schema) => {
                    let list = self.list(value, &name, |decoder, element| decoder.fresh(element, schema, None));
                    to.insert(name, list);
                }
            }
        }
    }

    /// A new object.
    fn fresh(&mut self, json: &Json, schema: &'static Schema, label: Option<Label>) -> Value {
        if matches!(json.kind, Kind::Null) {
            return Value::Null;
        }
        let mut members = match self.room.draft(schema, json.span) {
            Ok(draft) => draft.members,
            Err(full) => {
                self.complain(full);
                return Value::Null;
            }
        };
        if let Some((label, unset)) = label_member(label) {
            members.insert(label.to_owned(), unset);
        }
        self.body(json, schema, label, &mut members);
        Value::Object(members)
    }

    /// An object member, merged into what is there.
    fn object(
        &mut self,
        json: &Json,
        name: &str,
        schema: &'static Schema,
        label: Option<Label>,
        to: &mut Map<String, Value>,
    ) {
        match (&json.kind, to.get_mut(name)) {
            (Kind::Object(_), Some(Value::Object(before))) => {
                let mut merged = std::mem::take(before);
                self.body(json, schema, label, &mut merged);
                to.insert(name.to_owned(), Value::Object(merged));
            }
            (Kind::Object(_) | Kind::Null, _) => drop(to.insert(name.to_owned(), self.fresh(json, schema, label))),
            _ => self.wrong(json, name, "an object"),
        }
    }

    /// A list; null is null.
    fn list(&mut self, json: &Json, name: &str, mut element: impl FnMut(&mut Self, &Json) -> Value) -> Value {
        match &json.kind {
            Kind::Array(elements) => elements.iter().map(|one| element(self, one)).collect(),
            Kind::Null => Value::Null,
            _ => {
                self.wrong(json, name, "a list");
                Value::Null
            }
        }
    }

    /// A member that blocks become.
    fn block(&mut self, json: &Json, name: &str, child: &'static Child, to: &mut Map<String, Value>) {
        let label = child.label;
        let schema = match child.content {
            Content::Body(schema) => schema,
            Content::Constraint => &CONSTRAINT,
            Content::Affinity => &AFFINITY,
            Content::Free => return self.map(json, name, to, |_, value| free(value)),
            Content::Texts | Content::TextsOrArgument => {
                return self.map(json, name, to, |decoder, value| decoder.value(value, name, Holds::S));
            }
            Content::TextLists => {
                return self.map(json, name, to, |decoder, value| decoder.value(value, name, Holds::L));
            }
        };
        match child.count {
            Count::Many | Count::ManyUnchecked => {
                let list = self.list(json, name, |decoder, element| decoder.fresh(element, schema, label));
                to.insert(name.to_owned(), list);
            }
            Count::ByLabel => self.map(json, name, to, |decoder, value| decoder.fresh(value, schema, label)),
            _ => self.object(json, name, schema, label, to),
        }
    }

    /// A map, merged into what is there.
    fn map(
        &mut self,
        json: &Json,
        name: &str,
        to: &mut Map<String, Value>,
        mut each: impl FnMut(&mut Self, &Json) -> Value,
    ) {
        let members: &[(Key, Json)] = match &json.kind {
            Kind::Object(members) => members,
            Kind::Null => return drop(to.insert(name.to_owned(), Value::Null)),
            _ => return self.wrong(json, name, "an object"),
        };
        let mut map = match to.get_mut(name).map(Value::take) {
            Some(Value::Object(before)) => before,
            _ => Map::new(),
        };
        for (key, value) in members {
            map.insert(key.text.to_string(), each(self, value));
        }
        to.insert(name.to_owned(), Value::Object(map));
    }

    /// A plain member; null leaves alone what cannot be null, and unsets the rest.
    fn hold(&mut self, json: &Json, name: &str, kind: Holds, to: &mut Map<String, Value>) {
        if kind == Holds::M {
            return self.map(json, name, to, |decoder, value| decoder.value(value, name, Holds::S));
        }
        if matches!(json.kind, Kind::Null) && !kind.unset().is_null() {
            return;
        }
        let value = self.value(json, name, kind);
        to.insert(name.to_owned(), value);
    }

    /// A plain value. Null in a list or map of texts is an empty text.
    fn value(&mut self, json: &Json, name: &str, kind: Holds) -> Value {
        let (signed, unsigned) = match &json.kind {
            Kind::Number(text) => (text.parse::<i64>().ok(), text.parse::<u64>().ok()),
            _ => (None, None),
        };
        let value = match (kind, &json.kind) {
            (Holds::L, _) => return self.list(json, name, |decoder, one| decoder.value(one, name, Holds::S)),
            (Holds::LU(bits), _) => {
                return self.list(json, name, |decoder, one| decoder.value(one, name, Holds::U(bits)));
            }
            (_, Kind::Null) => return kind.unset(),
            (Holds::S | Holds::SN, Kind::Text(text)) => return Value::from(&**text),
            (Holds::B | Holds::BN, Kind::Bool(value)) => return Value::Bool(*value),
            (Holds::I | Holds::IN | Holds::D | Holds::DN, _) => signed.map(Value::from),
            (Holds::I8N, _) => signed.filter(|value| i8::try_from(*value).is_ok()).map(Value::from),
            (Holds::U(bits) | Holds::UN(bits), _) => {
                unsigned.filter(|value| bits >= 64 || value >> bits == 0).map(Value::from)
            }
            _ => None,
        };
        value.unwrap_or_else(|| {
            self.wrong(json, name, wanted(kind));
            Value::Null
        })
    }

    /// Bytes in base64, or as a list of numbers.
    fn bytes(&mut self, json: &Json, name: &str, to: &mut Map<String, Value>) {
        let value = match &json.kind {
            Kind::Null => Value::Null,
            Kind::Text(text) if STANDARD.decode(text.as_bytes()).is_ok() => Value::from(&**text),
            Kind::Text(_) => {
                let message = format!("`{name}`: this is no base64");
                return self.complain(Complaint::new("SPEC-13:base64", json.span, message));
            }
            Kind::Array(elements) => {
                let byte = |one: &Json| match &one.kind {
                    Kind::Number(text) => text.parse::<u8>().ok(),
                    _ => None,
                };
                match elements.iter().map(byte).collect::<Option<Vec<u8>>>() {
                    Some(bytes) => Value::from(STANDARD.encode(bytes)),
                    None => return self.wrong(json, name, "a list of numbers from 0 to 255"),
                }
            }
            _ => return self.wrong(json, name, "base64"),
        };
        to.insert(name.to_owned(), value);
    }
}

/// What a member of a kind holds, for people.
fn wanted(kind: Holds) -> &'static str {
    match kind {
        Holds::S | Holds::SN => "a string",
        Holds::B | Holds::BN => "true or false",
        Holds::D | Holds::DN => "a whole number of nanoseconds",
        Holds::I8N => "a whole number from -128 to 127",
        Holds::U(_) | Holds::UN(_) => "a whole number that is not negative and in range",
        _ => "a whole number in range",
    }
}

/// A value of a free-form map: numbers are floats (SPEC-13); of repeated members the last counts.
fn free(json: &Json) -> Value {
    match &json.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(text) => text.parse::<f64>().map_or(Value::Null, Value::from),
        Kind::Text(text) => Value::from(&**text),
        Kind::Array(elements) => elements.iter().map(free).collect(),
        Kind::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.text.to_string(), free(value)));
            Value::Object(members.collect())
        }
    }
}
