//! Which changes replace allocations (REC-222 to REC-225): what recorded cases do not show.

use longshore_model::change::{Destructive, destructive};
use longshore_model::*;

fn job(change: impl FnOnce(&mut Job, &mut Task)) -> Job {
    let mut task = Task::new("server").driver("exec").device(RequestedDevice::new("gpu"));
    let mut job = Job::service("web");
    change(&mut job, &mut task);
    job.with_group(TaskGroup::new("front").task(task))
}

/// What changed, as text.
fn why(change: impl FnOnce(&mut Job, &mut Task)) -> Option<String> {
    destructive(&job(|_, _| {}), &job(change), "front").map(|why| why.to_string())
}

#[test]
fn the_place_is_named() {
    assert_eq!(why(|_, task| task.driver = "docker".into()).as_deref(), Some(r#"Driver of task "server""#));
    assert_eq!(why(|_, task| task.name = "client".into()).as_deref(), Some(r#"Name of task "server""#));
    assert_eq!(why(|_, task| task.kill_signal = "SIGINT".into()), None);
    let groupless = Job::service("web");
    let gone = Destructive { task: None, member: "TaskGroups" };
    assert_eq!(destructive(&job(|_, _| {}), &groupless, "front"), Some(gone.clone()));
    assert_eq!(destructive(&groupless, &job(|_, _| {}), "front"), Some(gone));
}

/// The extension counts as the amounts of the reference do.
#[test]
fn rec_222_a_share_of_a_device() {
    let share = why(|_, task| task.resources.devices.make()[0].share = Some(500));
    assert_eq!(share.as_deref(), Some(r#"Resources of task "server""#));
}

/// What a task sees counts, not who says it.
#[test]
fn rec_222_facts_that_move() {
    fn said(at: &str) -> Job {
        let facts = |here: &str| if here == at { Map::from_iter([("color", "red".to_string())]) } else { Map::NULL };
        let task = Task { meta: facts("task"), ..Task::new("server") };
        let group = TaskGroup { meta: facts("group"), ..TaskGroup::new("front") }.task(task);
        Job { meta: facts("job"), ..Job::service("web") }.with_group(group)
    }
    for (old, new) in [("job", "group"), ("group", "task"), ("task", "job")] {
        assert_eq!(destructive(&said(old), &said(new), "front"), None);
    }
    assert!(destructive(&said("job"), &said("nowhere"), "front").is_some());
}

/// REC-223: order does not count, repeats do.
#[test]
fn rec_223_repeated_devices() {
    let devices = |names: [&str; 2]| job(|_, task| task.resources.devices = names.map(RequestedDevice::new).into());
    let destroys = |old, new| destructive(&devices(old), &devices(new), "front").is_some();
    assert!(!destroys(["a", "b"], ["b", "a"]));
    assert!(destroys(["a", "b"], ["a", "a"]));
}
