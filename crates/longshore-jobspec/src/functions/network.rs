//! Functions of address ranges: `10.0.0.0/8`, `fd00::/64`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use num_traits::ToPrimitive;

use super::{Answer, Function, Host, Refusal, blame, function, number, numeral, refuse, string, text, variadic, whole};
use crate::text::quoted;
use crate::value::Value;

pub(super) const TABLE: &[Function] = &[
    function("cidrhost", &[text("prefix"), number("hostnum")], host_address),
    function("cidrnetmask", &[text("prefix")], |_, values| {
        let range = Range::parse(string(values, 0))?;
        Ok(Value::text(range.address(range.mask()).to_string()))
    }),
    function("cidrsubnet", &[text("prefix"), number("newbits"), number("netnum")], subnet),
    variadic("cidrsubnets", &[text("prefix")], number("newbits"), subnets),
];

/// A range of addresses, numbered from its first bit.
#[derive(Clone, Copy)]
struct Range {
    start: u128,
    /// How many bits all its addresses share.
    prefix: u32,
    /// How many bits an address has.
    bits: u32,
}

impl Range {
    fn parse(text: &str) -> Result<Range, Refusal> {
        let parsed = text.split_once('/').and_then(|(address, prefix)| {
            let prefix = prefix.bytes().all(|byte| byte.is_ascii_digit()).then(|| prefix.parse::<u32>().ok())??;
            let (start, bits) = match address.parse().ok()? {
                IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
                IpAddr::V6(address) => (u128::from(address), 128),
            };
            (prefix <= bits).then_some(Range { start, prefix, bits })
        });
        match parsed {
            Some(range) => Ok(Range { start: range.start & range.mask(), ..range }),
            None => refuse(format!("{} is no range of addresses such as \"10.0.0.0/8\"", quoted(text))),
        }
    }

    /// The bits that all addresses share, set.
    fn mask(self) -> u128 {
        let all = u128::MAX >> (128 - self.bits);
        all ^ self.hosts()
    }

    /// The bits in which addresses differ, set.
    fn hosts(self) -> u128 {
        match self.bits - self.prefix {
            0 => 0,
            free => u128::MAX >> (128 - free),
        }
    }

    /// An address as it is written: short ones within the long (`::ffff:10.0.0.1`) as what they are.
    fn address(self, value: u128) -> IpAddr {
        match self.bits {
            32 => IpAddr::V4(Ipv4Addr::from(value as u32)),
            _ => IpAddr::V6(Ipv6Addr::from(value)).to_canonical(),
        }
    }

    /// A range in it, with so many shared bits more.
    fn inner(self, prefix: u32, number: u128) -> Range {
        let shift = self.bits - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Range { start: self.start | offset, prefix, bits: self.bits }
    }

    fn text(self) -> String {
        let start = self.address(self.start);
        let hidden = if start.is_ipv4() { self.bits - 32 } else { 0 };
        format!("{start}/{}", self.prefix.saturating_sub(hidden))
    }
}

/// The address with a number; negative numbers count from the end.
fn host_address(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let range = Range::parse(string(values, 0))?;
    let Some(number) = numeral(values, 1).to_bigint() else {
        return refuse("the number of the address must be whole");
    };
    let last = range.hosts();
    let negative = numeral(values, 1).is_negative();
    let magnitude = number.magnitude().to_u128();
    let host = match (negative, magnitude) {
        (false, Some(host)) if host <= last => host,
        (true, Some(back)) if back - 1 <= last => last - (back - 1),
        _ => return refuse(format!("{} has no address {number}", range.text())),
    };
    Ok(Value::text(range.address(range.start | host).to_string()))
}

/// The range in a range, by so many bits more and its number.
fn subnet(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let range = Range::parse(string(values, 0))?;
    let prefix = longer(range, whole(values, 1)?).or_else(refuse)?;
    let number = numeral(values, 2).to_bigint().and_then(|number| number.to_u128());
    match number {
        Some(number) if prefix - range.prefix >= 128 || number >> (prefix - range.prefix) == 0 => {
            Ok(Value::text(range.inner(prefix, number).text()))
        }
        _ => refuse(format!("there is no range {} of {} bits", numeral(values, 2), prefix - range.prefix)),
    }
}

/// The length of a prefix with so many bits more.
fn longer(range: Range, bits: i64) -> Result<u32, String> {
    let longer = u32::try_from(bits).ok().and_then(|bits| range.prefix.checked_add(bits));
    longer
        .filter(|prefix| *prefix <= range.bits)
        .ok_or_else(|| format!("{} cannot be divided by {bits} bits more", range.text()))
}

/// Ranges one after the other, by so many bits more each.
fn subnets(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let range = Range::parse(string(values, 0))?;
    let mut texts = Vec::new();
    // The first address after the last range; `None` once all are taken.
    let mut next = Some(range.start);
    for index in 1..values.len() {
        let bits = whole(values, index)?;
        if bits < 1 {
            return blame(index, "one bit more is needed at least");
        }
        let prefix = longer(range, bits).or_else(|why| blame(index, why))?;
        let probe = Range { start: 0, prefix, bits: range.bits };
        // Each range starts at a multiple of its own size.
        let aligned = next.and_then(|at| at.checked_add(probe.hosts())).map(|at| at & probe.mask());
        let inside = aligned.filter(|start| *start & range.mask() == range.start);
        let Some(start) = inside else {
            return blame(index, format!("{} has no room left for a range of {bits} bits", range.text()));
        };
        texts.push(Range { start, ..probe }.text());
        next = (start | probe.hosts()).checked_add(1);
    }
    Ok(Value::texts(texts))
}
