//! What is armed, for how long, and which connections take part in it.

use std::{
    collections::HashMap,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    error::{ARMED, Error, KEPT, MAX_CAPTURES},
    pcapng::pcapng,
    recording::{Recording, Room},
    rendering::{Form, Reading, Renderings},
    secret::{Given, Secret},
    snapshot::Snapshot,
    state::{Entry, FULL, MAX_CONNECTIONS, State},
    told::{told, told_head},
    visitor::Visitor,
};
use crate::shutdown::Shutdown;

/// A handle on all captures. Cheap to clone.
#[derive(Clone)]
pub struct Captures(Arc<Inner>);

struct Inner {
    shutdown: Shutdown,
    room: Room,
    renderings: Renderings,
    state: Mutex<State>,
}

/// How a fresh connection is served.
#[derive(Debug)]
pub struct Admitted {
    /// Recorded, if anything is armed.
    pub recording: Option<Arc<Recording>>,
    /// Cancelled when it is to end as soon as what is under way on it is done.
    pub leave: CancellationToken,
}

/// A capture that is armed.
#[derive(Debug)]
pub struct Armed {
    /// It was not armed before.
    pub is_new: bool,
    /// By which it is read.
    pub secret: Secret,
    /// How long it waits for calls.
    pub armed_for: Duration,
    /// How long it can be read.
    pub kept_for: Duration,
}

impl Captures {
    /// Nothing is armed.
    #[must_use]
    pub fn new(shutdown: &Shutdown) -> Self {
        let state = State { captures: HashMap::new(), recorded: Vec::new(), others: shutdown.token().child_token() };
        let renderings = Renderings::new(shutdown);
        let (shutdown, room) = (shutdown.clone(), Room::default());
        Self(Arc::new(Inner { shutdown, room, renderings, state: Mutex::new(state) }))
    }

    /// Arms a capture for `holder`; one that is there already stays as it is, and needs its secret. Connections that are not
    /// recorded from their first byte, or have filled much of what is kept of one, are asked to end; when this returns they take
    /// no further request.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many are armed, and none by who holds more than that one would; [`Error::NoSecret`] when there is
    /// one of this trace and the secret of another.
    pub fn arm(&self, trace: u128, holder: Visitor, secret: Option<&Given>) -> Result<Armed, Error> {
        let since = Instant::now();
        let mut leaving = Vec::new();
        let armed;
        {
            let mut state = self.lock();
            if let Some(entry) = state.captures.get(&trace) {
                let may = secret.is_some_and(|secret| secret.is(&entry.secret));
                return if may { Ok(entry.armed(false)) } else { Err(Error::NoSecret) };
            }
            if state.captures.len() >= MAX_CAPTURES {
                let gives_way = state.gives_way(holder).ok_or(Error::Busy)?;
                state.remove(gives_way);
            }
            let secret = Secret::generate();
            let entry = Entry { holder, secret, since, armed: true, connections: Vec::new(), places: 0, missing: None };
            armed = entry.armed(true);
            state.captures.insert(trace, entry);
            let next = self.0.shutdown.token().child_token();
            leaving.push(std::mem::replace(&mut state.others, next));
            leaving.extend(state.live().filter(|recording| !recording.is_fresh()).map(|spent| spent.leave.clone()));
        }
        for connection in leaving {
            connection.cancel();
        }
        self.0.shutdown.spawn(self.clone().expire(trace, since));
        Ok(armed)
    }

    /// The state of a capture.
    ///
    /// # Errors
    /// [`Error::NoSecret`] when no secret is given; [`Error::Unknown`] when it was never armed, is over, or has another secret.
    pub fn find(&self, trace: u128, secret: Option<&Given>) -> Result<Snapshot, Error> {
        let secret = secret.ok_or(Error::NoSecret)?;
        let state = self.lock();
        let entry = state.captures.get(&trace).filter(|entry| secret.is(&entry.secret));
        let entry = entry.ok_or(Error::Unknown { trace })?;
        let (armed_for, kept_for) = entry.times();
        Ok(Snapshot {
            trace_id: trace,
            since: entry.since,
            armed_for,
            kept_for,
            connections: entry.connections.clone(),
            missing: entry.missing.clone(),
        })
    }

    /// Begins to read a capture. Cancel safe.
    ///
    /// # Errors
    /// [`Error::Crowded`] when too many are being read, [`Error::Unwritable`] when it cannot be written in this form.
    pub async fn read(&self, taken: Snapshot, form: Form) -> Result<Reading, Error> {
        match form {
            Form::Json => {
                let head = told_head(&taken);
                Ok(self.0.renderings.read(taken, form, told).await?.behind(head))
            }
            Form::Pcapng => self.0.renderings.read(taken, form, pcapng).await,
        }
    }

