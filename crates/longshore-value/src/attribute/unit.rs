//! Units of amounts (FEAS-142).

/// A unit, such as `GiB`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unit {
    name: &'static str,
    base: Base,
    multiplier: u64,
    divisor: u64,
}

/// What a unit measures; units of different bases do not compare.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Base {
    /// Bytes.
    Byte,
    /// Bytes a second.
    ByteRate,
    /// Hertz.
    Hertz,
    /// Watt.
    Watt,
}

impl Base {
    /// The base's name: `byte`, `byte rate`, `hertz` or `watt`.
    pub const fn name(self) -> &'static str {
        match self {
            Base::Byte => "byte",
            Base::ByteRate => "byte rate",
            Base::Hertz => "hertz",
            Base::Watt => "watt",
        }
    }
}

const fn unit(name: &'static str, base: Base, multiplier: u64) -> Unit {
    Unit { name, base, multiplier, divisor: 1 }
}

/// All units. None is a suffix of another but `W`, of the other watts, so longer ones come first there.
static UNITS: &[Unit] = &[
    unit("KiB", Base::Byte, 1 << 10),
    unit("MiB", Base::Byte, 1 << 20),
    unit("GiB", Base::Byte, 1 << 30),
    unit("TiB", Base::Byte, 1 << 40),
    unit("PiB", Base::Byte, 1 << 50),
    unit("EiB", Base::Byte, 1 << 60),
    unit("kB", Base::Byte, 1_000),
    unit("KB", Base::Byte, 1_000),
    unit("MB", Base::Byte, 1_000_000),
    unit("GB", Base::Byte, 1_000_000_000),
    unit("TB", Base::Byte, 1_000_000_000_000),
    unit("PB", Base::Byte, 1_000_000_000_000_000),
    unit("EB", Base::Byte, 1_000_000_000_000_000_000),
    unit("KiB/s", Base::ByteRate, 1 << 10),
    unit("MiB/s", Base::ByteRate, 1 << 20),
    unit("GiB/s", Base::ByteRate, 1 << 30),
    unit("TiB/s", Base::ByteRate, 1 << 40),
    unit("PiB/s", Base::ByteRate, 1 << 50),
    unit("EiB/s", Base::ByteRate, 1 << 60),
    unit("kB/s", Base::ByteRate, 1_000),
    unit("KB/s", Base::ByteRate, 1_000),
    unit("MB/s", Base::ByteRate, 1_000_000),
    unit("GB/s", Base::ByteRate, 1_000_000_000),
    unit("TB/s", Base::ByteRate, 1_000_000_000_000),
    unit("PB/s", Base::ByteRate, 1_000_000_000_000_000),
    unit("EB/s", Base::ByteRate, 1_000_000_000_000_000_000),
    unit("MHz", Base::Hertz, 1_000_000),
    unit("GHz", Base::Hertz, 1_000_000_000),
    Unit { name: "mW", base: Base::Watt, multiplier: 1, divisor: 1_000 },
    unit("kW", Base::Watt, 1_000),
    unit("MW", Base::Watt, 1_000_000),
    unit("GW", Base::Watt, 1_000_000_000),
    unit("W", Base::Watt, 1),
];

impl Unit {
    /// The unit of a name, upper and lower case distinct.
    ///
    /// ```
    /// use longshore_value::Unit;
    /// assert_eq!(Unit::named("MiB").map(Unit::multiplier), Some(1048576));
    /// assert_eq!(Unit::named("Mib"), None);
    /// ```
    pub fn named(name: &str) -> Option<Unit> {
        UNITS.iter().find(|unit| unit.name == name).copied()
    }

    /// The longest unit that a text ends with.
    pub(super) fn at_end_of(text: &str) -> Option<Unit> {
        UNITS.iter().find(|unit| text.ends_with(unit.name)).copied()
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What it measures.
    pub const fn base(self) -> Base {
        self.base
    }

    /// How many of the base one is, its divisor aside.
    pub const fn multiplier(self) -> u64 {
        self.multiplier
    }

    /// By what to divide: 1000 for `mW`, else 1.
    pub const fn divisor(self) -> u64 {
        self.divisor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feas_142_the_longest_unit_at_the_end_is_found() {
        for unit in UNITS {
            assert_eq!(Unit::at_end_of(&format!("5{}", unit.name)), Some(*unit));
            let longest =
                UNITS.iter().filter(|other| unit.name.ends_with(other.name)).max_by_key(|unit| unit.name.len());
            assert_eq!(longest, Some(unit));
        }
        assert_eq!(Unit::at_end_of("5 THz"), None);
    }
}
