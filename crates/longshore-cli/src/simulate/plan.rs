//! What is to be run: read and checked, so that what follows fails only where the machine does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use indicatif::HumanCount;
use longshore_sim::baselines::{Baselines, BaselinesError};
use longshore_sim::data_dir::data_dir;
use longshore_sim::draws::{Draw, DrawError};
use longshore_sim::mix::Mix;
use longshore_sim::policy::Policy;
use longshore_sim::workload::{Workload, WorkloadError};
use longshore_sim::{TableError, workload};

use super::SimulateError;
use crate::args::{self, Policies, SimulateArgs, Storage};

/// A simulation that can begin.
pub(super) struct Plan {
    /// Nodes and tasks.
    pub(super) workload: Workload,
    /// What headlines call the workload.
    pub(super) title: String,
    /// Its typical mix, that `fgd` decides by and fragmentation is measured against.
    pub(super) mix: Mix,
    /// Who decides, in the order of the results; never empty.
    pub(super) policies: Vec<Policy>,
    /// The runs of each policy, in order; never empty, none without arrivals.
    pub(super) draws: Vec<Draw>,
    /// The published figures, for a workload that has some.
    pub(super) published: Option<Baselines>,
    /// Where the engine's logs go, if not to memory.
    pub(super) logs: Option<PathBuf>,
    /// What the person should know before it begins.
    pub(super) notes: Vec<String>,
}

impl Plan {
    /// Reads what `args` names. Nothing is written.
    pub(super) fn of(args: &SimulateArgs) -> Result<Plan, SimulateError> {
        let policies = policies(&args.policies)?;
        let workload = match &args.workload {
            args::Workload::Named(name) => Workload::open(name, None)?,
            args::Workload::Path(path) => Workload::read(path, None)?,
        };
        // A list of the user's own may well have the name of a published one.
        let is_published = matches!(args.workload, args::Workload::Named(_));
        let mut notes = Vec::new();
        let draws = match &args.arrivals {
            Some(file) => recorded(file, &workload, args, &mut notes)?,
            None => {
                let seeds = args.seeds.as_deref().unwrap_or(&[args::SEED]);
                let drawn = seeds.iter().map(|seed| Draw::of(&workload, *seed, args.percent));
                drawn.collect::<Result<_, _>>()?
            }
        };
        if let Some(draw) = draws.iter().find(|draw| draw.arrivals.is_empty()) {
            return Err(SimulateError::NoArrivals { seed: draw.seed, percent: args.percent });
        }
        let plan = Plan {
            title: if is_published { format!("openb {}", workload.name) } else { workload.name.clone() },
            mix: Mix::typical(&workload),
            published: if is_published { published()? } else { None },
            logs: match &args.storage {
                Storage::Memory => None,
                Storage::Directory(path) => Some(path.clone()),
            },
            workload,
            policies,
            draws,
            notes,
        };
        plan.check_logs()?;
        Ok(plan)
    }

    /// The log of a run, if one is kept.
    pub(super) fn log(&self, policy: Policy, seed: u64) -> Option<PathBuf> {
        let name = format!("{}-{policy}-{seed}.log", self.workload.name);
        self.logs.as_ref().map(|directory| directory.join(name))
    }

    /// `1,213 nodes, 6,212 GPUs`.
    pub(super) fn cluster(&self) -> String {
        let gpus = self.workload.gpu_capacity_milli() / u64::from(workload::GPU_MILLI);
        format!("{} nodes, {} GPUs", HumanCount(self.workload.nodes.len() as u64), HumanCount(gpus))
    }

    /// `10,866 arrivals`, or from the least to the most of several runs.
    pub(super) fn arrivals(&self) -> String {
        let counts = || self.draws.iter().map(|draw| draw.arrivals.len() as u64);
        match (counts().min().unwrap_or(0), counts().max().unwrap_or(0)) {
            (1, 1) => "1 arrival".to_owned(),
            (least, most) if least == most => format!("{} arrivals", HumanCount(most)),
            (least, most) => format!("{} to {} arrivals", HumanCount(least), HumanCount(most)),
        }
    }

    /// `seed 42` or `seeds 42 to 51`.
    pub(super) fn seeds(&self) -> String {
        let seeds: Vec<u64> = self.draws.iter().map(|draw| draw.seed).collect();
        in_words(&seeds)
    }

    /// Refuses to write after what is in a log already.
    fn check_logs(&self) -> Result<(), SimulateError> {
        let Some(logs) = &self.logs else {
            return Ok(());
        };
        let runs = self.policies.iter().flat_map(|policy| self.draws.iter().map(|draw| (*policy, draw.seed)));
        for file in runs.filter_map(|(policy, seed)| self.log(policy, seed)) {
            match fs::metadata(&file) {
                Ok(there) if there.len() > 0 => return Err(SimulateError::LogTaken { file }),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(SimulateError::Directory { path: logs.clone(), error }),
            }
        }
        Ok(())
    }
}

