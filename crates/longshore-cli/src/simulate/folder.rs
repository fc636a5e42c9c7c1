//! The directory of results: all files of a simulation, or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use longshore_sim::results::{ResultRow, ResultsError, write_atomically, write_csv, write_json};

use super::SimulateError;
use crate::chart::Chart;

/// The files of a simulation.
pub(super) const FILES: [&str; 4] = ["results.csv", "results.json", "allocation.svg", "allocation.png"];

/// Pixels of the PNG for each of the drawing's, so that it is sharp on dense screens.
const SCALE: f32 = 2.0;

/// A directory that is there, and goes again if it was made here and nothing came into it.
pub(super) struct Folder {
    path: PathBuf,
    made: bool,
}

impl Folder {
    /// Makes the directory unless it is there.
    pub(super) fn open(path: &Path) -> Result<Folder, SimulateError> {
        if let Some(file) = FILES.map(|name| path.join(name)).into_iter().find(|file| file.is_dir()) {
            return Err(ResultsError::Unwritable { file, source: io::ErrorKind::IsADirectory.into() }.into());
        }
        let made = !path.exists();
        let refused = |error| SimulateError::Directory { path: path.to_owned(), error };
        fs::create_dir_all(path).map_err(refused)?;
        Ok(Folder { path: path.to_owned(), made })
    }

    /// Writes the files beside their places, and moves them there once all are complete.
    pub(super) fn fill(self, rows: &[ResultRow], chart: &Chart) -> Result<(), SimulateError> {
        let (svg, png) = (chart.to_svg()?, chart.to_png(SCALE)?);
        let beside = Beside(self.path.join(format!(".longshore-{}.tmp", std::process::id())));
        let refused = |error| SimulateError::Directory { path: beside.0.clone(), error };
        fs::create_dir_all(&beside.0).map_err(refused)?;
        let [csv_name, json_name, svg_name, png_name] = FILES.map(|name| beside.0.join(name));
        write_csv(&csv_name, rows)?;
        write_json(&json_name, rows)?;
        write_atomically(&svg_name, |out| out.write_all(svg.as_bytes()))?;
        write_atomically(&png_name, |out| out.write_all(&png))?;
        for name in FILES {
            let file = self.path.join(name);
            let moved = fs::rename(beside.0.join(name), &file);
            moved.map_err(|source| ResultsError::Unwritable { file, source })?;
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.made {
            // Fails, as it should, if there is anything in it.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// A directory for files that are not complete, which goes with them.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // It may not have come into being; whatever went wrong was told already.
        let _ = fs::remove_dir_all(&self.0);
    }
}
