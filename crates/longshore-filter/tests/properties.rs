//! What holds for every text and every expression.

use longshore_filter::{Filter, LENGTH_MAX};
use longshore_model::{Job, Task, TaskGroup};
use proptest::prelude::*;

mod twin;

/// What expressions are made of; blanks are put between most.
const PIECES: &[&str] = &[
    "not",
    "and",
    "or",
    "any",
    "all",
    "as",
    "in",
    "is",
    "empty",
    "nil",
    "contains",
    "matches",
    "==",
    "!=",
    "(",
    ")",
    "{",
    "}",
    ",",
    "_",
    "x",
    "y",
    "Meta",
    "Name",
    "Meta.a",
    "Meta[\"a b\"]",
    "Meta[ `k` ]",
    "TaskGroups.0.Name",
    "x.Tasks",
    "\"/Meta/a\"",
    "\"\"",
    "\"/a~1b/ü\"",
    "\"a b\"",
    "\"/a/\"",
    "`/q`",
    "5",
    "-5",
    "0",
    "05",
    "1.5",
    "5.",
    "t/u",
    "[0]",
    ".",
    "\"",
    "`",
    "ü",
    "\n",
    "=",
    "-",
];

/// A soup of pieces.
fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec((prop::sample::select(PIECES), prop::sample::select(vec![" ", " ", " ", "", "\t\n"])), 0..14)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(piece, blank)| [piece, blank]).collect())
}

/// An expression.
fn expression() -> impl Strategy<Value = String> {
    let selector = prop::sample::select(vec![
        "Name",
        "Meta",
        "Meta.a",
        "Meta[\"a b\"]",
        "Priority",
        "Datacenters",
        "TaskGroups.0.Count",
        "x",
        "x.Name",
        "not",
        "any",
        "\"/Meta/a~1b\"",
        "\"/1/2\"",
        "\"\"",
        "i",
        "Meta.own/er",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "web",
            "50",
            "-1.5",
            "\"a b\"",
            "`/a`",
            "\"/a/b\"",
            "\"\"",
            "not",
            "in",
            "a.b.0",
            "\"\\xff\""
        ])
        .prop_map(str::to_string),
        "[^`]{0,6}".prop_map(|text| format!("`{text}`")),
    ];
    let state = prop::sample::select(vec!["is empty", "is not empty", "is nil", "is not nil"]);
    let operator = prop::sample::select(vec!["==", "!=", "contains", "not contains", "matches", "not matches"]);
    let search = prop::sample::select(vec!["in", "not in"]);
    let test = prop_oneof![
        (selector.clone(), operator, value.clone()).prop_map(|(s, o, v)| format!("{s} {o} {v}")),
        (selector.clone(), state).prop_map(|(s, state)| format!("{s} {state}")),
        (value, search, selector.clone()).prop_map(|(v, search, s)| format!("{v} {search} {s}")),
    ];
    test.prop_recursive(4, 24, 4, move |inner| {
        let names = prop::sample::select(vec!["x", "i, x", "i , _", "_,x", "i,i"]);
        let quantifier = prop::sample::select(vec!["any", "all"]);
        let each = (quantifier, selector.clone(), names, inner.clone())
            .prop_map(|(q, s, names, body)| format!("{q} {s} as {names} {{ {body} }}"));
        prop_oneof![
            inner.clone().prop_map(|expr| format!("not ({expr})")),
            inner.clone().prop_map(|expr| format!("not not ( {expr} )")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|operands| format!("({})", operands.join(") and ("))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|operands| format!("({})", operands.join(") or ("))),
            each.clone().prop_map(|each| format!("({each})")),
            (inner, each).prop_map(|(expr, each)| format!("({expr}) or {each}")),
        ]
    })
}

/// An expression with something cut out, put in or doubled.
fn damaged() -> impl Strategy<Value = String> {
    (expression(), any::<prop::sample::Index>(), 0usize..6, prop::sample::select(PIECES)).prop_map(
        |(mut text, at, cut, piece)| {
            let boundary = |text: &str, at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at));
            let start = boundary(&text, at.index(text.len() + 1)).unwrap_or_default();
            let end = boundary(&text, (start + cut).min(text.len())).unwrap_or(start);
            text.replace_range(start..end, if cut % 2 == 0 { piece } else { "" });
            text
        },
    )
}

fn job() -> Job {
    let mut job = Job::service("web").with_group(TaskGroup::new("front").task(Task::new("server").driver("exec")));
    job.meta.insert("a", "b".into());
    job
}

/// The linear parser and the literal one read the same, or both nothing.
fn agree(text: &str) -> Result<(), TestCaseError> {
    if text.contains('\\') {
        return Ok(()); // escapes have tests of their own
    }
    let Some(read) = twin::read(text, 100_000) else { return Ok(()) };
    match (Filter::parse(text), read) {
        (Ok(filter), Some(read)) => {
            let again = Filter::parse(&read).map_err(|why| TestCaseError::fail(format!("{read}: {why}")))?;
            prop_assert_eq!(&filter, &again, "{} is {}, read literally {}", text, filter, again);
        }
        (Err(_), None) => {}
        (Ok(filter), None) => prop_assert!(false, "{} is {}, read literally nothing", text, filter),
        (Err(why), Some(read)) => prop_assert!(false, "{} is refused: {}; read literally {}", text, why, read),
    }
    Ok(())
}

/// Errors point into the text.
fn points(text: &str, span: std::ops::Range<usize>, line: usize, column: usize) -> Result<(), TestCaseError> {
    let before = text.get(..span.start);
    prop_assert!(text.get(span.clone()).is_some() && line > 0 && column > 0, "{:?} of {:?}", span, text);
    let last = before.and_then(|before| before.split('\n').next_back());
    prop_assert_eq!(last.map(|last| last.chars().count() + 1), Some(column));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn api_801_the_grammar_is_read_as_it_is_written(text in prop_oneof![soup(), damaged(), expression()]) {
        agree(&text)?;
    }

    #[test]
    fn what_is_printed_is_read_as_the_same_program(text in expression()) {
        let filter = Filter::parse(&text).map_err(|why| TestCaseError::fail(format!("{text}: {why}")))?;
        let printed = filter.to_string();
        let again = Filter::parse(&printed).map_err(|why| TestCaseError::fail(format!("{printed}: {why}")))?;
        prop_assert_eq!(&again, &filter, "{}", printed);
        prop_assert_eq!(again.to_string(), printed);
    }

    #[test]
    fn equal_programs_decide_alike(text in expression()) {
        let filter = Filter::parse(&text).map_err(|why| TestCaseError::fail(format!("{text}: {why}")))?;
        let again = Filter::parse(&filter.to_string()).map_err(|why| TestCaseError::fail(why.to_string()))?;
        let codes = |filter: &Filter| filter.matches(&job()).map_err(|error| (error.code(), error.problem()));
        prop_assert_eq!(codes(&filter), codes(&again));
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in prop_oneof![soup(), damaged(), any::<String>()]) {
        prop_assert!(text.len() < LENGTH_MAX);
        match Filter::parse(&text) {
            Err(error) => points(&text, error.span(), error.line(), error.column())?,
            Ok(filter) => if let Err(error) = filter.matches(&job()) {
                points(&text, error.span(), error.line(), error.column())?;
            },
        }
    }
}
