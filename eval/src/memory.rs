//! How much memory a process holds, as the kernel tells.

use anyhow::Context;

/// Resident memory in MB of the process that `/proc` has under this name: a number, or `self`.
pub(crate) fn resident_mb(process: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS in the status")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("no number in VmRSS")?.parse()?;
    Ok(kilobytes / 1024.0)
}
