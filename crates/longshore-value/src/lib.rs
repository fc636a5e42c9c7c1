//! Values that jobs and nodes write as text, in the reference's dialects: what they mean, how they compare, how they
//! are printed.
//!
//! | Module | Value | Rules |
//! |---|---|---|
//! | [`number`] | integers, floating-point numbers, truth values | FEAS-60, FEAS-61, FEAS-100 |
//! | [`version`] | versions, and lists of constraints on them in two dialects | FEAS-70 to FEAS-88 |
//! | [`regexp`] | regular expressions | FEAS-63 |
//! | [`attribute`] | typed values with units, such as `11 GiB` | FEAS-141 to FEAS-144 |
//! | [`operand`] | the operands that compare any of these | FEAS-50 to FEAS-62, FEAS-145 |
//! | [`duration`] | spans of time, such as `1h30m` | SPEC-105, MODEL-10 |
//! | [`size`] | amounts of bytes, such as `1.2 MB` | API-316 |
//! | [`ports`] | lists of ports, such as `22,8000-8999` | PLACE-52 |
//!
//! ```
//! use longshore_value::{Constraints, Version};
//! let kernel = Version::loose("5.15.0")?;
//! assert!(Constraints::version("~> 5.4, != 5.16.0")?.allow(&kernel));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything here is a pure function of text. Any text may come: what is not understood is an error with the id of its
//! rule, and costs are nearly in proportion to lengths. What would cost more, a regular expression, has bounds.
//!
//! This crate knows no job, no node, no clock.

pub mod attribute;
pub mod duration;
pub mod number;
pub mod operand;
pub mod ports;
pub mod regexp;
pub mod size;
pub mod version;

pub use attribute::{Attribute, Unit, Value};
pub use operand::Operand;
pub use ports::PortList;
pub use regexp::Regexp;
pub use version::{Constraints, Version};
