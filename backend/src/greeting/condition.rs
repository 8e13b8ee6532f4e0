//! What a caller expects of a greeting before it is touched. This is how two who change the same thing find out.

use super::{Error, Id, Revision};

/// Revisions that a caller names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revisions {
    /// Any that exists.
    Any,
    /// One of these. Never met when it is empty.
    OneOf(Vec<Revision>),
}

impl Revisions {
    fn contain(&self, current: Option<Revision>) -> bool {
        match (self, current) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::OneOf(revisions), Some(current)) => revisions.contains(&current),
        }
    }
}

/// Both parts must hold. None of them: the last write wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The greeting is at one of these.
    pub matches: Option<Revisions>,
    /// The greeting is at none of these.
    pub differs: Option<Revisions>,
}

impl Condition {
    /// Whether it holds for the greeting as it is now.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`] says how the greeting is instead.
    pub fn check(&self, id: &Id, current: Option<Revision>) -> Result<(), Error> {
        let met = self.matches.as_ref().is_none_or(|revisions| revisions.contain(current))
            && self.differs.as_ref().is_none_or(|revisions| !revisions.contain(current));
        match (met, current) {
            (true, _) => Ok(()),
            (false, None) => Err(Error::PreconditionFailed(format!(
                "there is no greeting {id}, and the condition asks for one; send the request without it"
            ))),
            (false, Some(Revision { version, .. })) => Err(Error::PreconditionFailed(format!(
                "greeting {id} is at version {version}, which the condition excludes; read the greeting again before you change it"
            ))),
        }
    }

    /// Whether the answer depends on the revision and not only on whether there is one.
    #[must_use]
    pub fn names_revisions(&self) -> bool {
        [&self.matches, &self.differs].into_iter().any(|part| matches!(part, Some(Revisions::OneOf(_))))
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, Revisions};
    use crate::greeting::{Id, Revision};

    #[test]
    fn a_condition_is_checked_against_what_is_there() {
        let id = Id::new("a").unwrap();
        let (one, two) = (Revision { version: 1, incarnation: 7 }, Revision { version: 2, incarnation: 7 });
        let matches = |revisions| Condition { matches: Some(revisions), differs: None };
        let differs = |revisions| Condition { matches: None, differs: Some(revisions) };
        for (condition, current, met) in [
            (Condition::default(), None, true),
            (Condition::default(), Some(one), true),
            (matches(Revisions::Any), None, false),
            (matches(Revisions::Any), Some(one), true),
            (matches(Revisions::OneOf(vec![one])), Some(one), true),
            (matches(Revisions::OneOf(vec![one])), Some(two), false),
            (matches(Revisions::OneOf(vec![one])), None, false),
            (matches(Revisions::OneOf(Vec::new())), Some(one), false),
            (differs(Revisions::Any), None, true),
            (differs(Revisions::Any), Some(one), false),
            (differs(Revisions::OneOf(vec![one])), Some(two), true),
            (differs(Revisions::OneOf(vec![one])), Some(one), false),
        ] {
            assert_eq!(condition.check(&id, current).is_ok(), met, "{condition:?} {current:?}");
        }
    }
}
