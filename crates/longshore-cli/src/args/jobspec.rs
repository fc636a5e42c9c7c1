//! The flags of `jobspec`.

use std::path::PathBuf;

use clap::Args;

use super::existing_file;
use super::job_file::{JobFileArgs, JobFileFlags};

/// Which job to read, and what to make of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobspecArgs {
    /// The file.
    pub file: PathBuf,
    /// How to read it.
    pub reading: JobFileArgs,
    /// Whether what is absent is filled in.
    pub canonical: bool,
    /// Print a job specification, not JSON.
    pub hcl: bool,
}

/// The flags as clap sees them.
#[derive(Debug, Args)]
pub(super) struct JobspecFlags {
    /// File with a job
    #[arg(value_name = "FILE", value_parser = existing_file)]
    file: PathBuf,
    #[command(flatten)]
    reading: JobFileFlags,
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
        let JobspecFlags { file, reading, canonical, hcl } = self;
        JobspecArgs { file, reading: reading.check(), canonical, hcl }
    }
}
