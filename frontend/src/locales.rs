//! The texts of `locales/{en,zh}/{namespace}.json` as the module `i18n`; build.rs makes it.

#![expect(missing_docs, unreachable_pub, clippy::match_same_arms, reason = "generated code")]

include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
