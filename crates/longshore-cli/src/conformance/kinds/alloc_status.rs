//! `alloc_status`: what an allocation's own record says about it (MODEL-211, MODEL-212).

use longshore_model::{AllocState, Allocation, ClientStatus, DesiredStatus, Job, Map, TaskState, Time, document};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("alloc_status", answer);

#[derive(Deserialize)]
struct Input {
    desired_status: DesiredStatus,
    client_status: ClientStatus,
    #[serde(default)]
    task_states: Option<std::collections::BTreeMap<String, TaskState>>,
    #[serde(default)]
    previous_allocation: String,
    /// The group in stored form; none for an allocation without job.
    #[serde(default)]
    group: Option<document::TaskGroup>,
    #[serde(default)]
    alloc_states: Vec<State>,
    now: Time,
}

#[derive(Deserialize)]
struct State {
    field: u8,
    value: String,
    time: Time,
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let (now, has_job) = (input.now, input.group.is_some());
    let alloc = allocation(input);
    let mut answer = json!({
        "terminal": alloc.terminal(),
        "server_terminal": alloc.server_terminal(),
        "client_terminal": alloc.client_terminal(),
        "ran_successfully": alloc.ran_successfully(),
        "should_migrate": alloc.should_migrate(),
        "last_unknown": alloc.last_unknown(),
        "needs_to_reconnect": alloc.needs_to_reconnect(),
    });
    if has_job {
        answer["expired"] = alloc.expired(now).into();
        answer["disconnect_timeout"] = json!(alloc.disconnect_timeout(now));
        answer["replace_on_disconnect"] = alloc.replace_on_disconnect().into();
        answer["should_client_stop"] = alloc.should_client_stop().into();
        answer["wait_client_stop"] = json!(alloc.wait_client_stop());
    }
    Ok(answer)
}

fn allocation(input: Input) -> Allocation {
    let job = |mut group: document::TaskGroup| -> Job {
        group.name = Some("g".into());
        document::Job { task_groups: [group].into(), ..document::Job::default() }.into_stored()
    };
    let state = |State { field, value, time }| AllocState { field, value, time: time.into() };
    Allocation {
        desired_status: input.desired_status,
        client_status: input.client_status,
        task_states: input.task_states.map(Map::from).unwrap_or_default(),
        previous_allocation: input.previous_allocation.as_str().into(),
        task_group: "g".into(),
        job: input.group.map(|group| job(group).into()),
        alloc_states: input.alloc_states.into_iter().map(state).collect(),
        ..Allocation::default()
    }
}
