//! Every structure against its twin, with clones taken between operations that must never change.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::arena::Arena;
use super::btree::OrdMap;
use super::dense::SlotSets;
use super::ids::IdMap;

#[derive(Clone, Debug)]
enum Op {
    Put(u16, u32),
    Change(u16, u32),
    Remove(u16),
    Fork,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        6 => (0..2_000u16, any::<u32>()).prop_map(|(k, v)| Op::Put(k, v)),
        2 => (0..2_000u16, any::<u32>()).prop_map(|(k, v)| Op::Change(k, v)),
        3 => (0..2_000u16).prop_map(Op::Remove),
        1 => Just(Op::Fork),
    ];
    proptest::collection::vec(op, 0..1_500)
}

/// Spread UUIDs, UUIDs that agree in all but their last digits, and other texts.
fn id(key: u16) -> String {
    match key % 4 {
        0 | 1 => {
            let bits = u128::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            longshore_model::id::Id::from_bytes(bits.to_be_bytes()).to_string()
        }
        2 => format!("00000000-0000-0000-0000-{key:012x}"),
        _ => format!("node-{key}"),
    }
}

fn map_equals(map: &OrdMap<u16, u32>, twin: &BTreeMap<u16, u32>) -> bool {
    map.len() == twin.len()
        && map.iter().eq(twin)
        && (0..2_000)
            .step_by(97)
            .all(|key| map.get(&key) == twin.get(&key) && map.range_from(&key).eq(twin.range(key..)))
}

fn arena_equals(arena: &Arena<u32>, twin: &[Option<u32>]) -> bool {
    arena.slots() as usize == twin.len()
        && arena.live() == twin.iter().flatten().count()
        && (0..twin.len() + 70).all(|slot| arena.get(slot as u32) == twin.get(slot).and_then(Option::as_ref))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ordered_map_equals_its_twin(ops in ops()) {
        let (mut map, mut twin) = (OrdMap::default(), BTreeMap::new());
        let mut forks = Vec::new();
        for op in ops {
            match op {
                Op::Put(key, value) => prop_assert_eq!(map.insert(key, value), twin.insert(key, value)),
                Op::Change(key, value) => {
                    prop_assert_eq!(map.get_mut(&key).map(|v| std::mem::replace(v, value)),
                                    twin.get_mut(&key).map(|v| std::mem::replace(v, value)));
                }
                Op::Remove(key) => prop_assert_eq!(map.remove(&key), twin.remove(&key)),
                Op::Fork => forks.push((map.clone(), twin.clone())),
            }
        }
        forks.push((map, twin));
        for (map, twin) in &forks {
            prop_assert!(map_equals(map, twin));
        }
    }

    #[test]
    fn id_map_equals_its_twin(ops in ops()) {
        let (mut map, mut twin) = (IdMap::default(), BTreeMap::<String, u32>::new());
        let mut forks = Vec::new();
        for op in ops {
            match op {
                Op::Put(key, slot) | Op::Change(key, slot) => {
                    prop_assert_eq!(map.insert(id(key).as_str().into(), slot), twin.insert(id(key), slot));
                }
                Op::Remove(key) => prop_assert_eq!(map.remove(&id(key).as_str().into()), twin.remove(&id(key))),
                Op::Fork => forks.push((map.clone(), twin.clone())),
            }
        }
        forks.push((map, twin));
        for (map, twin) in &forks {
            prop_assert_eq!(map.len(), twin.len());
            for prefix in ["", "0", "00", "00000000-0000", "3", "3f8", "5a5", "9", "node-1", "n", "z", "\u{e9}"] {
                let expected = twin.iter().filter(|(text, _)| text.starts_with(prefix)).map(|(_, slot)| *slot);
                prop_assert!(map.with_prefix(prefix).eq(expected), "prefix {:?}", prefix);
            }
            for key in (0..2_000).step_by(97) {
                prop_assert_eq!(map.get(&id(key).as_str().into()), twin.get(&id(key)).copied());
            }
        }
    }

    #[test]
    fn arena_equals_its_twin(ops in ops()) {
        let (mut arena, mut twin) = (Arena::default(), Vec::<Option<u32>>::new());
        let mut forks = Vec::new();
        for op in ops {
            match op {
                Op::Put(key, value) if key % 5 == 0 => {
                    let rows = (0..u32::from(key % 90)).map(|more| value.wrapping_add(more));
                    let first = twin.len();
                    twin.extend(rows.clone().map(Some));
                    prop_assert_eq!(arena.extend(rows), first as u32..twin.len() as u32);
                }
                Op::Put(_, value) => {
                    prop_assert_eq!(arena.push(value) as usize, twin.len());
                    twin.push(Some(value));
                }
                Op::Change(slot, value) => {
                    let expected = twin.get_mut(slot as usize).and_then(Option::as_mut);
                    prop_assert_eq!(arena.get_mut(slot.into()).map(|v| std::mem::replace(v, value)),
                                    expected.map(|v| std::mem::replace(v, value)));
                }
                Op::Remove(slot) => {
                    prop_assert_eq!(arena.remove(slot.into()), twin.get_mut(slot as usize).and_then(Option::take));
                }
                Op::Fork => forks.push((arena.clone(), twin.clone())),
            }
        }
        forks.push((arena, twin));
        for (arena, twin) in &forks {
            prop_assert!(arena_equals(arena, twin));
        }
    }

    #[test]
    fn slot_sets_equal_their_twin(ops in ops()) {
        let (mut sets, mut twin) = (SlotSets::default(), BTreeSet::new());
        let mut forks = Vec::new();
        for op in ops {
            match op {
                Op::Put(owner, slot) if owner % 5 == 0 => {
                    let slots = slot % 500..slot % 500 + slot % 200;
                    sets.insert_range(u32::from(owner % 7), slots.clone());
                    twin.extend(slots.map(|slot| (u32::from(owner % 7), slot)));
                }
                Op::Put(owner, slot) | Op::Change(owner, slot) => {
                    sets.insert(u32::from(owner % 7), slot % 500);
                    twin.insert((u32::from(owner % 7), slot % 500));
                }
                Op::Remove(pair) => {
                    sets.remove(u32::from(pair % 7), u32::from(pair % 500));
                    twin.remove(&(u32::from(pair % 7), u32::from(pair % 500)));
                }
                Op::Fork => forks.push((sets.clone(), twin.clone())),
            }
        }
        forks.push((sets, twin));
        for (sets, twin) in &forks {
            prop_assert_eq!(sets.count(), twin.len());
            for owner in 0..8 {
                prop_assert!((0..700).all(|slot| sets.contains(owner, slot) == twin.contains(&(owner, slot))));
                prop_assert!(sets.of(owner).eq(twin.range((owner, 0)..(owner + 1, 0)).map(|(_, slot)| *slot)));
            }
        }
    }
}

#[test]
fn rising_keys_fill_nodes_and_stay_found() {
    let mut map = OrdMap::default();
    for key in 0..100_000u32 {
        map.insert(key, key);
    }
    assert!(map.iter().map(|(key, _)| *key).eq(0..100_000));
    for key in (0..100_000).rev() {
        assert_eq!(map.remove(&key), Some(key));
    }
    assert_eq!((map.len(), map.iter().count()), (0, 0));
}
