//! What expressions say of objects: API-805, API-806, API-809, API-811 to API-817.

use longshore_filter::{Filter, MatchError, WORK_MAX};
use longshore_model::reflect::{Kind, Member, Object, Record, Reflect, View};
use longshore_model::{
    AllocDeploymentStatus, AllocListStub, Allocation, Bytes, DrainStrategy, Duration, Evaluation, Job, JobListStub,
    List, Node, PeriodicConfig, Task, TaskGroup,
};
use serde_json::{Value, json};

fn matches<T: Reflect>(text: &str, object: &T) -> Result<bool, MatchError> {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).matches(object)
}

/// Every expression with its answer: `true`, `false`, or the code of an error.
fn check<T: Reflect>(object: &T, table: &[(&str, &str)]) {
    for (text, expected) in table {
        let answer = match matches(text, object) {
            Ok(holds) => holds.to_string(),
            Err(error) => format!("{}:{}", error.code(), error.detail()),
        };
        assert_eq!(answer, *expected, "{text}");
    }
}

fn job() -> Job {
    let task = |name: &str, driver: &str| Task::new(name).driver(driver).cpu(500);
    let mut oven = task("oven", "docker");
    oven.config.insert("args", json!(["-t", 1, true, 2.5, null, ["x"]]));
    oven.config.insert("image", json!("kiln:2"));
    oven.config.insert("ports", json!([8080, 9090]));
    oven.config.insert("auth", json!({"user": null, "tries": 3}));
    let bake = TaskGroup::new("bake").count(3).task(oven).task(task("fan", "exec"));
    let mut job = Job::service("kiln").priority(70).datacenters(&["oslo", "bergen"]).with_group(bake);
    job.task_groups.push(TaskGroup::new("cool").task(task("vent", "exec")));
    job.meta.insert("owner", "team-fire".into());
    job.meta.insert("cost.center", "12".into());
    job.version = 3;
    job
}

#[test]
fn api_811_paths() {
    check(
        &job(),
        &[
            ("TaskGroups.0.Tasks.1.Name == fan", "true"),
            ("TaskGroups[`0`].Name == bake", "true"),
            ("TaskGroups[`0x0`].Name == bake and TaskGroups[`+0`].Name == bake and TaskGroups.00.Name == bake", "true"),
            ("\"/TaskGroups/1/Name\" == cool", "true"),
            ("Update.MaxParallel == 1", "true"),
            ("Nope == x", "API-811:no-such-field"),
            ("name == x", "API-811:no-such-field"),
            ("\"\" == x", "API-811:no-such-field"),
            ("Children is nil", "API-811:no-such-field"),
            ("TaskGroups.0.name == x", "API-811:no-such-field"),
            ("TaskGroups.2.Name == x", "API-811:index-range"),
            ("TaskGroups[`-1`].Name == x", "API-811:index-range"),
            ("TaskGroups[`x`].Name == x", "API-811:index-not-a-number"),
            ("TaskGroups[`99999999999999999999`].Name == x", "API-811:index-not-a-number"),
            ("Name.x == y", "API-811:kind"),
            ("Periodic.Enabled == true", "API-811:kind"),
            ("Meta.owner.x == y", "API-811:kind"),
            ("Meta.nope.x == y", "API-811:no-such-key"),
            ("TaskGroups.0.Tasks.0.Config.auth.tries == 3", "true"),
            ("TaskGroups.0.Tasks.0.Config.auth.user.x == 3", "API-811:kind"),
        ],
    );
}

