//! The order of turns. Subject and peers take turns in each round, so a disturbance of the machine affects all of them,
//! and ratios are taken within a round.

/// The order in which `contenders` (numbered from 0) take their turns in `round` (from 0). Every other round runs
/// backwards, so that no contender always follows the same one.
pub fn order(round: usize, contenders: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..contenders).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}
