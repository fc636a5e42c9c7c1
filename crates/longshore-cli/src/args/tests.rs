use super::*;

fn simulate(line: &str) -> SimulateArgs {
    match parse(line.split(' ')) {
        Ok(Command::Simulate(args)) => args,
        other => panic!("{line}: {other:?}"),
    }
}

fn conformance(line: &str) -> ConformanceArgs {
    match parse(line.split(' ')) {
        Ok(Command::Conformance(args)) => args,
        other => panic!("{line}: {other:?}"),
    }
}

fn refused(line: &str) -> String {
    let error = parse(line.split(' ')).expect_err(line);
    assert_eq!(error.exit_code(), 2, "{line}");
    error.to_string()
}

#[test]
fn clap_finds_no_fault_in_the_commands() {
    use clap::CommandFactory as _;
    Cli::command().debug_assert();
}

#[test]
fn a_bare_call_simulates_the_default() {
    let args = simulate("longshore");
    assert_eq!(args, simulate("longshore simulate"));
    let expected = SimulateArgs {
        workload: Workload::Named("default".into()),
        policies: Policies::All,
        percent: 130,
        seeds: None,
        arrivals: None,
        storage: Storage::Memory,
        out: PathBuf::from("results"),
        quiet: false,
    };
    assert_eq!(args, expected);
}

#[test]
fn simulate_reads_every_flag() {
    let args = simulate(
        "longshore simulate --workload Cargo.toml --policy binpack,spread --policy binpack \
         --percent 95 --seeds 42..44 --arrivals Cargo.toml --storage logs --out o -q",
    );
    let expected = SimulateArgs {
        workload: Workload::Path("Cargo.toml".into()),
        policies: Policies::Named(vec!["binpack".into(), "spread".into()]),
        percent: 95,
        seeds: Some(vec![42, 43, 44]),
        arrivals: Some("Cargo.toml".into()),
        storage: Storage::Directory("logs".into()),
        out: "o".into(),
        quiet: true,
    };
    assert_eq!(args, expected);
}

#[test]
fn all_swallows_other_policies() {
    assert_eq!(simulate("longshore simulate --policy a,all").policies, Policies::All);
}

#[test]
fn conformance_reads_every_flag() {
    assert_eq!(conformance("longshore conformance"), ConformanceArgs::default());
    let args = conformance("longshore conformance some/dir --kind a,b --kind c --name x --show 3 --strict --json");
    let expected = ConformanceArgs {
        directory: Some("some/dir".into()),
        kinds: vec!["a".into(), "b".into(), "c".into()],
        name: Some("x".into()),
        show: 3,
        strict: true,
        json: true,
    };
    assert_eq!(args, expected);
}

#[test]
fn a_kind_does_not_swallow_the_directory() {
    let args = conformance("longshore conformance --kind a dir");
    assert_eq!(args.directory, Some("dir".into()));
    assert_eq!(args.kinds, ["a"]);
}

#[test]
fn misuse_names_the_flag_and_what_would_be_right() {
    for (line, part) in [
        ("longshore simulate --seeds 9..3", "write 3..9"),
        ("longshore simulate --seeds x", "--seeds <SEEDS>"),
        ("longshore simulate --percent 0", "1..=1000"),
        ("longshore simulate --workload no/such", "no such file or directory"),
        ("longshore simulate --arrivals no-such", "no such file"),
        ("longshore simulate --arrivals src", "not a file"),
        ("longshore simulate --storage Cargo.toml", "not a directory"),
        ("longshore simulate --out Cargo.toml", "not a directory"),
        ("longshore simulate --policy a,", "comma too many"),
        ("longshore conformance --show few", "--show <N>"),
        ("longshore nonsense", "nonsense"),
    ] {
        let error = refused(line);
        assert!(error.contains(part), "{line}: {error}");
    }
}

#[test]
fn diff_reads_every_flag() {
    let args = parse("longshore diff Cargo.toml src/lib.rs --contextual --json".split(' ')).expect("a command");
    let (old, new) = ("Cargo.toml".into(), "src/lib.rs".into());
    assert_eq!(args, Command::Diff(DiffArgs { old, new, contextual: true, json: true, ..DiffArgs::default() }));
    assert!(refused("longshore diff Cargo.toml").contains("<NEW>"));
    assert!(refused("longshore diff Cargo.toml nowhere.json").contains("no such file"));
}

#[test]
fn bench_reads_every_flag() {
    let bench = |line: &str| match parse(line.split(' ')) {
        Ok(Command::Bench(args)) => args,
        other => panic!("{line}: {other:?}"),
    };
    let usual = GridArgs { only: None, csv: None, repeats: 5, quick: false, quiet: false };
    assert_eq!(bench("longshore bench grid"), BenchArgs::Grid(usual));
    let grid = bench("longshore bench grid --only ^500/ --csv times.csv --repeats 9 --quick -q");
    let only = longshore_value::Regexp::new("^500/").ok();
    let all = GridArgs { only, csv: Some("times.csv".into()), repeats: 9, quick: true, quiet: true };
    assert_eq!(grid, BenchArgs::Grid(all));
    let usual = C1mArgs { jobs: 1_000, repeats: 3, quick: false, quiet: false };
    assert_eq!(bench("longshore bench c1m"), BenchArgs::C1m(usual));
    let quick = C1mArgs { jobs: 7, repeats: 1, quick: true, quiet: false };
    assert_eq!(bench("longshore bench c1m --jobs 7 --quick"), BenchArgs::C1m(quick));
    assert_eq!(bench("longshore bench calibrate"), BenchArgs::Calibrate { quick: false });
}

#[test]
fn every_command_that_reads_jobs_has_the_same_flags() {
    let flags = "--hcl2 --var a=b=c --var d --var-file Cargo.toml --strict --files";
    let reading = JobFileArgs {
        language: Language::Hcl2,
        variables: vec![("a".into(), Some("b=c".into())), ("d".into(), None)],
        variable_files: vec!["Cargo.toml".into()],
        strict: true,
        host_files: true,
    };
    for (command, files) in [("jobspec", "Cargo.toml"), ("validate", "x"), ("diff", "Cargo.toml Cargo.toml")] {
        let line = format!("longshore {command} {files} {flags}");
        let found = match parse(line.split(' ')).expect("a command") {
            Command::Jobspec(args) => args.reading,
            Command::Validate(args) => args.reading,
            Command::Diff(args) => args.reading,
            other => panic!("{other:?}"),
        };
        assert_eq!(found, reading, "{command}");
        for wrong in ["--hcl1 --hcl2", "--api --hcl1", "--api --var a=b"] {
            assert!(
                refused(&format!("longshore {command} {files} {wrong}")).contains("cannot be used with"),
                "{wrong}"
            );
        }
    }
}
