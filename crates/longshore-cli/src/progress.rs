//! How far a long command is, with its rate and the time left.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

/// What the bar looks like: time, bar, counts, rate, time left, and what is at hand.
const TEMPLATE: &str = "{prefix:.bold} {elapsed_precise} [{wide_bar:.cyan/dim}] \
                        {human_pos}/{human_len} ({rate}, {eta} left) {msg}";
/// Filled, head, empty.
const BAR: &str = "━╸─";

/// A bar on the error stream; nothing at all where that is no terminal, or the user wants quiet.
///
/// The bar is wiped when it is finished or dropped, so results are never mixed with it.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar of `total` steps, headed `what`.
    pub fn new(total: u64, what: &str, quiet: bool) -> Self {
        let target = if quiet || !io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        Self::on(target, total, what)
    }

    /// A bar drawn on `target`.
    fn on(target: ProgressDrawTarget, total: u64, what: &str) -> Self {
        let style = ProgressStyle::with_template(TEMPLATE)
            // The template is a constant; should it ever not parse, a plain bar still helps.
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .with_key("rate", write_rate)
            .progress_chars(BAR);
        let bar = ProgressBar::with_draw_target(Some(total), target)
            .with_style(style)
            .with_prefix(Cow::Owned(what.to_owned()))
            .with_finish(ProgressFinish::AndClear);
        Self { bar }
    }

    /// Counts `n` more steps as done; cheap, the bar is drawn at most 20 times a second.
    pub fn advance(&self, n: u64) {
        self.bar.inc(n);
    }

    /// Says what is at hand, at the bar's end.
    pub fn message(&self, text: &str) {
        self.bar.set_message(text.to_owned());
    }

    /// Wipes the bar.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// Steps a second, no more exact than an eye can follow.
fn write_rate(state: &ProgressState, to: &mut dyn fmt::Write) {
    let rate = state.per_sec();
    let decimals = if rate < 10.0 { 1 } else { 0 };
    // Writing into the bar's own text cannot fail.
    let _ = write!(to, "{rate:.decimals$}/s");
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::sync::{Arc, Mutex};

    /// A terminal of 100 columns that keeps all that is written to it.
    #[derive(Clone, Debug, Default)]
    struct Recorder(Arc<Mutex<String>>);

    impl Recorder {
        fn add(&self, text: &str) -> io::Result<()> {
            self.0.lock().expect("one thread").push_str(text);
            Ok(())
        }

        fn take(&self) -> String {
            std::mem::take(&mut self.0.lock().expect("one thread"))
        }
    }

    impl TermLike for Recorder {
        fn width(&self) -> u16 {
            100
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            self.add("<wiped>")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_template_is_understood() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }

    #[test]
    fn the_bar_counts_and_is_wiped() {
        let terminal = Recorder::default();
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let progress = Progress::on(target, 4000, "tasks");
        progress.advance(1000);
        progress.message("seed 42");
        progress.bar.force_draw();
        let drawn = terminal.take();
        for part in ["tasks", "1,000/4,000", "left", "seed 42"] {
            assert!(drawn.contains(part), "{part}: {drawn}");
        }
        progress.finish();
        assert!(terminal.take().ends_with("<wiped>"));
    }

    #[test]
    fn quiet_draws_nothing() {
        let progress = Progress::new(10, "tasks", true);
        assert!(progress.bar.is_hidden());
        progress.advance(10);
        progress.finish();
    }
}
