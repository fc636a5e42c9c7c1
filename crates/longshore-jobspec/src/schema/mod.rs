//! Which arguments and blocks there are, and what JSON they become (SPEC-110): tables, and nothing else.
//!
//! `decode` reads a text by them, `print` writes one by them.

mod job;
mod service;
mod task;

pub(crate) use job::{JOB, group};

use crate::decode::{Draft, Finish};

/// What may stand in a body.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) attributes: &'static [Attribute],
    pub(crate) blocks: &'static [Child],
    /// Members that no text sets.
    pub(crate) fixed: &'static [(&'static str, Fixed)],
    /// What is left to do once everything is read.
    pub(crate) finish: Option<Finish>,
}

impl Schema {
    pub(crate) const EMPTY: Schema = Schema { attributes: &[], blocks: &[], fixed: &[], finish: None };

    /// A body with arguments only.
    pub(crate) const fn of(attributes: &'static [Attribute]) -> Schema {
        Schema { attributes, ..Schema::EMPTY }
    }

    pub(crate) const fn blocks(self, blocks: &'static [Child]) -> Schema {
        Schema { blocks, ..self }
    }

    pub(crate) const fn fixed(self, fixed: &'static [(&'static str, Fixed)]) -> Schema {
        Schema { fixed, ..self }
    }

    pub(crate) const fn finish(self, finish: Finish) -> Schema {
        Schema { finish: Some(finish), ..self }
    }

    /// The argument of a name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The block of a type.
    pub(crate) fn block(&self, name: &str) -> Option<&'static Child> {
        self.blocks.iter().find(|child| child.name == name)
    }
}

/// A member that no text sets, but a job of the jobs API may have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fixed {
    /// Null, or nothing, as arguments of this kind are if they are absent.
    Unset(Kind),
    /// Null; else bytes in base64, or as numbers.
    Bytes,
    /// Null; else an object.
    Object(&'static Schema),
    /// Null; else a list of objects.
    Objects(&'static Schema),
}

/// An argument.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    /// The JSON member; `""`: the name in camel case.
    member: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// What an argument holds. Those with a question mark may be null, and are if the argument is absent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Text.
    S,
    /// Text?
    SN,
    /// A whole number of 64 bits.
    I,
    /// A whole number?
    IN,
    /// A whole number of 8 bits?
    I8N,
    /// No negative number, below 2 to the power of this.
    U(u32),
    /// The same?
    UN(u32),
    /// True or false.
    B,
    /// True or false?
    BN,
    /// A span of time, ns.
    D,
    /// A span of time?
    DN,
    /// A list of texts?
    L,
    /// A list of such numbers?
    LU(u32),
    /// A map of texts?
    M,
}

impl Kind {
    /// What an argument of this kind is if it is absent.
    pub(crate) fn unset(self) -> serde_json::Value {
        match self {
            Kind::S => "".into(),
            Kind::I | Kind::U(_) | Kind::D => 0.into(),
            Kind::B => false.into(),
            _ => serde_json::Value::Null,
        }
    }
}

impl Attribute {
    pub(crate) const fn required(self) -> Attribute {
        Attribute { required: true, ..self }
    }

    /// The JSON member.
    pub(crate) fn member(&self) -> String {
        member(self.name, self.member)
    }
}

/// An argument whose member is its name in camel case.
pub(crate) const fn a(name: &'static str, kind: Kind) -> Attribute {
    named(name, "", kind)
}

/// An argument with a member of another name.
pub(crate) const fn named(name: &'static str, member: &'static str, kind: Kind) -> Attribute {
    Attribute { name, member, kind, required: false }
}

/// A block inside of another.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) name: &'static str,
    /// The JSON member; `""`: the name in camel case; `None`: it becomes no member, but see the parent's `finish`.
    member: Option<&'static str>,
    pub(crate) content: Content,
    pub(crate) count: Count,
    pub(crate) label: Option<Label>,
}

