//! Lines: indentation, and `=` below `=`.

/// Gathers arguments and blocks.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    depth: usize,
    /// Arguments of one line each, which wait for their `=` to be put below one another.
    waiting: Vec<(String, String)>,
    /// Whether something stands in the body already, and whether its opening line waits for the first of it.
    filled: bool,
    opened: bool,
}

impl Writer {
    /// Adds an argument.
    pub(super) fn argument(&mut self, name: &str, value: &str) {
        if value.contains('\n') {
            self.flush();
            self.waiting.push((name.to_owned(), value.to_owned()));
            self.flush();
        } else {
            self.waiting.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Starts a block.
    pub(super) fn open(&mut self, name: &str, label: Option<&str>) {
        self.flush();
        self.start();
        if self.filled {
            self.out.push('\n');
        }
        self.indent();
        self.out.push_str(name);
        if let Some(label) = label {
            self.out.push(' ');
            self.out.push_str(label);
        }
        self.out.push_str(" {");
        self.depth += 1;
        self.opened = true;
        self.filled = false;
    }

    /// Ends a block.
    pub(super) fn close(&mut self) {
        self.flush();
        self.depth = self.depth.saturating_sub(1);
        if std::mem::take(&mut self.opened) {
            self.out.push_str("}\n");
        } else {
            self.indent();
            self.out.push_str("}\n");
        }
        self.filled = true;
    }

    /// All of it.
    pub(super) fn finish(mut self) -> String {
        self.flush();
        self.out
    }

    /// Breaks the line of a block that turns out not to be empty.
    fn start(&mut self) {
        if std::mem::take(&mut self.opened) {
            self.out.push('\n');
        }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// Writes the arguments that wait.
    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return;
        }
        self.start();
        let widest = waiting.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in waiting {
            self.indent();
            self.out.push_str(&name);
            self.out.extend(std::iter::repeat_n(' ', widest - name.chars().count()));
            self.out.push_str(" = ");
            self.out.push_str(&value);
            self.out.push('\n');
        }
        self.filled = true;
    }
}
