//! A link of its own for one captured job, through the recording relay: so that the capture has the job from the protocol
//! header to `connection.close-ok`, and no bytes of other jobs.

use std::sync::Arc;

use crate::{capture::Captures, queue::session::Session};

/// The session of one captured job. Dropping it closes the connection while requests may be in flight.
#[derive(Debug)]
pub(super) struct CapturedSession(Option<Arc<Session>>);

impl CapturedSession {
    /// Opens one beside `session`, if a capture of this trace is armed. A capture that cannot be made says why, and the job
    /// goes its usual way.
    pub(super) async fn beside(session: &Session, captures: &Captures, trace: u128) -> Option<Self> {
        if !captures.awaits(trace) {
            return None;
        }
        match Self::open(session, captures, trace).await {
            Ok(session) => Some(Self(Some(session))),
            Err(reason) => {
                tracing::debug!(%reason, "a job is not captured");
                captures.miss(trace, reason);
                None
            }
        }
    }

    async fn open(session: &Session, captures: &Captures, trace: u128) -> Result<Arc<Session>, String> {
        let port = captures.relay(trace, session.endpoint()).await?;
        session.through(port).await
    }

    /// The session.
    #[must_use]
    pub(super) fn session(&self) -> &Arc<Session> {
        self.0.as_ref().expect("it is taken at its end only")
    }

    /// Closes the connection, so that its close is in the capture as well.
    pub(super) async fn close(mut self) {
        if let Some(session) = self.0.take() {
            session.close().await;
        }
    }
}

impl Drop for CapturedSession {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            let shutdown = session.shutdown().clone();
            shutdown.spawn(async move { session.close().await });
        }
    }
}
