//! The list of places that a recording gives for a finding, as the reference's messages name them.

use longshore_model::Job;
use longshore_model::validate::{Block, Finding, Step};

/// A place of the list.
#[derive(Clone, Copy)]
enum Part {
    /// The blocks on the way that messages name, as they name them.
    Way,
    /// `group NAME`, `task NAME`, `check NAME`, …: the one of this kind.
    Of(Block),
    /// Its position from 1, as `PREFIX N`.
    Position(Block, &'static str),
    /// Its name, as `PREFIX NAME`.
    Name(Block, &'static str),
    /// What the finding is about, as `PREFIX TEXT`.
    About(&'static str),
    /// The same, in quotes.
    QuotedAbout(&'static str),
    /// The member, as messages spell it.
    Member,
    /// The port, `port LABEL`.
    Port,
    /// The way to a check, `GROUP->SERVICE->CHECK` or `GROUP[TASK]->SERVICE->CHECK`.
    CheckPath,
}

pub(super) fn of(job: &Job, finding: &Finding, warning: bool) -> Vec<String> {
    let printer = Printer { finding, warning };
    parts(job, finding).iter().flat_map(|part| printer.print(*part)).collect()
}

/// How the reference's message of a finding names its place: by the way to it unless it is listed here.
fn parts(job: &Job, finding: &Finding) -> &'static [Part] {
    use Block::{Check, Group, Secret, Service, Task};
    use Part::{About, CheckPath, Member, Name, Of, Port, Position, QuotedAbout, Way};
    match (finding.code, finding.what) {
        ("MODEL-104", _) => &[Position(Group, "group-index")],
        ("MODEL-105" | "MODEL-175", _) => &[],
        ("MODEL-122", "task-name-missing" | "task-redefined") => &[Of(Group), Position(Task, "task-index")],
        ("MODEL-134", "attempts-possible") => &[Way, About("possible")],
        ("MODEL-134", _) => &[Way, About("wanted")],
        ("MODEL-144" | "MODEL-146", _) | ("MODEL-145", "value-large") => &[Of(Group), Of(Block::Network), Port],
        ("MODEL-145", _) => &[Of(Group), Of(Block::Network), About("value")],
        ("MODEL-147", "cni-repeated" | "cni-key") => &[Way, QuotedAbout("arg")],
        ("MODEL-147", "cni-value") => &[Way, QuotedAbout("value")],
        ("MODEL-154", _) if provider(job, finding) == Some("nomad") => &[Of(Group), Of(Task), Of(Service)],
        ("MODEL-155", "threshold-type" | "threshold-negative") => &[Way, Member],
        ("MODEL-156", "consul-only") => &[Of(Group), Of(Task), Of(Service), Member],
        ("MODEL-156", _) => &[Of(Group), Of(Task), Of(Service)],
        ("MODEL-157", "driver-mode" | "check-driver-mode") => &[Of(Group), Name(Service, "service-name")],
        ("MODEL-157", "not-unique") => &[Of(Group), About("services")],
        ("MODEL-157", "check-task-unknown") | ("MODEL-158", "check-other-task" | "script-no-task") => {
            &[Of(Group), Of(Check)]
        }
        ("MODEL-158", _) => &[Of(Group), Name(Service, "service-name")],
        ("MODEL-159", "label-unknown") => &[Of(Group), Of(Task), QuotedAbout("port")],
        ("MODEL-159", "alloc-mode" | "check-alloc-mode" | "service-duplicate" | "connect") => {
            &[Of(Group), Of(Task), Name(Service, "service-name")]
        }
        ("MODEL-159", _) => &[Of(Group), Of(Task), Of(Check)],
        ("MODEL-169", "identity-default-repeated") => &[Of(Group), Of(Task)],
        ("MODEL-169", "secret-repeated") => &[Of(Group), Of(Task), Of(Secret)],
        ("MODEL-174", "driver") => &[About("drivers")],
        ("MODEL-174", _) => &[About("modes")],
        ("MODEL-181", "mbits") => &[Of(Group)],
        ("MODEL-249", "service-identity-name") => &[Name(Service, "service-name")],
        ("MODEL-252", "vault-namespace") => &[About("namespaces")],
        ("MODEL-252", "vault-cluster-identity") | ("MODEL-254", "vault-identity-unused") => &[Of(Task)],
        ("MODEL-252", _) => &[],
        ("MODEL-253", "expose-group" | "expose-task") => &[CheckPath],
        ("MODEL-254", _) if finding.place.find(Service).is_some() => &[Of(Group), Of(Task), Name(Service, "service")],
        _ => &[Way],
    }
}

/// The provider of the service that a finding is within.
fn provider<'a>(job: &'a Job, finding: &Finding) -> Option<&'a str> {
    let index = |block| finding.place.find(block).and_then(Step::index);
    let group = job.task_groups.get(index(Block::Group)?)?;
    let services = match index(Block::Task) {
        Some(task) => &group.tasks.get(task)?.services,
        None => &group.services,
    };
    services.get(index(Block::Service)?).map(|service| service.provider.as_str())
}

/// Prints parts of one finding's list.
struct Printer<'a> {
    finding: &'a Finding,
    warning: bool,
}

