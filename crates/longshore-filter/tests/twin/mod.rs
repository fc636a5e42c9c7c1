//! The grammar of API-801 to API-808 read literally: ordered choice, every alternative tried from its beginning.
//!
//! Slow where choices nest, and as plain as the rules. What it reads it writes down with all parentheses, in the fewest
//! forms of tests.

/// Where reading has come to, and what was read.
type Read = Option<(usize, String)>;

/// A text read literally; `None` if it takes too many steps to tell.
pub(crate) fn read(text: &str, steps: usize) -> Option<Option<String>> {
    let mut twin = Twin { text, steps };
    let read = twin.input();
    (twin.steps > 0).then_some(read)
}

struct Twin<'t> {
    text: &'t str,
    steps: usize,
}

impl Twin<'_> {
    /// Input: `_? ( _? Or _? ) _? end` / `_? Or _? end`.
    fn input(&mut self) -> Option<String> {
        let start = self.blanks_or_not(0);
        let whole = |twin: &Self, read: Read| {
            let (at, expr) = read?;
            (twin.blanks_or_not(at) == twin.text.len()).then_some(expr)
        };
        let parentheses = self.enclosed(start, "(", ")");
        if let Some(expr) = whole(self, parentheses) {
            return Some(expr);
        }
        let or = self.or(start);
        whole(self, or)
    }

    /// Or: And `_ or _` Or / And / Quantifier.
    fn or(&mut self, at: usize) -> Read {
        let long = self.and(at).and_then(|(at, left)| {
            let (at, right) = self.or(self.between(at, "or")?)?;
            Some((at, format!("(({left}) or ({right}))")))
        });
        long.or_else(|| self.and(at)).or_else(|| self.quantifier(at))
    }

    /// And: Not `_ and _` And / Not.
    fn and(&mut self, at: usize) -> Read {
        let long = self.not(at).and_then(|(at, left)| {
            let (at, right) = self.and(self.between(at, "and")?)?;
            Some((at, format!("(({left}) and ({right}))")))
        });
        long.or_else(|| self.not(at))
    }

    /// Not: `not _` Not / Group.
    fn not(&mut self, at: usize) -> Read {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            return None;
        }
        let negated = self.token(at, "not").and_then(|at| self.blanks(at)).and_then(|at| {
            let (at, inner) = self.not(at)?;
            Some((at, format!("(not ({inner}))")))
        });
        negated.or_else(|| self.enclosed(at, "(", ")")).or_else(|| self.test(at))
    }

    /// An opening sign, `_?` Or `_?`, a closing sign.
    fn enclosed(&mut self, at: usize, open: &str, close: &str) -> Read {
        let at = self.blanks_or_not(self.token(at, open)?);
        let (at, expr) = self.or(at)?;
        Some((self.token(self.blanks_or_not(at), close)?, expr))
    }

    /// API-802.
    fn test(&self, at: usize) -> Read {
        const WITH_VALUE: [(&str, &str); 4] = [
            ("contains", "contains"),
            ("not contains", "not contains"),
            ("matches", "matches"),
            ("not matches", "not matches"),
        ];
        const STATES: [&str; 4] = ["is empty", "is not empty", "is nil", "is not nil"];
        if let Some((after, selector)) = self.selector(at) {
            for sign in ["==", "!="] {
                let value = self.token(self.blanks_or_not(after), sign).map(|at| self.blanks_or_not(at));
                if let Some((at, value)) = value.and_then(|at| self.value(at)) {
                    return Some((at, format!("{selector} {sign} {value}")));
                }
            }
            for (words, written) in WITH_VALUE {
                let value = self.blanks(after).and_then(|at| self.words(at, words)).and_then(|at| self.blanks(at));
                if let Some((at, value)) = value.and_then(|at| self.value(at)) {
                    return Some((at, format!("{selector} {written} {value}")));
                }
            }
            for state in STATES {
                if let Some(at) = self.blanks(after).and_then(|at| self.words(at, state)) {
                    return Some((at, format!("{selector} {state}")));
                }
            }
        }
        let (after, value) = self.value(at)?;
        ["in", "not in"].into_iter().find_map(|words| {
            let at = self.blanks(after).and_then(|at| self.words(at, words)).and_then(|at| self.blanks(at))?;
            let (at, selector) = self.selector(at)?;
            Some((at, format!("{selector} {} {value}", words.replace("in", "contains"))))
        })
    }

    /// API-803, as it is written.
    fn selector(&self, at: usize) -> Read {
        let mut end = match self.name(at) {
            Some(end) => end,
            None => return self.pointer(at).map(|end| (end, self.text[at..end].to_string())),
        };
        while let Some(next) = self.dot_name(end).or_else(|| self.dot_digits(end)).or_else(|| self.bracket(end)) {
            end = next;
        }
        Some((end, self.text[at..end].to_string()))
    }

    fn name(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        rest.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| {
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '/';
            at + rest.find(|c| !name(c)).unwrap_or(rest.len())
        })
    }

    fn dot_name(&self, at: usize) -> Option<usize> {
        self.name(self.token(at, ".")?)
    }

    fn dot_digits(&self, at: usize) -> Option<usize> {
        let at = self.token(at, ".")?;
        let digits = self.text[at..].bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0).then_some(at + digits)
    }

    fn bracket(&self, at: usize) -> Option<usize> {
        let at = self.blanks_or_not(self.token(at, "[")?);
        let (end, _) = self.string(at)?;
        self.token(self.blanks_or_not(end), "]")
    }

    fn pointer(&self, at: usize) -> Option<usize> {
        let mut at = self.token(at, "\"")?;
        while let Some(start) = self.token(at, "/") {
            let segment = |c: char| c.is_alphanumeric() || "-_.~:|".contains(c);
            let length: usize = self.text[start..].chars().take_while(|c| segment(*c)).map(char::len_utf8).sum();
            if length == 0 {
                return None;
            }
            at = start + length;
        }
        self.token(at, "\"")
    }

    /// API-807, API-808: a text that is neither a path nor a number in back-quotes.
    fn value(&self, at: usize) -> Read {
        self.selector(at).or_else(|| self.number(at)).or_else(|| self.string(at))
    }

    fn number(&self, at: usize) -> Read {
        let digits = |at: usize| self.text[at..].bytes().take_while(u8::is_ascii_digit).count();
        let mut end = self.token(at, "-").unwrap_or(at);
        end = match self.token(end, "0") {
            Some(end) => end,
            None if digits(end) > 0 => end + digits(end),
            None => return None,
        };
        if let Some(point) = self.token(end, ".").filter(|point| digits(*point) > 0) {
            end = point + digits(point);
        }
        let next = self.text[end..].chars().next();
        next.is_none_or(|c| " \t\r\n)".contains(c)).then(|| (end, self.text[at..end].to_string()))
    }

    fn string(&self, at: usize) -> Read {
        let quote = self.text[at..].chars().next().filter(|c| *c == '"' || *c == '`')?;
        let length = self.text[at + 1..].find(quote)?;
        let inner = &self.text[at + 1..at + 1 + length];
        (quote == '`' || !inner.contains('\n')).then(|| (at + length + 2, format!("{quote}{inner}{quote}")))
    }

    /// API-804.
    fn quantifier(&mut self, at: usize) -> Read {
        let word = ["any", "all"].into_iter().find(|word| self.text[at..].starts_with(word))?;
        let (at, selector) = self.selector(self.blanks(at + word.len())?)?;
        let at = self.between(at, "as")?;
        let (at, names) = self.names(at)?;
        let at = self.blanks_or_not(at);
        let (at, body) = self.enclosed(at, "{", "}")?;
        Some((at, format!("({word} {selector} as {names} {{ {body} }})")))
    }

    /// Binding: `i , v` / `i , _` / `_ , v` / `x`.
    fn names(&self, at: usize) -> Read {
        let first = self.name(at);
        let second = |after: usize, discard: bool| {
            let start = self.blanks_or_not(self.token(self.blanks_or_not(after), ",")?);
            let end = self.name(start).or_else(|| self.token(start, "_").filter(|_| discard))?;
            Some((end, format!("{}, {}", &self.text[at..after], &self.text[start..end])))
        };
        first
            .and_then(|after| second(after, true))
            .or_else(|| self.token(at, "_").and_then(|after| second(after, false)))
            .or_else(|| first.map(|after| (after, self.text[at..after].to_string())))
    }

    /// A word between blanks.
    fn between(&self, at: usize, word: &str) -> Option<usize> {
        self.blanks(self.token(self.blanks(at)?, word)?)
    }

    /// Words with blanks between them.
    fn words(&self, at: usize, words: &str) -> Option<usize> {
        let mut words = words.split(' ');
        let first = self.token(at, words.next()?)?;
        words.try_fold(first, |at, word| self.token(self.blanks(at)?, word))
    }

    fn token(&self, at: usize, token: &str) -> Option<usize> {
        self.text[at..].starts_with(token).then_some(at + token.len())
    }

    fn blanks(&self, at: usize) -> Option<usize> {
        Some(self.blanks_or_not(at)).filter(|after| *after > at)
    }

    fn blanks_or_not(&self, at: usize) -> usize {
        at + self.text[at..].bytes().take_while(|byte| b" \t\r\n".contains(byte)).count()
    }
}
