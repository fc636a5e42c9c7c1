//! Names of allocations: `JOB.GROUP[INDEX]`.

/// The name of an allocation (MODEL-187). For system and sysbatch jobs the first part is the job's *name*.
///
/// ```
/// assert_eq!(longshore_model::names::alloc_name("web", "front", 2), "web.front[2]");
/// ```
pub fn alloc_name(job: &str, group: &str, index: u64) -> String {
    format!("{job}.{group}[{index}]")
}

/// The index in a name (MODEL-188): what stands between the brackets, found by the lengths of job id and group.
/// Anything that cannot be read is 0; a number out of range is the nearest bound; a negative one wraps.
pub fn alloc_index(name: &str, job_id: &str, group: &str) -> u64 {
    let prefix = job_id.len() + group.len() + 2;
    let bytes = name.as_bytes();
    if bytes.len() <= 3 || bytes.len() <= prefix {
        return 0;
    }
    let digits = &bytes[prefix..bytes.len() - 1];
    std::str::from_utf8(digits).map_or(0, |text| longshore_value::number::bounded(text) as u64)
}

/// A name from its last `[` on; nothing if it has none (MODEL-188).
pub fn alloc_suffix(name: &str) -> &str {
    name.rfind('[').map_or("", |at| &name[at..])
}