/// The policies asked for.
fn policies(asked: &Policies) -> Result<Vec<Policy>, SimulateError> {
    match asked {
        Policies::All => Ok(Policy::ALL.to_vec()),
        Policies::Named(names) => Ok(names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?),
    }
}

/// The published figures; a data directory without them is none the worse for it.
fn published() -> Result<Option<Baselines>, SimulateError> {
    match Baselines::read(&data_dir().map_err(WorkloadError::from)?) {
        Ok(baselines) => Ok(Some(baselines)),
        Err(BaselinesError::Table(TableError::Unreadable { source, .. }))
            if source.kind() == io::ErrorKind::NotFound =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The recorded arrivals of the seeds asked for, cut at the percentage asked for.
fn recorded(
    file: &Path,
    workload: &Workload,
    args: &SimulateArgs,
    notes: &mut Vec<String>,
) -> Result<Vec<Draw>, SimulateError> {
    if workload.gpu_capacity_milli() == 0 {
        return Err(DrawError::NoGpus.into());
    }
    let mut draws = Draw::recorded(file, workload)?;
    let held: Vec<u64> = draws.iter().map(|draw| draw.seed).collect();
    if let Some(wanted) = &args.seeds {
        let missing: Vec<u64> = wanted.iter().copied().filter(|seed| !held.contains(seed)).collect();
        draws.retain(|draw| wanted.contains(&draw.seed));
        if !missing.is_empty() {
            notes.push(format!("{}: no arrivals of {}", file.display(), in_words(&missing)));
        }
    }
    if draws.is_empty() {
        let wanted = args.seeds.as_ref().map_or_else(|| "any seed".to_owned(), |seeds| in_words(seeds));
        return Err(SimulateError::NoSuchSeed { file: file.to_owned(), wanted, held: in_words(&held) });
    }
    for draw in &mut draws {
        cut(draw, workload, args.percent);
    }
    Ok(draws)
}

/// Cuts arrivals behind the first that passes `percent` of the GPUs. Arrivals drawn for that
/// percentage stay whole: one task of several GPUs may take them past it (GPU-5).
fn cut(draw: &mut Draw, workload: &Workload, percent: u32) {
    let most = workload.gpu_capacity_milli() * u64::from(percent);
    let mut asked = 0;
    let within = draw.arrivals.iter().take_while(|row| {
        let before = asked;
        asked += workload.tasks[**row as usize].demand_milli() * 100;
        before <= most
    });
    let within = within.count();
    draw.arrivals.truncate(within);
}

/// `seed 42`, `seeds 42 to 51`, `seeds 1, 5 and 3`, `12 seeds`.
fn in_words(seeds: &[u64]) -> String {
    const NAMED_MAX: usize = 8;
    match seeds {
        [] => "no seed".to_owned(),
        [only] => format!("seed {only}"),
        [first, .., last] if seeds.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1])) => {
            format!("seeds {first} to {last}")
        }
        [first @ .., last] if seeds.len() <= NAMED_MAX => {
            let first: Vec<String> = first.iter().map(u64::to_string).collect();
            format!("seeds {} and {last}", first.join(", "))
        }
        _ => format!("{} seeds", HumanCount(seeds.len() as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_told_in_words() {
        for (seeds, words) in [
            (&[42][..], "seed 42"),
            (&[42, 43], "seeds 42 to 43"),
            (&[42, 43, 44], "seeds 42 to 44"),
            (&[42, 44], "seeds 42 and 44"),
            (&[3, 2, 1], "seeds 3, 2 and 1"),
            (&[1, 3, 5, 7, 9, 11, 13, 15, 17], "9 seeds"),
        ] {
            assert_eq!(in_words(seeds), words);
        }
    }

    #[test]
    fn a_record_is_cut_only_below_what_it_was_drawn_for() {
        let data = data_dir().expect("the data directory");
        let workload = Workload::named("multigpu20", &data).expect("a workload");
        let whole = Draw::of(&workload, 7, 130).expect("a draw");
        let mut same = whole.clone();
        cut(&mut same, &workload, 130);
        assert_eq!(same, whole);
        let mut part = whole.clone();
        cut(&mut part, &workload, 60);
        assert!(whole.arrivals.starts_with(&part.arrivals));
        let asked: u64 = part.arrivals.iter().map(|row| workload.tasks[*row as usize].demand_milli()).sum();
        let percent = asked as f64 * 100.0 / workload.gpu_capacity_milli() as f64;
        assert!((60.0..60.2).contains(&percent), "{percent}");
    }
}
