//! The stages of a parse (SPEC-5): texts, declarations, the job's body, free-form maps.

use std::fmt;

use longshore_model::{DecodeError, document, from_json};
use serde_json::{Map, Value as Json};

use crate::decode::{Decoder, Draft, json_blocks, labels_fit};
use crate::diagnostics::{Complaint, Diagnostic, Severity, did_you_mean};
use crate::eval::{Evaluator, Scope, Unresolved};
use crate::locals;
use crate::options::Options;
use crate::schema::JOB;
use crate::submission::{Submission, submission};
use crate::syntax::ast::{Argument, Block, Body, Item};
use crate::syntax::read;
use crate::text::{TextId, Texts};
use crate::value::Value;
use crate::variables::{self, Variables};

/// A job that came of a text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parsed {
    /// The job as JSON, the way the jobs API has it, before canonicalization: every member is there, unset ones are
    /// null (SPEC-8).
    pub document: Map<String, Json>,
    /// What a host keeps beside the job: text and variables, to show and to submit again (SPEC-18).
    pub submission: Submission,
    /// What is not wrong but probably not meant. The reference keeps these to itself (SPEC-6).
    pub warnings: Vec<Diagnostic>,
}

impl Parsed {
    /// The job in the model's form of what an author wrote, to be made canonical and registered.
    ///
    /// ```
    /// use longshore_jobspec::{Options, parse};
    /// use longshore_model::{Cluster, Request};
    /// let parsed = parse("job \"web\" {\n  group \"front\" {}\n}\n", &Options::default())?;
    /// let job = parsed.to_document()?.canonicalize(&Request::default(), &Cluster::default());
    /// assert_eq!((job.priority, job.task_groups[0].count), (50, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of documents: one beyond their bounds.
    pub fn to_document(&self) -> Result<document::Job, DecodeError> {
        to_document(&self.document)
    }
}

/// A job of any of this crate's readers in the model's form of what an author wrote.
///
/// # Errors
/// Those of documents: one beyond their bounds.
pub fn to_document(job: &Map<String, Json>) -> Result<document::Job, DecodeError> {
    from_json(&Json::Object(job.clone()).to_string())
}

/// Why no job came of a text.
#[derive(Clone)]
pub struct Failure {
    stage: Stage,
    diagnostics: Vec<Diagnostic>,
    #[cfg(feature = "render")]
    texts: Texts,
}

/// How far a parse got.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Stage {
    /// The syntax of a variable file.
    VariableFile,
    /// The syntax of [`Options::variables`].
    Variables,
    /// The syntax of the job specification.
    Syntax,
    /// Variables, locals, which blocks there are.
    Declarations,
    /// The body of the job.
    Body,
    /// Free-form maps in the job, such as `config`.
    Maps,
}

impl Failure {
    /// Complaints with their places.
    pub(crate) fn new(stage: Stage, complaints: Vec<Complaint>, texts: &Texts, main: TextId) -> Failure {
        let diagnostics = complaints.into_iter().map(|complaint| complaint.finish(texts, main)).collect();
        Failure {
            stage,
            diagnostics,
            #[cfg(feature = "render")]
            texts: texts.clone(),
        }
    }

    /// How far the parse got; complaints of later stages do not exist.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Everything that is wrong, and warnings; in the order of the text. Never empty.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The text that a place is of.
    #[cfg(feature = "render")]
    pub(crate) fn content(&self, place: &crate::diagnostics::Place) -> &str {
        self.texts.text(place.text)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("stage", &self.stage).field("diagnostics", &self.diagnostics).finish()
    }
}

/// One line for each complaint.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            write!(f, "{}{diagnostic}", if index > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Reads a job specification: HCL2, or HCL written as JSON.
///
/// ```
/// use longshore_jobspec::{Options, parse};
/// let text = r#"
/// job "web" {
///   group "front" {
///     count = 2 + 1
///     task "server" {
///       driver = "exec"
///       kill_timeout = "20s"
///       env { DC = "${node.datacenter}" }
///     }
///   }
/// }
/// "#;
/// let job = parse(text, &Options::default())?.document;
/// let group = &job["TaskGroups"][0];
/// assert_eq!(group["Count"], 3);
/// assert_eq!(group["Tasks"][0]["KillTimeout"], 20_000_000_000u64);
/// assert_eq!(group["Tasks"][0]["Env"]["DC"], "${node.datacenter}");
/// # Ok::<(), longshore_jobspec::Failure>(())
/// ```
///
/// # Errors
/// [`Failure`], with everything that is wrong in the first stage that fails.
///
/// # Cost
/// Bounded by [`Limits`](crate::Limits), whatever the text.
pub fn parse(text: &str, options: &Options<'_>) -> Result<Parsed, Failure> {
    let mut texts = Texts::default();
    let main = texts.add(options.path, text);
    match run(&mut texts, main, options) {
        Ok((document, warnings, variables)) => Ok(Parsed {
            document,
            submission: submission(text, &variables, options),
            warnings: warnings.into_iter().map(|warning| warning.finish(&texts, main)).collect(),
        }),
        Err((stage, complaints)) => Err(Failure::new(stage, complaints, &texts, main)),
    }
}

