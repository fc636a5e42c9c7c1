//! The regular expressions of a job, and what they take together (DIFF-23).

use std::collections::BTreeMap;

use longshore_value::Regexp;
use longshore_value::regexp::PROGRAM_BYTES_MAX;

use crate::{Affinity, Constraint, Job, Operand};

use super::finding::{Finding, Report};
use super::place::Block;
use super::scope::{At, rules};

/// How many bytes the regular expressions of one job may take together, compiled; one that occurs twice counts once.
pub const REGEXPS_BYTES_MAX: usize = 32 << 20;

/// The regular expressions of a job's constraints and affinities, compiled. While they are kept, reading one of them
/// again costs nothing.
///
/// ```
/// use longshore_model::{Job, validate::Regexps};
/// let job = Job::service("web").constraint("${attr.os.name}", "regexp", "^ubuntu");
/// assert!(Regexps::of(&job).beyond().is_none());
/// ```
#[derive(Debug, Default)]
pub struct Regexps {
    kept: BTreeMap<String, Regexp>,
    bytes: usize,
    beyond: Option<Finding>,
}

impl Regexps {
    /// Compiles them, as far as they stay within [`REGEXPS_BYTES_MAX`]. What is no regular expression is passed over.
    pub fn of(job: &Job) -> Regexps {
        let mut report = Report::default();
        let mut regexps = Regexps::default();
        regexps.job(&mut At::job(&mut report), job);
        regexps.beyond = report.violations.into_iter().next();
        regexps
    }

    /// The first that is too much: with it, and perhaps with those after it, the job would take more.
    pub fn beyond(&self) -> Option<&Finding> {
        self.beyond.as_ref()
    }

    fn job(&mut self, at: &mut At<'_>, job: &Job) {
        self.level(at, &job.constraints, &job.affinities);
        for (index, group) in job.task_groups.iter().enumerate() {
            let at = &mut at.element(Block::Group, index, group.name.as_str());
            self.level(at, &group.constraints, &group.affinities);
            for (index, task) in group.tasks.iter().enumerate() {
                let at = &mut at.element(Block::Task, index, task.name.as_str());
                self.level(at, &task.constraints, &task.affinities);
                let at = &mut at.only(Block::Resources);
                for (index, device) in task.resources.devices.iter().enumerate() {
                    let at = &mut at.element(Block::Device, index, &device.name);
                    self.level(at, &device.constraints, &device.affinities);
                }
            }
        }
    }

    fn level(&mut self, at: &mut At<'_>, constraints: &[Constraint], affinities: &[Affinity]) {
        for (index, one) in constraints.iter().enumerate().filter(|(_, one)| one.operand == Operand::Regexp) {
            self.one(&mut at.element(Block::Constraint, index, ""), &one.rtarget);
        }
        for (index, one) in affinities.iter().enumerate().filter(|(_, one)| one.operand == Operand::Regexp) {
            self.one(&mut at.element(Block::Affinity, index, ""), &one.rtarget);
        }
    }

    fn one(&mut self, at: &mut At<'_>, text: &str) {
        if self.bytes > REGEXPS_BYTES_MAX || self.kept.contains_key(text) {
            return;
        }
        match Regexp::new(text) {
            Ok(regexp) => {
                self.bytes += regexp.size();
                self.kept.insert(text.to_owned(), regexp);
            }
            // Nobody keeps what was found out: it takes as long the next time.
            Err(why) if why.is_size() => self.bytes += PROGRAM_BYTES_MAX,
            Err(_) => {}
        }
        rules! { at;
            "LONGSHORE-SIZE" "regexps" "RTarget" if self.bytes > REGEXPS_BYTES_MAX
                => "with the regular expressions before it takes more than {} bytes, compiled; \
                    smaller counts and classes take less, and one that is used again takes nothing", REGEXPS_BYTES_MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{validate, validate_stored};
    use super::*;
    use crate::{Cluster, RequestedDevice, Task, TaskGroup};

    /// Some megabytes, and others for each number; equally many for those of two digits.
    fn large(number: usize) -> String {
        format!(r"{number}\pL{{300}}")
    }

    fn constraints(texts: impl Iterator<Item = String>) -> crate::List<Constraint> {
        texts.map(|text| Constraint::new("${attr.os.name}", "regexp", &text)).collect()
    }

    #[test]
    fn diff_23_the_expressions_of_a_job_are_bounded_together() {
        let one = Regexp::new(&large(10)).map_or(0, |regexp| regexp.size());
        assert!((1 << 20..PROGRAM_BYTES_MAX).contains(&one), "{one}");
        let fit = REGEXPS_BYTES_MAX / one;
        let job = Job { constraints: constraints((10..12 + fit).map(large)), ..Job::service("web") };
        let message = format!(
            "Constraints[{fit}].RTarget: with the regular expressions before it takes more than 33554432 bytes, compiled; \
             smaller counts and classes take less, and one that is used again takes nothing (LONGSHORE-SIZE)"
        );
        for report in [validate_stored(&job), validate(&job, &Cluster::default())] {
            assert_eq!(report.violations.iter().map(ToString::to_string).collect::<Vec<_>>(), [message.as_str()]);
        }
        // At whatever level they stand; the same ones again cost nothing.
        let device =
            RequestedDevice { constraints: constraints((10..9 + fit).map(large)), ..RequestedDevice::new("gpu") };
        let task = Task { constraints: constraints((10..9 + fit).map(large)), ..Task::new("t").device(device) };
        let group = |name: &str| TaskGroup::new(name).task(task.clone());
        let mut job = Job::service("web").with_group(group("a")).with_group(group("b"));
        assert_eq!(Regexps::of(&job).beyond(), None);
        job.task_groups.make()[1].tasks.make()[0].resources.devices.make()[0].constraints =
            constraints((90..94).map(large));
        let beyond = Regexps::of(&job).beyond().map(|beyond| beyond.place.to_string());
        assert_eq!(beyond.as_deref(), Some("TaskGroups[1].Tasks[0].Resources.Devices[0].Constraints[1].RTarget"));
    }

    /// What is too large by itself takes time, too, and takes it every time.
    #[test]
    fn diff_23_refused_expressions_count() {
        let refused = r"\pL{1000}".repeat(100);
        let job = |times| Job {
            constraints: constraints(std::iter::repeat_n(refused.clone(), times)),
            ..Job::service("web")
        };
        let beyond = |times| Regexps::of(&job(times)).beyond().map(|beyond| beyond.place.to_string());
        assert_eq!((beyond(2), beyond(9).as_deref()), (None, Some("Constraints[2].RTarget")));
        let malformed = constraints((0..1000).map(|number| format!("({number}")));
        assert_eq!(
            Regexps::of(&Job { constraints: malformed, ..Job::service("web") }).beyond(),
            None,
            "told by MODEL-137"
        );
    }
}
