//! The way back: a job as a job specification, by the same tables that read one.
//!
//! What is printed reads as the same job: arguments and blocks in the order of the tables, defaults written out, one
//! way to write each thing. So equal jobs print alike.

mod free;
mod special;
#[cfg(test)]
mod tests;
mod text;
mod write;

use longshore_model::wire::Form;
use longshore_model::{Job, to_json};
use longshore_value::duration;
use serde_json::{Map, Value};

use crate::job_json::parse_json;
use crate::options::Options;
use crate::schema::{Child, Content, Count, JOB, Kind, Schema};
use crate::syntax::token::is_ident;
use write::Writer;

/// Why a job cannot be written as a job specification: something in it has no way to be written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{path}: {why} (LONGSHORE-PRINT)")]
#[non_exhaustive]
pub struct Unprintable {
    /// The member, such as `TaskGroups[0].Tasks[1].Config`.
    pub path: String,
    /// What is the matter with it.
    pub why: String,
}

impl Unprintable {
    /// A code, as all errors have one.
    pub fn code(&self) -> &'static str {
        "LONGSHORE-PRINT"
    }
}

/// Prints a job as a job specification; reading that gives the same job.
///
/// What belongs to a job's state, not to its specification, is left out: status, version, indexes, payload.
///
/// ```
/// use longshore_jobspec::print;
/// use longshore_model::{Job, Task, TaskGroup};
/// let task = Task::new("server").driver("exec");
/// let job = Job::service("web").with_group(TaskGroup::new("front").count(3).task(task));
/// let text = print(&job)?;
/// assert!(text.starts_with("job \"web\" {\n"), "{text}");
/// assert!(text.contains("  group \"front\" {\n    count"), "{text}");
/// # Ok::<(), longshore_jobspec::Unprintable>(())
/// ```
///
/// # Errors
/// [`Unprintable`]: names of arguments that are no identifiers, text that is not in Unicode's normal form, ports that the
/// language would sort otherwise, and a few more that JSON can say and the language cannot.
pub fn print(job: &Job) -> Result<String, Unprintable> {
    for (group, task) in job.task_groups.iter().flat_map(|group| group.tasks.iter().map(move |task| (group, task))) {
        // Read again, it would be the task's own identity.
        if task.identities.iter().any(|identity| matches!(identity.name.as_str(), "" | "default")) {
            let path = format!("{}/{}.Identities", group.name, task.name);
            return Err(Unprintable { path, why: "one of them is called like the task's own identity".to_owned() });
        }
    }
    let options = Options::default();
    match parse_json(&to_json(job, Form::Full), &options) {
        Ok(document) => print_document(&document),
        Err(failure) => Err(Unprintable { path: "job".to_owned(), why: failure.to_string() }),
    }
}

/// Prints a job as any of this crate's readers gives it.
///
/// What [`parse`](crate::parse) gave reads as the same job. What [`parse_hcl1`](crate::parse_hcl1) or
/// [`parse_json`](crate::parse_json) gave may be less: reading a job specification sets what it always sets, in the
/// `vault` of tasks (SPEC-91), in templates and their scripts (SPEC-95), names where there are none (SPEC-84); whole numbers
/// in free-form maps are integers (SPEC-73), and empty lists of blocks are absent. State is left out, as in [`print()`].
///
/// ```
/// use longshore_jobspec::{Options, parse, print_document};
/// let text = "job \"a\" {\n  type     = \"batch\"\n  priority = 70\n\n  meta {\n    dc = \"${node.datacenter}\"\n  }\n}\n";
/// let job = parse(text, &Options::default())?.document;
/// assert_eq!(print_document(&job)?, text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Unprintable`].
pub fn print_document(job: &Map<String, Value>) -> Result<String, Unprintable> {
    let mut printer = Printer { writer: Writer::default(), path: Vec::new() };
    let mut body = job.clone();
    let label = body.get("ID").and_then(Value::as_str).unwrap_or_default().to_owned();
    // SPEC-84: the label is both.
    for member in ["ID", "Name"] {
        if body.get(member).and_then(Value::as_str) == Some(&label) {
            body.insert(member.to_owned(), Value::Null);
        }
    }
    for (member, why) in UNSAYABLE {
        if body.get(*member).and_then(Value::as_str).is_some_and(|text| !text.is_empty()) {
            printer.path.push((*member).to_owned());
            return printer.refuse(*why);
        }
    }
    let label = printer.label(&label)?;
    printer.block("job", Some(&label), |printer| printer.body(&body, &JOB))?;
    Ok(printer.writer.finish())
}

/// Members of a job that are no state, and that only other dialects have (SPEC-9, SPEC-111).
const UNSAYABLE: &[(&str, &str)] = &[
    ("ConsulNamespace", "a job's blocks name their namespaces themselves"),
    ("VaultNamespace", "a job's blocks name their namespaces themselves"),
    ("ConsulToken", "only the legacy dialect has tokens in jobs"),
    ("VaultToken", "only the legacy dialect has tokens in jobs"),
];

struct Printer {
    writer: Writer,
    path: Vec<String>,
}

/// Printed, or not.
type Printed<T = ()> = Result<T, Unprintable>;

impl Printer {
    /// Refuses what is at the path.
    fn refuse<T>(&self, why: impl Into<String>) -> Printed<T> {
        Err(Unprintable { path: self.path.join(".").replace(".[", "["), why: why.into() })
    }