/// Also where the map is null.
#[test]
fn api_812_a_missing_key_is_empty_and_unlike_everything() {
    for key in ["Meta.nope", "TaskGroups.0.Meta.nope", "TaskGroups.0.Tasks.0.Config.auth.nope"] {
        for (question, holds) in [
            ("== x", "false"),
            ("!= x", "true"),
            ("contains x", "false"),
            ("not contains x", "true"),
            ("matches `[`", "false"),
            ("not matches x", "true"),
            ("is empty", "true"),
            ("is not empty", "false"),
            ("is nil", "true"),
            ("is not nil", "false"),
        ] {
            check(&job(), &[(&format!("{key} {question}"), holds)]);
        }
        check(
            &job(),
            &[(&format!("any {key} as x {{ x == 1 }}"), "false"), (&format!("all {key} as x {{ x == 1 }}"), "true")],
        );
    }
    // Through a name of a quantifier, too.
    check(&job(), &[("any TaskGroups as g { g.Meta.nope is nil }", "true")]);
}

#[test]
fn api_813_values_are_read_as_what_stands_there() {
    check(
        &job(),
        &[
            ("Priority == 70", "true"),
            ("Priority == `0x46` and Priority == `7_0` and Priority == `+70` and Priority == `0o106`", "true"),
            ("Priority == 70.0", "API-813:conversion"),
            ("Priority == x", "API-813:conversion"),
            ("Priority == 99999999999999999999", "API-813:conversion"),
            ("Version == 3", "true"),
            ("Version == -3", "API-813:conversion"),
            ("Version == 18446744073709551615", "false"),
            ("Stop == f and Stop == False and Stop == 0 and Stop != TRUE", "true"),
            ("Stop == no", "API-813:conversion"),
            ("Type == service", "true"),
            ("Meta[`cost.center`] == 12", "true"),
            ("Meta[`cost.center`] == 12.0", "false"),
            ("Update.Stagger == 30000000000", "true"),
            ("Update.Stagger == `30s`", "API-813:conversion"),
            ("TaskGroups.0.Tasks.0.Config.ports.0 == 8080.0", "true"),
            ("TaskGroups.0.Tasks.0.Config.ports.0 == `0x1F90`", "API-813:conversion"),
            ("TaskGroups.0.Tasks.0.Config.args.2 == true", "true"),
            ("Datacenters == oslo", "API-813:not-comparable"),
            ("Meta == oslo", "API-813:not-comparable"),
            ("Update == oslo", "API-813:not-comparable"),
            ("Periodic == oslo", "API-813:not-comparable"),
            ("Payload == oslo", "API-813:not-comparable"),
        ],
    );
}

#[test]
fn api_814_containing() {
    check(
        &job(),
        &[
            ("Name contains il", "true"),
            ("Name contains ``", "true"),
            ("oslo in Datacenters", "true"),
            ("osl in Datacenters", "false"),
            ("owner in Meta", "true"),
            ("team in Meta", "false"),
            ("70 in Priority", "API-814:kind"),
            ("true in Stop", "API-814:kind"),
            ("x in Update", "API-814:kind"),
            ("x in Periodic", "API-814:kind"),
            ("x in TaskGroups", "API-814:not-comparable"),
            ("x in Constraints", "API-814:not-comparable"),
            ("TaskGroups.0.Tasks.0.Config.ports contains 9090", "true"),
            ("TaskGroups.0.Tasks.0.Config.args contains `-t`", "true"),
            ("TaskGroups.0.Tasks.0.Config.args contains 2.5", "true"),
            ("TaskGroups.0.Tasks.0.Config.args contains zz", "false"),
            ("x in Payload", "API-813:conversion"),
            ("1 in Payload", "false"),
        ],
    );
    let mut node = Node::new("n1").cpu(4000);
    check(&node, &[("x in NodeResources.Cpu.ReservableCpuCores", "API-813:conversion")]);
    node.node_resources.get_or_insert_default().cpu.reservable_cpu_cores = [1, 2].into();
    check(&node, &[("2 in NodeResources.Cpu.ReservableCpuCores", "true")]);
}