impl Printer<'_> {
    fn print(&self, part: Part) -> Vec<String> {
        let about = || self.finding.about.as_deref().unwrap_or_default();
        let of = |block| self.finding.place.find(block);
        let one = match part {
            Part::Way => return self.finding.place.steps().iter().filter_map(|step| self.step(step)).collect(),
            Part::Of(block) => of(block).and_then(|step| self.step(step)),
            Part::Position(block, prefix) => {
                of(block).and_then(Step::index).map(|index| format!("{prefix} {}", index + 1))
            }
            Part::Name(block, prefix) => of(block).map(|step| format!("{prefix} {}", self.name(step))),
            Part::About(prefix) => Some(format!("{prefix} {}", about())),
            Part::QuotedAbout(prefix) => Some(format!("{prefix} {}", escaped(about()))),
            Part::Member => Some(format!("member {}", spelled(self.finding.place.member()))),
            Part::Port => {
                [Block::ReservedPort, Block::DynamicPort].into_iter().find_map(of).map(|port| match self.finding.code {
                    "MODEL-146" => format!("port {}", escaped(port.name())),
                    _ => format!("port {}", port.name()),
                })
            }
            Part::CheckPath => Some(self.check_path()),
        };
        one.into_iter().collect()
    }

    /// A step as messages name it; nothing if they do not.
    fn step(&self, step: &Step) -> Option<String> {
        let index = step.index().unwrap_or_default();
        let name = self.name(step);
        Some(match step.block() {
            Block::Group => format!("group {name}"),
            Block::Task => format!("task {name}"),
            Block::Constraint => format!("constraint {}", index + 1),
            Block::Affinity => format!("affinity {}", index + 1),
            Block::Spread => format!("spread {}", index + 1),
            Block::Device => format!("device {}", index + 1),
            Block::Artifact => format!("artifact {}", index + 1),
            Block::Template => format!("template {}", if self.warning { index } else { index + 1 }),
            Block::Service => format!("service {index}"),
            Block::Volume => format!("volume {name}"),
            Block::VolumeMount => format!("volume-mount {index}"),
            Block::Network => "network".to_owned(),
            Block::Scaling => "scaling".to_owned(),
            Block::Check => format!("check {name}"),
            Block::Action => format!("action {name}"),
            Block::Identity | Block::Identities => format!("identity {name}"),
            Block::Secret => format!("secret {name}"),
            Block::Vault => "vault".to_owned(),
            Block::Lifecycle => "lifecycle".to_owned(),
            Block::DispatchPayload => "dispatch-payload".to_owned(),
            _ => return None,
        })
    }

    /// A name, escaped where messages quote it.
    fn name(&self, step: &Step) -> String {
        let (code, what) = (self.finding.code, self.finding.what);
        let is_quoted = match step.block() {
            Block::Group => self.warning || matches!(what, "expose-network" | "expose-network-mode"),
            Block::Task => self.warning && what != "vault-identity-unused",
            Block::Service => self.warning || matches!(code, "MODEL-157" | "MODEL-159"),
            Block::Check => code == "MODEL-159",
            Block::Identity | Block::Identities => !self.warning,
            Block::Secret => true,
            _ => false,
        };
        if is_quoted { escaped(step.name()) } else { step.name().to_owned() }
    }

    fn check_path(&self) -> String {
        let name = |block| self.finding.place.find(block).map(Step::name).unwrap_or_default();
        let task = self.finding.place.find(Block::Task).map(|task| format!("[{}]", task.name())).unwrap_or_default();
        format!("check {}{task}->{}->{}", name(Block::Group), name(Block::Service), name(Block::Check))
    }
}

/// A member in the words of job files: `TLSServerName` is `tls_server_name`.
fn spelled(member: &str) -> String {
    let chars: Vec<char> = member.chars().collect();
    let mut words = String::new();
    for (at, &letter) in chars.iter().enumerate() {
        let after_lower = at > 0 && chars[at - 1].is_lowercase();
        let before_lower = at > 0 && chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || before_lower) {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// A text as it stands between quotes in messages (MODEL-11).
fn escaped(text: &str) -> String {
    let mut quoted = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted
}
