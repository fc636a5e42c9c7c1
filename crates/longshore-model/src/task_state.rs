//! What a client says of a task.

use crate::{DateTime, Duration, Time};
use crate::{List, Map};

keyword! {
    /// Where a task stands (MODEL-43); `""` reads as the first.
    ///
    /// ```
    /// use longshore_model::TaskRunState;
    /// assert_eq!(TaskRunState::from_text(""), Some(TaskRunState::Pending));
    /// ```
    pub enum TaskRunState {
        /// Not started yet.
        Pending = "pending",
        /// Started.
        Running = "running",
        /// Ended, and not to be started again.
        Dead = "dead",
    }
}

record! {
    /// What a client says of a task (MODEL-43).
    ///
    /// ```
    /// use longshore_model::{TaskState, from_json};
    /// let state: TaskState = from_json(r#"{"State": "dead", "Failed": false}"#)?;
    /// assert!(state.successful());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskState {
        /// Where it stands.
        "State" state: TaskRunState,
        /// Whether it ended badly.
        "Failed" failed: bool,
        /// How often it was restarted in place.
        "Restarts" restarts: u64,
        /// When it last was.
        "LastRestart" last_restart: DateTime,
        /// When it first ran.
        "StartedAt" started_at: DateTime,
        /// When it ended for good.
        "FinishedAt" finished_at: DateTime,
        /// What happened, oldest first.
        "Events" events: List<TaskEvent>,
        /// Whether and why its schedule holds it back.
        "Paused" paused: String,
    }
}

impl TaskState {
    /// Whether it ended, and well (MODEL-43).
    pub fn successful(&self) -> bool {
        self.state == TaskRunState::Dead && !self.failed
    }
}

record! {
    /// Something that happened to a task (MODEL-44). Unknown types are kept.
    ///
    /// ```
    /// use longshore_model::{TaskEvent, from_json};
    /// let event: TaskEvent = from_json(r#"{"Type": "Terminated", "Details": {"exit_code": "137"}}"#)?;
    /// assert_eq!(event.details.get("exit_code").map(String::as_str), Some("137"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskEvent {
        /// What happened, such as `Started` or `Terminated`.
        "Type" kind: String,
        /// When, Unix ns.
        "Time" time: Time,
        /// The client's own words.
        "Message" message: String,
        /// The same for people.
        "DisplayMessage" display_message: String,
        /// The particulars by name.
        "Details" details: Map<String>,
        /// Obsolete: whether the task failed by it.
        "FailsTask" fails_task: bool,
        /// Obsolete: why it was restarted.
        "RestartReason" restart_reason: String,
        /// Obsolete: what went wrong while it was set up.
        "SetupError" setup_error: String,
        /// Obsolete: what its driver says went wrong.
        "DriverError" driver_error: String,
        /// Obsolete: its exit code.
        "ExitCode" exit_code: i64,
        /// Obsolete: the signal that ended it.
        "Signal" signal: i64,
        /// Obsolete: how long it had to end, ns.
        "KillTimeout" kill_timeout: Duration,
        /// Obsolete: what went wrong while it was ended.
        "KillError" kill_error: String,
        /// Obsolete: why it was ended.
        "KillReason" kill_reason: String,
        /// Obsolete: pause before its restart, ns.
        "StartDelay" start_delay: i64,
        /// Obsolete: what went wrong while files were fetched.
        "DownloadError" download_error: String,
        /// Obsolete: what is wrong with it.
        "ValidationError" validation_error: String,
        /// Obsolete: the limit on its disk, bytes.
        "DiskLimit" disk_limit: i64,
        /// Obsolete: the task whose failure ended it.
        "FailedSibling" failed_sibling: String,
        /// Obsolete: what went wrong with its secrets.
        "VaultError" vault_error: String,
        /// Obsolete: why it was signalled.
        "TaskSignalReason" task_signal_reason: String,
        /// Obsolete: the signal it was sent.
        "TaskSignal" task_signal: String,
        /// Obsolete: what its driver says.
        "DriverMessage" driver_message: String,
        /// Obsolete: who speaks.
        "GenericSource" generic_source: String,
    }
}
