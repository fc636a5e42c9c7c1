//! Operators (SPEC-25, SPEC-32).

use std::cmp::Ordering;

use super::{Evaluator, Scope};
use crate::diagnostics::Complaint;
use crate::syntax::ast::{Expr, Operator};
use crate::text::Span;
use crate::value::{Number, Type, Value, convert};

impl Evaluator<'_> {
    /// Operators of one precedence, from left to right; all sides are evaluated, always.
    pub(super) fn chain(&mut self, first: &Expr, rest: &[(Operator, Expr)], scope: &Scope<'_>) -> Value {
        let mut left = (self.value(first, scope), first.span);
        for (operator, side) in rest {
            let right = (self.value(side, scope), side.span);
            let span = left.1.to(right.1);
            if !self.pay(1, span) {
                return Value::Unknown;
            }
            left = (self.binary(*operator, left, right, span), span);
        }
        left.0
    }

    /// An operator between two values; each has its place.
    fn binary(&mut self, operator: Operator, left: (Value, Span), right: (Value, Span), span: Span) -> Value {
        if left.0.is_unknown() || right.0.is_unknown() {
            return Value::Unknown;
        }
        match operator {
            Operator::Equal => return Value::Bool(self.same(&left.0, &right.0, span)),
            Operator::NotEqual => return Value::Bool(!self.same(&left.0, &right.0, span)),
            _ => {}
        }
        let wanted = if matches!(operator, Operator::And | Operator::Or) { Type::Bool } else { Type::Number };
        let (Some(left), Some(right)) =
            (self.operand(&left.0, &wanted, left.1), self.operand(&right.0, &wanted, right.1))
        else {
            return Value::Unknown;
        };
        let result = match (&left, &right) {
            (Value::Bool(a), Value::Bool(b)) => {
                Some(Value::Bool(if operator == Operator::And { *a && *b } else { *a || *b }))
            }
            (Value::Number(a), Value::Number(b)) => numbers(operator, a, b),
            _ => return self.fail(Complaint::new("SPEC-32:failed", span, "one side of this operation is null")),
        };
        result.unwrap_or_else(|| self.fail(Complaint::new("SPEC-32:failed", span, "this has no defined result")))
    }

    fn same(&mut self, left: &Value, right: &Value, span: Span) -> bool {
        self.pay(left.size().weight.min(right.size().weight), span) && left.same(right)
    }

    /// `!x`
    pub(super) fn not(&mut self, whole: &Expr, operand: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.value(operand, scope);
        match self.operand(&value, &Type::Bool, operand.span) {
            Some(Value::Bool(value)) => Value::Bool(!value),
            Some(Value::Null) => self.fail(Complaint::new("SPEC-32:failed", whole.span, "null has no opposite")),
            _ => Value::Unknown,
        }
    }

    /// `-x`
    pub(super) fn negate(&mut self, whole: &Expr, operand: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.value(operand, scope);
        match self.operand(&value, &Type::Number, operand.span) {
            Some(Value::Number(value)) => Value::Number(value.negated()),
            Some(Value::Null) => self.fail(Complaint::new("SPEC-32:failed", whole.span, "null has no negative")),
            _ => Value::Unknown,
        }
    }

    /// An operand as what the operator needs.
    fn operand(&mut self, value: &Value, wanted: &Type, at: Span) -> Option<Value> {
        if value.is_unknown() {
            return None;
        }
        match convert(value, wanted) {
            Ok(value) => Some(value),
            Err(why) => {
                let message = format!("this operator cannot take it: {why}");
                self.complain(Complaint::new("SPEC-134:bad-operand", at, message));
                None
            }
        }
    }
}

/// Numbers under an operator; `None` if there is no result.
fn numbers(operator: Operator, a: &Number, b: &Number) -> Option<Value> {
    let ordered = |wanted: fn(Ordering) -> bool| Some(Value::Bool(wanted(a.cmp(b))));
    match operator {
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterEqual => ordered(Ordering::is_ge),
        Operator::Add => a.plus(b).map(Value::Number),
        Operator::Subtract => a.minus(b).map(Value::Number),
        Operator::Multiply => a.times(b).map(Value::Number),
        Operator::Divide => a.over(b).map(Value::Number),
        Operator::Remainder => a.remainder(b).map(Value::Number),
        Operator::Or | Operator::And | Operator::Equal | Operator::NotEqual => None,
    }
}
