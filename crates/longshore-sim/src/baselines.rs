//! The published figures of the benchmark.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::policy::Policy;
use crate::table::{Row, Table, TableError, read_file};
use crate::workload::POD_LIST_PREFIX;

/// Published means over seeds 42 to 51, by workload and policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Baselines(BTreeMap<(String, Policy), Baseline>);

/// One row of the published figures. All but `seeds` are percentages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    /// Runs the figures are taken over.
    pub seeds: u32,
    /// GPUs allocated, in %, when arrivals have asked for 100% of them: the mean over the seeds
    /// (GPU-29, GPU-31).
    pub allocated_at_100_mean: f64,
    /// The sample standard deviation of the same.
    pub allocated_at_100_sd: f64,
    /// GPUs allocated, in %, at 130%: the mean.
    pub allocated_at_130_mean: f64,
    /// The sample standard deviation of the same.
    pub allocated_at_130_sd: f64,
    /// The least of the same over the seeds.
    pub allocated_at_130_min: f64,
    /// The most of the same over the seeds.
    pub allocated_at_130_max: f64,
    /// Fragmented GPUs in % of all at 100%: the mean (GPU-30).
    pub fragmented_pct_of_gpus_at_100: f64,
    /// Fragmented GPUs in % of the idle ones at 100%: the mean (GPU-30).
    pub fragmented_pct_of_idle_at_100: f64,
}

/// Why the published figures could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BaselinesError {
    /// The file cannot be read, or a column or a field in it is not what it should be.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Two rows for one workload and policy.
    #[error("{}:{line}: {workload} with {policy} stands above already; keep one row", file.display())]
    Duplicate {
        /// The file.
        file: PathBuf,
        /// The second row's line.
        line: u64,
        /// The workload.
        workload: String,
        /// The policy.
        policy: Policy,
    },
}

const COLUMNS: [&str; 11] = [
    "workload",
    "policy",
    "seeds",
    "alloc_pct_at_100_mean",
    "alloc_pct_at_100_sd",
    "alloc_pct_at_130_mean",
    "alloc_pct_at_130_sd",
    "alloc_pct_at_130_min",
    "alloc_pct_at_130_max",
    "frag_pct_of_gpus_at_100_mean",
    "frag_pct_of_idle_at_100_mean",
];

impl Baselines {
    /// Reads `openb/fgd_baselines.csv` in the data directory.
    ///
    /// # Errors
    /// A [`BaselinesError`] for the first line that is not as it should be.
    pub fn read(data_dir: &Path) -> Result<Baselines, BaselinesError> {
        let file = data_dir.join("openb").join("fgd_baselines.csv");
        Baselines::parse(&file, &read_file(&file)?)
    }

    /// Reads the figures from memory; `file` only names the place of a mistake.
    ///
    /// # Errors
    /// As [`Baselines::read`]. No bytes make it panic.
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Baselines, BaselinesError> {
        let mut table = Table::parse(file, bytes, &COLUMNS, &[])?;
        let mut baselines = BTreeMap::new();
        while let Some(row) = table.next_row()? {
            let (key, baseline) = baseline(&row)?;
            let (workload, policy) = key.clone();
            if baselines.insert(key, baseline).is_some() {
                return Err(BaselinesError::Duplicate { file: file.to_path_buf(), line: row.line(), workload, policy });
            }
        }
        Ok(Baselines(baselines))
    }

    /// The figures of a workload, by its short name such as `default`, and a policy; `None` if
    /// nothing was published.
    #[must_use]
    pub fn get(&self, workload: &str, policy: Policy) -> Option<&Baseline> {
        self.0.get(&(workload.to_owned(), policy))
    }

    /// All figures, by workload and policy.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Policy, &Baseline)> {
        let rows = self.0.iter();
        rows.map(|((workload, policy), baseline)| (workload.as_str(), *policy, baseline))
    }
}

impl Baseline {
    /// How far the mean of ten runs with other draws may be from
    /// [`allocated_at_100_mean`](Baseline::allocated_at_100_mean), in percentage points (GPU-33).
    #[must_use]
    pub fn bound_at_100(&self) -> f64 {
        bound(self.allocated_at_100_sd)
    }

