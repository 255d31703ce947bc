//! Which addresses requests may come from, and which address a request came from when a proxy stands
//! before us.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// A list of networks: `20.190.128.0/18`, `2603:1006::/32`; an address alone is a network of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressList(Vec<IpNet>);

/// A text is no address and no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoNetwork {
    /// Neither an address nor an address with a prefix length.
    #[error("it is neither an address nor a network")]
    Unreadable,
    /// Bits behind the prefix are set, so either the prefix or the address is a mistake.
    #[error("the address has bits behind its prefix")]
    BitsBehindPrefix,
}

impl AddressList {
    /// Reads one more network.
    ///
    /// # Errors
    /// When `text` is none.
    pub fn add(&mut self, text: &str) -> Result<(), NoNetwork> {
        let net = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse::<IpNet>().map_err(|_| NoNetwork::Unreadable)?,
        };
        if net != net.trunc() {
            return Err(NoNetwork::BitsBehindPrefix);
        }
        self.0.push(net);
        Ok(())
    }

    /// Whether it names nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is in one of the networks. An IPv4 address that came over IPv6
    /// (`::ffff:192.0.2.1`) is looked at as what it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
}

impl fmt::Display for AddressList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&names.join(", "))
    }
}

/// The address of the client: the peer's own, or what trusted proxies say of it in
/// `X-Forwarded-For`. Each proxy appends the address that it was asked from, so the list is read from
/// its end; the first address that is no proxy of ours is the client's, and what stands before it may
/// be made up.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &AddressList) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let entries = lines.iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for entry in entries {
        if !proxies.contains(client) {
            break;
        }
        // What cannot be read hides the client: the proxy is all that is known then.
        let Some(address) = address(entry.trim()) else { break };
        client = address;
    }
    client
}

/// An address, with or without a port; some proxies add one.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> AddressList {
        let mut list = AddressList::default();
        for text in texts {
            list.add(text).unwrap();
        }
        list
    }

    #[test]
    fn only_what_a_trusted_proxy_says_is_believed() {
        let proxies = list(&["10.0.0.0/8", "::1"]);
        for (peer, forwarded, client) in [
            ("192.0.2.1", &[][..], "192.0.2.1"),
            ("192.0.2.1", &["20.0.0.1"], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["20.0.0.1"], "20.0.0.1"),
            ("10.0.0.1", &["6.6.6.6, 20.0.0.1"], "20.0.0.1"),
            ("10.0.0.1", &["6.6.6.6", "20.0.0.1, 10.0.0.2"], "20.0.0.1"),
            ("10.0.0.1", &["20.0.0.1, rubbish"], "10.0.0.1"),
            ("10.0.0.1", &["20.0.0.1:49152"], "20.0.0.1"),
            ("::1", &["[2001:db8::7]:443"], "2001:db8::7"),
            ("::1", &["2001:db8::7"], "2001:db8::7"),
            ("::ffff:10.0.0.1", &["::ffff:20.0.0.1"], "20.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let seen = super::client(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(seen, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
