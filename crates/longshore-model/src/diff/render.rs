//! A diff as text for people, the way a plan is shown.

use std::fmt::{self, Write};

use super::{DiffType, FieldDiff, JobDiff, ObjectDiff, TaskDiff, TaskGroupDiff};

/// Dresses a piece of text that says how something differs, such as in a terminal's colours.
pub type Paint<'a> = &'a dyn Fn(DiffType, &str) -> String;

/// Without colours.
impl fmt::Display for JobDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(&|_, text| text.to_string()))
    }
}

impl JobDiff {
    /// One line for each thing that differs, what is within it indented beneath.
    ///
    /// `+` is added, `-` deleted, `+/-` edited; `~` differs in what a diff leaves out (MODEL-232 to MODEL-239). Every
    /// group and task has a line, unchanged ones without a marker. Markers and annotations go through `paint`.
    ///
    /// ```
    /// use longshore_model::diff::{Detail, DiffType, JobDiff};
    /// use longshore_model::Job;
    /// let diff = JobDiff::between(None, Some(&Job::batch("nightly")), Detail::Changes)?;
    /// let html = diff.to_text(&|kind, text| format!("<b class={kind}>{text}</b>"));
    /// assert!(html.starts_with(r#"<b class=Added>+</b>   Job: "nightly""#));
    /// # Ok::<(), longshore_model::diff::OtherJob>(())
    /// ```
    pub fn to_text(&self, paint: Paint<'_>) -> String {
        let mut page = Page { paint, text: String::new() };
        // Writing to memory cannot fail.
        let _ = page.job(self);
        page.text
    }
}

struct Page<'a> {
    paint: Paint<'a>,
    text: String,
}

impl Page<'_> {
    fn job(&mut self, job: &JobDiff) -> fmt::Result {
        self.heading(0, job.kind, true, &format!("Job: {:?}", job.id), "")?;
        self.contents(1, &job.fields, &job.objects)?;
        job.task_groups.iter().try_for_each(|group| self.group(group))
    }

    fn group(&mut self, group: &TaskGroupDiff) -> fmt::Result {
        let updates: Vec<String> = group.updates.iter().map(|(what, count)| format!("{count} {what}")).collect();
        let visible = !group.fields.is_empty()
            || !group.objects.is_empty()
            || group.tasks.iter().any(|task| task.kind != DiffType::None);
        self.heading(0, group.kind, visible, &format!("Group: {:?}", group.name), &updates.join(", "))?;
        self.contents(1, &group.fields, &group.objects)?;
        group.tasks.iter().try_for_each(|task| self.task(task))
    }

    fn task(&mut self, task: &TaskDiff) -> fmt::Result {
        let visible = !task.fields.is_empty() || !task.objects.is_empty();
        self.heading(1, task.kind, visible, &format!("Task: {:?}", task.name), &task.annotations.join(", "))?;
        self.contents(2, &task.fields, &task.objects)
    }

    fn contents(&mut self, depth: usize, fields: &[FieldDiff], objects: &[ObjectDiff]) -> fmt::Result {
        let width = fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0);
        fields.iter().try_for_each(|field| self.field(depth, width, field))?;
        objects.iter().try_for_each(|object| self.object(depth, object))
    }

    fn object(&mut self, depth: usize, object: &ObjectDiff) -> fmt::Result {
        let visible = !object.fields.is_empty() || !object.objects.is_empty();
        if !visible {
            return self.heading(depth, object.kind, false, &format!("{} {{}}", object.name), "");
        }
        self.heading(depth, object.kind, true, &format!("{} {{", object.name), "")?;
        self.contents(depth + 1, &object.fields, &object.objects)?;
        self.indent(depth)?;
        writeln!(self.text, "    }}")
    }

    fn field(&mut self, depth: usize, width: usize, field: &FieldDiff) -> fmt::Result {
        let FieldDiff { kind, name, old, new, annotations } = field;
        let texts = match kind {
            DiffType::None | DiffType::Deleted => format!("{old:?}"),
            DiffType::Added => format!("{new:?}"),
            DiffType::Edited => format!("{old:?} => {new:?}"),
        };
        let gap = width.saturating_sub(name.chars().count());
        let line = format!("{name}: {:gap$}{texts}", "");
        self.heading(depth, *kind, true, &line, &annotations.join(", "))
    }

    /// One line: a marker, what it is about, and in brackets what follows from it.
    fn heading(&mut self, depth: usize, kind: DiffType, visible: bool, what: &str, why: &str) -> fmt::Result {
        let marker = match kind {
            DiffType::None => "",
            DiffType::Added => "+",
            DiffType::Deleted => "-",
            DiffType::Edited if visible => "+/-",
            DiffType::Edited => "~",
        };
        let painted = if marker.is_empty() { String::new() } else { (self.paint)(kind, marker) };
        self.indent(depth)?;
        write!(self.text, "{painted}{:gap$} {what}", "", gap = MARKER - marker.len())?;
        if !why.is_empty() {
            write!(self.text, " ({})", (self.paint)(kind, why))?;
        }
        self.text.push('\n');
        Ok(())
    }

    fn indent(&mut self, depth: usize) -> fmt::Result {
        write!(self.text, "{:gap$}", "", gap = 2 * depth)
    }
}

/// The width of the widest marker.
const MARKER: usize = "+/-".len();
