//! The parser: RE2's syntax to the engine's expressions.
//!
//! A stack of open groups instead of recursion, so that no text can exhaust the program's own stack.

mod characters;

use regex_syntax::hir::{Capture, Class, Dot, Hir, Look, Repetition};

use super::class::{self, Set};
use super::{HEIGHT_MAX, PROGRAM_BYTES_MAX, Problem};

/// An expression as the engine takes it.
pub(super) struct Parsed {
    pub(super) hir: Hir,
    /// The name of each group from the first.
    pub(super) names: Vec<Option<String>>,
}

/// Where, in bytes, and what.
type Fault = (usize, Problem);

/// Counts of repetitions, multiplied where nested, go no further (FEAS-63).
const COUNT_MAX: u32 = 1000;

pub(super) fn parse(text: &str) -> Result<Parsed, Fault> {
    let mut parser =
        Parser { text, at: 0, flags: Flags::default(), open: vec![Group::default()], names: Vec::new(), size: 0 };
    parser.run()?;
    let whole = parser.open.pop().unwrap_or_default();
    match parser.open.pop() {
        None => Ok(Parsed { hir: whole.close()?.hir, names: parser.names }),
        Some(_) => Err((whole.at, Problem::UnclosedGroup)),
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    swap_greed: bool,
}

/// A part of the expression, and what bounds it.
struct Item {
    hir: Hir,
    /// Groups and repetitions around one another.
    height: usize,
    /// The largest product of nested counts.
    count: u32,
}

impl Item {
    fn plain(hir: Hir) -> Item {
        Item { hir, height: 1, count: 1 }
    }
}

/// A group that is not closed yet; the first one is the whole expression.
#[derive(Default)]
struct Group {
    /// Where it begins.
    at: usize,
    /// The flags to return to.
    flags: Flags,
    /// The number of a group that is kept.
    index: Option<u32>,
    alternatives: Vec<Item>,
    items: Vec<Item>,
}

impl Group {
    /// Ends the current alternative.
    fn next_alternative(&mut self) {
        let items = std::mem::take(&mut self.items);
        let (height, count) = bounds(&items);
        let hir = Hir::concat(items.into_iter().map(|item| item.hir).collect());
        self.alternatives.push(Item { hir, height, count });
    }

    fn close(mut self) -> Result<Item, Fault> {
        self.next_alternative();
        let (height, count) = bounds(&self.alternatives);
        let mut hir = Hir::alternation(self.alternatives.into_iter().map(|item| item.hir).collect());
        if let Some(index) = self.index {
            hir = Hir::capture(Capture { index, name: None, sub: Box::new(hir) });
        }
        if height >= HEIGHT_MAX {
            return Err((self.at, Problem::TooHigh));
        }
        Ok(Item { hir, height: height + 1, count })
    }
}

/// The bounds of what contains these.
fn bounds(items: &[Item]) -> (usize, u32) {
    let height = items.iter().map(|item| item.height).max().unwrap_or(0);
    (height, items.iter().map(|item| item.count).max().unwrap_or(1))
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    flags: Flags,
    /// Never empty while parsing.
    open: Vec<Group>,
    names: Vec<Option<String>>,
    /// Bytes of all characters and ranges so far.
    size: usize,
}

impl<'t> Parser<'t> {
    fn run(&mut self) -> Result<(), Fault> {
        // Whether the last thing was a repetition, which must not be repeated.
        let mut repetition = false;
        while let Some(next) = self.peek() {
            let at = self.at;
            let was_repetition = std::mem::take(&mut repetition);
            match next {
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '|' => {
                    self.at += 1;
                    self.top().next_alternative();
                }
                '*' | '+' | '?' => {
                    self.at += 1;
                    let (min, max) = if next == '+' { (1, None) } else { (0, (next == '?').then_some(1)) };
                    self.repeat(at, min, max, was_repetition)?;
                    repetition = true;
                }
                '{' => match self.counts() {
                    Some((min, max, end)) => {
                        self.at = end;
                        self.repeat(at, min, max, was_repetition)?;
                        repetition = true;
                    }
                    None => self.character(next)?,
                },
                '[' => {
                    let set = self.bracket_class()?;
                    self.push_set(set)?;
                }
                '\\' => self.escape()?,
                '.' => {
                    self.at += 1;
                    let dot = if self.flags.dot_all { Dot::AnyChar } else { Dot::AnyCharExceptLF };
                    self.push(Hir::dot(dot), 16)?;
                }
                '^' => self.look(if self.flags.multi_line { Look::StartLF } else { Look::Start })?,
                '$' => self.look(if self.flags.multi_line { Look::EndLF } else { Look::End })?,
                _ => self.character(next)?,
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Consumes the next character.
    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Consumes what is given, if it comes next.
    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len() } else { 0 };
        found
    }

    /// The innermost open group.
    fn top(&mut self) -> &mut Group {
        if self.open.is_empty() {
            self.open.push(Group::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    /// Appends a part that takes so many bytes.
    fn push(&mut self, hir: Hir, size: usize) -> Result<(), Fault> {
        self.size += size;
        if self.size > PROGRAM_BYTES_MAX {
            return Err((self.at, Problem::TooLarge));
        }
        self.top().items.push(Item::plain(hir));
        Ok(())
    }

    fn push_set(&mut self, set: Set) -> Result<(), Fault> {
        let size = size_of_val(set.ranges());
        self.push(Hir::class(Class::Unicode(set)), size)
    }

    /// Appends one character, or all that equal it but for case.
    fn push_number(&mut self, number: u32) -> Result<(), Fault> {
        self.push_set(class::finish(class::range(number, number), self.flags.ignore_case, false))
    }

    fn character(&mut self, c: char) -> Result<(), Fault> {
        self.at += c.len_utf8();
        self.push_number(c.into())
    }

    /// An assertion of one character.
    fn look(&mut self, look: Look) -> Result<(), Fault> {
        self.at += 1;
        self.push(Hir::look(look), 16)
    }

    fn open_group(&mut self) -> Result<(), Fault> {
        let at = self.at;
        self.at += 1;
        let outer = self.flags;
        let named = self.rest().starts_with("?P<") || self.rest().starts_with("?<");
        let index = if named || !self.rest().starts_with('?') {
            let name = if named { Some(self.group_name(at)?) } else { None };
            self.names.push(name);
            u32::try_from(self.names.len()).ok()
        } else {
            self.at += 1;
            if !self.group_flags(at)? {
                return Ok(());
            }
            None
        };
        self.size += size_of::<Group>();
        if self.open.len() > HEIGHT_MAX {
            return Err((at, Problem::TooHigh));
        }
        self.open.push(Group { at, flags: outer, index, ..Group::default() });
        Ok(())
    }

    /// `?P<name>` or `?<name>`.
    fn group_name(&mut self, at: usize) -> Result<String, Fault> {
        let begin = if self.eat("?P<") || self.eat("?<") { self.at } else { at };
        let name = self.rest().split_once('>').map(|(name, _)| name).unwrap_or("");
        if name.is_empty() || !name.chars().all(super::is_name) {
            let look_around = self.rest().starts_with(['=', '!']);
            return Err((begin, if look_around { Problem::UnknownGroup } else { Problem::GroupName }));
        }
        self.at += name.len() + 1;
        Ok(name.to_owned())
    }

    /// The flags after `(?`; whether a group follows them.
    fn group_flags(&mut self, at: usize) -> Result<bool, Fault> {
        let mut flags = self.flags;
        let (mut to, mut needs_flag) = (true, false);
        let first = self.at;
        while let Some(next) = self.next() {
            match next {
                'i' => flags.ignore_case = to,
                'm' => flags.multi_line = to,
                's' => flags.dot_all = to,
                'U' => flags.swap_greed = to,
                '-' if to => {
                    (to, needs_flag) = (false, true);
                    continue;
                }
                ':' | ')' if !needs_flag => {
                    self.flags = flags;
                    return Ok(next == ':');
                }
                'P' | '=' | '!' | '<' | '>' | '#' | '\'' if self.at == first + 1 => {
                    return Err((at, Problem::UnknownGroup));
                }
                _ => return Err((self.at - next.len_utf8(), Problem::UnknownFlag)),
            }
            needs_flag = false;
        }
        Err((at, Problem::UnclosedGroup))
    }

    fn close_group(&mut self) -> Result<(), Fault> {
        if self.open.len() < 2 {
            return Err((self.at, Problem::UnopenedGroup));
        }
        self.at += 1;
        let group = self.open.pop().unwrap_or_default();
        self.flags = group.flags;
        let item = group.close()?;
        self.top().items.push(item);
        Ok(())
    }

    /// Repeats the last part; a `?` may follow.
    fn repeat(&mut self, at: usize, min: u32, max: Option<u32>, repetition: bool) -> Result<(), Fault> {
        let lazy = self.eat("?");
        if repetition {
            return Err((at, Problem::RepeatsRepetition));
        }
        let greedy = lazy == self.flags.swap_greed;
        let Some(item) = self.top().items.pop() else { return Err((at, Problem::NothingToRepeat)) };
        if max.is_some_and(|max| max < min) {
            return Err((at, Problem::CountOrder));
        }
        let count = item.count.saturating_mul(max.unwrap_or(min.max(1)));
        if max.unwrap_or(min).max(count) > COUNT_MAX {
            return Err((at, Problem::CountTooLarge));
        }
        if item.height >= HEIGHT_MAX {
            return Err((at, Problem::TooHigh));
        }
        let hir = Hir::repetition(Repetition { min, max, greedy, sub: Box::new(item.hir) });
        self.top().items.push(Item { hir, height: item.height + 1, count });
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}` and where it ends; anything else in braces is text.
    fn counts(&self) -> Option<(u32, Option<u32>, usize)> {
        let (inner, _) = self.rest().strip_prefix('{')?.split_once('}')?;
        let number = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            // Counts out of range are found to be too large where they are used.
            (plain && (text == "0" || !text.starts_with('0'))).then(|| text.parse().unwrap_or(u32::MAX))
        };
        let (min, max) = match inner.split_once(',') {
            None => (number(inner)?, Some(number(inner)?)),
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        Some((min, max, self.at + inner.len() + 2))
    }

    /// A backslash outside of brackets.
    fn escape(&mut self) -> Result<(), Fault> {
        if self.eat(r"\Q") {
            let quoted = self.rest().split(r"\E").next().unwrap_or("");
            for c in quoted.chars() {
                self.character(c)?;
            }
            self.eat(r"\E");
            return Ok(());
        }
        let look = match self.rest().as_bytes().get(1) {
            Some(b'A') => Look::Start,
            Some(b'z') => Look::End,
            Some(b'b') => Look::WordAscii,
            Some(b'B') => Look::WordAsciiNegate,
            _ => {
                return match self.class_escape()? {
                    Some(set) => self.push_set(set),
                    None => self.character_escape().and_then(|number| self.push_number(number)),
                };
            }
        };
        self.at += 1;
        self.look(look)
    }
}