/// What went wrong, and when.
type Failed = (Stage, Vec<Complaint>);

/// A job, warnings, and the variables.
type Ran = (Map<String, Json>, Vec<Complaint>, Variables);

fn run(texts: &mut Texts, main: TextId, options: &Options<'_>) -> Result<Ran, Failed> {
    let files = variable_files(texts, options)?;
    let body = read(texts, main, &options.limits).map_err(|complaints| (Stage::Syntax, complaints))?;
    // Values by argument may be texts of their own, and all texts must be there before anything is evaluated: types are
    // found out first, and once more below.
    let given = {
        let mut evaluator = Evaluator::new(texts, options);
        let declared = Top::sort(&mut evaluator, &body).declare(&mut evaluator);
        variables::given(texts, &declared, options)
    };
    let texts = &*texts;
    let mut evaluator = Evaluator::new(texts, options);
    let top = Top::sort(&mut evaluator, &body);
    let mut variables = top.declare(&mut evaluator);
    variables::set(&mut evaluator, &mut variables, &given, &files, options.strict);
    let var = variables::object(&mut evaluator, &variables);
    let local = top.locals(&mut evaluator, &var);
    let warnings = checked(&mut evaluator, Stage::Declarations, Vec::new())?;
    let names = [("var".into(), var), ("local".into(), local)];
    let scope = Scope::root(&names, Unresolved::Runtime);
    let job = top.job(&mut evaluator);
    let mut decoder = Decoder { evaluator: &mut evaluator, maps: Vec::new() };
    let draft = job.map(|job| decoder.body(&job.body, &JOB, &scope));
    let maps = decoder.maps;
    let warnings = checked(&mut evaluator, Stage::Body, warnings)?;
    evaluator.complaints = maps;
    let warnings = checked(&mut evaluator, Stage::Maps, warnings)?;
    let label = job.and_then(|job| job.labels.first()).map(|label| &*label.text);
    let document = draft.map(|draft| named(draft, label)).unwrap_or_default();
    Ok((document, warnings, variables))
}

/// The job with its label as what is not set otherwise (SPEC-84).
pub(crate) fn named(mut draft: Draft, label: Option<&str>) -> Map<String, Json> {
    for member in ["ID", "Name"] {
        crate::decode::finish::default(&mut draft.members, member, label.map(Json::from).unwrap_or_default());
    }
    draft.members
}

/// Ends a stage: fails if there is an error, gives back the warnings otherwise.
fn checked(evaluator: &mut Evaluator<'_>, stage: Stage, mut before: Vec<Complaint>) -> Result<Vec<Complaint>, Failed> {
    before.extend(evaluator.take_complaints());
    if before.iter().any(|complaint| complaint.severity == Severity::Error) { Err((stage, before)) } else { Ok(before) }
}

/// Reads all variable files, weakest first.
fn variable_files(texts: &mut Texts, options: &Options<'_>) -> Result<Vec<Body>, Failed> {
    let mut bodies = Vec::new();
    for (name, content) in options.variable_files {
        let id = texts.add(name, content);
        bodies.push(read(texts, id, &options.limits).map_err(|complaints| (Stage::VariableFile, complaints))?);
    }
    if !options.variables.is_empty() {
        let id = texts.add("input.hcl", options.variables);
        bodies.push(read(texts, id, &options.limits).map_err(|complaints| (Stage::Variables, complaints))?);
    }
    Ok(bodies)
}

/// What stands at the top of a text (SPEC-50).
#[derive(Default)]
struct Top {
    variables: Vec<Block>,
    locals: Vec<Block>,
    jobs: Vec<Block>,
}

