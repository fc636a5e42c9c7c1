//! `constraint_validate`: one constraint, affinity or spread by itself (FEAS-90 to FEAS-94, FEAS-96, MODEL-141).

use longshore_model::validate::{Finding, Report};
use longshore_model::{Affinity, Constraint, Spread};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("constraint_validate", answer);

#[derive(Deserialize)]
#[serde(tag = "what", content = "value", rename_all = "lowercase")]
enum Input {
    Constraint(Constraint),
    Affinity(Affinity),
    Spread(Spread),
}

fn answer(input: &Value) -> Result<Value, String> {
    let report: Report = match super::input(input)? {
        Input::Constraint(constraint) => constraint.validate(),
        Input::Affinity(affinity) => affinity.validate(),
        Input::Spread(spread) => spread.validate(),
    };
    let mut errors: Vec<String> = report.violations.iter().map(code).collect();
    errors.sort_unstable();
    Ok(json!({ "errors": errors }))
}

/// A finding in the codes of this kind, which are those of the placement specification.
fn code(finding: &Finding) -> String {
    let problem = match finding.what {
        "operand-missing" => "missing operand",
        "operand-unknown" => "unknown operand",
        "set-needs-rtarget" | "op-needs-rtarget" => "RTarget required",
        "op-forbids-rtarget" => "RTarget not supported",
        "distinct-not-number" => "conversion",
        "distinct-zero" => "zero",
        "ltarget-missing" => "LTarget required",
        "ltarget-open" => "opening brace",
        "ltarget-close" => "closing brace",
        "ltarget-unsupported" => "unsupported",
        "weight-zero" => "weight zero",
        "weight-range" => "weight range",
        "attribute-missing" => "attribute",
        "value-repeated" => "duplicate",
        "percent-sum" => "sum",
        same => same,
    };
    let rule = match finding.code {
        "MODEL-135" => "FEAS-90",
        "MODEL-136" => "FEAS-91",
        "MODEL-137" => "FEAS-92",
        "MODEL-138" => "FEAS-93",
        "MODEL-139" => "FEAS-94",
        "MODEL-140" => "FEAS-96",
        same => same,
    };
    format!("{rule} {problem}")
}
