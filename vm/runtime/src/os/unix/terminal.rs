//! Terminals: their settings and what goes through them.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast, clippy::useless_conversion)]

use std::ffi::c_int;
use std::io;

use super::check;
pub use super::platform::terminal::slave_name;

/// The settings of a terminal.
pub fn get(fd: c_int) -> io::Result<libc::termios> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut t: libc::termios = std::mem::zeroed();
        check(libc::tcgetattr(fd, &raw mut t))?;
        Ok(t)
    }
}

/// Sets them, when `when` (`TCSANOW` and so on) says.
pub fn set(fd: c_int, when: c_int, t: &libc::termios) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::tcsetattr(fd, when, t) }).map(drop)
}

/// Input and output speed of settings.
pub fn speeds(t: &libc::termios) -> (u64, u64) {
    // SAFETY: reads the record.
    unsafe { (libc::cfgetispeed(t).into(), libc::cfgetospeed(t).into()) }
}

/// Puts input and output speed into settings.
pub fn set_speeds(t: &mut libc::termios, input: u64, output: u64) -> io::Result<()> {
    // SAFETY: writes the record.
    unsafe {
        check(libc::cfsetispeed(t, input as libc::speed_t))?;
        check(libc::cfsetospeed(t, output as libc::speed_t)).map(drop)
    }
}

/// `tcsendbreak`
pub fn send_break(fd: c_int, duration: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::tcsendbreak(fd, duration) }).map(drop)
}

/// `tcdrain`: waits until all output is written.
pub fn drain(fd: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::tcdrain(fd) }).map(drop)
}

/// `tcflush`: throws away what is not read or written.
pub fn flush(fd: c_int, queue: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::tcflush(fd, queue) }).map(drop)
}

/// `tcflow`: stops or resumes input or output.
pub fn flow(fd: c_int, action: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::tcflow(fd, action) }).map(drop)
}

/// Rows, columns and the size in pixels of a terminal.
pub fn window(fd: c_int) -> io::Result<libc::winsize> {
    let mut w = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the request writes a `winsize`.
    check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut w) })?;
    Ok(w)
}

/// Sets them.
pub fn set_window(fd: c_int, w: &libc::winsize) -> io::Result<()> {
    // SAFETY: the request reads a `winsize`.
    check(unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, std::ptr::from_ref(w)) }).map(drop)
}

/// A new pseudo-terminal: its master's descriptor.
pub fn open_master(flags: c_int) -> io::Result<c_int> {
    // SAFETY: plain numbers.
    check(unsafe { libc::posix_openpt(flags) })
}

/// Lets the slave of a pseudo-terminal be used.
pub fn unlock(master: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    unsafe {
        check(libc::grantpt(master))?;
        check(libc::unlockpt(master)).map(drop)
    }
}

/// A new pseudo-terminal: descriptors of master and slave, neither inherited.
pub fn open_pair() -> io::Result<(c_int, c_int)> {
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    let master = open_master(flags)?;
    let slave = unlock(master)
        .and_then(|()| slave_name(master))
        .and_then(|name| super::files::openat(libc::AT_FDCWD, &name, flags, 0));
    match slave {
        Ok(slave) => Ok((master, slave)),
        Err(e) => {
            // The first failure is the one to be told.
            let _ = super::files::close(master);
            Err(e)
        }
    }
}

/// Makes a terminal the controlling one of a new session, and standard input, output and error.
pub fn login(fd: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    unsafe {
        check(libc::setsid())?;
        check(libc::ioctl(fd, libc::TIOCSCTTY as _, 0))?;
        for n in 0..3 {
            check(libc::dup2(fd, n))?;
        }
        if fd > 2 {
            check(libc::close(fd))?;
        }
    }
    Ok(())
}
