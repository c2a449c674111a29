//! Runs a child to its end, with a time limit, and keeps what it wrote. Not here: what the output means.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Exit(i32),
    Signal(i32),
    TimedOut,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Exit(code) => write!(f, "exit code {code}"),
            End::Signal(number) => write!(f, "killed by signal {number}"),
            End::TimedOut => write!(f, "timed out"),
        }
    }
}

/// A child that has ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) end: End,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) elapsed: Duration,
}

/// Runs `command` with `stdin` as its input; after `limit` its whole process group is killed.
pub(crate) fn run(command: &mut Command, stdin: &[u8], limit: Duration) -> Result<Outcome, String> {
    own_group(command);
    let start = Instant::now();
    let mut child = command
        .stdin(if stdin.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", command.get_program().display()))?;
    if let Some(mut pipe) = child.stdin.take() {
        let bytes = stdin.to_vec();
        // A child that does not read its input closes the pipe: no error of ours.
        thread::spawn(move || pipe.write_all(&bytes).ok());
    }
    let (done, watch) = mpsc::channel::<()>();
    let pid = child.id();
    let watchdog = thread::spawn(move || {
        let late = watch.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            kill_group(pid);
        }
        late
    });
    let mut out = child.stdout.take();
    let reader = thread::spawn(move || read_all(out.as_mut()));
    let stderr = read_all(child.stderr.take().as_mut());
    let stdout = reader.join().unwrap_or_default();
    let status = child.wait().map_err(|error| format!("cannot wait for a child: {error}"))?;
    let elapsed = start.elapsed();
    // The watchdog may have gone already: then there is nobody to tell.
    done.send(()).ok();
    let late = watchdog.join().unwrap_or(false);
    let end = match (late, status.code()) {
        (true, _) => End::TimedOut,
        (false, Some(code)) => End::Exit(code),
        (false, None) => End::Signal(signal_of(status)),
    };
    Ok(Outcome { end, stdout, stderr, elapsed })
}

fn read_all(pipe: Option<&mut impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What was read before an error is what there is.
        pipe.read_to_end(&mut bytes).ok();
    }
    bytes
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(unix)]
fn kill_group(pid: u32) {
    use nix::sys::signal::{Signal, killpg};
    killpg(nix::unistd::Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).ok();
}

#[cfg(unix)]
fn signal_of(status: std::process::ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0)
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

#[cfg(not(unix))]
fn kill_group(pid: u32) {
    Command::new("taskkill").args(["/F", "/T", "/PID", &pid.to_string()]).output().ok();
}

#[cfg(not(unix))]
fn signal_of(_status: std::process::ExitStatus) -> i32 {
    0
}
