//! From a body to the JSON that it becomes, by the tables of `schema` (SPEC-70 to SPEC-110).

mod attribute;
pub(crate) mod constraint;
mod dynamic;
pub(crate) mod finish;
mod free;
mod items;
mod texts;

pub(crate) use items::{json_blocks, labels_fit};

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::diagnostics::Complaint;
use crate::eval::{Evaluator, Scope};
use crate::schema::{Child, Content, Count, Schema};
use crate::syntax::ast::{Body, Expr, Name};
use crate::text::Span;
use crate::value::Value;

/// Reads bodies; complaints go to the evaluator.
pub(crate) struct Decoder<'e, 'a> {
    pub(crate) evaluator: &'e mut Evaluator<'a>,
    /// Complaints about free-form maps: a stage of their own, of no interest if anything else is wrong (SPEC-5).
    pub(crate) maps: Vec<Complaint>,
}

/// What is left to do once a body was read.
pub(crate) type Finish = fn(&mut Decoder<'_, '_>, &mut Draft);

/// A body as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) members: Map<String, Json>,
    /// The block's label, if it becomes no member.
    pub(crate) label: Option<Name>,
    /// The block's first line, and its brace.
    pub(crate) header: Span,
    pub(crate) open: Span,
    /// The arguments that are there, with the places of their values.
    pub(crate) given: Vec<(&'static str, Span)>,
    /// Blocks that become no member, by type.
    pub(crate) loose: BTreeMap<&'static str, Vec<Draft>>,
}

/// Names with their values.
pub(crate) type Names = Arc<[(Arc<str>, Value)]>;

/// A block, written or expanded, or an argument that stands for one.
pub(crate) struct Found {
    pub(crate) child: &'static Child,
    pub(crate) label: Option<Name>,
    pub(crate) header: Span,
    pub(crate) content: FoundContent,
    /// What the `dynamic` blocks around it define.
    pub(crate) names: Option<Names>,
}

pub(crate) enum FoundContent {
    Body(Arc<Body>),
    Argument(Expr),
}

impl Decoder<'_, '_> {
    /// Reads a body.
    pub(crate) fn body(&mut self, body: &Body, schema: &'static Schema, scope: &Scope<'_>) -> Draft {
        if !self.evaluator.pay(1, body.open) {
            return Draft::default();
        }
        let mut draft = match self.evaluator.room.draft(schema, body.open) {
            Ok(draft) => draft,
            Err(full) => {
                self.evaluator.exceed(full);
                return Draft::default();
            }
        };
        draft.open = body.open;
        let items = self.items(body, schema, scope);
        for (attribute, argument) in &items.arguments {
            draft.given.push((attribute.name, argument.value.span));
            if let Some(value) = self.attribute(attribute, &argument.value, scope)
                && self.holds(&value, argument.value.span)
            {
                draft.members.insert(attribute.member(), value);
            }
        }
        for attribute in schema.attributes.iter().filter(|attribute| attribute.required) {
            if !items.arguments.iter().any(|(given, _)| given.name == attribute.name) {
                self.missing(attribute.name, body.open);
            }
        }
        self.blocks(&mut draft, items.blocks, scope);
        if let Some(finish) = schema.finish {
            finish(self, &mut draft);
        }
        draft
    }

    /// Complains about an argument that must be there.
    pub(crate) fn missing(&mut self, name: &str, open: Span) {
        let message = format!("the argument `{name}` is missing");
        self.evaluator.complain(Complaint::new("SPEC-134:missing-required", open.before(), message));
    }

    /// Reads the blocks of a body.
    fn blocks(&mut self, draft: &mut Draft, blocks: Vec<Found>, scope: &Scope<'_>) {
        let mut seen: BTreeMap<&'static str, (Span, usize)> = BTreeMap::new();
        for found in blocks {
            let (first, count) =
                *seen.entry(found.child.name).and_modify(|(_, count)| *count += 1).or_insert((found.header, 1));
            if count > 1 && !self.again(&found, first, count) {
                continue;
            }
            self.block(draft, &found, scope);
        }
    }

