//! Texts in double quotes: read and written (API-807).

use std::fmt::{self, Write as _};

/// The bytes that a text between double quotes stands for; an offset and a reason if an escape is none.
pub(crate) fn unescape(inner: &str) -> Result<Vec<u8>, (usize, &'static str)> {
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at..];
        let used = one_escape(escape, &mut out).map_err(|why| (inner.len() - escape.len(), why))?;
        rest = &escape[used..];
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// Appends what the escape at the beginning of a text stands for, and says how long it is.
fn one_escape(text: &str, out: &mut Vec<u8>) -> Result<usize, &'static str> {
    let simple = match text.as_bytes().get(1) {
        Some(b'a') => 0x07,
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => 0x0b,
        Some(b'\\') => b'\\',
        Some(b'x') => return byte(text.get(2..4), 16).map(|byte| out.push(byte)).map(|()| 4),
        Some(b'0'..=b'7') => return byte(text.get(1..4), 8).map(|byte| out.push(byte)).map(|()| 4),
        Some(b'u') => return character(text.get(2..6), out).map(|()| 6),
        Some(b'U') => return character(text.get(2..10), out).map(|()| 10),
        _ => return Err("`\\` is followed by one of `abfnrtv\\`, `x41`, `101`, `u0041` or `U00000041`"),
    };
    out.push(simple);
    Ok(2)
}

/// A byte from two hexadecimal or three octal digits.
fn byte(digits: Option<&str>, base: u32) -> Result<u8, &'static str> {
    number(digits, base)
        .and_then(|value| value.try_into().ok())
        .ok_or("`\\x` has two hexadecimal digits, an octal escape three digits up to `\\377`")
}

/// A character from its number.
fn character(digits: Option<&str>, out: &mut Vec<u8>) -> Result<(), &'static str> {
    let found = number(digits, 16).and_then(char::from_u32);
    let found = found.ok_or("`\\u` has four hexadecimal digits and `\\U` eight, of a character that exists")?;
    out.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(())
}

/// Digits without a sign.
fn number(digits: Option<&str>, base: u32) -> Option<u32> {
    digits
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, base).ok())
}

/// Writes bytes as a text in double quotes that [`unescape`] reads the same. One that begins with a slash is escaped, since
/// it would be a path otherwise (API-808); a double quote has no escape of its own.
pub(crate) fn write(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for (at, chunk) in bytes.utf8_chunks().enumerate() {
        for (number, c) in chunk.valid().chars().enumerate() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
                '\\' => f.write_str("\\\\")?,
                '/' if at == 0 && number == 0 => f.write_str("\\x2f")?,
                '"' | '\0'..=' ' | '\x7f' if c != ' ' => write!(f, "\\x{:02x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Written<'a>(&'a [u8]);

    impl fmt::Display for Written<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write(self.0, f)
        }
    }

    #[test]
    fn api_807_escapes() {
        for (inner, bytes) in [
            (r"tab\there", &b"tab\there"[..]),
            (r"\a\b\f\n\r\t\v\\", b"\x07\x08\x0c\n\r\t\x0b\\"),
            (r"\x41\101\u0041\U00000041", b"AAAA"),
            (r"\u00fc", "ü".as_bytes()),
            (r"\xc3\xbc", "ü".as_bytes()),
            (r"\xff\377", b"\xff\xff"),
            ("ü", "ü".as_bytes()),
        ] {
            assert_eq!(unescape(inner).as_deref(), Ok(bytes), "{inner}");
        }
        for (inner, at) in [
            (r"a\q", 1),
            (r"\", 0),
            (r"\x4", 0),
            (r"\x+4", 0),
            (r"\400", 0),
            (r"\18", 0),
            (r"\ud800", 0),
            (r"ab\U00110000", 2),
            (r"\u12é", 0),
            (r"\'", 0),
        ] {
            assert_eq!(unescape(inner).map_err(|(at, _)| at), Err(at), "{inner}");
        }
    }

    proptest! {
        #[test]
        fn api_807_what_is_written_is_read_the_same(bytes: Vec<u8>, text: String) {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let written = Written(bytes).to_string();
                let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                prop_assert_eq!(inner.map(unescape), Some(Ok(bytes.to_vec())), "{}", written);
                prop_assert!(inner.is_some_and(|inner| !inner.contains(['"', '\n']) && !inner.starts_with('/')));
            }
        }
    }
}
