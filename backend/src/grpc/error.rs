//! What can go wrong with a call as such, before or beside the job itself. Free of tonic: `crate::error` holds the table.

use std::time::Duration;

use crate::clock::Millis;

/// Why a gRPC call was not carried out, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Metadata cannot be used.
    #[error("metadata {key:?} {problem}")]
    Metadata {
        /// Which.
        key: String,
        /// What is wrong with it and the remedy.
        problem: String,
    },
    /// The metadata is too large as a whole.
    #[error("the metadata has {bytes} bytes, at most {limit} are taken")]
    MetadataTooLarge {
        /// Names and values together.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The time that the caller gave is over.
    #[error("the deadline of {} ms has passed", Millis(*.0))]
    DeadlineExceeded(Duration),
    /// The call has no request, and the method takes one.
    #[error("the call has no request message, and the method takes exactly one")]
    NoRequest,
    /// The call has several requests, and the method takes one.
    #[error("the call has more than one request message, and the method takes exactly one")]
    ManyRequests,
    /// The server is stopping and cannot finish the call.
    #[error("the server is going away; call again")]
    GoingAway,
    /// There is no such service or method.
    #[error("there is no method {path}; the reflection service lists what there is")]
    Unimplemented {
        /// The request's path.
        path: String,
    },
    /// Messages are encoded in another way than protobuf.
    #[error("messages of {content_type:?} are not understood; use protobuf, application/grpc or application/grpc-web")]
    Encoding {
        /// The request's content type.
        content_type: String,
    },
    /// More requests are waiting in a call that the server drives than it holds.
    #[error("{limit} requests of this call are waiting to be sent; wait for replies")]
    Busy {
        /// How many it holds.
        limit: usize,
    },
    /// A call that the server drives takes no more requests.
    #[error("the requests of this call have ended; open another call")]
    RequestsEnded,
}
