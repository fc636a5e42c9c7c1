//! Where validation stands, and the table form in which its rules are written.

use std::fmt;

use super::finding::{Finding, Report};
use super::place::{Block, Place, Step};

/// An object under validation: where it is, and where findings go.
///
/// The way down is a chain on the stack, written out only for a finding: a valid job costs no allocation here.
#[derive(Debug)]
pub(crate) struct At<'a> {
    report: &'a mut Report,
    way: Way<'a>,
}

#[derive(Clone, Copy, Debug)]
struct Way<'a> {
    above: Option<&'a Way<'a>>,
    /// `None` at the job.
    step: Option<Step<&'a str>>,
}

/// Whether a finding refuses the job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Weight {
    Violation,
    Warning,
}

/// A row of a table of rules: all but the condition.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) code: &'static str,
    pub(crate) what: &'static str,
    pub(crate) member: &'static str,
    pub(crate) about: Option<&'a dyn fmt::Display>,
    pub(crate) message: fmt::Arguments<'a>,
}

impl<'a> At<'a> {
    /// At the job.
    pub(crate) fn job(report: &'a mut Report) -> At<'a> {
        At { report, way: Way { above: None, step: None } }
    }

    /// At the only object of a member.
    pub(crate) fn only(&mut self, block: Block) -> At<'_> {
        self.named(block, "")
    }

    /// At the only object of a member, which has a name.
    pub(crate) fn named<'b>(&'b mut self, block: Block, name: &'b str) -> At<'b> {
        self.down(Step::Only(block, name))
    }

    /// At an element of a list.
    pub(crate) fn element<'b>(&'b mut self, block: Block, index: usize, name: &'b str) -> At<'b> {
        self.down(Step::Element(block, index, name))
    }

    /// At an entry of a map.
    pub(crate) fn entry<'b>(&'b mut self, block: Block, key: &'b str) -> At<'b> {
        self.down(Step::Entry(block, key))
    }

    fn down<'b>(&'b mut self, step: Step<&'b str>) -> At<'b> {
        At { report: self.report, way: Way { above: Some(&self.way), step: Some(step) } }
    }

    /// How many violations there are by now.
    pub(crate) fn violations(&self) -> usize {
        self.report.violations.len()
    }

    /// Takes down a finding.
    #[cold]
    pub(crate) fn found(&mut self, weight: Weight, row: Row<'_>) {
        let finding = Finding {
            code: row.code,
            what: row.what,
            place: Place { steps: self.way.steps(), member: row.member },
            about: row.about.map(|about| about.to_string().into()),
            message: row.message.to_string().into(),
        };
        match weight {
            Weight::Violation => self.report.violations.push(finding),
            Weight::Warning => self.report.warnings.push(finding),
        }
    }
}

impl Way<'_> {
    fn steps(&self) -> Vec<Step> {
        let up = std::iter::successors(Some(self), |way| way.above);
        let mut steps: Vec<Step> = up.filter_map(|way| way.step).map(|step| step.to_owned()).collect();
        steps.reverse();
        steps
    }
}

/// A table of rules for the object at `at`. A row is
///
/// `"CODE" "what" "Member" [about] if BROKEN => "message", arguments;`
///
/// - `"Member"` is where the fault is within the object, `""` for the object itself, or a variable that says so;
///   `[about]` may be left out.
/// - Without `if` the rule is broken: the code around the table found out already.
/// - A row that begins with `else` is looked at only if the row before it found nothing.
/// - The message reads on from the place, and is put together only if the rule is broken.
///
/// `rules! { at; … }` takes down violations, `rules! { at, warn; … }` warnings.
macro_rules! rules {
    (@passed $broken:ident else) => { $broken };
    (@passed $broken:ident) => { false };
    (@broken) => { true };
    (@broken $broken:expr) => { $broken };
    (@about) => { None };
    (@about $about:expr) => { Some(&$about) };
    (@table $weight:ident, $at:expr; $(
        $($or:ident)? $code:literal $what:literal $member:tt $([$about:expr])? $(if $broken:expr)?
            => $message:literal $(, $argument:expr)* ;
    )+) => {{
        #[allow(unused_mut, unused_assignments, unused_variables)] // a last row's outcome has no row to go to
        {
            let mut broken = false;
            $(
                if !$crate::validate::scope::rules!(@passed broken $($or)?) {
                    broken = $crate::validate::scope::rules!(@broken $($broken)?);
                    if broken {
                        $at.found(
                            $crate::validate::scope::Weight::$weight,
                            $crate::validate::scope::Row {
                                code: $code,
                                what: $what,
                                member: $member,
                                about: $crate::validate::scope::rules!(@about $($about)?),
                                message: format_args!($message $(, $argument)*),
                            },
                        );
                    }
                }
            )+
        }
    }};
    ($at:expr, warn; $($rows:tt)+) => { $crate::validate::scope::rules!(@table Warning, $at; $($rows)+) };
    ($at:expr; $($rows:tt)+) => { $crate::validate::scope::rules!(@table Violation, $at; $($rows)+) };
}
pub(crate) use rules;
