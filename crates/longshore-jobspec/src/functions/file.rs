//! Functions that read files and take paths apart (SPEC-66).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;

use super::{Answer, Function, Host, Refusal, function, refuse, string, text};
use crate::files::{Files, clean, join};
use crate::text::quoted;
use crate::value::{Type, Value};

pub(super) const TABLE: &[Function] = &[
    function("abspath", &[text("path")], |host, values| {
        host.files()?.absolute(string(values, 0)).map_or_else(refuse, |path| Ok(Value::text(path)))
    }),
    function("basename", &[text("path")], |host, values| {
        host.files()?;
        Ok(Value::text(basename(string(values, 0))))
    }),
    function("dirname", &[text("path")], |host, values| {
        host.files()?;
        Ok(Value::text(dirname(string(values, 0))))
    }),
    function("pathexpand", &[text("path")], |host, values| {
        let path = string(values, 0);
        let home = host.files()?.home();
        Ok(Value::text(match (path.strip_prefix('~'), home) {
            (Some(""), Some(home)) => home,
            (Some(rest), Some(home)) if rest.starts_with('/') => format!("{home}{rest}"),
            (Some(_), _) => return refuse("this home directory is not known"),
            (None, _) => path.to_owned(),
        }))
    }),
    function("file", &[text("path")], |host, values| match String::from_utf8(read(host, values)?) {
        Ok(text) => Ok(Value::text(text)),
        Err(_) => refuse(format!("{} is no UTF-8 text; `filebase64` reads any file", quoted(string(values, 0)))),
    }),
    function("filebase64", &[text("path")], |host, values| {
        read(host, values).map(|bytes| Value::text(STANDARD.encode(bytes)))
    }),
    function("fileexists", &[text("path")], |host, values| {
        let path = host.path(string(values, 0));
        host.files()?.exists(&path).map_or_else(refuse, |exists| Ok(Value::Bool(exists)))
    }),
    function("fileset", &[text("path"), text("pattern")], fileset),
];

impl<'a> Host<'_, 'a> {
    /// The files, if they may be read.
    fn files(&self) -> Result<&'a dyn Files, Refusal> {
        match self.evaluator.files {
            Some(files) if self.files_allowed => Ok(files),
            _ => Err(Refusal::Files),
        }
    }

    /// A path from where relative ones start.
    fn path(&self, path: &str) -> String {
        join(self.evaluator.base_dir, path)
    }
}

fn read(host: &mut Host<'_, '_>, values: &[Value]) -> Result<Vec<u8>, Refusal> {
    let path = host.path(string(values, 0));
    // What is made of it may be twice as long.
    let most = host.evaluator.limits.value.saturating_mul(8);
    let bytes = host.files()?.read(&path, most).or_else(refuse)?;
    host.room(bytes.len().saturating_mul(2))?;
    Ok(bytes)
}

/// The files below a directory that match a pattern.
fn fileset(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let files = host.files()?;
    let pattern = string(values, 1);
    let built = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    let Ok(glob) = built else {
        return refuse(format!("{} is no pattern", quoted(pattern)));
    };
    let matcher = glob.compile_matcher();
    let all = files.list(&host.path(string(values, 0))).or_else(refuse)?;
    host.room(all.iter().map(|path| path.len().saturating_add(16)).sum())?;
    Ok(Value::set(Type::Text, all.iter().filter(|path| matcher.is_match(path)).map(Value::text).collect()))
}

/// The last name of a path.
fn basename(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        _ if path.is_empty() => ".",
        Some("") | None => "/",
        Some(name) => name,
    }
}

/// Everything before the last name of a path.
fn dirname(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((directory, _)) => clean(if directory.is_empty() { "/" } else { directory }),
        None => ".".to_owned(),
    }
}
