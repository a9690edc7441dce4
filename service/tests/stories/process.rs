//! The program itself: it starts, outlives whoever reads what it prints, and stops when told to.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::desk::PATIENCE;

fn frontdesk(command: &str, data: &Path, address: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    program.arg(command).env("FRONTDESK_DATA_DIR", data).env("FRONTDESK_LISTEN", address);
    program
}

/// An address nobody listens on, as far as one can know.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn wait_until_ready(data: &Path, address: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !frontdesk("healthcheck", data, address).stderr(Stdio::null()).status().unwrap().success() {
        assert!(Instant::now() < deadline, "it never became ready");
    }
}

fn stop(mut child: Child) -> bool {
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it did not stop when told to");
        }
        std::thread::yield_now();
    }
}

#[test]
fn it_goes_on_when_nobody_reads_what_it_prints_and_stops_when_told_to() {
    let data = tempfile::tempdir().unwrap();
    let address = free_address();
    let mut program = frontdesk("demo", data.path(), &address);
    program.env("FRONTDESK_LOG__FILTER", "debug").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    wait_until_ready(data.path(), &address);
    assert!(stop(child), "it ended with an error");
}

#[test]
fn what_is_printed_may_be_read_in_part() {
    let data = tempfile::tempdir().unwrap();
    let mut child = frontdesk("settings", data.path(), "127.0.0.1:1").stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
