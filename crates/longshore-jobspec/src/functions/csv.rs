//! `csvdecode`: strict about quotes (SPEC-65), which lenient readers take as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Answer, Function, Host, function, refuse, string, text};
use crate::text::quoted;
use crate::value::{Type, Value, nfc};

pub(super) const TABLE: &[Function] = &[function("csvdecode", &[text("str")], csvdecode)];

/// A list of objects, one for each record; the first record names their attributes.
fn csvdecode(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut records = Records { text: string(values, 0), line: 1 };
    let names: Vec<Arc<str>> = match records.next() {
        Some(first) => first.or_else(refuse)?.iter().map(|name| nfc(name)).collect(),
        None => return refuse("there is no line with the names of the columns"),
    };
    let mut kinds = BTreeMap::new();
    for name in &names {
        if kinds.insert(Arc::clone(name), Type::Text).is_some() {
            return refuse(format!("two columns are called {}", quoted(name)));
        }
    }
    let mut rows = Vec::new();
    for record in records {
        let record = record.or_else(refuse)?;
        if record.len() != names.len() {
            let (has, wants) = (record.len(), names.len());
            return refuse(format!("record {} has {has} fields, the first one has {wants}", rows.len() + 2));
        }
        host.room(names.len() * 16)?;
        rows.push(Value::object(names.iter().cloned().zip(record.into_iter().map(Value::text)).collect()));
    }
    Ok(Value::list(Type::Object(Arc::new(kinds)), rows))
}

/// Records of a text, its empty lines left out. A line ends with `\n` or `\r\n`: a `\r` elsewhere is text.
struct Records<'a> {
    text: &'a str,
    line: usize,
}

impl<'a> Records<'a> {
    /// The next line, and what ends it; `None` at the end of the text.
    fn line(&mut self) -> Option<(&'a str, &'static str)> {
        if self.text.is_empty() {
            return None;
        }
        self.line += 1;
        let (line, end) = match self.text.split_once('\n') {
            Some((line, rest)) => {
                self.text = rest;
                (line, "\n")
            }
            None => (std::mem::take(&mut self.text), ""),
        };
        Some((line.strip_suffix('\r').unwrap_or(line), end))
    }

    /// The fields of a record that begins with a line.
    fn fields(&mut self, mut line: &'a str, mut end: &'static str) -> Result<Vec<String>, String> {
        let mut fields = Vec::new();
        loop {
            let Some(mut quoted) = line.strip_prefix('"') else {
                let (field, rest) = line.split_once(',').map_or((line, None), |(field, rest)| (field, Some(rest)));
                if field.contains('"') {
                    return Err(self.wrong("a quote stands in a field that does not begin with one"));
                }
                fields.push(field.to_owned());
                match rest {
                    Some(rest) => line = rest,
                    None => return Ok(fields),
                }
                continue;
            };
            let mut field = String::new();
            line = loop {
                let Some((before, after)) = quoted.split_once('"') else {
                    field.push_str(quoted);
                    field.push_str(end);
                    (quoted, end) = self.line().ok_or_else(|| self.wrong("nothing closes a quoted field"))?;
                    continue;
                };
                field.push_str(before);
                if let Some(after) = after.strip_prefix('"') {
                    field.push('"');
                    quoted = after;
                    continue;
                }
                fields.push(field);
                match after.strip_prefix(',') {
                    Some(rest) => break rest,
                    None if after.is_empty() => return Ok(fields),
                    None => return Err(self.wrong("text follows the quote that closes a field; double quotes within")),
                }
            };
        }
    }

    fn wrong(&self, what: &str) -> String {
        format!("line {}: {what}", self.line - 1)
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Vec<String>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (line, end) = self.line()?;
            if !line.is_empty() {
                return Some(self.fields(line, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_65_records() {
        let all = |text| Records { text, line: 1 }.collect::<Result<Vec<_>, _>>();
        for (text, wanted) in [
            ("a,b\nc,d\n", &[&["a", "b"][..], &["c", "d"]][..]),
            ("a,b\r\n\r\n\nc,d", &[&["a", "b"], &["c", "d"]]),
            ("a,\n,", &[&["a", ""], &["", ""]]),
            ("\"a\"\"b\",\"\",c\n", &[&["a\"b", "", "c"]]),
            ("\"a,\r\n\r\nb\",c", &[&["a,\n\nb", "c"]]),
            ("a\rb,c\r\r\n", &[&["a\rb", "c\r"]]),
            ("a\r", &[&["a"]]),
            ("\"a\"\r", &[&["a"]]),
            (" a , b", &[&[" a ", " b"]]),
            ("\u{feff}a,b", &[&["\u{feff}a", "b"]]),
            ("\"\"", &[&[""]]),
            ("\n\r\n", &[]),
        ] {
            let found = all(text).unwrap_or_else(|why| panic!("{text:?}: {why}"));
            assert_eq!(found, wanted, "{text:?}");
        }
        for (text, line) in [
            ("a\"b", 1),
            ("x\n a,b \"c\"\n", 2),
            ("\"a", 1),
            ("x\n\"a\n\n", 3),
            ("\"a\"b", 1),
            ("\"a\" ,b", 1),
            ("\"a\"\rb", 1),
            ("\u{feff}\"a\"", 1),
        ] {
            let why = all(text).err().unwrap_or_default();
            assert!(why.starts_with(&format!("line {line}: ")), "{text:?}: {why}");
        }
    }
}
