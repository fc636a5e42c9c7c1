//! How fast this machine is beside that of the reference's times.

use std::io;

use longshore_sim::calibration::{RUNS, STEPS, nanos_a_step};
use longshore_sim::data_dir::data_dir;
use longshore_sim::grid::Reference;

use super::BenchError;
use crate::console::{Console, Paint};
use crate::stopwatch::stopwatch;

/// This machine, beside the reference's.
pub(super) struct Machine {
    steps: u64,
    runs: u32,
    /// Nanoseconds a step of the calibration loop takes here, and where the reference's times were taken.
    here: f64,
    there: f64,
    /// What a time from here is multiplied by before it is compared.
    pub(super) correction: f64,
}

/// The reference's times.
pub(super) fn reference() -> Result<Reference, BenchError> {
    Ok(Reference::read(&data_dir()?)?)
}

impl Machine {
    /// Runs the loop: as long as it ran beside the reference's times, or, for a first look, a hundredth of that.
    pub(super) fn calibrate(reference: &Reference, quick: bool) -> Machine {
        let (steps, runs) = if quick { (STEPS >> 6, 3) } else { (STEPS, RUNS) };
        let here = nanos_a_step(steps, runs, stopwatch());
        let correction = reference.correction(here);
        Machine { steps, runs, here, there: reference.calibration_nanos, correction }
    }

    /// Says how fast the machine is, and what that does to times.
    pub(super) fn print(&self, console: &mut Console<'_>) -> io::Result<()> {
        let Machine { steps, runs, here, there, correction } = self;
        let lines = [
            format!(
                "calibration loop: {here:.2} ns a step here (2^{} steps, the fastest of {runs} runs), {there:.2} where the \
                 reference ran",
                steps.ilog2()
            ),
            format!(
                "corrected: a time from here × {correction:.3} (= {there:.2} / {here:.2}), as if taken on the reference's \
                 machine"
            ),
        ];
        lines.iter().try_for_each(|line| console.line(&console.paint(Paint::Dim, line)))
    }
}
