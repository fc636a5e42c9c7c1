//! `longshore jobspec`: a job specification as JSON, or formatted.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use longshore_jobspec::{
    Diagnostic, Failure, Files, Options, Unprintable, parse, parse_hcl1, parse_json, print_document, to_document,
};
use longshore_model::wire::Form;
use longshore_model::{DecodeError, to_json};
use serde_json::{Map, Value};

use crate::args::{JobspecArgs, Language};
use crate::console::Console;
use crate::exit::Exit;
use crate::host_files::HostFiles;

/// Why nothing came of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobspecError {
    /// It could not be read.
    #[error("{} cannot be read: {why}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: io::Error,
    },
    /// It is beyond what documents may be.
    #[error(transparent)]
    Document(#[from] DecodeError),
    /// The job has no way to be written as a job specification.
    #[error("the job cannot be printed: {0}")]
    Unprintable(#[from] Unprintable),
    /// The result could not be written.
    #[error("the job could not be written: {0}")]
    Output(#[from] io::Error),
}

impl JobspecError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Unreadable { .. } => Exit::Misuse,
            _ => Exit::Failure,
        }
    }
}

/// Reads a job specification and writes the job; what is wrong with it is written beside, and told by the exit.
///
/// # Errors
/// [`JobspecError`]; a faulty specification is none.
pub fn run(args: &JobspecArgs, console: &mut Console<'_>) -> Result<Exit, JobspecError> {
    let text = read(&args.file)?;
    match job(args, &text)? {
        Ok((job, warnings)) => {
            for warning in warnings {
                console.note(&format!("warning: {warning}"))?;
            }
            write(args, &job, console)?;
            Ok(Exit::Success)
        }
        Err(failure) => {
            console.note(failure.render(false).trim_end())?;
            Ok(Exit::Failure)
        }
    }
}

/// The text of a file.
fn read(file: &Path) -> Result<String, JobspecError> {
    fs::read_to_string(file).map_err(|why| JobspecError::Unreadable { file: file.to_path_buf(), why })
}

/// A job and warnings, or what is wrong.
type Read = Result<(Map<String, Value>, Vec<Diagnostic>), Failure>;

/// The job of a text.
fn job(args: &JobspecArgs, text: &str) -> Result<Read, JobspecError> {
    let path = args.file.display().to_string();
    let plain = Options { path: &path, ..Options::default() };
    match args.language {
        Language::Hcl1 => return Ok(parse_hcl1(text, &plain).map(|job| (job, Vec::new()))),
        Language::Api => return Ok(parse_json(text, &plain).map(|job| (job, Vec::new()))),
        Language::Hcl2 => {}
    }
    let read = |file: &PathBuf| Ok((file.display().to_string(), read(file)?));
    let files = args.variable_files.iter().map(read).collect::<Result<Vec<_>, JobspecError>>()?;
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let arguments: Vec<_> = args.variables.iter().map(|(name, value)| (&**name, value.as_deref())).collect();
    let environment: Vec<(String, String)> = env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(key, _)| key.starts_with("NOMAD_VAR_"))
        .collect();
    let environment: Vec<_> = environment.iter().map(|(key, value)| (&**key, &**value)).collect();
    let base = args.file.parent().map(|parent| parent.display().to_string()).filter(|base| !base.is_empty());
    let options = Options {
        base_dir: base.as_deref().unwrap_or("."),
        files: args.files.then_some(&HostFiles as &dyn Files),
        variable_files: &files,
        arguments: &arguments,
        environment: &environment,
        strict: args.strict,
        ..plain
    };
    Ok(parse(text, &options).map(|parsed| (parsed.document, parsed.warnings)))
}

/// Writes the job as it was asked for.
fn write(args: &JobspecArgs, job: &Map<String, Value>, console: &mut Console<'_>) -> Result<(), JobspecError> {
    let mut document = to_document(job)?;
    if args.canonical {
        document.fill_defaults();
    }
    let text = to_json(&document, Form::Present);
    if args.hcl {
        let options = Options::default();
        let job =
            if args.canonical { parse_json(&text, &options).unwrap_or_else(|_| job.clone()) } else { job.clone() };
        console.write(&print_document(&job)?)?;
        return Ok(());
    }
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    console.line(&format!("{value:#}"))?;
    Ok(())
}
