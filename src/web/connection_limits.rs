//! Limits how many connections there are in all, and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The limits, and how many are taken. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    taken: Mutex<Taken>,
    all_max: usize,
    address_max: usize,
    /// Addresses of proxies, which many people share: only the limit in all applies to them.
    proxies: Arc<[IpAddr]>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LimitReached {
    /// The limit in all is reached.
    Full,
    /// The limit for this address is reached.
    AddressFull,
}

impl LimitReached {
    /// The reason as a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::AddressFull => "address_full",
        }
    }
}

/// A permit, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    limits: ConnectionLimits,
    address: IpAddr,
}

impl ConnectionLimits {
    pub(crate) fn new(all_max: usize, address_max: usize, proxies: Arc<[IpAddr]>) -> Self {
        Self(Arc::new(Shared { taken: Mutex::default(), all_max, address_max, proxies }))
    }

    /// Takes a permit for a client at this address.
    pub(crate) fn take(&self, address: IpAddr) -> Result<ConnectionPermit, LimitReached> {
        let is_proxy = self.0.proxies.contains(&address.to_canonical());
        let address = network(address);
        let mut taken = self.taken();
        if taken.all >= self.0.all_max {
            return Err(LimitReached::Full);
        }
        let here = taken.by_address.entry(address).or_default();
        if *here >= self.0.address_max && !is_proxy {
            return Err(LimitReached::AddressFull);
        }
        *here += 1;
        taken.all += 1;
        Ok(ConnectionPermit { limits: self.clone(), address })
    }

    /// How many are taken.
    pub(crate) fn count(&self) -> usize {
        self.taken().all
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut taken = self.limits.taken();
        taken.all -= 1;
        if let Some(here) = taken.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// What counts as one address. A single customer has a whole /64 network of IPv6 (RFC 6177), and an IPv4
/// address may be written as an IPv6 one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_dropped_permit_is_given_back() {
        let limits = ConnectionLimits::new(3, 2, Arc::default());
        let (one, other) = (ip("10.0.0.1"), ip("10.0.0.2"));
        let first = limits.take(one).unwrap();
        let second = limits.take(one).unwrap();
        assert_eq!(limits.take(one).unwrap_err(), LimitReached::AddressFull);
        let third = limits.take(other).unwrap();
        assert_eq!(limits.take(other).unwrap_err(), LimitReached::Full);
        drop(first);
        drop((limits.take(one).unwrap(), second, third));
        assert_eq!(limits.count(), 0);
        assert!(limits.taken().by_address.is_empty(), "nothing is kept of addresses that left");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_ipv4_within_ipv6_is_ipv4() {
        let limits = ConnectionLimits::new(9, 1, Arc::default());
        let _permits = [limits.take(ip("2001:db8:1:2::1")).unwrap(), limits.take(ip("10.0.0.1")).unwrap()];
        assert_eq!(limits.take(ip("2001:db8:1:2:3:4:5:6")).unwrap_err(), LimitReached::AddressFull);
        assert_eq!(limits.take(ip("::ffff:10.0.0.1")).unwrap_err(), LimitReached::AddressFull);
        assert!(limits.take(ip("2001:db8:1:3::1")).is_ok() && limits.take(ip("::ffff:10.0.0.2")).is_ok());
    }

    #[test]
    fn a_proxy_may_have_all_there_are() {
        let limits = ConnectionLimits::new(3, 1, Arc::new([ip("10.0.0.9")]));
        let taken: Vec<_> = (0..3).map(|_| limits.take(ip("::ffff:10.0.0.9")).unwrap()).collect();
        assert_eq!(limits.take(ip("10.0.0.9")).unwrap_err(), LimitReached::Full);
        drop(taken);
    }
}
