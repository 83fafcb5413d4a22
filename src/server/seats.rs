//! Room for sockets: how many there may be in all, and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Room for so many sockets. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Seats(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    taken: Mutex<HashMap<IpAddr, usize>>,
    all_max: usize,
    address_max: usize,
}

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// All are taken.
    Full,
    /// This address has as many as one may have.
    AddressFull,
}

/// A seat, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Seats,
    address: IpAddr,
}

impl Seats {
    pub(crate) fn new(all_max: usize, address_max: usize) -> Self {
        Self(Arc::new(Shared { taken: Mutex::default(), all_max, address_max }))
    }

    /// Takes a seat for a client at this address.
    pub(crate) fn take(&self, address: IpAddr) -> Result<Seat, NoSeat> {
        let mut taken = self.taken();
        if taken.values().sum::<usize>() >= self.0.all_max {
            return Err(NoSeat::Full);
        }
        let here = taken.entry(address).or_default();
        if *here >= self.0.address_max {
            return Err(NoSeat::AddressFull);
        }
        *here += 1;
        Ok(Seat { seats: self.clone(), address })
    }

    /// How many are taken.
    pub(crate) fn count(&self) -> usize {
        self.taken().values().sum()
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(here) = taken.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_given_back() {
        let seats = Seats::new(3, 2);
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let first = seats.take(one).unwrap();
        let second = seats.take(one).unwrap();
        assert_eq!(seats.take(one).unwrap_err(), NoSeat::AddressFull);
        let third = seats.take(other).unwrap();
        assert_eq!(seats.take(other).unwrap_err(), NoSeat::Full);
        drop(first);
        drop((seats.take(one).unwrap(), second, third));
        assert_eq!(seats.count(), 0);
        assert!(seats.taken().is_empty(), "nothing is kept of addresses that left");
    }
}
