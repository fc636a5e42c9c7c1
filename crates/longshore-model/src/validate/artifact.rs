//! Files fetched for a task (MODEL-164).

use crate::TaskArtifact;

use super::names::has_variable;
use super::paths::escapes;
use super::scope::{At, rules};

/// Kinds of checksums, and how many hexadecimal digits each has.
const CHECKSUMS: [(&str, usize); 4] = [("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)];

pub(super) fn artifact(at: &mut At<'_>, artifact: &TaskArtifact) {
    let TaskArtifact { getter_source: source, getter_mode: mode, relative_dest: path, .. } = artifact;
    rules! { at;
        "MODEL-164" "source-missing" "GetterSource" if source.is_empty()
            => "is missing; say where the file comes from";
        "MODEL-164" "mode" "GetterMode" if !matches!(mode.as_str(), "" | "any" | "file" | "dir")
            => "{:?} is unknown; use any, file or dir", mode;
        "MODEL-164" "escape" "RelativeDest" if escapes(&["task"], path)
            => "{:?} leads out of the allocation's directory; use a path within it", path;
    }
    if let Some(sum) = artifact.getter_options.get("checksum").filter(|sum| !has_variable(sum)) {
        checksum(at, sum.trim());
    }
}

/// `TYPE:VALUE`.
fn checksum(at: &mut At<'_>, text: &str) {
    let parts = text.split_once(':').filter(|(_, value)| !value.contains(':'));
    let (kind, value) = parts.unwrap_or_default();
    let digits = CHECKSUMS.iter().find(|(name, _)| *name == kind).map(|(_, digits)| *digits);
    let is_hex = value.len() % 2 == 0 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    rules! { at;
        "MODEL-164" "checksum-empty" "GetterOptions" if text.is_empty()
            => "has an empty checksum; write TYPE:VALUE, or leave it out";
        else "MODEL-164" "checksum-form" "GetterOptions" if parts.is_none()
            => "has the checksum {:?}; write TYPE:VALUE, such as sha256:…", text;
        else "MODEL-164" "checksum-hex" "GetterOptions" if !is_hex
            => "has a checksum whose value {:?} is not hexadecimal; use pairs of 0 to 9 and a to f", value;
        else "MODEL-164" "checksum-type" "GetterOptions" if digits.is_none()
            => "has a checksum of type {:?}; use md5, sha1, sha256 or sha512", kind;
        else "MODEL-164" "checksum-length" "GetterOptions" if digits != Some(value.len())
            => "has a {} checksum of {} hexadecimal digits; it should have {}",
               kind, value.len(), digits.unwrap_or_default();
    }
}
