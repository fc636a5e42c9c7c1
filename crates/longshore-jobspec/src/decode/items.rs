//! What stands in a body, sorted by the schema: arguments, blocks, `dynamic` blocks expanded; the same for JSON, where only
//! the schema tells a block from an argument (SPEC-16, SPEC-101, SPEC-134).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Decoder, Found, FoundContent};
use crate::diagnostics::{Complaint, nearest};
use crate::eval::{Evaluator, Scope};
use crate::schema::{Attribute, Child, Content, Schema};
use crate::syntax::ast::{Argument, Block, Body, Expr, Item, Kind, Name};
use crate::syntax::json_body;
use crate::text::Span;

/// The arguments and blocks of a body.
pub(super) struct Items<'b> {
    pub(super) arguments: Vec<(&'static Attribute, &'b Argument)>,
    pub(super) blocks: Vec<Found>,
}

impl Decoder<'_, '_> {
    /// Sorts what stands in a body.
    pub(super) fn items<'b>(&mut self, body: &'b Body, schema: &'static Schema, scope: &Scope<'_>) -> Items<'b> {
        let mut items = Items { arguments: Vec::new(), blocks: Vec::new() };
        for item in &body.items {
            match item {
                Item::Argument(argument) => match schema.attribute(&argument.name.text) {
                    Some(attribute) => self.sort_argument(&mut items, attribute, argument),
                    None => self.sort_other(&mut items.blocks, argument, body, schema, scope),
                },
                Item::Block(block) if &*block.kind.text == "dynamic" => {
                    self.expand(block, schema, scope, &mut items.blocks);
                }
                Item::Block(block) => match schema.block(&block.kind.text) {
                    Some(child) => self.sort_block(&mut items.blocks, child, block),
                    None => self.unknown_block(&block.kind, schema),
                },
            }
        }
        self.both_forms(&mut items.blocks);
        items
    }

    /// An argument that the schema has.
    fn sort_argument<'b>(&mut self, items: &mut Items<'b>, attribute: &'static Attribute, argument: &'b Argument) {
        // Native syntax has no repeated argument; JSON may have a repeated member.
        match items.arguments.iter().find(|(known, _)| known.name == attribute.name) {
            Some((_, before)) => {
                let message = format!("the argument `{}` is given twice", attribute.name);
                let complaint = Complaint::new("SPEC-134:duplicate-argument", argument.name.span, message);
                self.evaluator.complain(complaint.related(before.name.span));
            }
            None => items.arguments.push((attribute, argument)),
        }
    }

    /// An argument that is a map of texts; in JSON, any block.
    fn sort_other(
        &mut self,
        blocks: &mut Vec<Found>,
        argument: &Argument,
        body: &Body,
        schema: &'static Schema,
        scope: &Scope<'_>,
    ) {
        let name = &argument.name;
        match schema.block(&name.text) {
            Some(child) if matches!(child.content, Content::TextsOrArgument) => blocks.push(Found {
                child,
                label: None,
                header: name.span,
                content: FoundContent::Argument(argument.value.clone()),
                names: None,
            }),
            Some(child) if body.json => {
                for block in json_blocks(self.evaluator, name, &argument.value, usize::from(child.label.is_some())) {
                    self.sort_block(blocks, child, &block);
                }
            }
            None if body.json && &*name.text == "dynamic" => {
                for block in json_blocks(self.evaluator, name, &argument.value, 1) {
                    self.expand(&block, schema, scope, blocks);
                }
            }
            _ => self.unknown_argument(name, body, schema),
        }
    }

    /// A block that the schema has, unless its labels are wrong.
    pub(super) fn sort_block(&mut self, blocks: &mut Vec<Found>, child: &'static Child, block: &Block) {
        if !labels_fit(self.evaluator, block, usize::from(child.label.is_some())) {
            return;
        }
        blocks.push(Found {
            child,
            label: block.labels.first().cloned(),
            header: if block.body.json { block.body.open } else { block.header() },
            content: FoundContent::Body(Arc::clone(&block.body)),
            names: None,
        });
    }

    /// Complains about a map of texts that is both a block and an argument (SPEC-76); the argument goes.
    fn both_forms(&mut self, blocks: &mut Vec<Found>) {
        let is_argument = |found: &Found| matches!(found.content, FoundContent::Argument(_));
        // The first of each form, by name.
        let mut forms: BTreeMap<&'static str, [Option<Span>; 2]> = BTreeMap::new();
        for found in &*blocks {
            let seen = forms.entry(found.child.name).or_default();
            seen[usize::from(is_argument(found))].get_or_insert(found.header);
        }
        for (name, forms) in &forms {
            let [Some(block), Some(argument)] = *forms else { continue };
            let message = format!("`{name}` is given as a block and as an argument; one of them is enough");
            self.evaluator.complain(Complaint::new("SPEC-76:both-forms", block, message).related(argument));
        }
        blocks.retain(|found| !(is_argument(found) && forms[found.child.name].iter().all(Option::is_some)));
    }

    /// Complains about an argument that the schema lacks.
    pub(super) fn unknown_argument(&mut self, name: &Name, body: &Body, schema: &Schema) {
        if self.evaluator.heard_enough() {
            return;
        }
        let word = &*name.text;
        let code = if body.json { "SPEC-15:extraneous-property" } else { "SPEC-134:unknown-argument" };
        let complaint = Complaint::new(code, name.span, format!("there is no argument `{word}` here"));
        let open = schema.attributes.iter().map(|attribute| attribute.name).filter(|known| !is_set(body, known));
        let blocks = || schema.blocks.iter().map(|child| child.name);
        let hint = if let Some(near) = nearest(word, open) {
            Some(format!("did you mean `{near}`?"))
        } else if blocks().any(|known| known == word) {
            Some(format!("`{word}` is a block: write `{word} {{ … }}`"))
        } else if let (true, Some(near)) = (body.json, nearest(word, blocks())) {
            Some(format!("did you mean `{near}`?"))
        } else {
            None
        };
        self.evaluator.complain(complaint.hint(hint));
    }

    /// Complains about a block that the schema lacks.
    pub(super) fn unknown_block(&mut self, kind: &Name, schema: &Schema) {
        let word = &*kind.text;
        let complaint = Complaint::new("SPEC-134:unknown-block", kind.span, format!("there is no block `{word}` here"));
        let hint = if let Some(near) = nearest(word, schema.blocks.iter().map(|child| child.name)) {
            Some(format!("did you mean `{near}`?"))
        } else if schema.attribute(word).is_some() {
            Some(format!("`{word}` is an argument: write `{word} = …`"))
        } else {
            None
        };
        self.evaluator.complain(complaint.hint(hint));
    }
}

