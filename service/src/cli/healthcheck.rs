//! `frontdesk healthcheck`: for container runtimes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::ExitCode;

use crate::config::Config;
use crate::http_client::http_client;

/// Asks the service on the configured address whether it is ready.
pub async fn healthcheck(config: &Config) -> anyhow::Result<ExitCode> {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let response = http_client()?.get(format!("http://{address}/readyz")).send().await?;
    if response.status().is_success() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{}", response.text().await?);
    Ok(ExitCode::FAILURE)
}
