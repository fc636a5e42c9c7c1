//! The flags of every command that reads jobs from files.

use std::path::PathBuf;

use clap::Args;

use super::existing_file;

/// How to read jobs from files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobFileArgs {
    /// What they are written in.
    pub language: Language,
    /// Values of variables; `None` is a name without `=`.
    pub variables: Vec<(String, Option<String>)>,
    /// Files with values of variables, the later the stronger.
    pub variable_files: Vec<PathBuf>,
    /// Whether a value for a variable that nobody declares is an error.
    pub strict: bool,
    /// Whether file functions may read, relative to the job's file.
    pub host_files: bool,
}

/// What a file is written in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// As its name says, and as it looks: `*.json` are jobs of the jobs API or HCL as JSON, all others HCL2.
    #[default]
    AsNamed,
    /// HCL2, or HCL as JSON.
    Hcl2,
    /// The legacy dialect.
    Hcl1,
    /// JSON as the jobs API has it.
    Api,
}

/// The flags as clap sees them.
#[derive(Debug, Args)]
pub(super) struct JobFileFlags {
    /// Read HCL2, or HCL written as JSON [default: for files that are not called *.json, and for those that look
    /// like it]
    #[arg(long, conflicts_with_all = ["hcl1", "api"])]
    hcl2: bool,
    /// Read the legacy dialect
    #[arg(long, conflicts_with = "api")]
    hcl1: bool,
    /// Read JSON as the jobs API has it: a job, or an object with a member `Job` [default: for files called *.json]
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
    /// Let file functions read files, relative to the directory of the job's
    #[arg(long = "files")]
    host_files: bool,
}

impl JobFileFlags {
    /// The flags as plain values.
    pub(super) fn check(self) -> JobFileArgs {
        let variable = |text: &String| match text.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (text.clone(), None),
        };
        JobFileArgs {
            language: match (self.hcl2, self.hcl1, self.api) {
                (true, ..) => Language::Hcl2,
                (_, true, _) => Language::Hcl1,
                (.., true) => Language::Api,
                _ => Language::AsNamed,
            },
            variables: self.variables.iter().map(variable).collect(),
            variable_files: self.variable_files,
            strict: self.strict,
            host_files: self.host_files,
        }
    }
}