/// Whether a body has an argument.
fn is_set(body: &Body, name: &str) -> bool {
    body.items.iter().any(|item| matches!(item, Item::Argument(argument) if &*argument.name.text == name))
}

/// Whether a block has as many labels as it should; otherwise it was complained about.
pub(crate) fn labels_fit(evaluator: &mut Evaluator<'_>, block: &Block, wanted: usize) -> bool {
    let kind = &block.kind.text;
    if block.labels.len() < wanted {
        let message = format!("a `{kind}` block has a label: `{kind} \"name\" {{ … }}`");
        evaluator.complain(Complaint::new("SPEC-134:no-label", block.body.open, message));
        return false;
    }
    if let Some(extra) = block.labels.get(wanted) {
        let most = if wanted == 0 { "no label" } else { "one label only" };
        let message = format!("a `{kind}` block takes {most}; {:?} is too much", &*extra.text);
        evaluator.complain(Complaint::new("SPEC-134:extra-label", extra.span, message));
        return false;
    }
    true
}

/// The blocks that a member of JSON is: objects, one level for each label, lists repeat (SPEC-16).
pub(crate) fn json_blocks(evaluator: &mut Evaluator<'_>, kind: &Name, value: &Expr, labels: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    json_block(evaluator, kind, value, labels, &mut Vec::new(), &mut blocks);
    blocks
}

fn json_block(
    evaluator: &mut Evaluator<'_>,
    kind: &Name,
    value: &Expr,
    missing: usize,
    labels: &mut Vec<Name>,
    blocks: &mut Vec<Block>,
) {
    match &*value.kind {
        Kind::Null => {}
        Kind::JsonArray(elements) => {
            elements.iter().for_each(|one| json_block(evaluator, kind, one, missing, labels, blocks));
        }
        Kind::JsonObject(members) if missing == 0 => blocks.push(Block {
            kind: kind.clone(),
            labels: labels.clone(),
            body: Arc::new(json_body::body(members, value.span)),
        }),
        Kind::JsonObject(members) if members.is_empty() => {
            let message = format!("a label of `{}` is missing: a member whose name is the label", kind.text);
            evaluator.complain(Complaint::new("SPEC-16:label", value.start(), message));
        }
        Kind::JsonObject(members) => {
            for member in members {
                labels.push(member.name.clone());
                json_block(evaluator, kind, &member.value, missing - 1, labels, blocks);
                labels.pop();
            }
        }
        _ => {
            if missing > 0 {
                let message = format!("a label of `{}` is missing: an object whose members are labels", kind.text);
                evaluator.complain(Complaint::new("SPEC-16:label", value.span, message));
            }
            let message = format!("a block `{}` is an object, or a list of objects", kind.text);
            evaluator.complain(Complaint::new("SPEC-16:value-type", value.span, message));
        }
    }
}
