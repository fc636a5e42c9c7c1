//! Which names an expression refers to.

use std::sync::Arc;

use super::ast::{EntryKey, Expr, Kind, Name, Part, Step};

/// A reference: where it stands, its first name, its steps.
pub(crate) struct Reference<'e> {
    pub(crate) expr: &'e Expr,
    pub(crate) root: &'e Name,
    pub(crate) steps: &'e [Step],
}

impl Reference<'_> {
    /// The attribute of `root` that it is about, if it is one: `x` of `var.x.y`.
    pub(crate) fn attribute_of(&self, root: &str) -> Option<&str> {
        match self.steps.first() {
            Some(Step::Attribute(name, _)) if &*self.root.text == root => Some(&name.text),
            Some(Step::Key(super::ast::StaticKey::Text(name), _)) if &*self.root.text == root => Some(name),
            _ => None,
        }
    }
}

/// All references of an expression, but for those to names that it defines itself.
pub(crate) fn references(expr: &Expr) -> Vec<Reference<'_>> {
    let mut walk = Walk { bound: Vec::new(), found: Vec::new() };
    walk.expr(expr);
    walk.found
}

struct Walk<'e> {
    bound: Vec<Arc<str>>,
    found: Vec<Reference<'e>>,
}

impl<'e> Walk<'e> {
    fn expr(&mut self, expr: &'e Expr) {
        match &*expr.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Item => {}
            Kind::Template(parts) => self.parts(parts),
            Kind::Reference { root, steps } => {
                if !self.bound.contains(&root.text) {
                    self.found.push(Reference { expr, root, steps });
                }
            }
            Kind::Wrapped(inner) | Kind::Parenthesized(inner) | Kind::Not(inner) | Kind::Negate(inner) => {
                self.expr(inner);
            }
            Kind::Steps { from, .. } => self.expr(from),
            Kind::Index { from, key, .. } => [from, key].into_iter().for_each(|one| self.expr(one)),
            Kind::Splat { from, each } => [from, each].into_iter().for_each(|one| self.expr(one)),
            Kind::Chain { first, rest } => {
                self.expr(first);
                rest.iter().for_each(|(_, side)| self.expr(side));
            }
            Kind::Call(call) => call.arguments.iter().for_each(|one| self.expr(one)),
            Kind::Conditional { condition, yes, no } => {
                [condition, yes, no].into_iter().for_each(|one| self.expr(one));
            }
            Kind::Tuple(elements) | Kind::JsonArray(elements) => elements.iter().for_each(|one| self.expr(one)),
            Kind::Object(entries) => {
                for entry in entries {
                    if let EntryKey::Computed(key) = &entry.key {
                        self.expr(key);
                    }
                    self.expr(&entry.value);
                }
            }
            Kind::JsonObject(members) => {
                for member in members {
                    self.expr(&member.key);
                    self.expr(&member.value);
                }
            }
            Kind::For(tree) => {
                self.expr(&tree.over);
                self.bind(tree.key.as_ref(), &tree.value, |walk| {
                    let inner = [tree.entry_key.as_ref(), Some(&tree.entry), tree.condition.as_ref()];
                    inner.into_iter().flatten().for_each(|one| walk.expr(one));
                });
            }
        }
    }

    fn parts(&mut self, parts: &'e [Part]) {
        for part in parts {
            match part {
                Part::Text(..) => {}
                Part::Value(value) => self.expr(value),
                Part::If { condition, yes, no, .. } => {
                    self.expr(condition);
                    self.parts(yes);
                    self.parts(no);
                }
                Part::For { key, value, over, body, .. } => {
                    self.expr(over);
                    self.bind(key.as_ref(), value, |walk| walk.parts(body));
                }
            }
        }
    }

    /// Walks over what is in the scope of names.
    fn bind(&mut self, key: Option<&Name>, value: &Name, walk: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        self.bound.extend(key.map(|key| Arc::clone(&key.text)));
        self.bound.push(Arc::clone(&value.text));
        walk(self);
        self.bound.truncate(before);
    }
}
