//! `locals` blocks (SPEC-64): in any order, each once what it refers to is known.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::eval::{Evaluator, Scope, Unresolved};
use crate::syntax::ast::{Argument, Expr};
use crate::syntax::references::references;
use crate::value::Value;

/// The values of locals by name; `var` is the object of variables.
pub(crate) fn evaluate(evaluator: &mut Evaluator<'_>, arguments: &[&Argument], var: &Value) -> Value {
    // The later of two with one name counts.
    let all: BTreeMap<&Arc<str>, &Expr> = arguments.iter().map(|one| (&one.name.text, &one.value)).collect();
    let mut locals = Locals::new(&all);
    let mut values: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    while let Some((name, in_circle)) = locals.next() {
        let Some(expr) = all.get(name) else { continue };
        let mut known: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for needed in locals.needs.get(name).into_iter().flatten() {
            if let Some(value) = values.get(*needed) {
                known.insert(Arc::clone(needed), value.clone());
            }
        }
        let names = [("var".into(), var.clone()), ("local".into(), Value::object(known))];
        let scope = Scope::root(&names, Unresolved::Runtime);
        let value = evaluator.value(expr, &scope);
        // One complaint about a circle is enough: all others in it are unknown, without a word.
        values.insert(Arc::clone(name), if in_circle { Value::Unknown } else { value });
        if in_circle {
            locals.rest().for_each(|name| drop(values.insert(Arc::clone(name), Value::Unknown)));
            break;
        }
    }
    Value::object(values)
}

/// Locals in an order in which each comes after those that it needs.
struct Locals<'a> {
    /// Locals that each one refers to.
    needs: BTreeMap<&'a Arc<str>, Vec<&'a Arc<str>>>,
    /// Locals that refer to each one.
    needed_by: BTreeMap<&'a Arc<str>, Vec<&'a Arc<str>>>,
    /// How many each one still waits for.
    waits: BTreeMap<&'a Arc<str>, usize>,
    ready: VecDeque<&'a Arc<str>>,
}

impl<'a> Locals<'a> {
    fn new(all: &BTreeMap<&'a Arc<str>, &'a Expr>) -> Self {
        let mut locals = Locals {
            needs: BTreeMap::new(),
            needed_by: BTreeMap::new(),
            waits: BTreeMap::new(),
            ready: VecDeque::new(),
        };
        for (name, expr) in all {
            let mut needs: Vec<&'a Arc<str>> = Vec::new();
            for reference in references(expr) {
                match reference.attribute_of("local") {
                    Some(needed) => needs.extend(all.get_key_value(&Arc::from(needed)).map(|(needed, _)| *needed)),
                    // All of them at once.
                    None if &*reference.root.text == "local" => {
                        needs.extend(all.keys().copied().filter(|other| other != name));
                    }
                    None => {}
                }
            }
            needs.sort_unstable();
            needs.dedup();
            needs.iter().for_each(|needed| locals.needed_by.entry(needed).or_default().push(name));
            locals.waits.insert(name, needs.len());
            if needs.is_empty() {
                locals.ready.push_back(name);
            }
            locals.needs.insert(name, needs);
        }
        locals
    }

    /// The next one, and whether it is in a circle: then there is no right one.
    fn next(&mut self) -> Option<(&'a Arc<str>, bool)> {
        if let Some(name) = self.ready.pop_front() {
            self.waits.remove(name);
            for waiting in self.needed_by.remove(name).unwrap_or_default() {
                let Some(count) = self.waits.get_mut(waiting) else { continue };
                *count -= 1;
                if *count == 0 {
                    self.ready.push_back(waiting);
                }
            }
            return Some((name, false));
        }
        let name = *self.waits.keys().next()?;
        self.waits.remove(name);
        Some((name, true))
    }

    /// Those that are left.
    fn rest(&self) -> impl Iterator<Item = &'a Arc<str>> + '_ {
        self.waits.keys().copied()
    }
}