    /// The same for [`allocated_at_130_mean`](Baseline::allocated_at_130_mean).
    #[must_use]
    pub fn bound_at_130(&self) -> f64 {
        bound(self.allocated_at_130_sd)
    }
}

/// GPU-33: two means of ten runs differ with a standard deviation of sd·√0.2.
fn bound(sd: f64) -> f64 {
    (4.0 * sd * 0.2f64.sqrt()).max(0.2)
}

fn baseline(row: &Row<'_>) -> Result<((String, Policy), Baseline), TableError> {
    let workload = row.text("workload")?;
    let workload = workload.strip_prefix(POD_LIST_PREFIX).unwrap_or(workload);
    let policy = Policy::of_published_name(row.text("policy")?)
        .ok_or_else(|| row.wrong("policy", "a published policy such as `06-FGD`"))?;
    let baseline = Baseline {
        seeds: row.number("seeds", 1..=u32::MAX)?,
        allocated_at_100_mean: row.real("alloc_pct_at_100_mean")?,
        allocated_at_100_sd: row.real("alloc_pct_at_100_sd")?,
        allocated_at_130_mean: row.real("alloc_pct_at_130_mean")?,
        allocated_at_130_sd: row.real("alloc_pct_at_130_sd")?,
        allocated_at_130_min: row.real("alloc_pct_at_130_min")?,
        allocated_at_130_max: row.real("alloc_pct_at_130_max")?,
        fragmented_pct_of_gpus_at_100: row.real("frag_pct_of_gpus_at_100_mean")?,
        fragmented_pct_of_idle_at_100: row.real("frag_pct_of_idle_at_100_mean")?,
    };
    Ok(((workload.to_owned(), policy), baseline))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data_dir::data_dir;
    use crate::workload::WORKLOADS;

    #[test]
    fn every_workload_and_published_policy_has_a_row() {
        let baselines = Baselines::read(&data_dir().unwrap()).unwrap();
        assert_eq!(baselines.iter().count(), 102);
        for workload in WORKLOADS {
            for policy in Policy::ALL {
                let published = Policy::PUBLISHED.contains(&policy);
                assert_eq!(baselines.get(workload, policy).is_some(), published);
            }
        }
        let first = baselines.get("cpu050", Policy::Random).unwrap();
        assert_eq!((first.seeds, first.allocated_at_100_mean), (10, 89.022));
        assert_eq!((first.allocated_at_130_sd, first.allocated_at_130_max), (0.211, 91.58));
        assert_eq!(first.fragmented_pct_of_idle_at_100, 95.637);
        let fgd = baselines.get("default", Policy::Fgd).unwrap();
        assert!((fgd.allocated_at_130_mean - 95.39).abs() < 0.01);
    }

    #[test]
    fn gpu_33_the_bound_is_never_below_a_fifth() {
        assert_eq!(bound(0.01), 0.2);
        assert!((bound(1.0) - 1.788_854).abs() < 1e-6);
    }

    #[test]
    fn mistakes_name_their_line() {
        let header = COLUMNS.join(",");
        let message = |rows: &str| {
            let text = format!("{header}\n{rows}");
            let read = Baselines::parse(Path::new("b.csv"), text.as_bytes());
            read.unwrap_err().to_string()
        };
        let good = "openb_pod_list_x,06-FGD,10,1,1,1,1,1,1,1,1\n";
        assert_eq!(message(&format!("{good}{good}")), "b.csv:3: x with fgd stands above already; keep one row");
        assert_eq!(
            message(&good.replace("FGD", "FDG")),
            "b.csv:2: policy is `06-FDG`; it must be a published policy such as `06-FGD`"
        );
        assert_eq!(
            message(&good.replace(",1\n", ",nan\n")),
            "b.csv:2: frag_pct_of_idle_at_100_mean is `nan`; it must be a number"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let _ = Baselines::parse(Path::new("b.csv"), &bytes);
        }
    }
}