    /// How to serve a connection that was just accepted. One with TLS is recorded twice: what its ends say, and what the
    /// network sees of it.
    #[must_use]
    pub fn admit(&self, ends: (SocketAddr, SocketAddr), tls: bool) -> Admitted {
        let mut state = self.lock();
        if !state.is_armed() || !state.has_room() {
            // a token of its own: each look at it takes a lock, which all connections would share
            return Admitted { recording: None, leave: state.others.child_token() };
        }
        let leave = self.0.shutdown.token().child_token();
        let mut recording = Recording::new(ends, leave.clone(), self.0.room.clone());
        if tls {
            recording = recording.within(Recording::new(ends, leave.clone(), self.0.room.clone()).into());
        }
        let recording = Arc::new(recording);
        state.recorded.push(Arc::downgrade(&recording));
        Admitted { recording: Some(recording), leave }
    }

    /// Whether a capture of this trace is armed.
    #[must_use]
    pub fn awaits(&self, trace: u128) -> bool {
        self.lock().captures.get(&trace).is_some_and(|entry| entry.armed)
    }

    /// Notes why something that belongs to this trace is not captured.
    pub fn miss(&self, trace: u128, reason: String) {
        if let Some(entry) = self.lock().captures.get_mut(&trace) {
            entry.missing = Some(reason);
        }
    }

    pub(super) fn room(&self) -> &Room {
        &self.0.room
    }

    pub(super) fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    /// Makes a recorded connection part of the capture of this trace, if that is armed.
    pub fn attach(&self, trace: u128, recording: &Arc<Recording>) {
        self.lock().attach(trace, recording);
    }

    /// Takes one of the places that a capture has for jobs with a connection of their own: none is opened in vain.
    ///
    /// # Errors
    /// When there is none left, in a sentence.
    pub(super) fn take_place(&self, trace: u128) -> Result<(), String> {
        if let Some(entry) = self.lock().captures.get_mut(&trace) {
            if entry.places == MAX_CONNECTIONS {
                return Err(FULL.to_owned());
            }
            entry.places += 1;
        }
        Ok(())
    }

    /// Makes a connection that serves one job alone part of the capture of its trace; nothing is kept of it if that is not
    /// armed any more.
    pub(super) fn enlist(&self, trace: u128, recording: &Arc<Recording>) {
        let mut state = self.lock();
        state.forget_gone();
        state.recorded.push(Arc::downgrade(recording));
        if !state.attach(trace, recording) {
            recording.forget();
        }
    }

