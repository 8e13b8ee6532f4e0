//! A number of permits that several clients share: one client never holds more of them than are left over for the others,
//! so that a client that holds none finds one, however much the others ask for.

use std::sync::{Arc, Mutex, PoisonError};

use super::Error;

/// The permits. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FairLimit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// What a permit is for, in the plural.
    what: &'static str,
    limit: usize,
    taken: Mutex<usize>,
}

/// What one client holds of one [`FairLimit`]. Cheap to clone; all clones are the same client.
#[derive(Clone, Debug, Default)]
pub struct Share(Arc<Mutex<usize>>);

/// Leave for one thing to be under way, given back when the last clone is dropped.
#[derive(Clone, Debug)]
#[expect(dead_code, reason = "it is held, and not looked at")]
pub struct Permit(Arc<Taken>);

#[derive(Debug)]
struct Taken {
    limit: FairLimit,
    share: Share,
}

impl FairLimit {
    /// So many permits; `what` names in the plural what they are for.
    #[must_use]
    pub fn new(what: &'static str, limit: usize) -> Self {
        Self(Arc::new(Inner { what, limit, taken: Mutex::new(0) }))
    }

    /// Takes a permit for the client that `share` belongs to.
    ///
    /// # Errors
    /// [`Error::Busy`] with how many the client holds when that is as many as are left for all others, or with how many
    /// there are when all are taken.
    pub fn acquire(&self, share: &Share) -> Result<Permit, Error> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = share.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *held >= self.0.limit - *taken {
            let limit = if *held == 0 { self.0.limit } else { *held };
            return Err(Error::Busy { what: self.0.what, limit });
        }
        *taken += 1;
        *held += 1;
        drop((taken, held));
        Ok(Permit(Arc::new(Taken { limit: self.clone(), share: share.clone() })))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self.limit.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        *self.share.0.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take_all(limit: &FairLimit, share: &Share) -> Vec<Permit> {
        std::iter::from_fn(|| limit.acquire(share).ok()).collect()
    }

    #[test]
    fn one_client_holds_at_most_half_and_the_next_finds_its_part() {
        let limit = FairLimit::new("things", 1_024);
        let shares: Vec<Share> = (0..8).map(|_| Share::default()).collect();
        let held: Vec<_> = shares.iter().map(|share| take_all(&limit, share)).collect();
        let counts: Vec<_> = held.iter().map(Vec::len).collect();
        assert_eq!(counts, [512, 256, 128, 64, 32, 16, 8, 4]);
        assert!(limit.acquire(&Share::default()).is_ok(), "a client that holds none is served");
        let refused = limit.acquire(&shares[0]).unwrap_err();
        assert!(matches!(refused, Error::Busy { what: "things", limit: 512 }), "{refused:?}");
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let (limit, share) = (FairLimit::new("things", 2), Share::default());
        for _ in 0..10 {
            let held = take_all(&limit, &share);
            assert_eq!(held.len(), 1);
        }
        assert_eq!(*limit.0.taken.lock().unwrap(), 0);
    }
}
