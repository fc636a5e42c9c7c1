//! HCL written as JSON (SPEC-16): the members of an object are what a body holds. Which of them are blocks, and how many
//! of a member's levels are labels, the schema says; see `decode::items`.

use std::sync::Arc;

use super::ast::{Argument, Body, Expr, Item, JsonMember, Kind as Tree, Name};
use super::json::{Json, Kind, Strictness, read as read_json};
use super::parser::Parser;
use crate::diagnostics::Complaint;
use crate::limits::Limits;
use crate::text::{Span, TextId};

/// Reads a file.
pub(super) fn read(content: &str, text: TextId, limits: &Limits) -> Result<Body, Vec<Complaint>> {
    let json = read_json(content, text, limits.depth(), Strictness::Strict).map_err(|complaint| vec![complaint])?;
    let expression = expression(&json, limits.depth())?;
    match &*expression.kind {
        Tree::JsonObject(members) => Ok(body(members, expression.span)),
        _ => Err(vec![Complaint::new("SPEC-134:syntax", expression.span, "the text must be an object")]),
    }
}

/// The body that members are.
pub(crate) fn body(members: &[JsonMember], span: Span) -> Body {
    let items = members
        .iter()
        // SPEC-16: a comment.
        .filter(|member| &*member.name.text != "//")
        .map(|member| Item::Argument(Argument { name: member.name.clone(), value: member.value.clone() }))
        .collect();
    Body { items, open: Span { end: (span.start + 1).min(span.end), ..span }, json: true }
}

/// The expression that a value is: strings are templates.
fn expression(json: &Json, depth: usize) -> Result<Expr, Vec<Complaint>> {
    let (kind, below) = match &json.kind {
        Kind::Null => (Tree::Null, 0),
        Kind::Bool(value) => (Tree::Bool(*value), 0),
        Kind::Number(text) => {
            let number = super::number(text, json.span).map_err(|complaint| vec![complaint])?;
            (Tree::Number(number), 0)
        }
        Kind::Text(text) => return template(text, json.span, depth),
        Kind::Array(elements) => {
            let elements = elements.iter().map(|one| expression(one, depth)).collect::<Result<Vec<_>, _>>()?;
            let below = elements.iter().map(|one| one.height).max().unwrap_or(0);
            (Tree::JsonArray(elements), below)
        }
        Kind::Object(all) => {
            let mut below = 0;
            let mut members = Vec::with_capacity(all.len());
            for (key, value) in all {
                let name = Name { text: Arc::clone(&key.text), span: key.span };
                let member =
                    JsonMember { name, key: template(&key.text, key.span, depth)?, value: expression(value, depth)? };
                below = below.max(member.key.height).max(member.value.height);
                members.push(member);
            }
            (Tree::JsonObject(members), below)
        }
    };
    Ok(Expr { kind: Arc::new(kind), span: json.span, height: below + 1 })
}

/// The template that a string holds.
fn template(text: &Arc<str>, span: Span, depth: usize) -> Result<Expr, Vec<Complaint>> {
    if !text.contains(['$', '%']) {
        let part = super::ast::Part::Text(crate::value::nfc(text), span);
        return Ok(Expr { kind: Arc::new(Tree::Template(vec![part])), span, height: 1 });
    }
    // Inside of the quotes.
    let place = Span { start: span.start + 1, end: span.start + 1, ..span };
    let read = Parser::of_template(text, place, depth)?.lone_template();
    read.map(|expr| Expr { span, ..expr }).map_err(|complaint| vec![complaint])
}
