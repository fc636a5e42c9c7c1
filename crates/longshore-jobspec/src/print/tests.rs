//! What is printed reads the same: documents drawn by the tables that both directions go by.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::print_document;
use crate::decode::{Decoder, Draft, put};
use crate::eval::Evaluator;
use crate::options::Options;
use crate::parse::parse;
use crate::schema::{Child, Content, Count, JOB, Kind, Schema, unset};
use crate::text::Texts;

/// Draws from a seed: each number is a hash of the one before.
struct Draw(u64);

const TEXTS: &[&str] = &[
    "",
    "a",
    "x y",
    "${meta.x}",
    "${var.x}",
    "{a:${X}}",
    "$${x}",
    "$$",
    "%{if}",
    "tab\t\"q\"\\",
    "日本語é",
    "one\ntwo\n",
    "EOT\n ${node.class}\n",
    "\u{1}",
    "null",
    "5",
    "${ spaced  }",
    "${a",
    "\u{feff}",
];

const NAMES: &[&str] = &["a", "b-c", "_d", "größe", "e1"];

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all.get(self.next(all.len() as u64) as usize).copied().unwrap_or_default()
    }

    fn list(&mut self, mut one: impl FnMut(&mut Self) -> Value) -> Value {
        let length = self.next(3);
        (0..length).map(|_| one(self)).collect()
    }

    fn map(&mut self, names: &[&str], mut one: impl FnMut(&mut Self) -> Value) -> Map<String, Value> {
        let length = self.next(3);
        (0..length).map(|_| (self.of(names).to_owned(), one(self))).collect()
    }

    /// A value that an argument may hold.
    fn value(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::S | Kind::SN => self.of(TEXTS).into(),
            Kind::I | Kind::IN => (self.next(2_000) as i64 - 1_000).into(),
            Kind::I8N => (self.next(256) as i64 - 128).into(),
            Kind::U(8) | Kind::UN(8) => self.next(256).into(),
            Kind::U(_) | Kind::UN(_) => self.next(60_000).into(),
            Kind::B | Kind::BN => (self.next(2) == 0).into(),
            Kind::D | Kind::DN => (self.next(1 << 50) as i64 - (1 << 49)).into(),
            Kind::L => self.list(|draw| draw.of(TEXTS).into()),
            Kind::LU(_) => self.list(|draw| draw.next(60_000).into()),
            Kind::M => Value::Object(self.map(&["a", "b.c", "for", "d e"], |draw| draw.of(TEXTS).into())),
        }
    }

    /// A value of a free-form map.
    fn free(&mut self, depth: u64) -> Value {
        match self.next(if depth == 0 { 5 } else { 7 }) {
            0 => self.of(TEXTS).into(),
            1 => (self.next(1 << 40) as i64).into(),
            2 => (self.next(1_000) as f64 + 0.25).into(),
            3 => true.into(),
            4 => Value::Null,
            5 => self.list(|draw| draw.free(depth - 1)),
            _ => Value::Object(self.map(&["a", "b", "c.d"], |draw| draw.free(depth - 1))),
        }
    }

    fn config(&mut self) -> Value {
        let mut members = self.map(NAMES, |draw| draw.free(3));
        members.retain(|_, value| !value.is_null());
        Value::Object(members)
    }

    /// A body by its table, with what reading adds to it.
    fn body(&mut self, schema: &'static Schema, depth: u64) -> Map<String, Value> {
        let mut draft = unset(schema);
        for attribute in schema.attributes {
            if self.next(2) == 0 {
                draft.members.insert(attribute.member(), self.value(attribute.kind));
            }
            // As if it was written; the type of scaling depends on where it stands.
            draft.given.push((attribute.name, crate::text::Span::default()));
        }
        if draft.members.contains_key("Target") {
            draft.members.insert("Type".to_owned(), "".into());
        }
        for child in schema.blocks {
            if depth > 0 && self.next(3) == 0 {
                self.child(child, &mut draft, depth - 1);
            }
        }
        self.finish(schema, draft)
    }

    fn child(&mut self, child: &'static Child, draft: &mut Draft, depth: u64) {
        let Some(member) = child.member() else { return };
        let repeat = if child.count == Count::Many { 1 + self.next(2) } else { 1 };
        for _ in 0..repeat {
            let mut value = match child.content {
                Content::Body(schema) => Value::Object(self.body(schema, depth)),
                Content::Free => self.config(),
                Content::TextsOrArgument => Value::Object(self.map(&["a", "b.c"], |draw| draw.of(TEXTS).into())),
                Content::Texts => Value::Object(self.map(NAMES, |draw| draw.of(TEXTS).into())),
                Content::TextLists => Value::Object(self.map(NAMES, |draw| draw.value(Kind::L))),
                Content::Constraint => json!({ "LTarget": self.of(TEXTS), "RTarget": self.of(TEXTS), "Operand": "<" }),
                Content::Affinity => {
                    let weight = self.value(Kind::I8N);
                    json!({ "LTarget": self.of(TEXTS), "RTarget": self.of(TEXTS), "Operand": "is_set", "Weight": weight })
                }
            };
            let label = self.of(TEXTS);
            match (child.label.map(|label| label.member), value.as_object_mut()) {
                (Some(Some(name)), Some(members)) => drop(members.insert(name.to_owned(), label.into())),
                (Some(None), Some(members)) => {
                    members.insert("Type".to_owned(), "vertical_mem".into());
                    draft.members.insert(member.clone(), json!([value]));
                    return;
                }
                _ => {}
            }
            match child.count {
                Count::ByLabel => drop(draft.members.insert(member.clone(), json!({ label: value }))),
                // Sorted by the parent's `finish`.
                _ if child.name == "reserved_ports" => {}
                _ => put(&mut draft.members, child, value),
            }
        }
    }

    fn finish(&mut self, schema: &'static Schema, mut draft: Draft) -> Map<String, Value> {
        let (texts, options) = (Texts::default(), Options::default());
        let mut evaluator = Evaluator::new(&texts, &options);
        let mut decoder = Decoder { evaluator: &mut evaluator, maps: Vec::new() };
        if let Some(finish) = schema.finish {
            finish(&mut decoder, &mut draft);
        }
        assert!(decoder.evaluator.complaints.is_empty(), "{:?}", decoder.evaluator.complaints);
        draft.members
    }
}

/// A job that some text stands for.
fn document(seed: u64) -> Map<String, Value> {
    let mut draw = Draw(seed);
    let mut job = draw.body(&JOB, 7);
    for member in ["ID", "Name"] {
        job.insert(member.to_owned(), draw.of(TEXTS).into());
    }
    job
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(seed: u64) {
        let job = document(seed);
        let text = print_document(&job).map_err(|why| TestCaseError::fail(format!("{why}")))?;
        let read = parse(&text, &Options::default()).map_err(|why| TestCaseError::fail(format!("{why}\n{text}")))?;
        prop_assert_eq!(&Value::Object(read.document.clone()), &Value::Object(job), "{}", text);
        prop_assert_eq!(print_document(&read.document).ok(), Some(text));
    }
}
