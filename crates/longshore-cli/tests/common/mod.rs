//! What the tests of commands that read files have in common.

use std::fs;
use std::path::{Path, PathBuf};

use longshore_cli::args;
use longshore_cli::console::Console;
use longshore_cli::exit::Exit;

/// A directory `name` with these files, new; `of` keeps the tests of a file apart from others.
pub(crate) fn scratch(of: &str, name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(of).join(name);
    // Left over from an earlier run, or not there.
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("made");
    for (file, text) in files {
        fs::write(path.join(file), text).expect("written");
    }
    path
}

/// Runs `longshore` with these arguments, `{}` in them standing for `directory`: exit, result, notes.
pub(crate) fn command(directory: &Path, arguments: &str) -> (Exit, String, String) {
    let place = directory.to_str().expect("UTF-8");
    let words = arguments.split_whitespace().map(|word| word.replace("{}", place));
    let command = args::parse(std::iter::once("longshore".to_owned()).chain(words)).expect("a command");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = longshore_cli::run(&command, &mut Console::new(&mut out, &mut err, false));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8").replace(place, "DIR");
    (exit, text(out), text(err))
}
