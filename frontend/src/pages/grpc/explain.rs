//! A gRPC status in a sentence.

use crate::{
    i18n::{I18n, t_string},
    model::grpc_status,
};

/// What a status says; `by_page` when the page's own clock or button ended the call.
pub(super) fn sentence(i18n: I18n, code: i32, by_page: bool) -> &'static str {
    match code {
        grpc_status::OK => t_string!(i18n, grpc.c0),
        grpc_status::CANCELLED if by_page => t_string!(i18n, grpc.c1_page),
        grpc_status::CANCELLED => t_string!(i18n, grpc.c1),
        3 => t_string!(i18n, grpc.c3),
        grpc_status::DEADLINE_EXCEEDED if by_page => t_string!(i18n, grpc.c4_page),
        grpc_status::DEADLINE_EXCEEDED => t_string!(i18n, grpc.c4),
        8 => t_string!(i18n, grpc.c8),
        12 => t_string!(i18n, grpc.c12),
        grpc_status::INTERNAL => t_string!(i18n, grpc.c13),
        grpc_status::UNAVAILABLE => t_string!(i18n, grpc.c14),
        _ => t_string!(i18n, grpc.other),
    }
}
