//! `dynamic` blocks (SPEC-68, SPEC-69).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::items::json_blocks;
use super::{Decoder, Found, FoundContent};
use crate::diagnostics::{Complaint, did_you_mean};
use crate::eval::Scope;
use crate::schema::{Child, Schema};
use crate::syntax::ast::{Block, Body, Expr, Item, Kind, Name};
use crate::value::{Type, Value, convert};

/// What a `dynamic` block holds.
struct Parts {
    for_each: Expr,
    iterator: Option<Expr>,
    labels: Option<Expr>,
    content: Arc<Body>,
}

impl Decoder<'_, '_> {
    /// Adds the blocks that a `dynamic` block stands for.
    pub(super) fn expand(&mut self, block: &Block, schema: &'static Schema, scope: &Scope<'_>, to: &mut Vec<Found>) {
        let Some(kind) = block.labels.first() else {
            let message = "a `dynamic` block has a label: the type of the blocks that it makes";
            self.evaluator.complain(Complaint::new("SPEC-134:no-label", block.body.open, message));
            return;
        };
        if let Some(extra) = block.labels.get(1) {
            let message = "a `dynamic` block takes one label only; labels of what it makes stand in `labels`";
            self.evaluator.complain(Complaint::new("SPEC-134:extra-label", extra.span, message));
            return;
        }
        let Some(child) = schema.block(&kind.text) else {
            return self.unknown_block(kind, schema);
        };
        let Some(parts) = self.parts(block, child) else { return };
        let Some(iterator) = self.iterator(&parts, kind) else { return };
        let collection = self.evaluator.value(&parts.for_each, scope);
        let Some(pairs) = self.for_each(&collection, &parts.for_each) else { return };
        for (key, value) in pairs {
            if self.evaluator.stopped() || !self.evaluator.pay(1, block.kind.span) {
                return;
            }
            let element = BTreeMap::from([("key".into(), key), ("value".into(), value)]);
            let own = [(Arc::clone(&iterator), Value::object(element))];
            let label = match &parts.labels {
                Some(labels) => match self.labels(labels, &scope.inside(&own)) {
                    Some(label) => Some(label),
                    None => continue,
                },
                None => None,
            };
            let header = if block.body.json { block.body.open } else { block.header() };
            let content = FoundContent::Body(Arc::clone(&parts.content));
            to.push(Found { child, label, header, content, names: Some(own.into()) });
        }
    }

    /// The arguments and the content, if they are what they should be.
    fn parts(&mut self, block: &Block, child: &Child) -> Option<Parts> {
        let body = &block.body;
        let mut arguments: BTreeMap<&str, Expr> = BTreeMap::new();
        let mut contents: Vec<Block> = Vec::new();
        let before = self.evaluator.complaints.len();
        for item in &body.items {
            match item {
                Item::Argument(argument) => match &*argument.name.text {
                    name @ ("for_each" | "iterator") => drop(arguments.insert(name, argument.value.clone())),
                    "labels" if child.label.is_some() => drop(arguments.insert("labels", argument.value.clone())),
                    "content" if body.json => {
                        contents.extend(json_blocks(self.evaluator, &argument.name, &argument.value, 0));
                    }
                    name => {
                        let code = if body.json { "SPEC-15:extraneous-property" } else { "SPEC-134:unknown-argument" };
                        let message = match name {
                            "labels" => format!("`{}` blocks have no label", child.name),
                            _ => {
                                format!("there is no argument `{name}` here; what the blocks hold stands in `content`")
                            }
                        };
                        let complaint = Complaint::new(code, argument.name.span, message);
                        self.evaluator.complain(complaint.hint(did_you_mean(name, ["for_each", "iterator", "labels"])));
                    }
                },
                Item::Block(inner) if &*inner.kind.text == "content" => contents.push(inner.clone()),
                Item::Block(inner) => {
                    let message = format!(
                        "there is no block `{}` here; what the blocks hold stands in `content`",
                        inner.kind.text
                    );
                    self.evaluator.complain(Complaint::new("SPEC-134:unknown-block", inner.kind.span, message));
                }
            }
        }
        if !arguments.contains_key("for_each") {
            self.missing("for_each", body.open);
        }
        if child.label.is_some() && !arguments.contains_key("labels") {
            self.missing("labels", body.open);
        }
        let content = self.content(&contents, body)?;
        if self.evaluator.complaints.len() > before {
            return None;
        }
        Some(Parts {
            for_each: arguments.remove("for_each")?,
            iterator: arguments.remove("iterator"),
            labels: arguments.remove("labels"),
            content,
        })
    }

