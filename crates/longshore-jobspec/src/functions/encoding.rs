//! `base64decode`, `base64encode`, `urlencode`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Function, function, refuse, string, text};
use crate::value::Value;

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
