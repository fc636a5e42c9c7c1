//! Names that canonicalization makes up.

/// The name of what has none: of clusters, node pools, host networks, identities and a foreign catalogue's namespace.
pub(super) const DEFAULT: &str = "default";

/// The name of a service without one: of its job, its group and, within a task, that (MODEL-73, MODEL-85).
pub(super) fn service(job: &str, group: &str, task: Option<&str>) -> String {
    match task {
        Some(task) => format!("{job}-{group}-{task}"),
        None => format!("{job}-{group}"),
    }
}

/// The last element of a path, slashes at its end left out; of a path of slashes alone, nothing.
pub(super) fn last_element(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// Replaces `${JOB}`, `${TASKGROUP}`, `${TASK}` and `${BASE}` in a service's name (MODEL-85). At group level the task is
/// the word `group`.
pub(super) fn substitute(name: &mut String, job: &str, group: &str, task: Option<&str>) {
    if !name.contains("${") {
        return;
    }
    let task = task.unwrap_or("group");
    let base = service(job, group, Some(task));
    for (variable, value) in [("${JOB}", job), ("${TASKGROUP}", group), ("${TASK}", task), ("${BASE}", &base)] {
        if name.contains(variable) {
            *name = name.replace(variable, value);
        }
    }
}

/// Makes a signal's name upper case, letter by letter (MODEL-83, MODEL-84).
pub(super) fn upper_case(signal: &mut String) {
    /// Letters whose upper case is several stay as they are.
    fn upper(letter: char) -> char {
        let mut upper = letter.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(upper), None) => upper,
            _ => letter,
        }
    }
    if signal.is_ascii() {
        signal.make_ascii_uppercase();
    } else if signal.chars().any(|letter| upper(letter) != letter) {
        *signal = signal.chars().map(upper).collect();
    }
}
