//! Which addresses of the network an import may connect to: those of the public internet, so that a page or a name
//! cannot make this machine ask its neighbours or itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Networks of version 4 that are not public: the first address, and how many bits name the network.
const CLOSED_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),           // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by the customers of a carrier
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // this machine
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // this link, and clouds' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 31, 196, 0), 24), // AS112
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // measurements
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and broadcast
];

/// The only network of version 6 that is public as a whole; loopback, link-local, unique local, multicast, mapped and
/// translated (NAT64) addresses all lie outside it.
const OPEN_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What within it is not.
const CLOSED_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo among them
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: any address of version 4
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Says which addresses may be connected to.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    also: Vec<SocketAddr>,
}

impl Guard {
    /// Only public addresses.
    pub fn public() -> Self {
        Self::default()
    }

    /// Public addresses, and these.
    pub fn public_and(also: Vec<SocketAddr>) -> Self {
        Self { also }
    }

    /// Whether `address` may be connected to.
    pub fn allows(&self, address: SocketAddr) -> bool {
        self.also.contains(&address) || is_public(address.ip())
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4
            .iter()
            .any(|(network, bits)| address.to_bits() >> (32 - bits) == network.to_bits() >> (32 - bits)),
        IpAddr::V6(address) => {
            let is_in = |(network, bits): &(Ipv6Addr, u32)| {
                address.to_bits() >> (128 - bits) == network.to_bits() >> (128 - bits)
            };
            is_in(&OPEN_V6) && !CLOSED_V6.iter().any(is_in)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str = "1.1.1.1 93.184.215.14 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0 198.17.255.255 \
        198.20.0.0 223.255.255.255 2606:2800:21f:cb07:6820:80da:af6b:8b2c 2a00:1450::1 2001:4860::8888";

    const CLOSED: &str = "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.169.254 \
        172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 \
        198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 \
        ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 \
        64:ff9b:1::1 100::1 2001::1 2001:db8::1 2001:20::1 2002:7f00:1:: 2002:808:808::1 3fff::1 5f00::1 \
        fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1";

    #[test]
    fn only_public_addresses_are_open() {
        for open in OPEN.split_whitespace() {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
        for closed in CLOSED.split_whitespace() {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
    }

    #[test]
    fn an_exception_is_for_one_port_of_one_address() {
        let guard = Guard::public_and(vec!["127.0.0.1:8080".parse().unwrap()]);
        assert!(guard.allows("127.0.0.1:8080".parse().unwrap()));
        assert!(!guard.allows("127.0.0.1:8081".parse().unwrap()) && !guard.allows("127.0.0.2:8080".parse().unwrap()));
        assert!(!Guard::public().allows("127.0.0.1:8080".parse().unwrap()));
    }
}
