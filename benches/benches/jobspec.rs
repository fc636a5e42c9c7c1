//! Job specifications of 500 lines: plain arguments and blocks; the same with expressions everywhere; a job of `dynamic`
//! blocks; the legacy dialect; and a job printed.
#![allow(missing_docs)] // of what `criterion_group!` makes

use criterion::{Criterion, criterion_group, criterion_main};
use longshore_jobspec::{Options, parse, parse_hcl1, print_document};

/// A group of 25 lines; `{n}` is its number.
const PLAIN: &str = r#"  group "group-{n}" {
    count = 3
    meta {
      shard = "{n}"
    }
    network {
      port "http" { to = 8080 }
    }
    task "server" {
      driver       = "docker"
      kill_timeout = "20s"
      config {
        image = "registry.example/server:1.2.3"
        args  = ["--port", "8080", "--shard", "{n}"]
      }
      env {
        LEVEL = "info"
        ALLOC = "${NOMAD_ALLOC_ID}"
      }
      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
"#;

/// The same with expressions.
const COMPUTED: &str = r#"  group "group-{n}" {
    count = local.count + {n}
    meta = merge(local.meta, { shard = "shard-${local.count * {n}}" })
    network {
      port "http" { to = 8080 + {n} }
    }
    task "server" {
      driver       = var.driver
      kill_timeout = "${10 + {n}}s"
      config {
        image = format("%s/server:%s", local.registry, join(".", local.version))
        args  = [for i, name in ["port", "shard"] : "--${name}=${i}" if name != "x"]
        sum   = sha256(jsonencode({ n = {n}, deep = { list = [1, 2, 3] } }))
        text  = <<EOT
%{ for part in local.version ~}
part ${part} of ${upper(local.registry)}
%{ endfor ~}
EOT
      }
      env {
        LEVEL = {n} > 5 ? "info" : "debug"
      }
    }
  }
"#;

const HEAD: &str = r#"variable "driver" {
  type    = string
  default = "docker"
}
locals {
  count    = 1 + 1
  version  = ["1", "2", 3]
  registry = "registry.example"
  meta     = { owner = "a", tier = lower("B") }
}
"#;

/// A text of twenty groups, some 500 lines.
fn text(head: &str, group: &str) -> String {
    let groups: String = (0..20).map(|n| group.replace("{n}", &n.to_string())).collect();
    format!("{head}job \"bench\" {{\n{groups}}}\n")
}

fn jobspecs(c: &mut Criterion) {
    let plain = text("", PLAIN);
    let computed = text(HEAD, COMPUTED);
    let dynamic = "job \"bench\" {\n  dynamic \"group\" {\n    for_each = range(500)\n    labels   = [\"g-${group.value}\"]\n    content {\n      count = group.key\n      task \"t\" {\n        driver = \"exec\"\n      }\n    }\n  }\n}\n";
    let options = Options::default();
    let mut group = c.benchmark_group("jobspec");
    for (name, text) in [("500_lines", &*plain), ("500_lines_computed", &computed), ("500_groups_dynamic", dynamic)] {
        group.bench_function(name, |b| b.iter(|| parse(text, &options).expect("a job")));
    }
    group.bench_function("500_lines_legacy", |b| b.iter(|| parse_hcl1(&plain, &options).expect("a job")));
    let job = parse(&plain, &options).expect("a job").document;
    group.bench_function("500_lines_printed", |b| b.iter(|| print_document(&job).expect("a text")));
    group.finish();
}

criterion_group!(benches, jobspecs);
criterion_main!(benches);
