//! `port_list`: lists of reserved ports (PLACE-52).

use longshore_value::PortList;
use longshore_value::ports::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("port_list", answer);

#[derive(Deserialize)]
struct Input {
    text: String,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { text } = super::input(input)?;
    Ok(match PortList::parse(&text) {
        Ok(list) => {
            let ends = |range: &std::ops::RangeInclusive<u16>| [*range.start(), *range.end()];
            json!({ "ports": list.ranges().iter().map(ends).collect::<Vec<_>>() })
        }
        Err(why) => json!({ "invalid": word(why.problem())? }),
    })
}

/// What is wrong with an entry, as cases write it.
pub(super) fn word(problem: Problem) -> Result<&'static str, String> {
    match problem {
        Problem::Empty => Ok("empty"),
        Problem::Zero => Ok("zero"),
        Problem::TooLarge => Ok("too large"),
        Problem::RangeOrder => Ok("range order"),
        Problem::Syntax => Ok("syntax"),
        Problem::Number => Ok("number"),
        other => Err(format!("the format has no word for {other:?}")),
    }
}