#[test]
fn api_815_patterns() {
    let mut job = job();
    check(&job, &[("Payload matches x", "false")]);
    job.payload = Bytes::from(&b"\xffapple"[..]);
    check(
        &job,
        &[
            ("Name matches il", "true"),
            (r"Name matches `^[a-z]+$`", "true"),
            ("Name matches `(?i)KILN`", "true"),
            ("Name not matches il", "false"),
            ("Name matches `[`", "API-815:pattern"),
            ("Name matches `x{1001}`", "API-815:pattern"),
            (r#"Name matches "\xff""#, "API-815:pattern"),
            ("Name == other and Name matches `[`", "false"),
            ("Meta matches x", "API-815:kind"),
            ("Priority matches 7", "API-815:kind"),
            ("Periodic matches x", "API-815:kind"),
            ("Payload matches apple", "true"),
        ],
    );
}

#[test]
fn api_816_empty_and_nil() {
    check(
        &job(),
        &[
            ("Affinities is empty and Affinities is nil", "true"),
            ("Datacenters is empty or Datacenters is nil", "false"),
            ("StatusDescription is empty", "true"),
            ("Payload is empty and Payload is nil", "true"),
            ("Priority is empty", "API-816:is-empty-kind"),
            ("Update is empty", "API-816:is-empty-kind"),
            ("Periodic is empty", "API-816:is-empty-kind"),
            ("Periodic is nil", "true"),
            ("Update is nil", "false"),
            ("Priority is nil", "API-816:is-nil-kind"),
            ("Name is nil", "API-816:is-nil-kind"),
            ("TaskGroups.0.Tasks.0.Config.auth.user is nil", "true"),
        ],
    );
    check(
        &Job { datacenters: List::from([]), ..job() },
        &[("Datacenters is empty and Datacenters is not nil", "true")],
    );
}

#[test]
fn api_817_quantifiers() {
    check(
        &job(),
        &[
            ("any TaskGroups as g { g.Name == bake and g.Count == 3 }", "true"),
            ("all TaskGroups as g { g.Count == 3 }", "false"),
            ("any TaskGroups as i, g { i == 1 and g.Name == cool }", "true"),
            ("any TaskGroups as i, _ { i == 2 }", "false"),
            ("any Meta as k { k == owner }", "true"),
            ("any Meta as _, v { v == 12 }", "true"),
            ("any Affinities as x { x == 1 }", "false"),
            ("all Affinities as x { nope == 1 }", "true"),
            ("all TaskGroups as g { any g.Tasks as t { t.Driver == exec } }", "true"),
            // Names shadow members, inner ones outer ones; others reach through.
            ("any Datacenters as Name { Name == oslo }", "true"),
            ("any TaskGroups as g { any g.Tasks as g { g.Driver == docker } }", "true"),
            ("any TaskGroups as g { any g.Tasks as t { g.Count == 3 and t.Name == fan and Type == service } }", "true"),
            ("any TaskGroups as g { \"/g/Name\" == bake }", "true"),
            ("any TaskGroups as i, g { i in Datacenters }", "false"),
            ("any Priority as p { p == 7 }", "API-817:not-iterable"),
            ("any Periodic as p { p == 7 }", "API-817:not-iterable"),
            ("any Name as p { p == 7 }", "API-817:not-iterable"),
            ("any Meta as k { k.x == 1 }", "API-817:not-a-structure"),
            ("any TaskGroups as i, _ { i.x == 1 }", "API-817:not-a-structure"),
            ("any Datacenters as d { d.x == 1 }", "API-811:kind"),
            ("any TaskGroups as g, g { g == 1 }", "API-817:same-name"),
            ("any TaskGroups.0.Tasks.0.Config.ports as p { p == 9090 }", "true"),
            ("any TaskGroups.0.Tasks.0.Config.auth as k, v { k == tries and v == 3 }", "true"),
        ],
    );
    let job = Job { payload: Bytes::from(&[7u8, 8][..]), ..job() };
    check(&job, &[("any Payload as i, b { i == 1 and b == 8 }", "true"), ("Payload.0 == 7", "true")]);
}

#[test]
fn api_809_what_does_not_decide_is_not_looked_at() {
    check(
        &job(),
        &[
            ("Type == batch and Nope == x", "false"),
            ("Type == service or Nope == x", "true"),
            ("Nope == x and Type == batch", "API-811:no-such-field"),
            ("any TaskGroups as g { g.Name == bake or g.Nope == x }", "true"),
            ("all TaskGroups as g { g.Name == cool and g.Nope == x }", "false"),
        ],
    );
}

#[test]
fn api_805_names_are_those_of_the_reference() {
    let drain = DrainStrategy { deadline: Duration::from_hours(1), ..DrainStrategy::default() };
    check(
        &Node { drain_strategy: Some(drain), ..Node::new("n1") },
        &[
            ("DrainStrategy.DrainSpec.Deadline == 3600000000000", "true"),
            ("DrainStrategy.DrainSpec.IgnoreSystemJobs == false", "true"),
            ("DrainStrategy.DrainSpec is nil", "false"),
            ("DrainStrategy.Deadline == 1", "API-811:no-such-field"),
            ("DrainStrategy.DrainSpec.StartedAt is nil", "API-811:no-such-field"),
            ("DrainStrategy.DrainSpec.DrainSpec is nil", "API-811:no-such-field"),
            ("DrainStrategy.StartedAt is nil", "false"),
            ("DrainStrategy.StartedAt == x", "API-813:not-comparable"),
            ("DrainStrategy.StartedAt.wall == x", "API-811:no-such-field"),
            ("Drain == true", "API-811:no-such-field"),
        ],
    );
    check(&Evaluation::default(), &[("LeaderACL is empty", "true"), ("WaitUntil is empty", "API-816:is-empty-kind")]);
    check(&Allocation::default(), &[("SignedIdentities is nil", "true")]);
    let draining = Node { drain_strategy: Some(DrainStrategy::default()), ..Node::new("n1") };
    let error = matches("DrainStrategy.Deadline == 1", &draining).map_err(|error| error.problem());
    assert_eq!(error, Err("DrainStrategy has no member `Deadline`".into()));
}

/// Identifiers are texts, whether or not they are kept as such.
#[test]
fn identifiers_are_texts() {
    let stub = AllocListStub {
        id: "0c0c0c0c-1111-2222-3333-444444444444".into(),
        node_id: "node-7".into(),
        preempted_allocations: ["a8".into(), "0c0c0c0c-1111-2222-3333-555555555555".into()].into(),
        deployment_status: Some(AllocDeploymentStatus { healthy: Some(true), ..AllocDeploymentStatus::default() }),
        ..AllocListStub::default()
    };
    check(
        &stub,
        &[
            ("ID == `0c0c0c0c-1111-2222-3333-444444444444`", "true"),
            ("ID == `0C0C0C0C-1111-2222-3333-444444444444`", "false"),
            (r#"EvalID == "\xff""#, "false"),
            ("ID contains `-2222-` and ID matches `^0c` and ID is not empty", "true"),
            ("NodeID == `node-7` and NodeID matches `-7$`", "true"),
            ("EvalID is empty and EvalID == ``", "true"),
            (
                "a8 in PreemptedAllocations and PreemptedAllocations contains `0c0c0c0c-1111-2222-3333-555555555555`",
                "true",
            ),
            ("DeploymentStatus.Healthy == true", "true"),
            ("DeploymentStatus.Healthy is nil", "API-816:is-nil-kind"),
            ("DesiredTransition.Migrate is nil", "true"),
            ("DesiredTransition.Migrate == true", "API-813:not-comparable"),
        ],
    );
}

#[test]
fn stubs_json_and_types_of_the_host() {
    check(&JobListStub { periodic: true, ..JobListStub::default() }, &[("Periodic == true", "true")]);
    let document: Value = json!({"a": {"b": [1, {"c": null}]}});
    check(
        &document,
        &[
            ("a.b.0 == 1", "true"),
            ("a.b.1.c is nil", "true"),
            ("a.x is nil", "true"),
            ("x is nil", "API-811:no-such-key"),
            ("\"\" is nil", "API-811:no-such-field"),
        ],
    );
    check(&json!(5), &[("x == 1", "API-811:kind")]);

    let ship = Ship { name: "Anna".into(), sails: None };
    check(&ship, &[("Name == Anna and Sails is nil", "true"), ("Sails.Spec == x", "API-811:kind")]);
}

/// A type of the host, by hand.
struct Ship {
    name: String,
    sails: Option<PeriodicConfig>,
}

impl Record for Ship {
    fn name(&self) -> &'static str {
        "Ship"
    }
    fn members(&self) -> &'static [Member] {
        const MEMBERS: [Member; 2] = [
            Member { name: "Name", part: None, kind: Kind::Text, nullable: false, opaque: false },
            Member { name: "Sails", part: None, kind: Kind::Object, nullable: true, opaque: false },
        ];
        &MEMBERS
    }
    fn member(&self, at: usize) -> Option<View<'_>> {
        [self.name.view(), self.sails.view()].get(at).copied()
    }
}