    /// Whether one more block of a type may be; else it was complained about, if it is the second.
    fn again(&mut self, found: &Found, first: Span, count: usize) -> bool {
        let code = match found.child.count {
            Count::One => "SPEC-134:duplicate-block",
            Count::OneOr(code) => code,
            _ => return true,
        };
        if count == 2 {
            let message = format!("there is a second `{}` block; one at most may stand here", found.child.name);
            self.evaluator.complain(Complaint::new(code, found.header, message).related(first));
        }
        false
    }

    /// Reads one block into its member.
    fn block(&mut self, draft: &mut Draft, found: &Found, scope: &Scope<'_>) {
        let names = found.names.as_deref().unwrap_or_default();
        let inner = scope.inside(names);
        let child = found.child;
        if let (Content::Body(schema), FoundContent::Body(body)) = (child.content, &found.content) {
            let unchecked = matches!(child.count, Count::LastUnchecked | Count::ManyUnchecked);
            let mut read = if unchecked {
                let before = std::mem::take(&mut self.evaluator.complaints);
                let read = self.body(body, schema, &inner);
                self.evaluator.complaints = before;
                read
            } else {
                self.body(body, schema, &inner)
            };
            read.header = found.header;
            read.label.clone_from(&found.label);
            return self.place(draft, child, read);
        }
        let value = match (child.content, &found.content) {
            (Content::Free, FoundContent::Body(body)) => Some(Json::Object(self.free(body, &inner))),
            (Content::Texts | Content::TextsOrArgument, FoundContent::Body(body)) => self.texts(body, &inner),
            (Content::TextLists, FoundContent::Body(body)) => self.text_lists(body, &inner),
            (Content::Constraint, FoundContent::Body(body)) => Some(self.constraint(body, &inner)),
            (Content::Affinity, FoundContent::Body(body)) => Some(self.affinity(body, &inner)),
            (_, FoundContent::Argument(expr)) => self.texts_argument(expr, &inner),
            (Content::Body(_), FoundContent::Body(_)) => None,
        };
        if let Some(value) = value
            && self.holds(&value, found.header)
        {
            put(&mut draft.members, child, value);
        }
    }

    /// Whether the job has room for a value.
    fn holds(&mut self, value: &Json, span: Span) -> bool {
        let taken = self.evaluator.room.hold(value, span);
        taken.map_err(|full| self.evaluator.exceed(full)).is_ok()
    }

    /// Puts a block that was read where it belongs.
    fn place(&mut self, draft: &mut Draft, child: &'static Child, mut read: Draft) {
        let label = child.label.and_then(|label| label.member);
        if let (Some(member), Some(name)) = (label, &read.label) {
            read.members.insert(member.to_owned(), Json::from(&*name.text));
        }
        match (child.member(), child.count, child.label) {
            (None, Count::LastUnchecked, _) => drop(draft.loose.insert(child.name, vec![read])),
            (None, ..) => draft.loose.entry(child.name).or_default().push(read),
            (Some(member), Count::ByLabel, _) => {
                let map = draft.members.entry(member).or_insert(Json::Null);
                if !map.is_object() {
                    *map = Json::Object(Map::new());
                }
                if let (Some(map), Some(name)) = (map.as_object_mut(), &read.label) {
                    map.insert(name.text.to_string(), Json::Object(read.members));
                }
            }
            (Some(_), _, Some(label)) if label.member.is_none() => {
                // Its label decides about it: the parent's `finish` places it.
                draft.loose.entry(child.name).or_default().push(read);
            }
            _ => put(&mut draft.members, child, Json::Object(read.members)),
        }
    }
}

/// Adds a value to its member: the member itself, or one more of its list.
pub(crate) fn put(members: &mut Map<String, Json>, child: &Child, value: Json) {
    let Some(member) = child.member() else { return };
    if child.count != Count::Many {
        members.insert(member, value);
        return;
    }
    match members.get_mut(&member) {
        Some(Json::Array(list)) => list.push(value),
        _ => drop(members.insert(member, Json::Array(vec![value]))),
    }
}
