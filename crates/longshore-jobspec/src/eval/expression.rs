//! Every kind of expression.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::sync::Arc;

use super::{Evaluator, Scope, Unresolved};
use crate::diagnostics::Complaint;
use crate::functions;
use crate::syntax::ast::{Call, Entry, EntryKey, Expr, For, JsonMember, Kind, Name, Part};
use crate::text::{Span, quoted};
use crate::value::{Number, Type, Value, convert, convert_all, unify};

impl Evaluator<'_> {
    /// The value of an expression; unknown if it failed, and then it was complained about.
    pub(crate) fn value(&mut self, expr: &Expr, scope: &Scope<'_>) -> Value {
        if self.stopped() || !self.pay(1, expr.span) {
            return Value::Unknown;
        }
        match &*expr.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Template(parts) => self.template(parts, expr.span, scope),
            Kind::Wrapped(inner) | Kind::Parenthesized(inner) => self.value(inner, scope),
            Kind::Reference { root, steps } => match scope.get(&root.text) {
                Some(value) => self.walk(value, steps),
                None => self.unresolved(expr, root, scope.unresolved),
            },
            Kind::Steps { from, steps } => {
                let from = self.value(from, scope);
                self.walk(&from, steps)
            }
            Kind::Index { from, key, brackets } => {
                let (from, key) = (self.value(from, scope), self.value(key, scope));
                self.index(&from, &key, *brackets)
            }
            Kind::Splat { from, each } => self.splat(from, each, scope),
            Kind::Item => self.items.last().cloned().unwrap_or(Value::Unknown),
            Kind::Call(call) => self.call(call, expr.span, scope),
            Kind::Conditional { condition, yes, no } => self.conditional(condition, yes, no, scope),
            Kind::Chain { first, rest } => self.chain(first, rest, scope),
            Kind::Not(operand) => self.not(expr, operand, scope),
            Kind::Negate(operand) => self.negate(expr, operand, scope),
            Kind::Tuple(elements) | Kind::JsonArray(elements) => {
                let values = elements.iter().map(|element| self.value(element, scope)).collect();
                self.bounded(Value::tuple(values), expr.span)
            }
            Kind::Object(entries) => self.object(entries, expr.span, scope),
            Kind::JsonObject(members) => self.json_object(members, expr.span, scope),
            Kind::For(tree) => self.for_expression(tree, expr.span, scope),
        }
    }

    /// A name that nothing defines.
    fn unresolved(&mut self, expr: &Expr, root: &Name, policy: Unresolved) -> Value {
        match policy {
            Unresolved::Runtime => self.runtime_text(expr.span, &root.text),
            Unresolved::Refused => {
                let message = format!("`{}`: nothing may be referred to here", root.text);
                self.fail(Complaint::new("SPEC-45:variables", root.span, message).help(
                    "write the value itself; to leave a reference to the task's run time, write `$${…}` in a string",
                ))
            }
            Unresolved::Validation => {
                let message = format!("`{}`: a condition may refer to its own variable only", root.text);
                self.fail(Complaint::new("SPEC-62:reference", expr.span, message))
            }
        }
    }

    /// Whether a condition holds.
    fn condition(&mut self, expr: &Expr, code: &'static str, scope: &Scope<'_>) -> Option<bool> {
        let value = self.value(expr, scope);
        match convert(&value, &Type::Bool) {
            Ok(Value::Bool(value)) => Some(value),
            Ok(Value::Null) => {
                self.complain(Complaint::new(
                    "SPEC-31:null",
                    expr.span,
                    "the condition is null; it must be true or false",
                ));
                None
            }
            Ok(_) => None,
            Err(why) => {
                self.complain(Complaint::new(code, expr.span, format!("this is no condition: {why}")));
                None
            }
        }
    }

    /// `condition ? yes : no`: both are evaluated, the chosen one's errors count, both get one type (SPEC-31).
    fn conditional(&mut self, condition: &Expr, yes: &Expr, no: &Expr, scope: &Scope<'_>) -> Value {
        let (yes_value, yes_wrong) = self.apart(|evaluator| evaluator.value(yes, scope));
        let (no_value, no_wrong) = self.apart(|evaluator| evaluator.value(no, scope));
        let Some(holds) = self.condition(condition, "SPEC-31:condition", scope) else { return Value::Unknown };
        let (chosen, wrong) = if holds { (&yes_value, yes_wrong) } else { (&no_value, no_wrong) };
        let failed = !wrong.is_empty();
        wrong.into_iter().for_each(|complaint| self.complain(complaint));
        if failed || chosen.is_unknown() {
            return Value::Unknown;
        }
        if yes_value.is_unknown() || no_value.is_unknown() {
            return chosen.clone();
        }
        if !self.pay(yes_value.size().weight.saturating_add(no_value.size().weight), yes.span) {
            return Value::Unknown;
        }
        let (yes_kind, no_kind) = (yes_value.kind(), no_value.kind());
        match unify([yes_kind, no_kind]).and_then(|kind| convert(chosen, &kind).ok()) {
            Some(value) => value,
            None => {
                let (a, b) = (yes_value.noun(), no_value.noun());
                let message = format!("both sides must be of one type; this is {a}, the other {b}");
                self.fail(Complaint::new("SPEC-31:types", yes.span.to(no.span), message).related(no.span))
            }
        }
    }

    /// Text of parts (SPEC-29, SPEC-30).
    fn template(&mut self, parts: &[Part], span: Span, scope: &Scope<'_>) -> Value {
        if let [Part::Text(text, _)] = parts {
            return Value::Text(Arc::clone(text));
        }
        let mut text = String::new();
        let whole = self.parts(parts, &mut text, span, scope);
        if whole && !self.stopped() { Value::text(text) } else { Value::Unknown }
    }

    /// Adds parts to a text; `false` if one failed.
    fn parts(&mut self, parts: &[Part], text: &mut String, span: Span, scope: &Scope<'_>) -> bool {
        let mut whole = true;
        for part in parts {
            let before = text.len();
            whole &= match part {
                Part::Text(literal, _) => {
                    text.push_str(literal);
                    true
                }
                Part::Value(expr) => self.part(expr, text, scope),
                Part::If { condition, yes, no, .. } => match self.condition(condition, "SPEC-31:condition", scope) {
                    Some(true) => self.parts(yes, text, span, scope),
                    Some(false) => self.parts(no, text, span, scope),
                    None => false,
                },
                Part::For { key, value, over, body, .. } => {
                    self.each(over, key.as_ref(), value, scope, |evaluator, scope| {
                        evaluator.parts(body, text, span, scope)
                    })
                }
            };
            let added = text.len().saturating_sub(before) as u64;
            if !self.pay(1 + added / 16, span) || text.len() as u64 / 16 > self.limits.value {
                let message = format!("this text is longer than {} bytes", self.limits.value.saturating_mul(16));
                self.exceed(Complaint::new("LONGSHORE-LIMIT:value", span, message));
                return false;
            }
        }
        whole
    }

    /// Adds a value to a text.
    fn part(&mut self, expr: &Expr, text: &mut String, scope: &Scope<'_>) -> bool {
        let value = self.value(expr, scope);
        if value.is_unknown() {
            return false;
        }
        match convert(&value, &Type::Text) {
            Ok(Value::Text(part)) => {
                text.push_str(&part);
                true
            }
            _ => {
                let message = format!("a string cannot contain {}", value.noun());
                let complaint = Complaint::new("SPEC-29:part", expr.span, message);
                self.complain(match value {
                    Value::Null => complaint,
                    _ => complaint.help("`join` or `jsonencode` make text of it"),
                });
                false
            }
        }
    }

    /// Runs something for each element, with its names in scope; `false` if anything failed.
    fn each(
        &mut self,
        over: &Expr,
        key: Option<&Name>,
        value: &Name,
        scope: &Scope<'_>,
        mut run: impl FnMut(&mut Self, &Scope<'_>) -> bool,
    ) -> bool {
        let collection = self.value(over, scope);
        let Some(pairs) = self.pairs(&collection, over) else { return false };
        let mut whole = true;
        for (at, element) in pairs {
            if self.stopped() {
                return false;
            }
            let mut names = Vec::with_capacity(2);
            if let Some(key) = key {
                names.push((Arc::clone(&key.text), at));
            }
            names.push((Arc::clone(&value.text), element));
            whole &= run(self, &scope.inside(&names));
        }
        whole
    }

    /// Keys and elements of a collection in their order (SPEC-33).
    fn pairs(&mut self, collection: &Value, over: &Expr) -> Option<Vec<(Value, Value)>> {
        if let Some(pairs) = pairs(collection) {
            return self.pay(pairs.len() as u64, over.span).then_some(pairs);
        }
        if !collection.is_unknown() {
            let message = format!("{} has no elements to go through", collection.noun());
            self.complain(Complaint::new("SPEC-33:not-iterable", over.span, message));
        }
        None
    }

    /// `from[*]…`, `from.*…` (SPEC-34).
    fn splat(&mut self, from: &Expr, each: &Expr, scope: &Scope<'_>) -> Value {
        let source = self.value(from, scope);
        let elements = match &source {
            Value::Unknown => return Value::Unknown,
            Value::Null => Vec::new(),
            other => other.elements().map_or_else(|| vec![other.clone()], <[Value]>::to_vec),
        };
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            self.items.push(element);
            values.push(self.value(each, scope));
            self.items.pop();
        }
        let value = match source {
            Value::List(..) | Value::Set(..) => match convert_all(&values) {
                Some((of, values)) => Value::list(of, values),
                None => Value::tuple(values),
            },
            _ => Value::tuple(values),
        };
        self.bounded(value, from.span)
    }

    /// `{ key = value }`; of a repeated key the last counts (SPEC-24).
    fn object(&mut self, entries: &[Entry], span: Span, scope: &Scope<'_>) -> Value {
        let mut members = BTreeMap::new();
        let mut whole = true;
        for entry in entries {
            let key = match &entry.key {
                EntryKey::Word(name) => Some(crate::value::nfc(&name.text)),
                EntryKey::Computed(key) => self.key(key, "SPEC-35:key-type", scope),
                EntryKey::Ambiguous(span) => {
                    let complaint = Complaint::new("SPEC-35:ambiguous-key", *span, "this key may mean two things");
                    self.complain(
                        complaint.help("for the reference's value write `(a.b) = …`, for the text `\"a.b\" = …`"),
                    );
                    None
                }
            };
            let value = self.value(&entry.value, scope);
            match key {
                Some(key) => drop(members.insert(key, value)),
                None => whole = false,
            }
        }
        if whole { self.bounded(Value::object(members), span) } else { Value::Unknown }
    }

    /// An object written as JSON, as a value: its keys are templates (SPEC-16).
    fn json_object(&mut self, all: &[JsonMember], span: Span, scope: &Scope<'_>) -> Value {
        let mut members = BTreeMap::new();
        let mut whole = true;
        for member in all {
            let key = self.key(&member.key, "SPEC-35:key-type", scope);
            let value = self.value(&member.value, scope);
            match key {
                Some(key) => drop(members.insert(key, value)),
                None => whole = false,
            }
        }
        if whole { self.bounded(Value::object(members), span) } else { Value::Unknown }
    }

    /// A computed key, as text.
    fn key(&mut self, expr: &Expr, code: &'static str, scope: &Scope<'_>) -> Option<Arc<str>> {
        let value = self.value(expr, scope);
        if value.is_unknown() {
            return None;
        }
        match convert(&value, &Type::Text) {
            Ok(Value::Text(key)) => Some(key),
            _ => {
                let code =
                    if code == "SPEC-35:key-type" && matches!(value, Value::Null) { "SPEC-35:null-key" } else { code };
                let message = format!("a key is text, this is {}", value.noun());
                self.complain(Complaint::new(code, expr.span, message));
                None
            }
        }
    }

    /// `[for …]`, `{for …}` (SPEC-33).
    fn for_expression(&mut self, tree: &For, span: Span, scope: &Scope<'_>) -> Value {
        let mut elements = Vec::new();
        let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        let whole = self.each(&tree.over, tree.key.as_ref(), &tree.value, scope, |evaluator, scope| {
            if let Some(condition) = &tree.condition {
                match evaluator.condition(condition, "SPEC-33:condition", scope) {
                    Some(true) => {}
                    Some(false) => return true,
                    None => return false,
                }
            }
            let Some(key) = &tree.entry_key else {
                elements.push(evaluator.value(&tree.entry, scope));
                return true;
            };
            let (name, value) = (evaluator.key(key, "SPEC-33:key", scope), evaluator.value(&tree.entry, scope));
            let Some(name) = name else { return false };
            if tree.grouped {
                groups.entry(name).or_default().push(value);
                return true;
            }
            match members.entry(name) {
                MapEntry::Vacant(free) => {
                    free.insert(value);
                    true
                }
                MapEntry::Occupied(taken) => {
                    let message = format!("two elements have the key {}", quoted(taken.key()));
                    let complaint = Complaint::new("SPEC-33:duplicate-key", key.span, message);
                    evaluator.complain(complaint.help("`…` after the value gathers the values of a key into a list"));
                    false
                }
            }
        });
        if !whole {
            return Value::Unknown;
        }
        let value = if tree.entry_key.is_none() {
            Value::tuple(elements)
        } else if tree.grouped {
            Value::object(groups.into_iter().map(|(key, values)| (key, Value::tuple(values))).collect())
        } else {
            Value::object(members)
        };
        self.bounded(value, span)
    }

    /// A function call (SPEC-65).
    fn call(&mut self, call: &Call, span: Span, scope: &Scope<'_>) -> Value {
        if scope.unresolved == Unresolved::Refused {
            let message = format!("`{}(…)`: no function may be called here", call.name.text);
            return self.fail(Complaint::new("SPEC-45:functions", span, message).help("write the value itself"));
        }
        functions::call(self, call, span, scope)
    }

    /// The values of a call's arguments, the last one's elements instead of it if it has `...`.
    pub(crate) fn arguments(&mut self, call: &Call, scope: &Scope<'_>) -> Option<Vec<(Value, Span)>> {
        let start = |expr: &Expr| expr.start();
        let mut values: Vec<(Value, Span)> =
            call.arguments.iter().map(|argument| (self.value(argument, scope), start(argument))).collect();
        if !call.expand {
            return Some(values);
        }
        let (last, span) = values.pop()?;
        if last.is_unknown() {
            return None;
        }
        match last.elements() {
            Some(elements) => values.extend(elements.iter().map(|element| (element.clone(), span))),
            None => {
                let message = format!("`...` takes a list, this is {}", last.noun());
                self.complain(Complaint::new("SPEC-65:expand", span, message));
                return None;
            }
        }
        Some(values)
    }
}

/// Keys and elements of a collection in their order: by index, or by key (SPEC-33).
pub(crate) fn pairs(collection: &Value) -> Option<Vec<(Value, Value)>> {
    if let Value::Set(_, elements) = collection {
        return Some(elements.values.iter().map(|element| (element.clone(), element.clone())).collect());
    }
    if let Some(members) = collection.members() {
        return Some(members.iter().map(|(key, value)| (Value::Text(Arc::clone(key)), value.clone())).collect());
    }
    let elements = collection.elements()?;
    Some(
        elements.iter().enumerate().map(|(index, value)| (Value::Number(Number::from(index)), value.clone())).collect(),
    )
}
