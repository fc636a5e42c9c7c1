//! The flags of `jobspec`.

use std::path::PathBuf;

use clap::Args;

use super::existing_file;

/// Which job specification to read, and what to make of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobspecArgs {
    /// The file.
    pub file: PathBuf,
    /// What it is written in.
    pub language: Language,
    /// Values of variables; `None` is a name without `=`.
    pub variables: Vec<(String, Option<String>)>,
    /// Files with values of variables, the later the stronger.
    pub variable_files: Vec<PathBuf>,
    /// Whether a value for a variable that nobody declares is an error.
    pub strict: bool,
    /// Whether file functions may read, relative to the file's directory.
    pub files: bool,
    /// Whether what is absent is filled in.
    pub canonical: bool,
    /// Print a job specification, not JSON.
    pub hcl: bool,
}

/// What a file is written in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// HCL2, or HCL as JSON.
    #[default]
    Hcl2,
    /// The legacy dialect.
    Hcl1,
    /// JSON as the jobs API has it.
    Api,
}

/// The flags as clap sees them.
#[derive(Debug, Args)]
pub(super) struct JobspecFlags {
    /// File with a job specification
    #[arg(value_name = "FILE", value_parser = existing_file)]
    file: PathBuf,
    /// It is written in the legacy dialect
    #[arg(long, conflicts_with = "api")]
    hcl1: bool,
    /// It is JSON as the jobs API has it: a job, or an object with a member `Job`
    #[arg(long)]
    api: bool,
    /// Value of a variable; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", conflicts_with_all = ["hcl1", "api"])]
    variables: Vec<String>,
    /// File with values of variables; may be repeated, later ones win
    #[arg(long = "var-file", value_name = "FILE", value_parser = existing_file,
          conflicts_with_all = ["hcl1", "api"])]
    variable_files: Vec<PathBuf>,
    /// A value for a variable that nobody declares is an error
    #[arg(long)]
    strict: bool,
    /// Let file functions read files, relative to the directory of FILE
    #[arg(long)]
    files: bool,
    /// Fill in what is absent
    #[arg(long)]
    canonical: bool,
    /// Print a job specification, formatted, instead of JSON
    #[arg(long)]
    hcl: bool,
}

impl JobspecFlags {
    /// The flags as plain values.
    pub(super) fn check(self) -> JobspecArgs {
        let variable = |text: &String| match text.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (text.clone(), None),
        };
        JobspecArgs {
            file: self.file,
            language: match (self.hcl1, self.api) {
                (true, _) => Language::Hcl1,
                (_, true) => Language::Api,
                _ => Language::Hcl2,
            },
            variables: self.variables.iter().map(variable).collect(),
            variable_files: self.variable_files,
            strict: self.strict,
            files: self.files,
            canonical: self.canonical,
            hcl: self.hcl,
        }
    }
}
