//! Workloads, public traces and measures for Longshore: the GPU packing benchmark, the reference's own benchmark grid,
//! a million allocations.
//!
//! The GPU packing benchmark fills a cluster of 6,212 GPUs with tasks until arrivals have asked for 130% of
//! them, and measures how much of the GPUs a policy gets allocated before the gaps are too small.
//! Rule ids such as GPU-5 name the rules of that benchmark; the items that follow a rule cite it,
//! and `§` its chapters.
//!
//! # Contents
//! What goes in: [`workload`] (nodes and tasks, from the files that [`data_dir`] finds), [`draws`]
//! (in which order tasks arrive and nodes are preferred; from a [`stream`] of random numbers),
//! [`policy`] (who chooses).
//!
//! What comes out: [`mix`] (fragmentation of a node), [`measure`] (allocation and fragmentation of
//! a run), [`digest`] (a hash over its decisions), [`results`] (files and means over seeds).
//!
//! What it is held against: [`twin`] (the plainest program that decides by the rules),
//! [`baselines`] (published figures), [`reproduction`] (the one against the other).
//!
//! What runs it through an engine: [`cluster`].
//!
//! Apart from that benchmark: [`grid`] (one evaluation of a large job, as the reference measures its
//! own schedulers), [`c1m`] (a million allocations committed), [`calibration`] (by which times of
//! two machines are compared).
//!
//! # Absences
//! No clock: times are measured by who runs it, who passes a clock in. No map whose order may differ between two runs, and no generator but a seeded one.
//!
//! # Example: one run of one policy
//! ```
//! use longshore_sim::data_dir::data_dir;
//! use longshore_sim::draws::Draw;
//! use longshore_sim::policy::Policy;
//! use longshore_sim::twin::simulate::simulate;
//! use longshore_sim::workload::Workload;
//!
//! let workload = Workload::named("multigpu50", &data_dir()?)?;
//! let draw = Draw::of(&workload, 42, 20)?;
//! let report = simulate(&workload, &draw, Policy::BestFit);
//! assert_eq!(report.measure.allocated_pct(20), Some(19.73));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod data_dir;
mod table;
pub mod workload;

pub mod draws;
pub mod policy;
pub mod stream;

pub mod digest;
pub mod measure;
pub mod mix;
pub mod results;

pub mod cluster;

pub mod c1m;
pub mod calibration;
pub mod grid;

pub mod baselines;
pub mod reproduction;
pub mod twin;

pub use table::TableError;