/// What stands in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    Body(&'static Schema),
    /// Anything (SPEC-70 to SPEC-75).
    Free,
    /// Names with texts; an argument with a map as well (SPEC-76, SPEC-77).
    TextsOrArgument,
    /// Names with texts.
    Texts,
    /// Names with lists of texts.
    TextLists,
    /// SPEC-78.
    Constraint,
    /// SPEC-81.
    Affinity,
}

/// How often a block may stand in a body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Count {
    One,
    /// As `One`, but the complaint about a second is this one (SPEC-92).
    OneOr(&'static str),
    Many,
    /// By label; of a repeated label the last counts (SPEC-86).
    ByLabel,
    /// As `One` and `Many`; but nothing in them is ever complained about, and the last counts (SPEC-92).
    LastUnchecked,
    ManyUnchecked,
}

/// A block's label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    /// The JSON member; `None`: see the parent's `finish`.
    pub(crate) member: Option<&'static str>,
    /// Whether the member may be null in the JSON of the jobs API; else it is empty there.
    pub(crate) null: bool,
}

impl Child {
    pub(crate) const fn label(self, member: &'static str) -> Child {
        Child { label: Some(Label { member: Some(member), null: false }), ..self }
    }

    pub(crate) const fn label_or_null(self, member: &'static str) -> Child {
        Child { label: Some(Label { member: Some(member), null: true }), ..self }
    }

    pub(crate) const fn loose_label(self) -> Child {
        Child { label: Some(Label { member: None, null: false }), ..self }
    }

    pub(crate) const fn count(self, count: Count) -> Child {
        Child { count, ..self }
    }

    pub(crate) const fn member_named(self, member: &'static str) -> Child {
        Child { member: Some(member), ..self }
    }

    pub(crate) const fn no_member(self) -> Child {
        Child { member: None, ..self }
    }

    /// The JSON member, if it has one.
    pub(crate) fn member(&self) -> Option<String> {
        self.member.map(|given| member(self.name, given))
    }
}

/// A block that stands once at most.
pub(crate) const fn one(name: &'static str, schema: &'static Schema) -> Child {
    block(name, Content::Body(schema), Count::One)
}

/// A block that may be repeated, with its list's member.
pub(crate) const fn many(name: &'static str, member: &'static str, schema: &'static Schema) -> Child {
    block(name, Content::Body(schema), Count::Many).member_named(member)
}

/// Any block.
pub(crate) const fn block(name: &'static str, content: Content, count: Count) -> Child {
    Child { name, member: Some(""), content, count, label: None }
}

/// A free-form map.
pub(crate) const CONFIG: Child = block("config", Content::Free, Count::One);

/// `constraint` and `affinity`, which stand in several places.
pub(crate) const CONSTRAINT: Child = block("constraint", Content::Constraint, Count::Many).member_named("Constraints");
pub(crate) const AFFINITY: Child = block("affinity", Content::Affinity, Count::Many).member_named("Affinities");

/// A given member, or a name in camel case.
fn member(name: &str, given: &str) -> String {
    if given.is_empty() { camel(name) } else { given.to_owned() }
}

/// `max_parallel` as `MaxParallel`.
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = true;
    for next in name.chars() {
        if next == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            out.extend(next.to_uppercase());
        } else {
            out.push(next);
        }
    }
    out
}

/// A draft with every member that a body of this schema has, unset.
pub(crate) fn unset(schema: &Schema) -> Draft {
    use serde_json::Value;
    let mut draft = Draft::default();
    for (name, fixed) in schema.fixed {
        let value = match fixed {
            Fixed::Unset(kind) => kind.unset(),
            _ => Value::Null,
        };
        draft.members.insert((*name).to_owned(), value);
    }
    for attribute in schema.attributes {
        draft.members.insert(attribute.member(), attribute.kind.unset());
    }
    for member in schema.blocks.iter().filter_map(Child::member) {
        draft.members.insert(member, Value::Null);
    }
    draft
}
