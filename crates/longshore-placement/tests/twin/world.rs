//! One world: a search and the twin's ledger, and everything that happens to both between evaluations.

use std::sync::Arc;

use longshore_model::{AllocatedResources, Allocation, Eligibility, Job, Node};
use longshore_placement::{Occupants, Search, Slot};

use crate::dice::Dice;
use crate::ledger::{Ledger, Status};
use crate::nodes::{Style, node};
use crate::{jobs, policies};

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) dice: Dice,
    pub(crate) policy: &'static str,
    pub(crate) search: Search,
    pub(crate) nodes: Vec<Option<Arc<Node>>>,
    pub(crate) ledger: Ledger,
    pub(crate) jobs: Vec<(usize, Arc<Job>)>,
    /// Decisions made, and how many of them found a node.
    pub(crate) decisions: usize,
    pub(crate) found: usize,
    pub(crate) nonce: u64,
    style: Style,
    next_job: usize,
}

impl World {
    pub(crate) fn new(seed: u64) -> World {
        let mut dice = Dice(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let policy = policies::NAMES[(seed % policies::NAMES.len() as u64) as usize];
        let style = Style::new(&mut dice);
        let mut world = World {
            seed,
            policy,
            search: Search::new(policies::policy(policy)),
            nodes: Vec::new(),
            ledger: Ledger::default(),
            jobs: Vec::new(),
            decisions: 0,
            found: 0,
            nonce: 0,
            style,
            next_job: 0,
            dice,
        };
        // Mostly few nodes, that rules may meet; here and there enough for tournaments of four floors.
        let nodes = match world.dice.roll(40) {
            0 => 600,
            1..4 => 120,
            4..8 => 3,
            _ => 10 + world.dice.roll(30),
        };
        (0..nodes).for_each(|_| world.add_node());
        (0..4).for_each(|_| world.add_job());
        world
    }

    /// One change of the fleet or of who is there.
    pub(crate) fn change(&mut self) {
        match self.dice.roll(24) {
            0 if self.nodes.len() < 700 => self.add_node(),
            1 if self.dice.once_in(3) => self.remove_node(),
            2 | 3 => self.change_node(),
            4 | 5 => self.change_job(),
            6 => self.regard(),
            _ => self.empty(),
        }
    }

    fn add_node(&mut self) {
        let at = self.nodes.len();
        let node = Arc::new(node(&mut self.dice, at, &self.style));
        self.search.fleet_mut().put_node(Slot(at as u32), node.clone()).expect("sane capacities");
        self.nodes.push(Some(node));
    }

    /// A node goes for good: what was there has ended.
    fn remove_node(&mut self) {
        let at = self.any_slot();
        self.search.fleet_mut().remove_node(Slot(at as u32));
        self.nodes[at] = None;
        self.ledger.allocs.iter_mut().filter(|held| held.slot == at).for_each(|held| held.status = Status::Ended);
    }

    /// A node's record changes a little or altogether; what runs there stays.
    fn change_node(&mut self) {
        let at = self.any_slot();
        let Some(old) = self.nodes[at].clone() else { return };
        let mut new = (*old).clone();
        match self.dice.roll(4) {
            0 => {
                let closed = new.scheduling_eligibility == Eligibility::Ineligible;
                new.scheduling_eligibility = if closed { Eligibility::Eligible } else { Eligibility::Ineligible };
            }
            1 => new = new.meta("rack", &format!("r{}", self.dice.roll(4))),
            2 => new.node_max_allocs = self.dice.between(0, 4),
            _ => new = node(&mut self.dice, at, &self.style),
        }
        let new = Arc::new(new);
        self.search.fleet_mut().put_node(Slot(at as u32), new.clone()).expect("sane capacities");
        self.nodes[at] = Some(new);
        self.recount(at);
    }

    fn add_job(&mut self) {
        self.jobs.push((self.next_job, Arc::new(jobs::job(&mut self.dice, self.next_job))));
        self.next_job += 1;
    }

    /// A job is new, or has a twin under another name, or a new count: then its ask may be an old one.
    fn change_job(&mut self) {
        let at = self.dice.roll(self.jobs.len() as u64) as usize;
        match self.dice.roll(3) {
            0 if self.jobs.len() < 12 => self.add_job(),
            1 => {
                let mut job = (*self.jobs[at].1).clone();
                job.id = format!("job-{}", self.next_job).into();
                self.jobs.push((self.next_job, Arc::new(job)));
                self.next_job += 1;
                self.forget_job(at);
            }
            _ => {
                self.forget_job(at);
                self.add_job();
            }
        }
    }

    fn forget_job(&mut self, at: usize) {
        self.jobs.remove(at);
    }

    /// An allocation is told to stop, ends, or turns out to be of a job before.
    fn regard(&mut self) {
        let slot = {
            let World { ledger, dice, .. } = self;
            let several = ledger.allocs.len() as u64;
            let Some(held) = ledger.allocs.get_mut(dice.roll(several) as usize) else { return };
            if held.status == Status::Ended {
                return; // for good
            }
            held.status = *dice.pick(&[Status::Told, Status::Older, Status::Ended]);
            held.slot
        };
        self.recount(slot);
    }

    /// Allocations go, and are forgotten: the more, the more there are.
    fn empty(&mut self) {
        for _ in 0..=self.dice.roll(4 + self.ledger.allocs.len() as u64 / 3) {
            if self.ledger.allocs.is_empty() {
                return;
            }
            let gone = self.dice.roll(self.ledger.allocs.len() as u64) as usize;
            let gone = self.ledger.allocs.swap_remove(gone);
            let slot = Slot(gone.slot as u32);
            if gone.status != Status::Ended && self.dice.once_in(2) {
                self.search.fleet_mut().remove(slot, gone.resources());
            } else {
                self.recount(gone.slot);
            }
        }
    }

    fn any_slot(&mut self) -> usize {
        self.dice.roll(self.nodes.len() as u64) as usize
    }

    /// Has the fleet count a node anew, as its owner would.
    pub(crate) fn recount(&mut self, slot: usize) {
        if self.nodes[slot].is_some() {
            let held: Vec<&AllocatedResources> = self.ledger.on(slot).map(|held| held.resources()).collect();
            self.search.fleet_mut().recount(Slot(slot as u32), held.into_iter()).expect("small amounts add up");
        }
    }
}

/// Who is where, for looks at nodes themselves.
pub(crate) struct There<'a>(pub(crate) &'a Ledger);

impl Occupants for There<'_> {
    fn on(&self, slot: Slot) -> Vec<Arc<Allocation>> {
        self.0.on(slot.0 as usize).map(|held| held.alloc.clone()).collect()
    }
}
