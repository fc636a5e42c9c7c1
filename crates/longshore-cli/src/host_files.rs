//! The files of this machine, for the file functions of job specifications.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use longshore_jobspec::Files;

/// Most files that a directory may have, with all below it.
const MOST: usize = 10_000;

/// Files as the process sees them.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostFiles;

impl Files for HostFiles {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, String> {
        let shown = |why: io::Error| format!("{path}: {why}");
        // Looked at before it is opened: to open a pipe may wait for ever, and a device has no end.
        if !fs::metadata(path).map_err(shown)?.is_file() {
            return Err(format!("{path} is no file"));
        }
        let mut bytes = Vec::new();
        // It may grow while it is read.
        File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes)).map_err(shown)?;
        if bytes.len() as u64 > most { Err(format!("{path} has more than {most} bytes")) } else { Ok(bytes) }
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        match fs::metadata(path) {
            Ok(found) if found.is_file() => Ok(true),
            Ok(_) => Err(format!("{path} is no file")),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(why) => Err(format!("{path}: {why}")),
        }
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, String> {
        let root = Path::new(directory);
        let mut open: Vec<PathBuf> = vec![root.to_path_buf()];
        let mut files = Vec::new();
        while let Some(directory) = open.pop() {
            let shown = |why| format!("{}: {why}", directory.display());
            for entry in fs::read_dir(&directory).map_err(shown)? {
                let entry = entry.map_err(shown)?;
                // Links to directories are not followed: they may lead back.
                match entry.file_type().map_err(shown)? {
                    kind if kind.is_dir() => open.push(entry.path()),
                    _ if entry.path().is_dir() => {}
                    _ => files.extend(relative(root, &entry.path())),
                }
                if files.len() + open.len() > MOST {
                    return Err(format!("{} has more than {MOST} files", root.display()));
                }
            }
        }
        Ok(files)
    }

    fn absolute(&self, path: &str) -> Result<String, String> {
        let absolute = std::path::absolute(path).map_err(|why| format!("{path}: {why}"))?;
        Ok(absolute.to_string_lossy().into_owned())
    }

    fn home(&self) -> Option<String> {
        env::var("HOME").ok()
    }
}

/// A path below a directory, with `/` between names.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str());
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}