    /// The life of a capture after its arming.
    async fn expire(self, trace: u128, since: Instant) {
        let ending = self.0.shutdown.token().clone();
        let after = async |time| {
            tokio::select! {
                () = ending.cancelled() => {}
                () = tokio::time::sleep(time) => {}
            }
        };
        after(ARMED).await;
        self.lock().disarm(trace, since);
        after(KEPT - ARMED).await;
        let mut state = self.lock();
        if state.captures.get(&trace).is_some_and(|entry| entry.since == since) {
            state.remove(trace);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn armed(&self, is_new: bool) -> Armed {
        let (armed_for, kept_for) = self.times();
        Armed { is_new, secret: self.secret.clone(), armed_for, kept_for }
    }

    /// How long it waits for more calls, and how long it can be read.
    fn times(&self) -> (Duration, Duration) {
        let age = self.since.elapsed();
        (if self.armed { ARMED.saturating_sub(age) } else { Duration::ZERO }, KEPT.saturating_sub(age))
    }
}

impl fmt::Debug for Captures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captures").field("kept", &self.lock().captures.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crosstalk_wire::Party;
    use http::HeaderMap;

    use super::*;
    use crate::capture::Peer;

    fn ends() -> (SocketAddr, SocketAddr) {
        let end = SocketAddr::from(([127, 0, 0, 1], 1));
        (end, end)
    }

    fn visitor(number: u8) -> Visitor {
        Visitor::of(Peer([192, 0, 2, number].into()), &HeaderMap::new())
    }

    /// The state of a capture, for a caller that has its secret.
    fn find(captures: &Captures, trace: u128) -> Result<Snapshot, Error> {
        let secret = captures.lock().captures.get(&trace).map_or_else(Secret::generate, |entry| entry.secret.clone());
        captures.find(trace, Some(&secret.into()))
    }

    #[tokio::test]
    async fn a_capture_is_told_to_who_has_its_secret() {
        let captures = Captures::new(&Shutdown::new());
        let [armed, other] = [1, 2].map(|trace| captures.arm(trace, visitor(1), None).unwrap());
        let [secret, other] = [armed.secret, other.secret].map(Given::from);
        assert!(armed.is_new && captures.find(1, Some(&secret)).is_ok());
        assert!(matches!(captures.find(1, None), Err(Error::NoSecret)));
        assert!(matches!(captures.find(3, None), Err(Error::NoSecret)));
        assert!(matches!(captures.find(1, Some(&other)), Err(Error::Unknown { trace: 1 })));
        assert!(matches!(captures.arm(1, visitor(1), None), Err(Error::NoSecret)));
        assert!(matches!(captures.arm(1, visitor(1), Some(&other)), Err(Error::NoSecret)));
        let again = captures.arm(1, visitor(1), Some(&secret)).unwrap();
        assert!(!again.is_new && secret.is(&again.secret));
    }

    /// Waits until the tasks have noticed that time went on.
    async fn pass(time: Duration) {
        tokio::time::sleep(time + Duration::from_millis(1)).await;
        tokio::task::yield_now().await;
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_recorded_before_or_after_and_nothing_is_kept_for_ever() {
        let captures = Captures::new(&Shutdown::new());
        let early = captures.admit(ends(), false);
        assert!(early.recording.is_none());
        assert!(captures.arm(1, visitor(1), None).unwrap().is_new && early.leave.is_cancelled());

        let [taken, passing] = [(); 2].map(|()| captures.admit(ends(), false));
        let (taken, passing) = (taken.recording.unwrap(), passing.recording.unwrap());
        captures.attach(1, &taken);
        captures.attach(2, &passing);
        taken.push(Party::Client, b"ours");
        passing.push(Party::Client, b"theirs");
        pass(ARMED).await;

        assert!(captures.admit(ends(), false).recording.is_none());
        assert!(!taken.is_on() && !passing.is_on());
        assert_eq!(passing.content().capture.client, b"");
        let kept = find(&captures, 1).unwrap();
        assert_eq!((kept.armed_for, kept.connections.len()), (Duration::ZERO, 1));
        assert_eq!(kept.connections[0].content().capture.client, b"ours");

        pass(KEPT - ARMED).await;
        assert!(matches!(find(&captures, 1), Err(Error::Unknown { trace: 1 })));
        assert_eq!(taken.content().capture.client, b"");
    }

    #[tokio::test(start_paused = true)]
    async fn a_recording_that_ended_is_no_beginning_for_the_next_capture() {
        let captures = Captures::new(&Shutdown::new());
        captures.arm(1, visitor(1), None).unwrap();
        let first = captures.admit(ends(), false);
        captures.arm(2, visitor(1), None).unwrap();
        assert!(!first.leave.is_cancelled(), "it is recorded from its first byte");
        let full = captures.admit(ends(), false);
        full.recording.as_ref().unwrap().push(Party::Server, &vec![0; 100 << 10]);
        captures.arm(4, visitor(1), None).unwrap();
        assert!(full.leave.is_cancelled() && !first.leave.is_cancelled(), "what is kept of it is bounded");
        pass(ARMED).await;
        captures.arm(3, visitor(1), None).unwrap();
        assert!(first.leave.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_finds_a_place_in_its_capture_or_nothing_is_kept_of_it() {
        let captures = Captures::new(&Shutdown::new());
        captures.arm(1, visitor(1), None).unwrap();
        assert!((0..MAX_CONNECTIONS).all(|_| captures.take_place(1).is_ok()) && captures.take_place(1).is_err());
        let recording = || Arc::new(Recording::new(ends(), CancellationToken::new(), captures.room().clone()));
        for _ in 0..MAX_CONNECTIONS {
            captures.enlist(1, &recording());
        }
        assert_eq!(find(&captures, 1).unwrap().missing, None);
        let late = recording();
        captures.enlist(1, &late);
        assert!(!late.is_on());
        let taken = find(&captures, 1).unwrap();
        assert_eq!((taken.connections.len(), taken.missing.as_deref()), (MAX_CONNECTIONS, Some(FULL)));

        pass(ARMED).await;
        assert!(taken.connections.iter().all(|recording| !recording.is_on()), "a job outlives the capture");
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_that_waits_for_nothing_gives_way() {
        let captures = Captures::new(&Shutdown::new());
        captures.arm(1, visitor(1), None).unwrap();
        pass(ARMED).await;
        let last = 1 + MAX_CAPTURES as u128;
        for trace in 2..=last {
            captures.arm(trace, visitor(1), None).unwrap();
        }
        assert!(matches!(find(&captures, 1), Err(Error::Unknown { .. })));
        assert!(matches!(captures.arm(last + 1, visitor(1), None), Err(Error::Busy)));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_holds_the_most_gives_way_to_others_and_nobody_to_them() {
        let captures = Captures::new(&Shutdown::new());
        for trace in 1..=MAX_CAPTURES as u128 {
            captures.arm(trace, visitor(1), None).unwrap();
        }
        assert!(matches!(captures.arm(100, visitor(1), None), Err(Error::Busy)), "no others are there");
        let half = MAX_CAPTURES as u128 / 2;
        for nth in 1..=half {
            captures.arm(100 + nth, visitor(2), None).unwrap();
            assert!(find(&captures, nth).is_err() && find(&captures, nth + 1).is_ok(), "the oldest");
        }
        for most in [1, 2] {
            assert!(matches!(captures.arm(200, visitor(most), None), Err(Error::Busy)), "both hold the same");
        }
        captures.arm(200, visitor(3), None).unwrap();
    }
}
