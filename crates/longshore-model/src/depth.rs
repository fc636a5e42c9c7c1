//! How deep opaque values nest: what reads an object back must not run out of stack, so whoever keeps it sets a limit.

use std::fmt;
use std::ops::ControlFlow;

use crate::reflect::{Kind, Reflect, View};

/// Where an object has opaque values that nest more than so many lists and maps into each other, as paths in its JSON.
///
/// ```
/// use longshore_model::{Job, deep_values, from_json};
/// let job: Job = from_json(r#"{"ID": "web", "TaskGroups": [{"Name": "front", "Tasks": [
///     {"Name": "server", "Config": {"flat": 1, "deep": [[[]]]}}
/// ]}]}"#)?;
/// assert_eq!(deep_values(&job, 2), [r#"TaskGroups[0].Tasks[0].Config["deep"]"#]);
/// assert!(deep_values(&job, 3).is_empty());
/// # Ok::<(), longshore_model::DecodeError>(())
/// ```
///
/// # Cost
/// That of a look at every member whose type may have opaque values within, and at so many levels of these values.
/// Nothing is allocated unless one is found.
pub fn deep_values<T: Reflect>(of: &T, levels: usize) -> Vec<String> {
    let mut look = Look { levels, found: Vec::new() };
    if T::OPAQUE {
        look.at(of.view(), T::KIND, &Place::Whole);
    }
    look.found
}

/// Whether a value nests more than so many lists and maps into each other. Looks no deeper than that.
fn deeper(value: View<'_>, levels: usize) -> bool {
    let within = |value| deeper(value, levels - 1);
    match value {
        View::List(list) => levels == 0 || (0..list.len()).filter_map(|at| list.at(at)).any(within),
        View::Map(map) if levels > 0 => map
            .visit(&mut |_, value| if within(value) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            .is_break(),
        View::Map(_) => true,
        _ => false,
    }
}

struct Look {
    levels: usize,
    found: Vec<String>,
}

impl Look {
    /// Looks at a value of a kind, which may have opaque values within.
    fn at(&mut self, value: View<'_>, kind: Kind, place: &Place<'_>) {
        if kind == Kind::Any {
            if deeper(value, self.levels) {
                self.found.push(place.to_string());
            }
            return;
        }
        match value {
            View::Object(object) => {
                let record = object.record();
                for (at, member) in record.members().iter().enumerate().filter(|(_, member)| member.opaque) {
                    if let Some(value) = record.member(at) {
                        self.at(value, member.kind, &Place::Member(place, member.name));
                    }
                }
            }
            View::List(list) => {
                for (at, value) in (0..list.len()).filter_map(|at| Some((at, list.at(at)?))) {
                    self.at(value, list.kind(), &Place::Element(place, at));
                }
            }
            View::Map(map) => {
                let _ = map.visit(&mut |key, value| {
                    self.at(value, map.kind(), &Place::Entry(place, key));
                    ControlFlow::Continue(())
                });
            }
            _ => {}
        }
    }
}

/// The way to a value: a chain on the stack, written out for what is found.
enum Place<'a> {
    Whole,
    Member(&'a Place<'a>, &'static str),
    Element(&'a Place<'a>, usize),
    Entry(&'a Place<'a>, &'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Member(Place::Whole, name) => f.write_str(name),
            Place::Member(of, name) => write!(f, "{of}.{name}"),
            Place::Element(of, at) => write!(f, "{of}[{at}]"),
            Place::Entry(of, key) => write!(f, "{of}[{key:?}]"),
        }
    }
}
