//! Operators (SPEC-25, SPEC-32).

use std::cmp::Ordering;

use super::{Evaluator, Scope};
use crate::diagnostics::Complaint;
use crate::syntax::ast::{Expr, Operator};
use crate::value::{Number, Type, Value, convert};

impl Evaluator<'_> {
    /// An operator with two sides; both are evaluated, always.
    pub(super) fn binary(&mut self, whole: &Expr, operator: Operator, sides: [&Expr; 2], scope: &Scope<'_>) -> Value {
        let values = sides.map(|side| self.value(side, scope));
        if values.iter().any(Value::is_unknown) {
            return Value::Unknown;
        }
        let [left, right] = &values;
        match operator {
            Operator::Equal => return Value::Bool(self.same(left, right, whole)),
            Operator::NotEqual => return Value::Bool(!self.same(left, right, whole)),
            _ => {}
        }
        let wanted = if matches!(operator, Operator::And | Operator::Or) { Type::Bool } else { Type::Number };
        let (Some(left), Some(right)) = (self.operand(left, &wanted, sides[0]), self.operand(right, &wanted, sides[1]))
        else {
            return Value::Unknown;
        };
        let result = match (&left, &right) {
            (Value::Bool(a), Value::Bool(b)) => {
                Some(Value::Bool(if operator == Operator::And { *a && *b } else { *a || *b }))
            }
            (Value::Number(a), Value::Number(b)) => numbers(operator, a, b),
            _ => {
                return self.fail(Complaint::new("SPEC-32:failed", whole.span, "one side of this operation is null"));
            }
        };
        result.unwrap_or_else(|| self.fail(Complaint::new("SPEC-32:failed", whole.span, "this has no defined result")))
    }

    fn same(&mut self, left: &Value, right: &Value, whole: &Expr) -> bool {
        self.pay(left.size().weight.min(right.size().weight), whole.span) && left.same(right)
    }

    /// `!x`
    pub(super) fn not(&mut self, whole: &Expr, operand: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.value(operand, scope);
        match self.operand(&value, &Type::Bool, operand) {
            Some(Value::Bool(value)) => Value::Bool(!value),
            Some(Value::Null) => self.fail(Complaint::new("SPEC-32:failed", whole.span, "null has no opposite")),
            _ => Value::Unknown,
        }
    }

    /// `-x`
    pub(super) fn negate(&mut self, whole: &Expr, operand: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.value(operand, scope);
        match self.operand(&value, &Type::Number, operand) {
            Some(Value::Number(value)) => Value::Number(value.negated()),
            Some(Value::Null) => self.fail(Complaint::new("SPEC-32:failed", whole.span, "null has no negative")),
            _ => Value::Unknown,
        }
    }

    /// An operand as what the operator needs.
    fn operand(&mut self, value: &Value, wanted: &Type, at: &Expr) -> Option<Value> {
        if value.is_unknown() {
            return None;
        }
        match convert(value, wanted) {
            Ok(value) => Some(value),
            Err(why) => {
                let message = format!("this operator cannot take it: {why}");
                self.complain(Complaint::new("SPEC-134:bad-operand", at.span, message));
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
