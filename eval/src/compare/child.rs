//! A system under test in a process of its own, so that its memory and its threads are its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};

use super::protocol::{Answer, Done, Ready, Request};

/// A running system. Dropping it ends it.
pub(crate) struct System {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    pub(crate) ready: Ready,
}

impl System {
    /// Starts it and waits until it has loaded the network.
    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the process has no pipes");
        };
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let ready = serde_json::from_str(&line).with_context(|| format!("ended before it was ready: {line}"));
        match ready {
            Ok(ready) => Ok(Self { child, stdin, stdout, ready }),
            Err(error) => {
                drop((stdin, child.kill(), child.wait()));
                Err(error)
            }
        }
    }

    /// Encodes the sequences in batches of `batch`.
    pub(crate) fn ask(&mut self, request: &Request<'_>) -> anyhow::Result<Done> {
        let mut line = serde_json::to_string(request)?;
        line.push('\n');
        self.stdin.write_all(line.as_bytes())?;
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        match serde_json::from_str(&line).with_context(|| format!("not an answer: {line}"))? {
            Answer::Done(done) => Ok(done),
            Answer::Failed { error } => bail!("{error}"),
        }
    }
}

impl Drop for System {
    fn drop(&mut self) {
        drop((self.child.kill(), self.child.wait()));
    }
}
