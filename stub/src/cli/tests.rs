//! Command lines as people type them, and as `subprocess` and `multiprocessing` write them.

use super::*;

fn line(arguments: &str) -> CommandLine {
    parse(arguments.split_whitespace().map(OsString::from), |_| None).unwrap()
}

fn with_env(arguments: &str, env: &[(&str, &str)]) -> CommandLine {
    let find = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
    parse(arguments.split_whitespace().map(OsString::from), find).unwrap()
}

fn error(arguments: &str) -> String {
    parse(arguments.split_whitespace().map(OsString::from), |_| None).unwrap_err()
}

#[test]
fn finds_the_program_and_its_arguments() {
    let script = line("-u app.py -c x");
    assert_eq!(script.program, Program::Script("app.py".into()));
    assert_eq!(script.argv, ["app.py", "-c", "x"]);
    assert!(script.unbuffered);

    let module = line("-m pkg.mod --flag");
    assert_eq!((module.program, module.argv), (Program::Module("pkg.mod".into()), vec!["-m".into(), "--flag".into()]));

    let code = line("-Ic pass -x");
    assert_eq!((&code.program, code.isolated), (&Program::Code("pass".into()), true));
    assert_eq!(code.argv, ["-c", "-x"]);
    assert_eq!(line("-cpass").program, Program::Code("pass".into()));
    assert_eq!(line("-mpkg").program, Program::Module("pkg".into()));

    assert_eq!((line("").program, line("").argv), (Program::Stdin, vec![OsString::new()]));
    assert_eq!((line("- a").program, line("- a").argv), (Program::Stdin, vec!["-".into(), "a".into()]));
    assert_eq!(line("-V").program, Program::Version { long: false });
    assert_eq!(line("-VV").program, Program::Version { long: true });
    assert_eq!(line("--version x").program, Program::Version { long: false });
    assert_eq!(line("-h").program, Program::Help);
}

#[test]
fn sets_flags() {
    let all = line("-E -S -s -B -OO -O -qb -vv -W error -Wignore -X dev -Xfaulthandler -P -i x.py");
    assert!(all.ignore_environment && all.no_site && all.no_user_site && all.dont_write_bytecode && all.quiet);
    assert!(all.dev_mode && all.safe_path && all.inspect && !all.isolated);
    assert_eq!((all.optimize, all.verbose, all.bytes_warning), (2, 2, 1));
    assert_eq!(all.warnings, ["error", "ignore"]);
    assert_eq!(all.x_options, ["dev", "faulthandler"]);
    assert_eq!(line("-X utf8=0 x").utf8_mode, Some(false));
    let run = line("-X freeze_path=/a -X freeze_path=b -X freeze_site=/s -X pycache_prefix=/c -X x x.py");
    assert_eq!((run.paths, run.site_packages), (vec!["/a".into(), "b".into()], vec![OsString::from("/s")]));
    assert_eq!((run.pycache_prefix, run.x_options), (Some("/c".into()), vec!["pycache_prefix=/c".into(), "x".into()]));
    assert_eq!(line("-X int_max_str_digits=1000 x").int_max_str_digits, Some(1000));
}

#[test]
fn reads_the_environment_unless_told_not_to() {
    let env = [
        ("PYTHONPATH", "/a:/b"),
        ("PYTHONOPTIMIZE", "yes"),
        ("PYTHONWARNINGS", "error,default"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONUNBUFFERED", ""),
        ("PYTHONUTF8", "1"),
    ];
    let read = with_env("-W once x.py", &env);
    assert_eq!(read.python_path, Some("/a:/b".into()));
    assert_eq!((read.optimize, read.hash_seed, read.unbuffered, read.utf8_mode), (1, Some(0), false, Some(true)));
    assert_eq!(read.warnings, ["error", "default", "once"]);
    for sealed in ["-E x.py", "-I x.py"] {
        let ignored = with_env(sealed, &env);
        assert_eq!((ignored.python_path, ignored.optimize, ignored.hash_seed), (None, 0, None));
    }
    assert_eq!(with_env("-X utf8=0 x", &env).utf8_mode, Some(false), "the command line goes first");
}

#[test]
fn names_what_is_wrong() {
    assert_eq!(error("-c"), "argument expected for the -c option");
    assert_eq!(error("-Z x.py"), "unknown option -Z");
    assert_eq!(error("--nonsense"), "unknown option --nonsense");
    assert!(error("-X int_max_str_digits=5 x").contains("640"));
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = OsString::from_vec(b"-c\xff".to_vec());
    let parsed = parse([odd], |_| None).unwrap();
    assert_eq!(parsed.program, Program::Code(OsString::from_vec(b"\xff".to_vec())));
}
