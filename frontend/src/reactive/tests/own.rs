//! What is true of these handles alone.

use std::rc::Rc;

use super::{
    super::{Callback, LocalValue, RwSignal, Signal},
    orphaned, owned,
};

#[test]
#[should_panic(expected = "a reactive value was changed while it was read")]
fn a_change_is_not_lost_in_silence() {
    owned(|| {
        let signal = RwSignal::new(1);
        signal.with_untracked(|_| signal.set(2));
    });
}

#[test]
fn a_handle_asks_nothing_of_its_type() {
    fn copied<T: Copy + Send + Sync>(_: T) {}
    struct Plain;
    owned(|| {
        copied(RwSignal::new(Plain));
        copied(Signal::derive(|| Plain));
        copied(LocalValue::new(Rc::new(Plain)));
    });
}

#[test]
fn a_function_of_one_value_is_a_callback() {
    owned(|| {
        let callback: Callback<i32, i32> = (|number: i32| -number).into();
        assert_eq!(callback.run(4), -4);
    });
}

#[test]
fn a_local_value_is_of_any_type() {
    let value = Rc::new(1);
    owned(|| {
        let local = LocalValue::new(Rc::clone(&value));
        assert!(Rc::ptr_eq(&local.get_value(), &value));
        local.set_value(Rc::new(2));
        local.update_value(|value| *Rc::make_mut(value) += 1);
        assert_eq!(local.with_value(|value| **value), 3);
        assert_eq!(local.try_update_value(|value| **value), Some(3));
    });
    assert_eq!(orphaned(|| LocalValue::new(Rc::clone(&value))).try_get_value(), None);
    assert_eq!(Rc::strong_count(&value), 1, "it has gone with its owner");
}
