//! References that are left for the client: they become the text that they were written as (SPEC-40 to SPEC-44).

use super::Evaluator;
use crate::text::Span;
use crate::value::Value;

impl Evaluator<'_> {
    /// The text that stands for a reference to something only known when the task runs.
    pub(super) fn runtime_text(&mut self, reference: Span, root: &str) -> Value {
        let content = self.texts.content(reference.text);
        let (start, end) = (reference.start as usize, reference.end as usize);
        let Some(written) = content.get(start..end).filter(|written| written.starts_with(root)) else {
            // A string of JSON with escapes before it: its place in the text is not its place in the string.
            return Value::text(format!("${{{root}}}"));
        };
        let before = content[..start].trim_end_matches(' ');
        if !before.ends_with("${") {
            return Value::text(format!("${{{written}}}"));
        }
        let mut text = content[before.len() - 2..end].to_owned();
        // SPEC-43: every closing brace that follows, but for spaces, repeats what lies between.
        let bytes = content.as_bytes();
        let mut at = end + 1;
        loop {
            match bytes.get(at) {
                Some(b' ') => {}
                Some(b'}') => {
                    let between = content.get(end..at).unwrap_or_default();
                    if !self.pay(1 + between.len() as u64 / 16, reference) {
                        return Value::Unknown;
                    }
                    text.push_str(between);
                }
                _ => break,
            }
            at += 1;
        }
        text.push('}');
        let text = Value::text(text);
        self.bounded(text, reference)
    }
}

#[cfg(test)]
mod tests {
    use crate::options::Options;
    use crate::text::{Span, Texts};
    use crate::value::Value;

    /// The text that stands for the reference `X` in a text.
    fn kept(text: &str) -> String {
        let mut texts = Texts::default();
        let id = texts.add("t", text);
        let options = Options::default();
        let mut evaluator = super::Evaluator::new(&texts, &options);
        let start = text.find('X').unwrap_or(0) as u32;
        match evaluator.runtime_text(Span { text: id, start, end: start + 1 }, "X") {
            Value::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn spec_41_43_source_text_with_its_quirk() {
        for (text, wanted) in [
            ("\"${ X }\"", "${ X }"),
            ("a = X\n", "${X}"),
            ("\"${X}\"", "${X}"),
            ("\"{a:${X}}\"", "${X}}"),
            ("\"${X} }\"", "${X} }"),
            ("\"{x: ${ X } }\"", "${ X  } }"),
            ("\"${\tX}\"", "${X}"),
            ("\"${~ X ~}\"", "${X}"),
            ("\"${X\n  }\"", "${X\n  }"),
        ] {
            assert_eq!(kept(text), wanted, "{text}");
        }
    }
}
