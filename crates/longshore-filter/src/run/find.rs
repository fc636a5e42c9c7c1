//! Following a path: API-811, API-812.

use longshore_model::reflect::{Object, View};

use super::{Run, Scopes, in_words};
use crate::error::{MatchError, Problem};
use crate::number::{self, Fault};
use crate::program::{Root, Selector, Step};

impl<'v> Run<'_, 'v> {
    /// What a selector leads to; `None` if the last of several steps is a key that a map does not have (API-812).
    pub(super) fn find(&self, selector: &Selector, scopes: Scopes<'_, 'v>) -> Result<Option<View<'v>>, MatchError> {
        let (mut view, steps) = match selector.root {
            Root::Datum => (self.datum, selector.path.as_slice()),
            Root::Local { outwards, which } => {
                let scope = std::iter::successors(scopes, |scope| scope.around).nth(outwards);
                let (name, steps) = selector.path.split_first().unzip();
                let (view, key) = scope.map_or((View::Null, false), |scope| scope.name(which));
                let steps = steps.unwrap_or_default();
                if let (Some(name), true, false) = (name, key, steps.is_empty()) {
                    let problem = Problem::NotAStructure { name: name.name.to_string() };
                    return Err(self.error(selector.place, problem));
                }
                (view, steps)
            }
        };
        if selector.path.is_empty() {
            return self.no_member(view, selector);
        }
        for (at, step) in steps.iter().enumerate() {
            view = match view {
                View::Object(object) => match object.get_at(step.hint.get(), &step.name) {
                    Some(found) => found,
                    None => self.look(object, step)?,
                },
                View::Map(map) => match map.get(&step.name) {
                    Some(found) => found,
                    None if at + 1 == steps.len() && selector.path.len() > 1 => return Ok(None),
                    None => return Err(self.error(step.place, Problem::NoSuchKey { key: step.name.to_string() })),
                },
                View::List(list) => {
                    let index = self.index(step, list.len())?;
                    list.at(index).unwrap_or(View::Null)
                }
                View::Bytes(bytes) => {
                    let index = self.index(step, bytes.len())?;
                    bytes.get(index).map_or(View::Null, |byte| View::Uint((*byte).into()))
                }
                other => {
                    let problem = Problem::NoMembers { name: step.name.to_string(), found: in_words(other) };
                    return Err(self.error(step.place, problem));
                }
            };
        }
        Ok(Some(view))
    }

    /// The empty path names nothing.
    fn no_member(&self, view: View<'v>, selector: &Selector) -> Result<Option<View<'v>>, MatchError> {
        let object = if let View::Object(object) = view { object.name() } else { "a map" };
        Err(self.error(selector.place, Problem::NoSuchMember { object, name: String::new(), near: None }))
    }

    /// A member that is not where it was the last time.
    fn look(&self, object: Object<'v>, step: &Step) -> Result<View<'v>, MatchError> {
        if let Some(position) = object.position(&step.name) {
            step.hint.set(position);
        }
        object.get(&step.name).ok_or_else(|| self.no_such_member(object, step))
    }

    #[cold]
    fn no_such_member(&self, object: Object<'_>, step: &Step) -> MatchError {
        let near = nearest(object.names(), &step.name);
        self.error(step.place, Problem::NoSuchMember { object: object.name(), name: step.name.to_string(), near })
    }

    /// A step as the number of an element.
    fn index(&self, step: &Step, length: usize) -> Result<usize, MatchError> {
        match number::signed(&step.name) {
            Ok(index) => usize::try_from(index)
                .ok()
                .filter(|index| *index < length)
                .ok_or_else(|| self.error(step.place, Problem::IndexRange { index, length })),
            Err(Fault::Syntax | Fault::Range) => {
                Err(self.error(step.place, Problem::IndexNotANumber { text: step.name.to_string() }))
            }
        }
    }
}

/// The name that was probably meant: equal but for case, or a letter or two apart.
fn nearest(names: impl Iterator<Item = &'static str>, wanted: &str) -> Option<&'static str> {
    const LONGEST: usize = 64;
    if wanted.len() > LONGEST {
        return None;
    }
    let far = 1 + wanted.len() / 4;
    names
        .map(|name| (distance(&name.to_ascii_lowercase(), &wanted.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= far.min(2))
        .min()
        .map(|(_, name)| name)
}

/// How many letters have to be put in, left out or changed.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let names = || ["Name", "Namespace", "Status", "TaskGroups"].into_iter();
        for (wanted, near) in [
            ("status", Some("Status")),
            ("Staus", Some("Status")),
            ("Taskgroup", Some("TaskGroups")),
            ("nam", Some("Name")),
            ("Drain", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(names(), wanted), near, "{wanted}");
        }
        assert_eq!((distance("", "ab"), distance("kitten", "sitting"), distance("ab", "ab")), (2, 3, 0));
    }
}
