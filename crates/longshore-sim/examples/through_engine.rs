//! Times decisions through the engine: `through_engine POLICY [WORKLOAD [SEED]]`, and holds them against the twin.
#![allow(clippy::disallowed_methods, clippy::print_stdout)] // an example that measures

use longshore_sim::cluster::{Cluster, policy, run};
use longshore_sim::data_dir::data_dir;
use longshore_sim::draws::Draw;
use longshore_sim::mix::Mix;
use longshore_sim::twin::simulate::simulate;
use longshore_sim::workload::Workload;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_else(|| "best-fit".into());
    let workload = Workload::named(&args.next().unwrap_or_else(|| "default".into()), &data_dir()?)?;
    let draw = Draw::of(&workload, args.next().map_or(Ok(42), |seed| seed.parse())?, 130)?;
    let mix = Mix::typical(&workload);
    let cluster = Cluster::new(&workload, &draw, policy(&name, &mix)?, None)?;
    let start = std::time::Instant::now();
    let outcome = run(&workload, &draw, &mix, cluster, || start.elapsed().as_nanos() as u64, |_| ())?;
    let held = std::env::var_os("ALONE").is_none();
    let twin = if held { simulate(&workload, &draw, name.parse()?).digest } else { 0 };
    let sum: u64 = outcome.nanos.iter().sum();
    println!(
        "{name}: {} decisions, {:.0}/s, {:?} / {:?} allocated, decisions {:016x}, twin {:016x}, state {}",
        outcome.nanos.len(),
        outcome.nanos.len() as f64 * 1e9 / sum as f64,
        outcome.measure.allocated_pct(100),
        outcome.measure.allocated_pct(130),
        outcome.decisions,
        twin,
        outcome.state,
    );
    Ok(())
}
