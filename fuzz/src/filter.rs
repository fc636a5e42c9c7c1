//! Filter expressions: any text is refused with a place or runs over any object; what is printed reads the same.

use std::ops::Range;
use std::sync::LazyLock;

use longshore::filter::{Filter, LENGTH_MAX, MatchError};
use longshore::model::{
    AllocDeploymentStatus, Allocation, Deployment, DeploymentState, DrainStrategy, Evaluation, Job, Node, NodeDevice,
    PeriodicConfig, Task, TaskGroup, TaskState,
};

/// Reads an expression, and runs it.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let filter = match Filter::parse(text) {
        Ok(filter) => filter,
        Err(refused) => {
            assert!(!refused.problem().is_empty(), "{refused:?}");
            return points(text, refused.span(), refused.line(), refused.column());
        }
    };
    let printed = filter.to_string();
    // Quotes and escapes make a text longer.
    let again = match Filter::parse(&printed) {
        Err(refused) if printed.len() > LENGTH_MAX => return assert_eq!(refused.code(), "API-818"),
        Err(refused) => panic!("{refused}: {printed}"),
        Ok(again) => again,
    };
    assert_eq!(again, filter, "{printed}");
    assert_eq!(again.to_string(), printed);
    let told =
        |answer: Result<bool, MatchError>| answer.map_err(|error| (error.code(), error.detail(), error.problem()));
    for (mine, other) in answers(&filter).into_iter().zip(answers(&again)) {
        if let Err(error) = &mine {
            points(text, error.span(), error.line(), error.column());
        }
        assert_eq!(told(mine), told(other), "{printed}");
    }
}

/// An error points into the text.
fn points(text: &str, span: Range<usize>, line: usize, column: usize) {
    assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
    let last = text[..span.start].rsplit('\n').next().unwrap_or_default();
    assert_eq!((line, column), (text[..span.start].matches('\n').count() + 1, last.chars().count() + 1));
}

/// Whether objects with a little of everything pass.
fn answers(filter: &Filter) -> Vec<Result<bool, MatchError>> {
    let Objects { jobs, nodes, alloc, eval, deployment } = &*OBJECTS;
    let mut answers: Vec<_> = jobs.iter().map(|job| filter.matches(job)).collect();
    answers.extend(nodes.iter().map(|node| filter.matches(node)));
    answers.extend([filter.matches(alloc), filter.matches(eval), filter.matches(deployment)]);
    answers
}

struct Objects {
    jobs: [Job; 2],
    nodes: [Node; 2],
    alloc: Allocation,
    eval: Evaluation,
    deployment: Deployment,
}

static OBJECTS: LazyLock<Objects> = LazyLock::new(|| {
    let mut task = Task::new("oven").driver("docker").cpu(500);
    task.config.insert("args", serde_json::json!(["-t", 1, true, 2.5, null, {"x": []}]));
    let mut job = Job::service("kiln").priority(70).datacenters(&["oslo", "bergen"]);
    job.task_groups = [TaskGroup::new("bake").count(3).task(task.clone()), TaskGroup::new("cool").task(task)].into();
    job.meta.insert("owner", "fire".into());
    job.meta.insert("a b", "1".into());
    let periodic = Job { periodic: Some(PeriodicConfig::default()), ..Job::batch("loom") };
    let mut node = Node::new("n1").cpu(4000).attribute("kernel.name", "linux").meta("rack", "r1").driver("exec");
    node = node.device(NodeDevice::new("nvidia", "gpu", "T4").instances(2));
    node.drain_strategy = Some(DrainStrategy::default());
    let mut alloc = Allocation { id: "0c0c0c0c-1111-2222-3333-444444444444".into(), ..Allocation::default() };
    alloc.task_states.insert("oven", TaskState::default());
    alloc.deployment_status = Some(AllocDeploymentStatus { healthy: Some(true), ..AllocDeploymentStatus::default() });
    alloc.preempted_allocations = ["a9".into()].into();
    let mut eval = Evaluation::default();
    eval.queued_allocations.insert("bake", 2);
    eval.class_eligibility.insert("v1:77", true);
    let mut deployment = Deployment::default();
    deployment.task_groups.insert("bake", DeploymentState::default());
    Objects { jobs: [job, periodic], nodes: [node, Node::default()], alloc, eval, deployment }
});
