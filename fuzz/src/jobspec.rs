//! Job specification texts: whatever they are, they get an answer; what is read is printed so that it reads the same.

use longshore_jobspec::{Failure, Limits, MemoryFiles, Options, parse, parse_hcl1, parse_json, print_document};
use serde_json::{Map, Value};

/// Options for texts of strangers: small bounds, so that a run is short, and a file to read.
fn options(files: &MemoryFiles) -> Options<'_> {
    let mut limits = Limits::default();
    limits.work = 200_000;
    limits.value = 20_000;
    limits.expansion = 200;
    limits.members = 20_000;
    limits.bcrypt_cost = 4;
    Options { files: Some(files), limits, ..Options::default() }
}

/// Reads HCL2, or HCL written as JSON.
pub fn jobspec_hcl2(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let files = MemoryFiles::from([("a.txt", "a\n")]);
    match parse(text, &options(&files)) {
        Ok(parsed) => {
            let again = parse(text, &options(&files)).map(|again| again.document);
            assert_eq!(again.ok().as_ref(), Some(&parsed.document), "a second reading differs");
            prints(&parsed.document);
        }
        Err(failure) => explains(&failure, text),
    }
}

/// Reads the legacy dialect, and the text as a job of the jobs API.
pub fn jobspec_hcl1(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let files = MemoryFiles::default();
    for read in [parse_hcl1, parse_json] {
        match read(text, &options(&files)) {
            // Such jobs may hold what the newer language cannot say, or says otherwise once.
            Ok(job) => match print_document(&job).ok().map(|text| parse(&text, &Options::default())) {
                Some(Ok(parsed)) => prints(&parsed.document),
                Some(Err(failure)) => panic!("{failure}"),
                None => {}
            },
            Err(failure) => explains(&failure, text),
        }
    }
}

/// What is printed reads the same.
fn prints(job: &Map<String, Value>) {
    let Ok(text) = print_document(job) else { return };
    let read = parse(&text, &Options::default()).unwrap_or_else(|why| panic!("{why}\n{text}"));
    assert_eq!(&read.document, job, "{text}");
    assert_eq!(print_document(&read.document).as_deref(), Ok(text.as_str()));
}

/// Every complaint says something, and points into its text.
fn explains(failure: &Failure, text: &str) {
    assert!(!failure.diagnostics().is_empty() && !failure.to_string().is_empty());
    assert!(!failure.render(false).is_empty());
    // Carriage returns are taken out of texts of the legacy dialect.
    for place in failure.diagnostics().iter().filter_map(|one| one.place.as_ref()).filter(|place| place.main) {
        assert!(place.bytes.start <= place.bytes.end && place.bytes.end <= text.len(), "{place:?}");
        assert!(place.start <= place.end && place.start.line >= 1 && place.start.column >= 1, "{place:?}");
    }
}
