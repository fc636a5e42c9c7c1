//! What a parse is told beside the text (SPEC, section 1).

use crate::files::Files;
use crate::limits::Limits;

/// Options of [`parse`](crate::parse).
///
/// ```
/// use longshore_jobspec::{Options, parse};
/// let text = "variable \"dc\" {\n  type = string\n}\njob \"a\" {\n  datacenters = [var.dc]\n}\n";
/// let options = Options { arguments: &[("dc", Some("oslo"))], ..Options::default() };
/// assert_eq!(parse(text, &options)?.document["Datacenters"], serde_json::json!(["oslo"]));
/// # Ok::<(), longshore_jobspec::Failure>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The name that diagnostics give the text.
    pub path: &'a str,
    /// Where relative paths of file functions start; `.` is where the host's [`Files`] start.
    pub base_dir: &'a str,
    /// What file functions may read. `None`: they fail (SPEC-66).
    pub files: Option<&'a dyn Files>,
    /// Text of one more variable file, stronger than [`Options::variable_files`].
    pub variables: &'a str,
    /// Variable files, name and text; later ones win (SPEC-57).
    pub variable_files: &'a [(&'a str, &'a str)],
    /// Values of variables as a command line gives them, the strongest; `None` is a name without `=` (SPEC-57).
    pub arguments: &'a [(&'a str, Option<&'a str>)],
    /// The environment; of it `NOMAD_VAR_…` count.
    pub environment: &'a [(&'a str, &'a str)],
    /// Whether a value for a variable that nobody declared is an error, not a warning (SPEC-60).
    pub strict: bool,
    /// What `uuidv4` and `bcrypt` draw from: equal seeds give equal jobs.
    pub seed: u64,
    /// What the text may cost.
    pub limits: Limits,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            path: "input.hcl",
            base_dir: ".",
            files: None,
            variables: "",
            variable_files: &[],
            arguments: &[],
            environment: &[],
            strict: false,
            seed: 0,
            limits: Limits::default(),
        }
    }
}
