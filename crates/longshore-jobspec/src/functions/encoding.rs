//! `base64decode`, `base64encode`, `csvdecode`, `urlencode`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, Function, Host, function, refuse, string, text};
use crate::value::{Type, Value, nfc};

pub(super) const TABLE: &[Function] = &[
    function("base64decode", &[text("str")], |_, values| {
        let broken = string(values, 0).replace(['\r', '\n'], "");
        match STANDARD.decode(broken).map(String::from_utf8) {
            Ok(Ok(text)) => Ok(Value::text(text)),
            Ok(Err(_)) => refuse("what is encoded is no UTF-8 text"),
            Err(_) => refuse("this is no base64; it needs its padding, and has no spaces"),
        }
    }),
    function("base64encode", &[text("str")], |host, values| {
        host.room(string(values, 0).len() * 2)?;
        Ok(Value::text(STANDARD.encode(string(values, 0))))
    }),
    function("csvdecode", &[text("str")], csvdecode),
    function("urlencode", &[text("str")], |host, values| {
        host.room(string(values, 0).len() * 3)?;
        Ok(Value::text(urlencode(string(values, 0))))
    }),
];

/// As in the query of a URL: a space is `+`.
fn urlencode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// A list of objects, one for each line; the first names their attributes.
fn csvdecode(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(string(values, 0).as_bytes());
    let mut records = reader.records();
    let names: Vec<Arc<str>> = match records.next() {
        Some(Ok(first)) => first.iter().map(nfc).collect(),
        Some(Err(error)) => return refuse(error.to_string()),
        None => return refuse("there is no line with the names of the columns"),
    };
    let mut kinds = BTreeMap::new();
    for name in &names {
        if kinds.insert(Arc::clone(name), Type::Text).is_some() {
            return refuse(format!("two columns are called {name:?}"));
        }
    }
    let mut rows = Vec::new();
    for record in records {
        let record = record.or_else(|error| refuse(error.to_string()))?;
        host.room(names.len() * 16)?;
        rows.push(Value::object(names.iter().cloned().zip(record.iter().map(Value::text)).collect()));
    }
    Ok(Value::list(Type::Object(Arc::new(kinds)), rows))
}
