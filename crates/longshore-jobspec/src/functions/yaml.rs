//! `yamldecode`, `yamlencode`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::json::quote;
use super::{Answer, Function, Host, Refusal, any, function, or_null, refuse, string, text};
use crate::value::{Number, Type, Value, convert, nfc};

pub(super) const TABLE: &[Function] = &[
    function("yamldecode", &[text("src")], decode),
    function("yamlencode", &[or_null(any("value"))], |_, values| {
        let value = super::value(values, 0);
        let mut out = String::new();
        node(value, 0, &mut out);
        out.push('\n');
        // A plain word alone might go on; the end is marked.
        if matches!(value, Value::Null | Value::Bool(_) | Value::Number(_)) {
            out.push_str("...\n");
        }
        Ok(Value::text(out))
    }),
];

/// What is being read: a sequence, or a mapping and the key that waits for its value.
enum Open {
    Sequence(Vec<Value>),
    Mapping(BTreeMap<Arc<str>, Value>, Vec<Value>, Option<Value>),
}

/// One document.
fn decode(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut open: Vec<(Open, usize)> = Vec::new();
    let mut anchors: BTreeMap<usize, Value> = BTreeMap::new();
    let mut document = None;
    for event in Parser::new_from_str(string(values, 0)) {
        let event = event.or_else(|error| refuse(error.to_string()))?.0;
        let (value, anchor) = match event {
            Event::DocumentStart(_) if document.is_some() => return refuse("there is more than one document"),
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| tag.suffix.clone());
                (scalar(&text, style, tag.as_deref())?, anchor)
            }
            Event::Alias(anchor) => match anchors.get(&anchor) {
                Some(value) => (value.clone(), 0),
                None => return refuse("an alias stands inside of what it names"),
            },
            Event::SequenceStart(anchor, _) => {
                push(host, &mut open, Open::Sequence(Vec::new()), anchor)?;
                continue;
            }
            Event::MappingStart(anchor, _) => {
                push(host, &mut open, Open::Mapping(BTreeMap::new(), Vec::new(), None), anchor)?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some((ended, anchor)) => (close(ended)?, anchor),
                None => continue,
            },
            _ => continue,
        };
        // Aliases may make much of little.
        host.room(16)?;
        if value.size().weight > host.evaluator.limits.value {
            return refuse("the value is too large");
        }
        if anchor > 0 {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            None => document = Some(value),
            Some((Open::Sequence(elements), _)) => elements.push(value),
            Some((Open::Mapping(members, merged, key), _)) => match key.take() {
                None => *key = Some(value),
                Some(Value::Text(word)) if &*word == "<<" => merged.push(value),
                Some(name) => drop(members.insert(key_text(&name)?, value)),
            },
        }
    }
    document.map_or_else(|| refuse("there is no document"), Ok)
}

fn push(host: &Host<'_, '_>, open: &mut Vec<(Open, usize)>, one: Open, anchor: usize) -> Result<(), Refusal> {
    if open.len() >= host.evaluator.limits.depth() {
        return refuse("this nests too deeply");
    }
    open.push((one, anchor));
    Ok(())
}

/// What was read.
fn close(open: Open) -> Answer {
    match open {
        Open::Sequence(elements) => Ok(Value::tuple(elements)),
        Open::Mapping(mut members, merged, _) => {
            for value in merged {
                let maps: &[Value] = value.elements().unwrap_or(std::slice::from_ref(&value));
                for map in maps {
                    let Some(others) = map.members() else { return refuse("`<<` merges mappings only") };
                    for (key, value) in others {
                        members.entry(Arc::clone(key)).or_insert_with(|| value.clone());
                    }
                }
            }
            Ok(Value::object(members))
        }
    }
}

fn key_text(key: &Value) -> Result<Arc<str>, Refusal> {
    match convert(key, &Type::Text) {
        Ok(Value::Text(text)) => Ok(text),
        _ => refuse(format!("a key is text, this is {}", key.noun())),
    }
}

