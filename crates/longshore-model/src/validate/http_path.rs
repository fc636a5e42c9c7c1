//! Paths of HTTP checks, which must be references relative to an address (MODEL-154).

/// How a reference fails to be relative.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum PathFault {
    /// It is no reference; why.
    Invalid(&'static str),
    /// It has a scheme.
    Absolute,
}

/// What is wrong with a reference (RFC 3986, as lenient as common programs are), if anything.
pub(super) fn fault(reference: &str) -> Option<PathFault> {
    match parse(reference) {
        Err(why) => Some(PathFault::Invalid(why)),
        Ok(Scheme(true)) => Some(PathFault::Absolute),
        Ok(Scheme(false)) => None,
    }
}

/// Whether there is one.
struct Scheme(bool);

fn parse(reference: &str) -> Result<Scheme, &'static str> {
    if reference.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("it has a control character");
    }
    let (before_fragment, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    percent_encoding(fragment)?;
    if before_fragment == "*" {
        return Ok(Scheme(false));
    }
    let (scheme, rest) = split_scheme(before_fragment)?;
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    if !path.starts_with('/') {
        if scheme {
            return Ok(Scheme(true)); // what follows a scheme without a slash is opaque
        }
        let first_segment = path.split('/').next().unwrap_or_default();
        if first_segment.contains(':') {
            return Err("its first part has a colon");
        }
    }
    match path.strip_prefix("//") {
        Some(with_host) if scheme || !with_host.starts_with('/') => {
            let (authority, path) = with_host.split_at(with_host.find('/').unwrap_or(with_host.len()));
            check_authority(authority)?;
            percent_encoding(path)?;
        }
        _ => percent_encoding(path)?,
    }
    Ok(Scheme(scheme))
}

/// A scheme is a letter, then letters, digits and `+-.`, up to a colon.
fn split_scheme(text: &str) -> Result<(bool, &str), &'static str> {
    let end = text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)));
    match end {
        Some(0) if text.starts_with(':') => Err("it begins with a colon"),
        Some(at) if text[at..].starts_with(':') && text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            Ok((true, &text[at + 1..]))
        }
        _ => Ok((false, text)),
    }
}

/// Every `%` has two hexadecimal digits after it.
fn percent_encoding(text: &str) -> Result<(), &'static str> {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        rest = match &rest[at + 1..] {
            [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => after,
            _ => return Err("a percent sign has no two hexadecimal digits after it"),
        };
    }
    Ok(())
}

/// `[user@]host[:port]`, the host perhaps in brackets.
fn check_authority(authority: &str) -> Result<(), &'static str> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", authority),
    };
    let in_user = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !user.bytes().all(in_user) {
        return Err("its user has a character that must be percent-encoded");
    }
    percent_encoding(user)?;
    let port = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.rsplit_once(']').ok_or("its host has no closing bracket")?.1,
        None => host.rfind(':').map_or("", |at| &host[at..]),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || (port.len() == digits.len() && !port.is_empty()) {
        return Err("its port is no number");
    }
    let in_host =
        |byte: u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]<>\"".contains(&byte);
    if !host.bytes().all(in_host) {
        return Err("its host has a character that hosts do not have");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_154_relative_references() {
        use PathFault::Absolute;
        for path in ["/x", "x", "ok?x=1", "//host/x", "/a:b", "*", "x/a:b", "?a:b", "/%41#f", "//h:80/x", "///x", "ä"]
        {
            assert_eq!(fault(path), None, "{path}");
        }
        for path in ["http://a.test/x", "a:b", "a+b-c.d:", "mailto:%zz"] {
            assert_eq!(fault(path), Some(Absolute), "{path}");
        }
        for path in [":x", "%zz", "/%4", "/a#%", "1a:b", "a b:c", "//h:x/", "//[::1/x", "//a b/", "a\tb"] {
            assert!(matches!(fault(path), Some(PathFault::Invalid(_))), "{path}");
        }
    }
}
