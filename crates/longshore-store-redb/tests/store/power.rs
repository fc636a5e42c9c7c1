//! Power cuts, and bits that flip: whatever happens to the disk, what was acknowledged is there, or its loss is named.

use crate::disk::Disk;
use longshore_store::contract::Life;
use longshore_store::{Checkpoint, Digest, Frame, Index, LoadError, State, Storage};
use longshore_store_redb::{Options, RedbStorage};

/// How often something is tried: a little in every run, more if asked for.
fn times(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn splitmix(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut chance = seed;
    move |bound| {
        chance = chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// What an engine would write, made once: frames, and the states after each.
struct Story {
    frames: Vec<Frame>,
    states: Vec<State>,
}

impl Story {
    fn new() -> Story {
        let mut life = Life::new(41);
        let (mut frames, mut states) = (Vec::new(), vec![State::new()]);
        for round in 0..24 {
            frames.push(life.frame(1 + round % 3));
            states.push(life.state().clone());
        }
        Story { frames, states }
    }

    fn digest(&self, index: Index) -> Option<Digest> {
        self.states.iter().find(|state| state.index() == index).map(State::digest)
    }

    /// Writes the story, with a checkpoint every seven frames, a chunk a frame. Answers the last index acknowledged.
    fn tell(&self, storage: &mut RedbStorage) -> Index {
        let (mut acknowledged, mut running): (Index, Option<Checkpoint>) = (0, None);
        for (number, frame) in self.frames.iter().enumerate() {
            if storage.commit(acknowledged, frame).is_err() {
                return acknowledged;
            }
            acknowledged = frame.last_index();
            if number % 7 == 3 {
                let limits = longshore_store::Limits { frame_bytes: 2500, ..storage.limits() };
                running = Some(Checkpoint::new(self.states[number + 1].clone(), limits));
            }
            let Some(mut checkpoint) = running.take() else { continue };
            let written = match checkpoint.next() {
                Some(chunk) => {
                    let put = storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk);
                    running = Some(checkpoint);
                    put
                }
                None => storage.seal(checkpoint.at(), checkpoint.chunks(), checkpoint.digest()),
            };
            if written.is_err() {
                return acknowledged;
            }
        }
        acknowledged
    }
}

/// Every operation of the story has its turn, and a third of the cuts meet a second one while the store is mended.
/// `LONGSHORE_POWER_CUTS=10000` for more.
#[test]
#[allow(clippy::print_stdout, reason = "what was met, for who asks with --nocapture")]
fn a_power_cut_loses_nothing_acknowledged_and_leaves_nothing_half() {
    let (story, mut chance) = (Story::new(), splitmix(1));
    let whole = Disk::default();
    assert_eq!(story.tell(&mut whole.open(Options::default()).unwrap()), story.states.last().unwrap().index());
    let ops = whole.ops() as u64;
    let cuts = times("LONGSHORE_POWER_CUTS", 250);
    let (mut opened_at, mut twice) = (std::collections::BTreeSet::new(), 0);
    for cut in 0..cuts {
        // In steps of a prime: a few cuts are spread over the story, as many as there are operations meet each of them.
        let (disk, at) = (Disk::default(), (cut * 7919 % ops) as usize);
        disk.cut_at(at);
        let acknowledged = disk.open(Options::default()).map_or(0, |mut storage| story.tell(&mut storage));
        let mut survivor = disk.after_the_cut(&mut chance);
        if cut % 3 == 0 {
            survivor.cut_at(chance(12) as usize);
            twice += u32::from(open_and_load(&survivor).is_err());
            survivor = survivor.after_the_cut(&mut chance);
        }
        let when = format!("cut {cut} at operation {at} of {ops}, index {acknowledged} acknowledged");
        let (mut storage, state) = match open_and_load(&survivor) {
            Ok(opened) => opened,
            // Before the first commit there may be no database yet; then nothing is lost.
            Err(_) if acknowledged == 0 => continue,
            Err(why) => panic!("{when}: {why}"),
        };
        let next = story.frames.iter().find(|frame| frame.first_index() == acknowledged + 1);
        let possible = [acknowledged, next.map_or(acknowledged, Frame::last_index)];
        assert!(possible.contains(&state.index()), "{when}: opened at index {}", state.index());
        assert_eq!(Some(state.digest()), story.digest(state.index()), "{when}");
        state.check_invariants().unwrap_or_else(|broken| panic!("{when}: {broken}"));
        if let Some(next) = story.frames.iter().find(|frame| frame.first_index() == state.index() + 1) {
            storage.commit(state.index(), next).unwrap_or_else(|error| panic!("{when}, and goes on: {error}"));
        }
        opened_at.insert(state.index());
    }
    println!("{cuts} power cuts over {ops} operations, {twice} met a second one, nothing lost");
    assert!(opened_at.len() > 10, "cuts everywhere: {opened_at:?}");
    assert!(twice > 0, "no second cut met anything");
}

fn open_and_load(disk: &Disk) -> Result<(RedbStorage, State), String> {
    let mut storage = disk.open(Options::default()).map_err(|error| error.to_string())?;
    let state = State::load(&mut storage).map_err(|error| error.to_string())?;
    Ok((storage, state))
}

/// Damage to what the very last transaction wrote cannot be told from a commit that a power cut tore, which was never
/// acknowledged: redb then opens the one before. Anything else is found. `LONGSHORE_FLIPS=100000` for more.
#[test]
fn a_flipped_bit_anywhere_in_the_file_is_found_or_undoes_the_last_commit_at_most() {
    let (story, mut chance) = (Story::new(), splitmix(2));
    let disk = Disk::default();
    let mut storage = disk.open(Options::default()).unwrap();
    story.tell(&mut storage);
    drop(storage);
    let whole = disk.bytes();
    let latest = [story.states.len() - 1, story.states.len() - 2].map(|at| story.states[at].digest());
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let (mut found, mut opened) = (0, [0, 0]);
    for _ in 0..times("LONGSHORE_FLIPS", 250) {
        let at = used[chance(used.len() as u64) as usize];
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << chance(8);
        let Ok(mut storage) = Disk::of(damaged).open(Options::default()) else {
            found += 1;
            continue;
        };
        match State::load(&mut storage) {
            Ok(state) => {
                let which = latest.iter().position(|digest| *digest == state.digest());
                let which = which.unwrap_or_else(|| panic!("byte {at} is flipped, and index {} found", state.index()));
                opened[which] += 1;
            }
            Err(LoadError::Damaged(_) | LoadError::Storage(_)) => found += 1,
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
    assert!(found > 0 && opened[0] > 0, "{found} found, {opened:?} opened at the last commit and the one before");
}