    /// The one `content` block.
    fn content(&mut self, contents: &[Block], body: &Body) -> Option<Arc<Body>> {
        match contents {
            [] => {
                let message = "the block `content` is missing: what every block that is made holds";
                self.evaluator.complain(Complaint::new("SPEC-69:content", body.open.before(), message));
                None
            }
            [only] => Some(Arc::clone(&only.body)),
            [first, second, ..] => {
                let complaint =
                    Complaint::new("SPEC-69:content", second.kind.span, "there is a second `content` block");
                self.evaluator.complain(complaint.related(first.kind.span));
                None
            }
        }
    }

    /// The name that content uses for the element.
    fn iterator(&mut self, parts: &Parts, kind: &Name) -> Option<Arc<str>> {
        let Some(expr) = &parts.iterator else { return Some(Arc::clone(&kind.text)) };
        match &*expr.kind {
            Kind::Reference { root, steps } if steps.is_empty() => Some(Arc::clone(&root.text)),
            Kind::Template(_) if parts.content.json => crate::typespec::read_json(expr).map(Into::into),
            _ => {
                let message = "`iterator` is a bare name, without quotes";
                self.evaluator.complain(Complaint::new("SPEC-69:iterator", expr.span, message));
                None
            }
        }
    }

    /// Keys and values to make blocks of.
    fn for_each(&mut self, collection: &Value, expr: &Expr) -> Option<Vec<(Value, Value)>> {
        match crate::eval::pairs(collection) {
            Some(pairs) if pairs.len() > self.evaluator.limits.expansion => {
                let message = format!("this makes {} blocks; at most {}", pairs.len(), self.evaluator.limits.expansion);
                self.evaluator.exceed(Complaint::new("LONGSHORE-LIMIT:expansion", expr.span, message));
                None
            }
            Some(pairs) => Some(pairs),
            None => {
                if !collection.is_unknown() {
                    let message = format!("`for_each` goes through a list, set or map; this is {}", collection.noun());
                    self.evaluator.complain(Complaint::new("SPEC-69:for-each", expr.span, message));
                }
                None
            }
        }
    }

    /// The label of one block.
    fn labels(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Name> {
        let written = match &*expr.kind {
            Kind::Tuple(elements) | Kind::JsonArray(elements) => elements.iter().map(|one| one.span).collect(),
            _ => Vec::new(),
        };
        let value = self.evaluator.value(expr, scope);
        if value.is_unknown() {
            return None;
        }
        let elements = value.elements();
        let Some([label]) = elements else {
            let place = written.get(1).copied().unwrap_or(expr.span);
            let message = match elements {
                Some(elements) => format!("one label is needed, these are {}", elements.len()),
                None => format!("`labels` is a list of one label, this is {}", value.noun()),
            };
            self.evaluator.complain(Complaint::new("SPEC-69:labels", place, message));
            return None;
        };
        let span = written.first().copied().unwrap_or(expr.span);
        match convert(label, &Type::Text) {
            Ok(Value::Text(text)) => Some(Name { text, span }),
            _ => {
                let message = format!("a label is text, this is {}", label.noun());
                self.evaluator.complain(Complaint::new("SPEC-69:label-value", span, message));
                None
            }
        }
    }
}
