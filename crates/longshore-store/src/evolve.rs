//! Tests: bytes of older and newer versions, and bytes that nobody wrote.

use std::path::PathBuf;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::batch::Index;
use crate::checkpoint::Checkpoint;
use crate::contract::{Life, difference};
use crate::digest::Digest;
use crate::envelope::{self, Magic};
use crate::frame::{Frame, Writer};
use crate::state::State;
use crate::storage::{ChangesError, CommitError, DamageKind, Limits, LoadError, Loader, Place, Storage, StorageError};

/// Any MessagePack, so that tests can change it.
#[derive(Clone, Debug, PartialEq)]
enum Pack {
    Nothing,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Pack>),
    Map(Members),
}

/// A map's members, in order.
type Members = Vec<(String, Pack)>;

impl<'de> Deserialize<'de> for Pack {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Pack, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Pack;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("anything")
            }
            fn visit_unit<E>(self) -> Result<Pack, E> {
                Ok(Pack::Nothing)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Pack, E> {
                Ok(Pack::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Pack, E> {
                Ok(Pack::Unsigned(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Pack, E> {
                Ok(Pack::Signed(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Pack, E> {
                Ok(Pack::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Pack, E> {
                Ok(Pack::Text(value.into()))
            }
            fn visit_bytes<E>(self, value: &[u8]) -> Result<Pack, E> {
                Ok(Pack::Bytes(value.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pack, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Pack::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pack, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Pack::Map(members))
            }
        }
        from.deserialize_any(Any)
    }
}

impl Serialize for Pack {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Pack::Nothing => to.serialize_unit(),
            Pack::Bool(value) => to.serialize_bool(*value),
            Pack::Unsigned(value) => to.serialize_u64(*value),
            Pack::Signed(value) => to.serialize_i64(*value),
            Pack::Float(value) => to.serialize_f64(*value),
            Pack::Text(value) => to.serialize_str(value),
            Pack::Bytes(value) => to.serialize_bytes(value),
            Pack::List(items) => to.collect_seq(items),
            Pack::Map(members) => to.collect_map(members.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl Pack {
    /// Changes every object, those packed in bytes too, outermost last. Maps of free keys are left alone.
    fn each_object(&mut self, change: &mut dyn FnMut(&mut Members)) {
        match self {
            Pack::List(items) => items.iter_mut().for_each(|item| item.each_object(change)),
            Pack::Map(members) => {
                let free = ["Attributes", "Meta", "Links", "Drivers", "HostVolumes", "HostNetworks"];
                let objects = members.iter_mut().filter(|(name, _)| !free.contains(&name.as_str()));
                objects.for_each(|(_, value)| value.each_object(change));
                change(members);
            }
            // Rows of a chunk are packed one by one; identifiers are bytes as well, but no maps.
            Pack::Bytes(bytes) => {
                if let Ok(mut row @ Pack::Map(_)) = envelope::read::<Pack>(bytes)
                    && envelope::packed(&row) == *bytes
                {
                    row.each_object(change);
                    *bytes = envelope::packed(&row);
                }
            }
            _ => {}
        }
    }
}

const FRAME: Magic = Magic(*b"LSF\n");
const CHUNK: Magic = Magic(*b"LSC\n");

/// The same envelope around a changed body.
fn changed(magic: Magic, bytes: &[u8], change: impl FnOnce(&mut Pack)) -> Vec<u8> {
    let (index, body, _) = envelope::open(magic, bytes).unwrap();
    let mut body: Pack = envelope::read(body).unwrap();
    change(&mut body);
    envelope::seal(magic, index, &body)
}

/// What a log holds: chunks of a checkpoint and frames, as bytes.
#[derive(Clone, Debug, Default)]
struct Log {
    chunks: Vec<Vec<u8>>,
    frames: Vec<Vec<u8>>,
}

impl Log {
    /// A life in frames, with a checkpoint in several chunks some way before its end.
    fn of(life: &mut Life, before: usize, after: usize) -> Log {
        (0..before).for_each(|_| drop(life.frame(1)));
        let limits = Limits { frame_bytes: 3000, ..Limits::NONE };
        let chunks = Checkpoint::new(life.state().clone(), limits).collect();
        let frames = (0..after).map(|_| life.frame(2).bytes().to_vec()).collect();
        Log { chunks, frames }
    }

    fn change(&self, mut change: impl FnMut(&mut Pack)) -> Log {
        Log {
            chunks: self.chunks.iter().map(|bytes| changed(CHUNK, bytes, &mut change)).collect(),
            frames: self.frames.iter().map(|bytes| changed(FRAME, bytes, &mut change)).collect(),
        }
    }
}

impl Storage for Log {
    fn limits(&self) -> Limits {
        Limits::NONE
    }
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        for chunk in &self.chunks {
            into.chunk(chunk)?;
        }
        let mut last = None;
        for bytes in &self.frames {
            let decoded = Frame::decode(bytes).map_err(|why| crate::Damaged::new(0, why))?;
            last = Some(decoded.0.last_index());
            into.frame(decoded.0)?;
        }
        Ok(last.unwrap_or(0))
    }
    fn commit(&mut self, _: Index, _: &Frame) -> Result<(), CommitError> {
        Err(CommitError::Failed("it is read only".into()))
    }
    fn changes_since(&mut self, _: Index, _: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        Ok(0)
    }
    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Ok(())
    }
    fn seal(&mut self, _: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        Ok(())
    }
}

#[test]
fn members_of_a_later_version_are_skipped() {
    let mut life = Life::new(61).by(Writer(4));
    let mut later = Log::of(&mut life, 60, 12).change(|body| {
        body.each_object(&mut |members| {
            let nested = Pack::Map(vec![("More".into(), Pack::List(vec![Pack::Unsigned(7), Pack::Nothing]))]);
            members.insert(0, ("Later".into(), nested));
            members.push(("Later still".into(), Pack::Bytes(vec![1, 2, 3])));
        });
    });
    assert!(later.frames[0].windows(5).filter(|name| name == b"Later").count() > 4);
    let state = State::load(&mut later).unwrap();
    assert_eq!(difference(&state, life.state()), None);
}

#[test]
fn members_that_an_earlier_version_did_not_have_are_as_unset() {
    let mut life = Life::new(62).by(Writer(4));
    let log = Log::of(&mut life, 60, 0);
    let mut earlier = log.change(|body| {
        let missing = ["Writers", "NoEval"];
        body.each_object(&mut |members| members.retain(|(name, _)| !missing.contains(&name.as_str())));
    });
    earlier.frames.push(Life::frame(&mut life.clone().by(Writer(0)), 1).bytes().to_vec());
    let state = State::load(&mut earlier).unwrap();
    assert_eq!((state.last_by(Writer(4)), life.state().last_by(Writer(4))), (None, Some(60)));

    let frame = Life::new(63).by(Writer(9)).frame(2);
    let earlier = changed(FRAME, frame.bytes(), |body| {
        let missing = ["Writer", "Time", "Kind"];
        body.each_object(&mut |members| members.retain(|(name, _)| !missing.contains(&name.as_str())));
    });
    let (read, _) = Frame::decode(&earlier).unwrap();
    assert_eq!((read.writer(), read.batches()[1].time.0, read.last_index()), (Writer(0), 0, 2));
    assert_eq!(read.batches()[0].changes, frame.batches()[0].changes);
}

/// Before placements were columns they were a map an allocation.
#[test]
fn placements_in_maps_are_read() {
    let mut life = Life::new(64);
    let mut read = 0;
    for _ in 0..60 {
        let frame = life.frame(1);
        let earlier = changed(FRAME, frame.bytes(), |body| {
            body.each_object(&mut |members| {
                for (name, value) in members.iter_mut().filter(|(name, _)| name == "PlaceColumns") {
                    let columns: crate::columns::PlacedColumns = envelope::read(&envelope::packed(value)).unwrap();
                    *value = envelope::read(&envelope::packed(&columns.placed().unwrap())).unwrap();
                    *name = "Place".into();
                    read += 1;
                }
            });
        });
        assert_eq!(Frame::decode(&earlier).unwrap().0, frame);
    }
    assert!(read > 5, "{read}");
}

#[test]
fn a_change_of_a_later_kind_is_refused_and_named() {
    let frame = Life::new(65).frame(1);
    let later = changed(FRAME, frame.bytes(), |body| {
        body.each_object(&mut |members| {
            members.iter_mut().filter(|(name, _)| name == "PutNode").for_each(|(name, _)| *name = "PutMoon".into());
        });
    });
    let why = Frame::decode(&later).unwrap_err().to_string();
    assert!(why.contains("batch 1, change 0: it is of a kind unknown to this version"), "{why}");
}

/// Bytes that a fuzzer would need a checksum for: each byte of the bodies changed, in turn, and sealed again. They are
/// read or refused; what is read is whole.
#[test]
fn sealed_bytes_that_nobody_wrote_are_read_whole_or_refused() {
    let mut life = Life::new(66);
    let log = Log::of(&mut life, 45, 6);
    let (mut refused, mut read) = (0, 0);
    let parts = log.chunks.len() + log.frames.len();
    for part in 0..parts {
        let chunk = part < log.chunks.len();
        let magic = if chunk { CHUNK } else { FRAME };
        let whole = if chunk { &log.chunks[part] } else { &log.frames[part - log.chunks.len()] };
        let (index, body, _) = envelope::open(magic, whole).unwrap();
        for at in (part % 3..body.len()).step_by(3) {
            let mut bytes = body.to_vec();
            bytes[at] = bytes[at].wrapping_add(1 + (at % 7) as u8);
            let mut damaged = log.clone();
            let place = if chunk { &mut damaged.chunks[part] } else { &mut damaged.frames[part - log.chunks.len()] };
            *place = resealed(magic, index, &bytes);
            match State::load(&mut damaged) {
                Ok(state) => {
                    state.check_invariants().unwrap_or_else(|broken| panic!("part {part}, byte {at}: {broken}"));
                    read += 1;
                }
                Err(LoadError::Damaged(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(refused > read, "{refused} refused, {read} read");
}

/// An envelope around a body that is no value.
fn resealed(magic: Magic, index: Index, body: &[u8]) -> Vec<u8> {
    let empty = envelope::seal(magic, index, &Pack::Nothing);
    envelope::seal_bytes(magic, index, [&empty[..empty.len() - 1], body].concat())
}

#[test]
fn damage_is_named_by_chunk_table_and_row() {
    let mut life = Life::new(67);
    let log = Log::of(&mut life, 60, 0);
    let twice = Log { chunks: [&log.chunks[..2], &log.chunks[1..]].concat(), ..log.clone() };
    let missing = Log { chunks: [&log.chunks[..1], &log.chunks[2..]].concat(), ..log.clone() };
    let cut = Log { chunks: log.chunks[..2].to_vec(), ..log.clone() };
    for (mut log, number) in [(twice, 2), (missing, 1), (cut, 2)] {
        match State::load(&mut log) {
            Err(LoadError::Damaged(damaged)) => {
                assert_eq!(damaged.place, Place::Chunk(number), "{damaged}");
                assert!(matches!(damaged.why, DamageKind::Chunks(_)), "{damaged}");
            }
            other => panic!("{other:?}"),
        }
    }
    let mut dangling = log.change(|body| {
        body.each_object(&mut |members| {
            members.iter_mut().filter(|(name, _)| name == "Node").for_each(|(_, numbers)| {
                if let Pack::List(numbers) = numbers {
                    numbers[0] = Pack::Unsigned(5000);
                }
            });
        });
    });
    let why = State::load(&mut dangling).unwrap_err().to_string();
    assert!(why.contains("of the checkpoint") && why.contains("table allocs, row"), "{why}");
    assert!(why.contains("it is on a node that is not there"), "{why}");
}

/// A log and a checkpoint as the first version wrote them, and the state that they held. `LONGSHORE_BLESS=1` writes them
/// anew, and says what they hold by failing: only for a format that no release has written.
#[test]
fn files_of_the_first_version_are_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    if std::env::var_os("LONGSHORE_BLESS").is_some() {
        let log = Log::of(&mut Life::new(68).by(Writer(4)), 30, 6);
        std::fs::write(folder.join("format-1.chunks"), log.chunks.concat()).unwrap();
        std::fs::write(folder.join("format-1.frames"), log.frames.concat()).unwrap();
    }
    let read = |name: &str, magic| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let (mut parts, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let (_, _, length) = envelope::open(magic, &bytes[at..]).unwrap();
            parts.push(bytes[at..at + length].to_vec());
            at += length;
        }
        parts
    };
    let mut stored = Log { chunks: read("format-1.chunks", CHUNK), frames: read("format-1.frames", FRAME) };
    let state = State::load(&mut stored).unwrap();
    state.check_invariants().unwrap();
    assert_eq!((state.index(), state.alloc_count(), state.last_by(Writer(4))), (42, 52, Some(42)));
    assert_eq!(state.digest().to_string(), "469dbdd052bdd21a28637473d11999d3");
}
