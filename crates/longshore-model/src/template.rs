//! Files that a task finds in its directory: rendered ones and fetched ones.

use crate::Duration;
use crate::{List, Map};

record! {
    /// A file rendered for a task (MODEL-34).
    ///
    /// ```
    /// use longshore_model::{Template, from_json};
    /// let template: Template = from_json(r#"{"DestPath": "local/web.conf", "EmbeddedTmpl": "port = 80"}"#)?;
    /// assert_eq!((template.change_mode.as_str(), template.perms.as_str()), ("restart", "0644"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Template {
        /// The template's own path, if it is not embedded.
        "SourcePath" source_path: String,
        /// Where the result goes.
        "DestPath" dest_path: String,
        /// The template's text.
        "EmbeddedTmpl" embedded_tmpl: String,
        /// What happens when the result changes: `noop`, `signal`, `restart` or `script`.
        "ChangeMode" change_mode: String = "restart".into(),
        /// The signal for the mode `signal`.
        "ChangeSignal" change_signal: String,
        /// The program for the mode `script`.
        "ChangeScript" change_script: Option<ChangeScript>,
        /// Whether it is rendered once and then left alone.
        "Once" once: bool,
        /// The longest random wait before reacting, ns.
        "Splay" splay: Duration = Duration::from_secs(5),
        /// The file's permissions, octal.
        "Perms" perms: String = "0644".into(),
        /// The file's owner; null for the client's.
        "Uid" uid: Option<i64>,
        /// The file's group; null for the client's.
        "Gid" gid: Option<i64>,
        /// What opens an expression.
        "LeftDelim" left_delim: String = "{{".into(),
        /// What closes an expression.
        "RightDelim" right_delim: String = "}}".into(),
        /// Whether the result is read as environment variables.
        "Envvars" envvars: bool,
        /// Obsolete, ns.
        "VaultGrace" vault_grace: Duration,
        /// How changes are gathered before rendering.
        "Wait" wait: Option<WaitConfig>,
        /// Whether a missing key is an error.
        "ErrMissingKey" err_missing_key: bool,
    }
}

record! {
    /// A program run when a rendered file changes (MODEL-34).
    ///
    /// ```
    /// use longshore_model::{ChangeScript, Duration, from_json};
    /// let script: ChangeScript = from_json(r#"{"Command": "/bin/reload"}"#)?;
    /// assert_eq!((script.timeout, script.fail_on_error), (Duration::from_secs(5), false));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ChangeScript {
        /// The program.
        "Command" command: String,
        /// Its arguments.
        "Args" args: List<String> = List::from([]),
        /// How long it may take, ns.
        "Timeout" timeout: Duration = Duration::from_secs(5),
        /// Whether its failure is the task's.
        "FailOnError" fail_on_error: bool,
        /// Whether it runs after the first rendering too.
        "RunOnFirstRender" run_on_first_render: bool,
    }
}

record! {
    /// How changes are gathered before rendering (MODEL-34).
    ///
    /// ```
    /// use longshore_model::{Duration, WaitConfig, from_json};
    /// let wait: WaitConfig = from_json(r#"{"Min": 5000000000}"#)?;
    /// assert_eq!((wait.min, wait.max), (Some(Duration::from_secs(5)), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct WaitConfig {
        /// Quiet time that lets rendering begin, ns.
        "Min" min: Option<Duration>,
        /// The longest it is put off, ns.
        "Max" max: Option<Duration>,
    }
}

record! {
    /// A file or directory fetched for a task (MODEL-35).
    ///
    /// ```
    /// use longshore_model::{TaskArtifact, from_json};
    /// let artifact: TaskArtifact = from_json(
    ///     r#"{"GetterSource": "https://example.com/a.tgz", "RelativeDest": "local/"}"#,
    /// )?;
    /// assert_eq!(artifact.getter_mode, "any");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskArtifact {
        /// Where from.
        "GetterSource" getter_source: String,
        /// Options of the fetcher, such as a checksum.
        "GetterOptions" getter_options: Map<String>,
        /// HTTP headers.
        "GetterHeaders" getter_headers: Map<String>,
        /// What it is: `any`, `file` or `dir`.
        "GetterMode" getter_mode: String = "any".into(),
        /// Whether certificates go unchecked.
        "GetterInsecure" getter_insecure: bool,
        /// Where to, relative to the task's directory; an absent one depends on mode and source (MODEL-71).
        "RelativeDest" relative_dest: String,
        /// Whether it is given to the task's user.
        "Chown" chown: bool,
    }
}
