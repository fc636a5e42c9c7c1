//! A made-up life of a cluster: frames that follow each other and hold every kind of change.

use std::sync::Arc;

use longshore_model::id::Id;
use longshore_model::{
    AllocId, ClientStatus, DesiredStatus, EvalId, EvalStatus, Evaluation, Job, JobId, JobSummary, Namespace, Node,
    NodeId, Task, TaskGroup, Time,
};

use crate::batch::{Batch, Change, Kind};
use crate::digest::hash_bytes;
use crate::frame::{Frame, Writer};
use crate::rows::{AllocExtra, Cohort, JobBody, JobState, NewAlloc, Placed};
use crate::state::State;

/// Frames from a seed, and the state that they lead to: what a storage is tried with. Equal seeds, equal lives.
///
/// ```
/// use longshore_store::contract::Life;
/// let (mut life, mut twin) = (Life::new(7), Life::new(7));
/// let frame = life.frame(3);
/// assert_eq!((frame.first_index(), frame.last_index()), (1, 3));
/// assert_eq!(twin.frame(3), frame);
/// assert_eq!(life.state().digest(), twin.state().digest());
/// ```
#[derive(Clone, Debug)]
pub struct Life {
    chance: u64,
    writer: Writer,
    state: State,
    nodes: u64,
    evals: u64,
}

impl Life {
    /// A life that has not begun.
    pub fn new(seed: u64) -> Life {
        Life { chance: seed, writer: Writer(0), state: State::new(), nodes: 0, evals: 0 }
    }

    /// The same life, its frames written by someone.
    #[must_use]
    pub fn by(self, writer: Writer) -> Life {
        Life { writer, ..self }
    }

    /// The state that the frames so far lead to.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The next frame, of so many batches. Committed or not, the life goes on from it; clone the life first to go back.
    ///
    /// # Panics
    /// Never: its changes only speak of what is there.
    pub fn frame(&mut self, batches: usize) -> Frame {
        let parent = self.state.digest();
        let batches: Vec<Batch> = (0..batches.max(1)).map(|_| self.batch()).collect();
        let frame = Frame::new(parent, batches).by(self.writer);
        self.state.written_by(frame.writer(), frame.last_index());
        frame
    }

    fn batch(&mut self) -> Batch {
        let index = self.state.index() + 1;
        let mut changes = Vec::new();
        let kind = match self.draw(12) {
            _ if self.nodes < 3 => self.node(index, &mut changes),
            0 => self.node(index, &mut changes),
            1 | 2 => self.job(index, &mut changes),
            3 | 4 => self.evals(index, &mut changes),
            5..=8 => self.place(index, &mut changes),
            _ => self.report(index, &mut changes),
        };
        if changes.is_empty() {
            self.evals(index, &mut changes);
        }
        let batch = Batch { index, time: Time(1_700_000_000_000_000_000 + index as i64 * 977), kind, changes };
        let applied = self.state.apply(&batch);
        assert!(applied.is_ok(), "a life's own batch: {applied:?}");
        batch
    }

    /// A number below `bound` (splitmix64).
    fn draw(&mut self, bound: u64) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// Mostly a UUID; sometimes a text, as hosts like to have.
    fn id(&mut self, index: u64, ordinal: u64) -> Id {
        if self.draw(6) == 0 {
            return Id::from(format!("thing\0{index}/{ordinal}").as_str());
        }
        Id::from_random(hash_bytes(index, &ordinal.to_le_bytes()).0.to_le_bytes())
    }

    fn node(&mut self, index: u64, changes: &mut Vec<Change>) -> Kind {
        let idle = self.state.nodes().find(|node| {
            let slot = self.state.node_slot(&node.id);
            slot.is_some_and(|slot| self.state.allocs_on(slot).next().is_none())
        });
        let idle = idle.map(|node| node.id.clone());
        match (self.draw(8), idle) {
            (0, Some(id)) if self.state.nodes().count() > 4 => {
                changes.push(Change::DeleteNode(id));
                return Kind::NodeDeregistration;
            }
            (1..=3, Some(id)) => {
                let known = self.state.node(&id).map(|node| (**node).clone());
                changes.extend(known.map(|node| Change::PutNode(Arc::new(Node { modify_index: index, ..node }))));
                return Kind::NodeStatus;
            }
            _ => {}
        }
        for ordinal in 0..1 + self.draw(3) {
            self.nodes += 1;
            let id = NodeId(self.id(index, 900 + ordinal));
            let node = Node { id, create_index: index, modify_index: index, ..Node::new("a node").cpu(4000) };
            changes.push(Change::PutNode(Arc::new(node)));
        }
        Kind::NodeRegistration
    }

    fn job_id(&mut self) -> (Namespace, JobId) {
        let namespace = if self.draw(4) == 0 { "other" } else { "default" };
        (namespace.into(), format!("job-{}", self.draw(5)).as_str().into())
    }

