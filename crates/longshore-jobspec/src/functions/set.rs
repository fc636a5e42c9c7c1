//! Functions of sets.

use super::collection::common;
use super::{Accepts, Answer, Function, Host, Refusal, any, parameter, refuse, variadic};
use crate::value::{Type, Value, order, unify};

pub(super) const TABLE: &[Function] = &[
    variadic("setintersection", &[parameter("first_set", Accepts::Set)], parameter("other_sets", Accepts::Set), {
        |_, values| {
            combined(values, |sets| {
                let (first, others) = sets.split_first().map_or((&[][..], &[][..]), |(first, rest)| (&first[..], rest));
                let everywhere = |element: &&Value| {
                    others.iter().all(|set| set.binary_search_by(|other| order(other, element)).is_ok())
                };
                first.iter().filter(everywhere).cloned().collect()
            })
        }
    }),
    variadic(
        "setunion",
        &[parameter("first_set", Accepts::Set)],
        parameter("other_sets", Accepts::Set),
        |_, values| combined(values, <[Vec<Value>]>::concat),
    ),
    variadic("setproduct", &[], any("sets"), product),
];

/// A set made of several, whose elements are of one type first.
fn combined(values: &[Value], combine: impl FnOnce(&[Vec<Value>]) -> Vec<Value>) -> Answer {
    let Some(Type::Set(of)) = unify(values.iter().map(Value::kind)) else {
        return refuse("the elements of all sets must be of one type");
    };
    let converted = values.iter().map(|set| {
        let all = set.elements().unwrap_or_default().iter().map(|element| crate::value::convert(element, &of));
        let mut all = all.collect::<Result<Vec<_>, _>>().or_else(refuse)?;
        all.sort_by(order);
        Ok(all)
    });
    let sets = converted.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(Value::set(Type::clone(&of), combine(&sets)))
}

/// Every way to take one element of each, the last one changing first.
fn product(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    if values.len() < 2 {
        return refuse("two sets or lists are needed at least");
    }
    let mut columns = Vec::new();
    let mut rows = 1usize;
    for given in values {
        let Some(elements) = given.elements() else {
            return refuse(format!("sets or lists are needed, this is {}", given.noun()));
        };
        let (kind, column) = common(elements)?;
        rows = rows.saturating_mul(column.len());
        columns.push((kind, column));
    }
    host.room(rows.saturating_mul(values.len() + 1).saturating_mul(16))?;
    let mut product: Vec<Vec<Value>> = vec![Vec::new()];
    for (_, column) in &columns {
        product = product
            .iter()
            .flat_map(|row| {
                column.iter().map(move |element| {
                    let mut row = row.clone();
                    row.push(element.clone());
                    row
                })
            })
            .collect();
        if product.is_empty() {
            break;
        }
    }
    let of = Type::Tuple(columns.into_iter().map(|(kind, _)| kind).collect());
    let rows = product.into_iter().map(Value::tuple).collect();
    let sets = values.iter().all(|given| matches!(given, Value::Set(..)));
    Ok(if sets { Value::set(of, rows) } else { Value::list(of, rows) })
}
