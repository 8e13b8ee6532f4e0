//! Parts of pages. They take props and give callbacks; none of them fetches.
