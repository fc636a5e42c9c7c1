//! `locals` blocks (SPEC-64): in any order, each once what it refers to is known.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
        let needs = locals.needs.get(name).map(Vec::as_slice).unwrap_or_default();
        let whole = locals.whole.contains(name);
        if !evaluator.pay(if whole { values.len() } else { needs.len() } as u64, expr.span) {
            break;
        }
        let known = if whole {
            values.clone()
        } else {
            let value = |needed: &&Arc<str>| Some((Arc::clone(needed), values.get(*needed)?.clone()));
            needs.iter().filter_map(value).collect()
        };
        let names = [("var".into(), var.clone()), ("local".into(), Value::object(known))];
        let scope = Scope::root(&names, Unresolved::Runtime);
        let before = evaluator.complaints.len();
        let value = evaluator.value(expr, &scope);
        values.insert(Arc::clone(name), value);
        // In a circle, what is not known yet may not be asked for: one complaint about it is enough, all others are unknown
        // without a word. If none came of it, as under `try`, the circle is broken.
        if in_circle && evaluator.complaints.len() > before {
            locals.rest().for_each(|name| drop(values.insert(Arc::clone(name), Value::Unknown)));
            break;
        }
    }
    Value::object(values)
}

/// Locals in an order in which each comes after those that it needs.
struct Locals<'a> {
    /// Locals that each one waits for.
    needs: BTreeMap<&'a Arc<str>, Vec<&'a Arc<str>>>,
    /// Those that refer to `local`, all of them at once.
    whole: BTreeSet<&'a Arc<str>>,
    /// Locals that wait for each one.
    needed_by: BTreeMap<&'a Arc<str>, Vec<&'a Arc<str>>>,
    /// How many each one still waits for.
    waits: BTreeMap<&'a Arc<str>, usize>,
    ready: VecDeque<&'a Arc<str>>,
}

impl<'a> Locals<'a> {
    fn new(all: &BTreeMap<&'a Arc<str>, &'a Expr>) -> Self {
        let mut locals = Locals {
            needs: BTreeMap::new(),
            whole: BTreeSet::new(),
            needed_by: BTreeMap::new(),
            waits: BTreeMap::new(),
            ready: VecDeque::new(),
        };
        for (name, expr) in all {
            let mut needs: Vec<&'a Arc<str>> = Vec::new();
            for reference in references(expr) {
                match reference.attribute_of("local") {
                    Some(needed) => needs.extend(all.get_key_value(&Arc::from(needed)).map(|(needed, _)| *needed)),
                    None if &*reference.root.text == "local" => {
                        // A second one is in a circle with the first, so that it need not wait for all others, too.
                        match locals.whole.first() {
                            None => needs.extend(all.keys().copied().filter(|other| other != name)),
                            Some(first) if first != name => needs.push(*first),
                            Some(_) => {}
                        }
                        locals.whole.insert(*name);
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

    /// The next one, and whether it is in a circle: then it does not have all that it needs.
    fn next(&mut self) -> Option<(&'a Arc<str>, bool)> {
        let ready = self.ready.pop_front();
        let name = match ready {
            Some(name) => name,
            None => *self.waits.keys().next()?,
        };
        self.waits.remove(name);
        for waiting in self.needed_by.remove(name).unwrap_or_default() {
            let Some(count) = self.waits.get_mut(waiting) else { continue };
            *count -= 1;
            if *count == 0 {
                self.ready.push_back(waiting);
            }
        }
        Some((name, ready.is_none()))
    }

    /// Those that are left.
    fn rest(&self) -> impl Iterator<Item = &'a Arc<str>> + '_ {
        self.waits.keys().copied()
    }
}