/// The blocks that may stand there, and how many labels they have.
const TOP: &[(&str, usize)] = &[("job", 1), ("locals", 0), ("variable", 1), ("variables", 0)];

impl Top {
    /// Sorts what stands there.
    fn sort(evaluator: &mut Evaluator<'_>, body: &Body) -> Top {
        let mut top = Top::default();
        for item in &body.items {
            let (name, blocks) = match item {
                Item::Block(block) => (&block.kind, vec![block.clone()]),
                Item::Argument(argument) => {
                    let known = TOP.iter().find(|(kind, _)| body.json && *kind == &*argument.name.text);
                    let Some((_, labels)) = known else {
                        unknown(evaluator, argument, body.json);
                        continue;
                    };
                    (&argument.name, json_blocks(evaluator, &argument.name, &argument.value, *labels))
                }
            };
            let Some((_, labels)) = TOP.iter().find(|(kind, _)| *kind == &*name.text) else {
                let message = format!("there is no block `{}` at the top of a job specification", name.text);
                let complaint = Complaint::new("SPEC-134:unknown-block", name.span, message);
                evaluator.complain(complaint.hint(did_you_mean(&name.text, TOP.iter().map(|(kind, _)| *kind))));
                continue;
            };
            for block in blocks {
                if labels_fit(evaluator, &block, *labels) {
                    match &*name.text {
                        "job" => top.jobs.push(block),
                        "locals" => top.locals.push(block),
                        _ => top.variables.push(block),
                    }
                }
            }
        }
        top
    }

    /// Declares all variables.
    fn declare(&self, evaluator: &mut Evaluator<'_>) -> Variables {
        let mut variables = Variables::new();
        self.variables.iter().for_each(|block| variables::declare(evaluator, &mut variables, block));
        variables
    }

    /// The values of all locals.
    fn locals(&self, evaluator: &mut Evaluator<'_>, var: &Value) -> Value {
        let arguments: Vec<&Argument> =
            self.locals.iter().flat_map(|block| variables::arguments_only(evaluator, &block.body)).collect();
        locals::evaluate(evaluator, &arguments, var)
    }

    /// The one job.
    fn job(&self, evaluator: &mut Evaluator<'_>) -> Option<&Block> {
        match &self.jobs[..] {
            [] => {
                let complaint = Complaint::nowhere("SPEC-50:missing-job", "there is no `job` block");
                evaluator.complain(complaint.help("a job specification is `job \"name\" { … }`"));
                None
            }
            [only] => Some(only),
            [first, second, ..] => {
                let header = |block: &Block| if block.body.json { block.body.open } else { block.header() };
                let complaint =
                    Complaint::new("SPEC-50:duplicate-job", header(second), "there is a second `job` block");
                evaluator.complain(complaint.related(header(first)));
                None
            }
        }
    }
}

/// Complains about an argument at the top.
fn unknown(evaluator: &mut Evaluator<'_>, argument: &Argument, json: bool) {
    let name = &argument.name;
    let code = if json { "SPEC-15:extraneous-property" } else { "SPEC-134:unknown-argument" };
    let message = format!("there is no argument `{}` at the top of a job specification", name.text);
    let hint = match &*name.text {
        "Job" | "ID" if json => Some("this looks like a job of the jobs API, which is no job specification".to_owned()),
        other => did_you_mean(other, TOP.iter().map(|(kind, _)| *kind)),
    };
    evaluator.complain(Complaint::new(code, name.span, message).hint(hint));
}

/// What an expression stands for as the `kill_timeout` of a task, in nanoseconds (SPEC-105).
///
/// ```
/// use longshore_jobspec::kill_timeout;
/// assert_eq!(kill_timeout("\"${1 + 1}m\"").ok(), Some(120_000_000_000));
/// assert_eq!(kill_timeout("\"5\"").unwrap_err().diagnostics()[0].code, "SPEC-106:duration");
/// ```
///
/// # Errors
/// [`Failure`], with places in a text that holds the expression and nothing else of interest.
pub fn kill_timeout(expression: &str) -> Result<i64, Failure> {
    let text = format!("job \"j\" {{\n  task \"t\" {{\n    kill_timeout = {expression}\n  }}\n}}\n");
    let job = parse(&text, &Options::default())?.document;
    Ok(Json::Object(job).pointer("/TaskGroups/0/Tasks/0/KillTimeout").and_then(Json::as_i64).unwrap_or_default())
}