/// The value of a scalar.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&str>) -> Answer {
    let as_type = |wanted| convert(&plain(text), &wanted).or_else(refuse);
    match tag {
        Some("str") => Ok(Value::text(text)),
        Some("int" | "float") => as_type(Type::Number),
        Some("bool") => as_type(Type::Bool),
        Some("null") => Ok(Value::Null),
        Some("binary") => Ok(Value::text(text.split_whitespace().collect::<String>())),
        _ if style == ScalarStyle::Plain => Ok(plain(text)),
        _ => Ok(Value::text(text)),
    }
}

/// What a plain word means.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Number::from_f64(f64::INFINITY).map_or(Value::Null, Value::Number);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Number::from_f64(f64::NEG_INFINITY).map_or(Value::Null, Value::Number),
        _ => {}
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
        let digits = text.replace('_', "");
        if let Some(number) = based(&digits).or_else(|| Number::parse(&digits)) {
            return Value::Number(number);
        }
        if let Some(instant) = super::date::yaml_instant(text) {
            return Value::text(instant);
        }
    }
    Value::Text(nfc(text))
}

/// A whole number in a base that its prefix names.
fn based(text: &str) -> Option<Number> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (prefix, digits) = rest.split_at_checked(2)?;
    let base = match prefix {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => return None,
    };
    let whole = num_bigint::BigInt::parse_bytes(digits.as_bytes(), base).filter(|_| digits.len() < 4_000)?;
    Some(Number::from(if negative { -whole } else { whole }))
}

/// Adds a value; what it spans more lines with is indented so far.
fn node(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Unknown | Value::Null => out.push_str("null"),
        Value::Bool(value) => drop(write!(out, "{value}")),
        Value::Number(number) => drop(write!(out, "{number}")),
        Value::Text(text) => scalar_text(text, indent, out),
        other => match (other.elements(), other.members()) {
            (Some([]), _) => out.push_str("[]"),
            (Some(elements), _) => sequence(elements, indent, out),
            (_, Some(members)) if members.is_empty() => out.push_str("{}"),
            (_, Some(members)) => mapping(members, indent, out),
            _ => {}
        },
    }
}

/// Quoted, or as a block if it has several lines.
fn scalar_text(text: &str, indent: usize, out: &mut String) {
    let block = text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.contains(" \n")
        && text.chars().all(|next| next == '\n' || !next.is_control());
    if !block {
        return quote_plain(text, out);
    }
    let body = text.strip_suffix('\n');
    let (body, mark) = match body {
        None => (text, "|-"),
        Some(body) if body.ends_with('\n') => (body, "|+"),
        Some(body) => (body, "|"),
    };
    out.push_str(mark);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent.max(2)));
            out.push_str(line);
        }
    }
}

/// Text in double quotes, with nothing escaped that need not be.
fn quote_plain(text: &str, out: &mut String) {
    let mut quoted = String::new();
    quote(text, &mut quoted);
    out.push_str(&quoted.replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&"));
}

fn line(indent: usize, first: &mut bool, out: &mut String) {
    if !std::mem::take(first) {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

fn sequence(elements: &[Value], indent: usize, out: &mut String) {
    let mut first = true;
    for element in elements {
        line(indent, &mut first, out);
        out.push_str("- ");
        node(element, indent + 2, out);
    }
}

fn mapping(members: &BTreeMap<Arc<str>, Value>, indent: usize, out: &mut String) {
    let mut first = true;
    for (key, value) in members {
        line(indent, &mut first, out);
        quote_plain(key, out);
        out.push(':');
        // A sequence stands below its key, as far in; a mapping two further.
        let below = match (value.elements(), value.members()) {
            (Some([_, ..]), _) => Some(indent),
            (_, Some(members)) if !members.is_empty() => Some(indent + 2),
            _ => None,
        };
        match below {
            Some(below) => {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', below));
                node(value, below, out);
            }
            None => {
                out.push(' ');
                node(value, indent + 2, out);
            }
        }
    }
}