    /// Prints something with its step in the path.
    fn at<T>(&mut self, step: impl Into<String>, print: impl FnOnce(&mut Self) -> Printed<T>) -> Printed<T> {
        self.path.push(step.into());
        let printed = print(self)?;
        self.path.pop();
        Ok(printed)
    }

    /// Prints a block.
    fn block(&mut self, name: &str, label: Option<&str>, body: impl FnOnce(&mut Self) -> Printed) -> Printed {
        self.writer.open(name, label);
        body(self)?;
        self.writer.close();
        Ok(())
    }

    /// A label, quoted.
    fn label(&self, label: &str) -> Printed<String> {
        Ok(text::literal(label))
    }

    /// Prints what stands in a body.
    fn body(&mut self, members: &Map<String, Value>, schema: &'static Schema) -> Printed {
        for attribute in schema.attributes {
            let member = attribute.member();
            let value = members.get(&member).unwrap_or(&Value::Null);
            if *value == attribute.kind.unset() && !attribute.required {
                continue;
            }
            let printed = self.at(member, |printer| printer.value(attribute.kind, value))?;
            self.writer.argument(attribute.name, &printed);
        }
        for child in schema.blocks {
            let Some(member) = child.member() else { continue };
            let value = members.get(&member).unwrap_or(&Value::Null);
            self.at(member, |printer| printer.child(schema, child, value, members))?;
        }
        Ok(())
    }

    /// Prints what a block's member holds.
    fn child(
        &mut self,
        schema: &'static Schema,
        child: &'static Child,
        value: &Value,
        parent: &Map<String, Value>,
    ) -> Printed {
        if self.special(schema, child, value, parent)? {
            return Ok(());
        }
        match (child.count, value) {
            (_, Value::Null) => Ok(()),
            (Count::Many, Value::Array(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    self.at(format!("[{index}]"), |printer| printer.one(child, element))?;
                }
                Ok(())
            }
            (Count::ByLabel, Value::Object(members)) => {
                for (label, element) in members {
                    let named = child.label.and_then(|label| element.get(label.member?)?.as_str());
                    self.at(label, |printer| match named {
                        Some(name) if name != label => printer.refuse(format!("it is called {name:?} in itself")),
                        _ => printer.one(child, element),
                    })?;
                }
                Ok(())
            }
            _ => self.one(child, value),
        }
    }

    /// Prints one block.
    fn one(&mut self, child: &'static Child, value: &Value) -> Printed {
        let Some(members) = value.as_object() else { return self.refuse("this is no object") };
        let label = match child.label.and_then(|label| label.member) {
            Some(member) => {
                let label = members.get(member).and_then(Value::as_str).unwrap_or_default();
                Some(self.label(label)?)
            }
            None => None,
        };
        match child.content {
            Content::Body(schema) => self.block(child.name, label.as_deref(), |printer| printer.body(members, schema)),
            Content::Free => self.block(child.name, None, |printer| printer.free(members)),
            Content::TextsOrArgument if members.keys().any(|key| !is_ident(key)) => self.argument_map(child, members),
            Content::Texts | Content::TextsOrArgument => self.texts(child, members, Kind::S),
            Content::TextLists => self.texts(child, members, Kind::L),
            Content::Constraint | Content::Affinity => self.constraint(child, members),
        }
    }

    /// Prints a block of names and values.
    fn texts(&mut self, child: &'static Child, members: &Map<String, Value>, kind: Kind) -> Printed {
        self.block(child.name, None, |printer| {
            for (key, value) in members {
                let printed = printer.at(key, |printer| match is_ident(key) {
                    true => printer.value(kind, value),
                    false => printer.refuse("the key is no identifier, and this map is a block"),
                })?;
                printer.writer.argument(key, &printed);
            }
            Ok(())
        })
    }

    /// Prints a map as an argument, since its keys are not all identifiers.
    fn argument_map(&mut self, child: &'static Child, members: &Map<String, Value>) -> Printed {
        let value = self.value(Kind::M, &Value::Object(members.clone()))?;
        self.writer.argument(child.name, &value);
        Ok(())
    }

    /// An argument's value.
    fn value(&self, kind: Kind, value: &Value) -> Printed<String> {
        match (kind, value) {
            (Kind::D | Kind::DN, Value::Number(number)) => match number.as_i64() {
                Some(nanos) => Ok(text::literal(&duration::print(nanos))),
                None => self.refuse("this is no duration"),
            },
            (_, Value::Null) => Ok("null".to_owned()),
            (_, Value::Bool(value)) => Ok(value.to_string()),
            (_, Value::Number(number)) => Ok(number.to_string()),
            (_, Value::String(text)) => self.string(text),
            (_, Value::Array(elements)) => {
                let element = |element: &Value| match element {
                    Value::String(text) => self.line(text),
                    other => self.value(Kind::S, other),
                };
                let printed: Vec<String> = elements.iter().map(element).collect::<Printed<_>>()?;
                Ok(format!("[{}]", printed.join(", ")))
            }
            (_, Value::Object(members)) => self.object(members),
        }
    }

    /// A text, as it reads the same.
    fn string(&self, text: &str) -> Printed<String> {
        match text::printed(text) {
            Some(printed) => Ok(printed),
            None => self.refuse("the text is not in Unicode's composed normal form, which all texts are read in"),
        }
    }
}