impl Reflect for Ship {
    const KIND: Kind = Kind::Object;
    fn view(&self) -> View<'_> {
        View::Object(Object::new(self))
    }
}

/// Nested quantifiers multiply: what they go through is bounded.
#[test]
fn work_is_bounded() {
    let list: Vec<u32> = (0..1_001).collect();
    let document = json!({ "l": list });
    let error =
        matches("all l as a { (any l as b { b == 1001 }) or all l as c { c != 1001 } }", &document).unwrap_err();
    assert_eq!(error.code(), "LONGSHORE-FILTER-WORK");
    assert!(error.to_string().contains(&WORK_MAX.to_string()), "{error}");
    // So is what tests look through, each time anew.
    let long = json!({ "l": vec!["x"; 20_000], "t": "x".repeat(1 << 20) });
    assert_eq!(matches("t contains y or t matches y or l contains y", &long), Ok(false));
    for each in ["l contains y", "t == y"] {
        let answer = matches(&format!("any l as a {{ {each} }}"), &long).map_err(|error| error.code());
        assert_eq!(answer, Err("LONGSHORE-FILTER-WORK"), "{each}");
    }
    let deep = format!("{} a == 1 {}", "all l as a { ".repeat(50), "}".repeat(50));
    assert_eq!(matches(&deep, &document).map_err(|error| error.code()), Ok(false));
    let deep = format!("{} a != x {}", "all l as a { ".repeat(50), "}".repeat(50));
    assert_eq!(matches(&deep, &document).map_err(|error| error.code()), Err("API-813"));
    let deep = format!("{} a != -1 {}", "all l as a { ".repeat(50), "}".repeat(50));
    assert_eq!(matches(&deep, &document).map_err(|error| error.code()), Err("LONGSHORE-FILTER-WORK"));
}

#[test]
fn errors_say_where_and_what_to_do() {
    for (text, told) in [
        (
            "Periodic.Enabled == true",
            "`Enabled` is looked for within an absent value, which has no members; `… is not nil \
                                      and …` keeps out the objects that have none (line 1, column 10)",
        ),
        ("Name == x\nor Statsu == dead", "Job has no member `Statsu`; there is `Status` (line 2, column 4)"),
        ("TaskGroups.5.Name == x", "there is no element 5; the list has 2 (line 1, column 12)"),
        (
            "x in TaskGroups",
            "a list of objects cannot be searched for a value; `any LIST as x { … }` looks into its \
                             elements (line 1, column 6)",
        ),
        ("Version == -1", "\"-1\" is no integer without a sign, which is what stands here (line 1, column 12)"),
    ] {
        assert_eq!(matches(text, &job()).map_err(|error| error.to_string()), Err(told.to_string()), "{text}");
    }
}
