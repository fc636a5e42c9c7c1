//! Hashes and identifiers.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::BCRYPT;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::{Builder, Uuid};

use super::{Accepts, Answer, Function, Host, function, parameter, refuse, string, text, variadic};
use crate::text::quoted;
use crate::value::Value;

pub(super) const TABLE: &[Function] = &[
    function("md5", &[text("str")], |_, values| digest::<Md5>(values)),
    function("sha1", &[text("str")], |_, values| digest::<Sha1>(values)),
    function("sha256", &[text("str")], |_, values| digest::<Sha256>(values)),
    function("sha512", &[text("str")], |_, values| digest::<Sha512>(values)),
    variadic("bcrypt", &[text("str")], parameter("cost", Accepts::Number), bcrypt),
    // A function of the seed and of the place in the evaluation, not of chance: equal parses give equal jobs.
    function("uuidv4", &[], |host, _| {
        Ok(Value::text(Builder::from_random_bytes(host.evaluator.draw()).into_uuid().to_string()))
    }),
    function("uuidv5", &[text("namespace"), text("name")], uuidv5),
];

fn digest<D: Digest>(values: &[Value]) -> Answer {
    let mut text = String::new();
    for byte in D::digest(string(values, 0).as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Value::text(text))
}

/// The identifier of a name: a hash of both.
fn uuidv5(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let namespace = match string(values, 0) {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => match Uuid::parse_str(other) {
            Ok(uuid) => uuid,
            Err(_) => return refuse(format!("{} is neither a UUID nor one of dns, url, oid and x500", quoted(other))),
        },
    };
    let hash = Sha1::new().chain_update(namespace.as_bytes()).chain_update(string(values, 1)).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, from)| *byte = from);
    Ok(Value::text(Builder::from_sha1_bytes(bytes).into_uuid().to_string()))
}

/// The cost of a hash for which nobody asked for one that is possible.
const DEFAULT_COST: i64 = 10;

/// A salted hash of a password; each step of the cost doubles its time. Costs that are too low mean the default.
fn bcrypt(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let cost = match values.len() {
        1 => DEFAULT_COST,
        2 => match super::whole(values, 1)? {
            ..4 => DEFAULT_COST,
            cost => cost,
        },
        _ => return refuse("one cost at most may be given"),
    };
    let most = host.evaluator.limits.bcrypt_cost.min(31);
    let Some(cost) = u32::try_from(cost).ok().filter(|cost| *cost <= most) else {
        return refuse(format!("the cost is a whole number up to {most}"));
    };
    let password = string(values, 0).as_bytes();
    if password.len() > 72 {
        return refuse("a password has at most 72 bytes");
    }
    host.room((16 * 64) << cost)?;
    let mut ended = password.to_vec();
    ended.push(0);
    ended.truncate(72);
    let salt = host.evaluator.draw();
    let hash = ::bcrypt::bcrypt(cost, salt, &ended);
    let encoding = GeneralPurpose::new(&BCRYPT, NO_PAD);
    let (salt, hash) = (encoding.encode(salt), encoding.encode(hash.get(..23).unwrap_or_default()));
    Ok(Value::text(format!("$2a${cost:02}${salt}{hash}")))
}
