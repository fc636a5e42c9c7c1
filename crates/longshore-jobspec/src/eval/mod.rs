//! Evaluation: from expressions to values, with everything that went wrong.

mod expression;
mod operator;
mod runtime;
mod steps;

use std::sync::Arc;

use crate::diagnostics::{Complaint, MOST};
use crate::files::Files;
use crate::limits::Limits;
use crate::options::Options;
use crate::room::Room;
use crate::text::Texts;
use crate::value::Value;

pub(crate) use expression::pairs;
pub(crate) use steps::element;

/// Names that expressions may use, innermost first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    outer: Option<&'a Scope<'a>>,
    names: &'a [(Arc<str>, Value)],
    unresolved: Unresolved,
}

/// What a name means that nobody defined.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unresolved {
    /// It is left for the client to resolve when the task runs (SPEC-40).
    Runtime,
    /// It is an error, and so is a call (SPEC-45).
    Refused,
    /// It is an error; calls are fine, but may not read files (SPEC-67).
    Validation,
}

impl<'a> Scope<'a> {
    /// The outermost scope.
    pub(crate) const fn root(names: &'a [(Arc<str>, Value)], unresolved: Unresolved) -> Self {
        Scope { outer: None, names, unresolved }
    }

    /// A scope inside of this one.
    pub(crate) fn inside(&'a self, names: &'a [(Arc<str>, Value)]) -> Scope<'a> {
        Scope { outer: Some(self), names, unresolved: self.unresolved }
    }

    /// What a name means that nobody defined.
    pub(crate) fn policy(&self) -> Unresolved {
        self.unresolved
    }

    /// What a name stands for.
    fn get(&self, name: &str) -> Option<&'a Value> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((_, value)) = here.names.iter().rev().find(|(known, _)| &**known == name) {
                return Some(value);
            }
            scope = here.outer;
        }
        None
    }
}

/// Evaluates expressions; what goes wrong is gathered.
pub(crate) struct Evaluator<'a> {
    pub(crate) texts: &'a Texts,
    pub(crate) limits: &'a Limits,
    /// What file functions may read; `None` where they are off (SPEC-66).
    pub(crate) files: Option<&'a dyn Files>,
    /// Where relative paths start.
    pub(crate) base_dir: &'a str,
    pub(crate) complaints: Vec<Complaint>,
    /// What the job may still grow by.
    pub(crate) room: Room,
    /// Steps that are left, see [`Limits::work`].
    work: u64,
    /// The complaint about a bound that was passed; it outlives `try`.
    exceeded: Option<Complaint>,
    /// Where chance comes from: a seed, and how often it was asked.
    seed: u64,
    drawn: u64,
    /// The elements that splats are at, the innermost last.
    items: Vec<Value>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(texts: &'a Texts, options: &'a Options<'a>) -> Self {
        let Options { limits, files, seed, base_dir, .. } = options;
        Evaluator {
            texts,
            limits,
            files: *files,
            base_dir,
            complaints: Vec::new(),
            room: Room::new(limits),
            work: limits.work,
            exceeded: None,
            seed: *seed,
            drawn: 0,
            items: Vec::new(),
        }
    }

    /// Complains.
    pub(crate) fn complain(&mut self, complaint: Complaint) {
        // A loop that fails in every turn says the same thing over and over.
        if self.complaints.len() < MOST {
            self.complaints.push(complaint);
        }
    }

    /// Whether no complaint more is taken: what would only be said need not be found out.
    pub(crate) fn heard_enough(&self) -> bool {
        self.complaints.len() >= MOST
    }

    /// Complains; what failed is unknown.
    pub(crate) fn fail(&mut self, complaint: Complaint) -> Value {
        self.complain(complaint);
        Value::Unknown
    }

    /// Pays for so many steps; `false` if there are none left.
    pub(crate) fn pay(&mut self, steps: u64, span: crate::text::Span) -> bool {
        match self.work.checked_sub(steps) {
            Some(left) => self.work = left,
            None => {
                self.work = 0;
                let message = format!("this takes more than {} steps to evaluate", self.limits.work);
                self.exceed(Complaint::new("LONGSHORE-LIMIT:work", span, message));
            }
        }
        self.exceeded.is_none()
    }

    /// Stops for good.
    pub(crate) fn exceed(&mut self, complaint: Complaint) {
        self.exceeded.get_or_insert(complaint);
    }

    /// Whether a bound was passed; nothing is evaluated any more.
    pub(crate) fn stopped(&self) -> bool {
        self.exceeded.is_some()
    }

    /// A value that was made, unless it is too large.
    pub(crate) fn bounded(&mut self, value: Value, span: crate::text::Span) -> Value {
        let size = value.size();
        if size.weight > self.limits.value {
            let message = format!("this value has more than {} elements", self.limits.value);
            self.exceed(Complaint::new("LONGSHORE-LIMIT:value", span, message));
            return Value::Unknown;
        }
        if size.depth > self.limits.depth() {
            let message = format!("this value nests deeper than {} levels", self.limits.depth());
            self.exceed(Complaint::new("LONGSHORE-LIMIT:depth", span, message));
            return Value::Unknown;
        }
        value
    }

    /// Evaluates and gives back what went wrong instead of gathering it.
    pub(crate) fn apart<T>(&mut self, evaluate: impl FnOnce(&mut Self) -> T) -> (T, Vec<Complaint>) {
        let outer = std::mem::take(&mut self.complaints);
        let value = evaluate(self);
        let complaints = std::mem::replace(&mut self.complaints, outer);
        (value, complaints)
    }

    /// Sixteen bytes that look like chance: a hash of the seed and of how often it was asked.
    pub(crate) fn draw(&mut self) -> [u8; 16] {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update(b"longshore-jobspec");
        hash.update(self.seed.to_le_bytes());
        hash.update(self.drawn.to_le_bytes());
        self.drawn += 1;
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest.iter()).for_each(|(byte, from)| *byte = *from);
        bytes
    }

    /// Everything that went wrong, each thing once, in the order of the texts.
    pub(crate) fn take_complaints(&mut self) -> Vec<Complaint> {
        let mut all = std::mem::take(&mut self.complaints);
        all.extend(self.exceeded.take());
        all.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)));
        all.dedup_by(|a, b| a.span.is_some() && a.span == b.span && a.code == b.code);
        all
    }
}
