//! Order for the few things of one call. The standard library's sorts are made for many, and each of their uses is 4 KB of
//! the program; what is sorted here is short, or in order already but for its end.

/// Puts `items` in order, those that are equal in the order they had. `before` tells whether the first belongs before the
/// second. Takes as many steps as there are pairs in the wrong order.
pub fn sort<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && before(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_keeps_its_order() {
        let mut items = [(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        sort(&mut items, |one, other| one.0 < other.0);
        assert_eq!(items, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
        sort(&mut [] as &mut [u8], |_, _| true);
    }
}