    fn job(&mut self, index: u64, changes: &mut Vec<Change>) -> Kind {
        let (namespace, id) = self.job_id();
        let fresh = Job { namespace: namespace.clone(), create_index: index, ..Job::service(id.as_str()) };
        let known = self.state.job(&namespace, &id).map(|job| (job.to_job(), job.versions().count()));
        let again = self.draw(3) == 0;
        let (mut job, held) = known.clone().unwrap_or((fresh, 0));
        match known {
            // Gone and here again: another registration, of which versions count from zero.
            Some(_) if self.draw(9) == 0 => {
                let versions: Vec<u64> = self
                    .state
                    .job(&namespace, &id)
                    .into_iter()
                    .flat_map(|job| job.versions())
                    .map(|v| v.version)
                    .collect();
                let drop = |version| Change::DropJobVersion(namespace.clone(), id.clone(), version);
                changes.extend(versions.into_iter().map(drop));
                return Kind::JobDeregistered;
            }
            Some(_) if !again => job.version += 1,
            _ => {}
        }
        job.modify_index = index;
        job.job_modify_index = index;
        let task = Task::new("task").cpu(100 + self.draw(900) as i64).memory_mb(64);
        job = Job { task_groups: Vec::new().into(), ..job }.with_group(TaskGroup::new("group").count(3).task(task));
        let version = job.version;
        changes.push(Change::PutJob(Arc::new(job)));
        if held > 3 {
            changes.push(Change::DropJobVersion(namespace.clone(), id.clone(), version.saturating_sub(3)));
        }
        let summary =
            JobSummary { job_id: id, namespace, create_index: index, modify_index: index, ..JobSummary::default() };
        changes.push(Change::PutSummary(Arc::new(summary)));
        Kind::JobRegistered
    }

    fn evals(&mut self, index: u64, changes: &mut Vec<Change>) -> Kind {
        let old = self.state.evals().next().cloned();
        for ordinal in 0..1 + self.draw(3) {
            let (namespace, job_id) = self.job_id();
            let id = EvalId(self.id(index, 500 + ordinal));
            self.evals += 1;
            changes.push(Change::PutEval(Arc::new(Evaluation {
                id,
                namespace,
                job_id,
                priority: 50,
                create_index: index,
                modify_index: index,
                ..Evaluation::default()
            })));
        }
        match (self.draw(3), old) {
            (0, Some(old)) => changes.push(Change::DeleteEval(old.id.clone())),
            (1, Some(old)) => {
                let done = Evaluation { status: EvalStatus::Complete, modify_index: index, ..(*old).clone() };
                changes.push(Change::PutEval(Arc::new(done)));
            }
            _ => {}
        }
        Kind::EvaluationUpdated
    }

    fn place(&mut self, index: u64, changes: &mut Vec<Change>) -> Kind {
        let jobs: Vec<Arc<Job>> = self.state.jobs().map(|job| job.spec().clone()).collect();
        let nodes: Vec<NodeId> = self.state.nodes().map(|node| node.id.clone()).collect();
        let evals: Vec<EvalId> = self.state.evals().map(|eval| eval.id.clone()).collect();
        if jobs.is_empty() {
            return self.job(index, changes);
        }
        let job = jobs[self.draw(jobs.len() as u64) as usize].clone();
        let eval_id = evals.get(self.draw(evals.len() as u64 + 1) as usize).cloned().unwrap_or_default();
        let cohort = Cohort {
            job: JobBody(job.clone()),
            group: "group".into(),
            eval_id,
            create_index: index,
            create_time: Time(1_700_000_000_000_000_000 + index as i64),
            ..Cohort::default()
        };
        let mut allocs = Vec::new();
        for ordinal in 0..1 + self.draw(9) {
            let extra = (self.draw(4) == 0)
                .then(|| Arc::new(AllocExtra { client_description: "odd".into(), ..AllocExtra::default() }));
            allocs.push(NewAlloc {
                id: AllocId(self.id(index, ordinal)),
                node_id: nodes[self.draw(nodes.len() as u64) as usize].clone(),
                index: ordinal as u32,
                extra,
            });
        }
        changes.push(Change::Place(Placed { cohort: Arc::new(cohort), allocs: allocs.into() }));
        let state = JobState { modify_index: index, stable: self.draw(2) == 0, ..JobState::of(&job) };
        changes.push(Change::PutJobState(state));
        Kind::PlanResult
    }

    fn report(&mut self, index: u64, changes: &mut Vec<Change>) -> Kind {
        let count = self.state.alloc_count() as u64;
        let moves = self.draw(3) == 0;
        let first = self.draw(count) as usize;
        let some: Vec<_> =
            self.state.allocs().skip(first).take(3).map(|alloc| (alloc.changed(), alloc.cohort().clone())).collect();
        // The evaluation that moves them is written with them, and after them.
        let mut eval = None;
        let mut moved: Option<Arc<Cohort>> = None;
        for (mut changed, cohort) in some {
            changed.client_status = if self.draw(2) == 0 { ClientStatus::Running } else { ClientStatus::Failed };
            changed.desired_status = if self.draw(5) == 0 { DesiredStatus::Stop } else { DesiredStatus::Run };
            changed.modify_time = Time(1_700_000_000_000_000_000 + index as i64);
            changed.extra =
                Some(Arc::new(AllocExtra { client_description: format!("at {index}"), ..AllocExtra::default() }));
            let job = self.state.job(&cohort.job().namespace, &cohort.job().id).map(|job| job.spec().clone());
            if let Some(job) = job.filter(|_| moves) {
                let fits = moved.as_ref().is_some_and(|moved| moved.create_index == cohort.create_index);
                if !fits {
                    let eval: &Evaluation = eval.get_or_insert_with(|| Evaluation {
                        id: EvalId(self.id(index, 700)),
                        namespace: job.namespace.clone(),
                        job_id: job.id.clone(),
                        create_index: index,
                        modify_index: index,
                        ..Evaluation::default()
                    });
                    let eval_id = eval.id.clone();
                    moved = Some(Arc::new(Cohort { job: JobBody(job), eval_id, ..(*cohort).clone() }));
                }
                changed.cohort = moved.clone();
                changed.alloc_modify_index = index;
            }
            changes.push(Change::PutAlloc(changed));
        }
        changes.extend(eval.map(|eval| Change::PutEval(Arc::new(eval))));
        Kind::AllocationUpdated
    }
}
