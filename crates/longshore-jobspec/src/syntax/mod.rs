//! HCL2 and HCL as JSON: from text to a tree with places (SPEC-3, SPEC-16, SPEC-21 to SPEC-35).

pub(crate) mod ast;
pub(crate) mod escape;
mod expression;
pub(crate) mod json;
pub(crate) mod json_body;
mod parser;
pub(crate) mod references;
mod template;
pub(crate) mod token;

use crate::diagnostics::Complaint;
use crate::limits::Limits;
use crate::text::{Span, TextId, Texts};
use crate::value::Number;
use ast::{Body, Expr};

/// Reads a text: JSON if it starts with `{` after nothing but spaces, else native syntax (SPEC-3).
pub(crate) fn read(texts: &Texts, text: TextId, limits: &Limits) -> Result<Body, Vec<Complaint>> {
    let content = texts.content(text);
    if let Some(complaint) = too_long(&content, text, limits) {
        return Err(vec![complaint]);
    }
    if is_json(&content) {
        json_body::read(&content, text, limits)
    } else {
        parser::Parser::new(&content, text, limits)?.file()
    }
}

/// Reads one expression, and nothing after it.
pub(crate) fn read_expression(texts: &Texts, text: TextId, limits: &Limits) -> Result<Expr, Vec<Complaint>> {
    let content = texts.content(text);
    if let Some(complaint) = too_long(&content, text, limits) {
        return Err(vec![complaint]);
    }
    parser::Parser::new(&content, text, limits)?.lone_expression()
}

/// Reads an expression that a string of JSON holds.
pub(crate) fn lone_expression_in(content: &str, place: Span, limits: &Limits) -> Result<Expr, Complaint> {
    let first = |complaints: Vec<Complaint>| {
        let complaint = complaints.into_iter().next();
        complaint.unwrap_or_else(|| Complaint::new("SPEC-134:syntax", place, "this is no expression"))
    };
    parser::Parser::of_expression(content, place, limits.depth()).map_err(first)?.lone_expression().map_err(first)
}

/// Whether a text is HCL as JSON (SPEC-3).
pub(crate) fn is_json(content: &str) -> bool {
    content.trim_start_matches(' ').starts_with('{')
}

/// The number of a literal. What has its form is one, but for its length.
fn number(literal: &str, span: Span) -> Result<Number, Complaint> {
    Number::parse(literal).ok_or_else(|| {
        let most = Number::DIGITS;
        let message = format!("this number is too long: it may have {most} digits, and powers of ten up to {most}");
        Complaint::new("LONGSHORE-LIMIT:number", span, message)
    })
}

/// The complaint about a text beyond its bound.
pub(crate) fn too_long(content: &str, text: TextId, limits: &Limits) -> Option<Complaint> {
    let most = limits.text_bytes.min(u32::MAX as usize / 2);
    (content.len() > most).then(|| {
        let span = Span { text, start: 0, end: 0 };
        Complaint::new("LONGSHORE-LIMIT:text", span, format!("the text has {} bytes; at most {most}", content.len()))
    })
}
