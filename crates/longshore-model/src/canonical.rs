//! The bytes that digests are taken over, for values that do not feed themselves ([`Wire::feed`](crate::wire::Wire::feed)): a
//! serde serializer that writes tagged values into a buffer.
//!
//! Not a format to be read back, only to differ where contents differ: every value has a tag, everything of varying
//! length its length. Numbers are little-endian and 64 bits wide whatever their type.

use serde::ser::{self, Serialize};

/// Writes canonical bytes.
#[derive(Debug)]
pub(crate) struct Canonical<'a>(pub(crate) &'a mut Vec<u8>);

/// Nothing the model serializes can fail; serde wants a type.
#[derive(Debug)]
pub(crate) struct Never(String);

impl std::fmt::Display for Never {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: std::fmt::Display>(message: T) -> Never {
        Never(message.to_string())
    }
}

impl Canonical<'_> {
    #[inline]
    fn tagged(self, tag: u8, value: u64) -> Result<(), Never> {
        self.0.push(tag);
        self.0.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    #[inline]
    fn bytes(self, tag: u8, bytes: &[u8]) -> Result<(), Never> {
        self.0.push(tag);
        self.0.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

macro_rules! integers {
    ($($method:ident: $ty:ty),*) => {$(
        #[inline]
        fn $method(self, value: $ty) -> Result<(), Never> {
            self.tagged(b'i', i64::from(value) as u64)
        }
    )*};
}

impl<'a> ser::Serializer for Canonical<'a> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
              serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Never> {
        self.tagged(if i64::try_from(value).is_ok() { b'i' } else { b'u' }, value)
    }
    fn serialize_bool(self, value: bool) -> Result<(), Never> {
        self.0.push(if value { b'T' } else { b'F' });
        Ok(())
    }
    fn serialize_f32(self, value: f32) -> Result<(), Never> {
        self.serialize_f64(f64::from(value))
    }
    fn serialize_f64(self, value: f64) -> Result<(), Never> {
        self.tagged(b'f', value.to_bits())
    }
    fn serialize_char(self, value: char) -> Result<(), Never> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Never> {
        self.bytes(b's', value.as_bytes())
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Never> {
        self.bytes(b'b', value)
    }
    fn serialize_none(self) -> Result<(), Never> {
        self.serialize_unit()
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Never> {
        self.0.push(b'0');
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Never> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.0.push(b'v');
        variant.serialize(Canonical(self.0))?;
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Never> {
        Ok(Parts::open(self.0, b'['))
    }
    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>, Never> {
        self.serialize_seq(None)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Never> {
        self.serialize_seq(None)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Never> {
        variant.serialize(Canonical(self.0))?;
        self.serialize_seq(None)
    }
    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Never> {
        Ok(Parts::open(self.0, b'{'))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Never> {
        self.serialize_map(None)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Never> {
        variant.serialize(Canonical(self.0))?;
        self.serialize_map(None)
    }
    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The parts of a list or an object, closed by a tag that begins no value.
#[derive(Debug)]
pub(crate) struct Parts<'a>(&'a mut Vec<u8>);

impl<'a> Parts<'a> {
    fn open(buffer: &'a mut Vec<u8>, tag: u8) -> Parts<'a> {
        buffer.push(tag);
        Parts(buffer)
    }

    #[inline]
    fn part<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Never> {
        value.serialize(Canonical(self.0))
    }

    fn close(self) -> Result<(), Never> {
        self.0.push(b'.');
        Ok(())
    }
}

macro_rules! parts {
    ($($of:ident: $method:ident),*) => {$(
        impl ser::$of for Parts<'_> {
            type Ok = ();
            type Error = Never;
            #[inline]
            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Never> {
                self.part(value)
            }
            fn end(self) -> Result<(), Never> {
                self.close()
            }
        }
    )*};
}

parts!(SerializeSeq: serialize_element, SerializeTuple: serialize_element,
       SerializeTupleStruct: serialize_field, SerializeTupleVariant: serialize_field);

impl ser::SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Never;
    #[inline]
    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Never> {
        self.part(key)
    }
    #[inline]
    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Never> {
        self.part(value)
    }
    fn end(self) -> Result<(), Never> {
        self.close()
    }
}

macro_rules! fields {
    ($($of:ident),*) => {$(
        impl ser::$of for Parts<'_> {
            type Ok = ();
            type Error = Never;
            fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Never> {
                self.part(key)?;
                self.part(value)
            }
            fn end(self) -> Result<(), Never> {
                self.close()
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);
