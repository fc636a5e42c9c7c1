//! `rsadecrypt`.
//!
//! The key stands in the text that calls it, so there is no secret for timing to betray: plain big integers do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;
use pkcs1::RsaPrivateKey;
use pkcs1::der::{Decode as _, SecretDocument, pem::PemLabel as _};

use super::{Answer, Function, Host, blame, function, refuse, string, text};
use crate::value::Value;

pub(super) const TABLE: &[Function] = &[function("rsadecrypt", &[text("ciphertext"), text("privatekey")], decrypt)];

/// Text that was encrypted for an RSA key with PKCS #1 v1.5 padding, and written in base64.
fn decrypt(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Ok(cipher) = STANDARD.decode(string(values, 0)) else {
        return blame(0, "this is no base64");
    };
    let document = match SecretDocument::from_pem(string(values, 1)) {
        Ok((RsaPrivateKey::PEM_LABEL, document)) => document,
        _ => return blame(1, "this is no RSA private key in PEM (PKCS #1)"),
    };
    let Ok(key) = RsaPrivateKey::from_der(document.as_bytes()) else {
        return blame(1, "this RSA private key is broken");
    };
    let modulus = BigUint::from_bytes_be(key.modulus.as_bytes());
    if modulus.bits() < 512 || modulus.bits() > 16_384 || key.private_exponent.as_bytes().len() > 2_048 {
        return blame(1, "the key must have 512 to 16,384 bits");
    }
    // The time grows with the cube of the key's length: a million steps for 4,096 bits.
    let words = (modulus.bits() / 64) as usize;
    host.room(words * words * words * 64)?;
    let exponent = BigUint::from_bytes_be(key.private_exponent.as_bytes());
    let plain = BigUint::from_bytes_be(&cipher).modpow(&exponent, &modulus).to_bytes_be();
    // 00 02, then padding that is not zero, then zero, then the text; the leading zero is not in the integer.
    let end = plain.iter().position(|byte| *byte == 0).unwrap_or(0);
    let padded = plain.first() == Some(&2) && end >= 9 && plain.len() as u64 + 1 == modulus.bits().div_ceil(8);
    match plain.get(end + 1..).filter(|_| padded).map(|text| String::from_utf8(text.to_vec())) {
        Some(Ok(text)) => Ok(Value::text(text)),
        Some(Err(_)) => refuse("what was encrypted is no UTF-8 text"),
        None => refuse("this was not encrypted for this key"),
    }
}
