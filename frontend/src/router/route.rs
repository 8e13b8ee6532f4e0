//! The addresses of the page. Plain Rust.

/// A page of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Home,
    /// `/rest`
    Rest,
    /// `/grpc`
    Grpc,
    /// `/queue`
    Queue,
    /// `/design`
    Design,
    /// Any other.
    Lost,
}

impl Route {
    /// What is at a path; a slash at its end is of no matter.
    pub fn of(path: &str) -> Self {
        match path.strip_suffix('/').unwrap_or(path) {
            "" => Self::Home,
            "/rest" => Self::Rest,
            "/grpc" => Self::Grpc,
            "/queue" => Self::Queue,
            "/design" => Self::Design,
            _ => Self::Lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_is_of_no_matter() {
        assert_eq!(Route::of("/"), Route::Home);
        assert_eq!(Route::of("/rest"), Route::Rest);
        assert_eq!(Route::of("/rest/"), Route::Rest);
    }

    #[test]
    fn what_only_begins_like_a_page_is_none() {
        assert_eq!(Route::of("/restful"), Route::Lost);
        assert_eq!(Route::of("/rest/1"), Route::Lost);
        assert_eq!(Route::of("//"), Route::Lost);
    }
}
