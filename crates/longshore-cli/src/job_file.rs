//! Jobs in files: job specifications, and jobs of the jobs API. Every command reads them here.

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use longshore_jobspec::{Diagnostic, Failure, Files, Options, parse, parse_hcl1, to_document};
use longshore_model::{Cluster, DecodeError, Job, Request, document, from_json};
use serde_json::{Map, Value};

use crate::args::{JobFileArgs, Language};
use crate::console::Console;
use crate::host_files::HostFiles;

/// Most bytes of a file: no reader takes longer ones.
const MOST: u64 = 16 << 20;

/// Why a file gave no job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobFileError {
    /// It could not be read.
    #[error("{} cannot be read: {why}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: io::Error,
    },
    /// It holds no job.
    #[error("{} holds no job: {why} ({})", .file.display(), .why.code())]
    NoJob {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        why: DecodeError,
    },
    /// It holds no job specification.
    #[error("{0}")]
    NoSpecification(Failure),
}

/// A job as its author wrote it.
#[derive(Debug)]
pub enum Source {
    /// In a job specification.
    Specification {
        /// The job, the way the jobs API has it.
        job: Map<String, Value>,
        /// What is not wrong but probably not meant.
        warnings: Vec<Diagnostic>,
    },
    /// As JSON of the jobs API, this one.
    Api(String),
}

/// What a file holds.
///
/// # Errors
/// [`JobFileError`].
pub fn read(file: &Path, args: &JobFileArgs) -> Result<Source, JobFileError> {
    let text = text(file)?;
    match language(file, &text, args.language) {
        Language::Api => Ok(Source::Api(text)),
        Language::Hcl1 => {
            let path = file.display().to_string();
            let job = parse_hcl1(&text, &Options { path: &path, ..Options::default() });
            job.map(|job| Source::Specification { job, warnings: Vec::new() }).map_err(JobFileError::NoSpecification)
        }
        Language::Hcl2 | Language::AsNamed => hcl2(file, &text, args),
    }
}

/// The text of a file.
fn text(file: &Path) -> Result<String, JobFileError> {
    let read = || {
        let mut text = String::new();
        let bytes = File::open(file)?.take(MOST + 1).read_to_string(&mut text)?;
        if bytes as u64 > MOST { Err(io::Error::other(format!("it has more than {MOST} bytes"))) } else { Ok(text) }
    };
    read().map_err(|why| JobFileError::Unreadable { file: file.to_path_buf(), why })
}

/// What a file is written in.
fn language(file: &Path, text: &str, asked: Language) -> Language {
    let json = file.extension().is_some_and(|extension| extension == "json");
    match asked {
        Language::AsNamed if json && !is_specification(text) => Language::Api,
        Language::AsNamed => Language::Hcl2,
        other => other,
    }
}

/// Whether JSON looks like a job specification: it has a block that only those have. `job` is one, but also how some
/// write the member that registering sends; then there is an id in it, where a job specification has a label and a body.
fn is_specification(text: &str) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return false };
    let has_id = |job: &Value| {
        let mut members = job.as_object().into_iter().flatten();
        members.any(|(name, value)| name.eq_ignore_ascii_case("id") && !value.is_object() && !value.is_array())
    };
    members.get("job").is_some_and(|job| !has_id(job))
        || ["variable", "variables", "locals"].iter().any(|block| members.contains_key(*block))
}

/// The job of a job specification, with everything that its author may use.
fn hcl2(file: &Path, content: &str, args: &JobFileArgs) -> Result<Source, JobFileError> {
    let path = file.display().to_string();
    let read = |file: &PathBuf| Ok((file.display().to_string(), text(file)?));
    let files = args.variable_files.iter().map(read).collect::<Result<Vec<_>, JobFileError>>()?;
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let arguments: Vec<_> = args.variables.iter().map(|(name, value)| (&**name, value.as_deref())).collect();
    let environment: Vec<(String, String)> = env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(key, _)| key.starts_with("NOMAD_VAR_"))
        .collect();
    let environment: Vec<_> = environment.iter().map(|(key, value)| (&**key, &**value)).collect();
    let base = file.parent().map(|parent| parent.display().to_string()).filter(|base| !base.is_empty());
    let options = Options {
        path: &path,
        base_dir: base.as_deref().unwrap_or("."),
        files: args.host_files.then_some(&HostFiles as &dyn Files),
        variable_files: &files,
        arguments: &arguments,
        environment: &environment,
        strict: args.strict,
        ..Options::default()
    };
    let parsed = parse(content, &options).map_err(JobFileError::NoSpecification)?;
    Ok(Source::Specification { job: parsed.document, warnings: parsed.warnings })
}

impl Source {
    /// The canonical job, as an engine with default settings sees it.
    ///
    /// # Errors
    /// [`JobFileError::NoJob`] in this file.
    pub fn canonical(&self, file: &Path) -> Result<Job, JobFileError> {
        let document = match self {
            Source::Specification { job, .. } => document(file, job)?,
            Source::Api(text) => {
                api_document(text).map_err(|why| JobFileError::NoJob { file: file.to_path_buf(), why })?
            }
        };
        Ok(document.canonicalize(&Request::default(), &Cluster::default()))
    }

    /// What is not wrong but probably not meant.
    pub fn warnings(&self) -> &[Diagnostic] {
        match self {
            Source::Specification { warnings, .. } => warnings,
            Source::Api(_) => &[],
        }
    }

    /// Writes the warnings beside the result.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn note_warnings(&self, console: &mut Console<'_>) -> io::Result<()> {
        self.warnings().iter().try_for_each(|warning| console.note(&format!("warning: {warning}")))
    }
}

/// The job of a file in the model's form of what an author wrote.
///
/// # Errors
/// [`JobFileError::NoJob`].
pub fn document(file: &Path, job: &Map<String, Value>) -> Result<document::Job, JobFileError> {
    to_document(job).map_err(|why| JobFileError::NoJob { file: file.to_path_buf(), why })
}

longshore_model::record! {
    /// What registering a job sends: the job within an object.
    struct Submission {
        /// The job.
        "Job" job: Option<document::Job>,
    }
}

/// The job of a text: bare, or within an object as registering sends it.
fn api_document(text: &str) -> Result<document::Job, DecodeError> {
    match from_json::<Submission>(text)?.job {
        Some(document) => Ok(document),
        None => from_json(text),
    }
}
