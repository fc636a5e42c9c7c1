//! The phases of an allocation's life: which of its tasks run at the same time (PLACE-41).

use longshore_model::{Lifecycle, TaskLifecycle};

use crate::amounts::{Amounts, Overflow};

/// What adds up within a phase, and of which the greatest phase counts.
pub(crate) trait Sum: Copy + Default {
    /// The checked sum.
    fn plus(self, other: Self) -> Result<Self, Overflow>;
    /// The greater of each part.
    fn max(self, other: Self) -> Self;
}

impl Sum for Amounts {
    fn plus(self, other: Amounts) -> Result<Amounts, Overflow> {
        Amounts::plus(self, other)
    }

    fn max(self, other: Amounts) -> Amounts {
        Amounts::max(self, other)
    }
}

/// When a task runs.
#[derive(Clone, Copy)]
pub(crate) enum When {
    /// From beginning to end, or after the start.
    Main,
    /// Before the main tasks, and beside them too if it stays.
    Prestart { stays: bool },
    /// After the main tasks.
    Poststop,
    /// A hook that nobody knows.
    Never,
}

impl When {
    fn parse(hook: &str, sidecar: bool) -> When {
        match hook {
            "prestart" => When::Prestart { stays: sidecar },
            "poststart" => When::Main,
            "poststop" => When::Poststop,
            _ => When::Never,
        }
    }
}

impl From<Option<&TaskLifecycle>> for When {
    fn from(lifecycle: Option<&TaskLifecycle>) -> When {
        lifecycle.map_or(When::Main, |when| When::parse(&when.hook, when.sidecar))
    }
}

impl From<Option<&Lifecycle>> for When {
    fn from(lifecycle: Option<&Lifecycle>) -> When {
        lifecycle.map_or(When::Main, |when| When::parse(&when.hook, when.sidecar))
    }
}

/// The three sums of PLACE-41. A prestart sidecar counts in two; a task with an unknown hook in none.
#[derive(Default)]
pub(crate) struct Phases<T> {
    main: T,
    pre: T,
    stop: T,
}

impl<T: Sum> Phases<T> {
    /// Adds a task.
    pub(crate) fn add(&mut self, when: When, amounts: T) -> Result<(), Overflow> {
        match when {
            When::Main => self.main = self.main.plus(amounts)?,
            When::Prestart { stays } => {
                self.pre = self.pre.plus(amounts)?;
                if stays {
                    self.main = self.main.plus(amounts)?;
                }
            }
            When::Poststop => self.stop = self.stop.plus(amounts)?,
            When::Never => {}
        }
        Ok(())
    }

    /// The greatest phase, part by part.
    pub(crate) fn peak(&self) -> T {
        self.main.max(self.pre).max(self.stop)
    }
}
