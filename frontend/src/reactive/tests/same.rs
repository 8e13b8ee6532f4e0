//! What is true of leptos's handles and of these.

macro_rules! same {
    ($name:ident, use $types:path) => {
        mod $name {
            use leptos::prelude::*;

            use $types::{Callback, Memo, RwSignal, Signal, StoredValue};

            use super::super::{Count, orphaned, owned};

            /// A memo that counts how often it was worked out.
            fn counted<T: PartialEq + Send + Sync + 'static>(
                work_out: impl Fn() -> T + Send + Sync + 'static,
            ) -> (Memo<T>, Count) {
                let count = Count::default();
                let counting = count.clone();
                let memo = Memo::new(move |_| {
                    counting.add();
                    work_out()
                });
                (memo, count)
            }

            #[test]
            fn a_signal_is_read_and_set() {
                owned(|| {
                    let signal = RwSignal::new(vec![1]);
                    assert_eq!(signal.get_untracked(), [1]);
                    signal.set(vec![1, 2]);
                    signal.update(|value| value.push(3));
                    assert_eq!(signal.try_update(|value| value.pop()), Some(Some(3)));
                    signal.write().push(4);
                    assert_eq!(signal.try_set(vec![5]), None);
                    signal.write().insert(0, 6);
                    assert_eq!(*signal.read_untracked(), [6, 5]);
                    assert_eq!(signal.with_untracked(Vec::len), 2);
                    assert_eq!(signal.read_only().with_untracked(Vec::len), 2);
                    assert_eq!(RwSignal::<u8>::default().get_untracked(), 0);
                });
            }

            #[test]
            fn a_memo_is_worked_out_once_for_each_change_and_only_when_asked() {
                owned(|| {
                    let signal = RwSignal::new(1);
                    let (memo, count) = counted(move || signal.get() * 2);
                    assert_eq!(count.get(), 0);
                    assert_eq!((memo.get_untracked(), memo.get_untracked(), count.get()), (2, 2, 1));
                    signal.set(2);
                    signal.set(3);
                    assert_eq!(count.get(), 1);
                    assert_eq!((memo.get_untracked(), count.get()), (6, 2));
                });
            }

            #[test]
            fn a_memo_that_comes_out_equal_changes_nothing() {
                owned(|| {
                    let signal = RwSignal::new(1);
                    let (odd, odd_count) = counted(move || signal.get() % 2 == 1);
                    let (told, told_count) = counted(move || odd.with(ToString::to_string));
                    assert_eq!(told.get_untracked(), "true");
                    signal.set(3);
                    assert_eq!(told.get_untracked(), "true");
                    assert_eq!((odd_count.get(), told_count.get()), (2, 1));
                    signal.set(4);
                    assert_eq!(told.get_untracked(), "false");
                    assert_eq!((odd_count.get(), told_count.get()), (3, 2));
                });
            }

            #[test]
            fn a_memo_knows_what_it_was_before() {
                owned(|| {
                    let signal = RwSignal::new(1);
                    let sum = Memo::new(move |before: Option<&i32>| before.copied().unwrap_or(100) + signal.get());
                    assert_eq!(sum.get_untracked(), 101);
                    signal.set(2);
                    assert_eq!(sum.get_untracked(), 103);
                });
            }

            #[test]
            fn whatever_changes_a_signal_tells_who_follows_it() {
                owned(|| {
                    let signal = RwSignal::new(0);
                    let (memo, count) = counted(move || signal.get());
                    let changes: [&dyn Fn(); 6] = [
                        &|| signal.set(1),
                        &|| signal.update(|value| *value = 1),
                        &|| _ = signal.try_update(|value| *value),
                        &|| *signal.write() = 1,
                        &|| _ = signal.try_set(1),
                        &|| signal.notify(),
                    ];
                    for (at, change) in changes.iter().enumerate() {
                        memo.get_untracked();
                        assert_eq!(count.get(), at + 1);
                        change();
                    }
                });
            }

            #[test]
            fn whatever_reads_a_signal_follows_it_unless_it_says_not_to() {
                owned(|| {
                    let signal = RwSignal::new(0);
                    let derived = Signal::derive(move || signal.get());
                    let (memo, _) = counted(move || signal.get());
                    let following: [(Memo<i32>, Count); 9] = [
                        counted(move || signal.with(|value| *value)),
                        counted(move || *signal.read()),
                        counted(move || derived.get()),
                        counted(move || *derived.read()),
                        counted(move || memo.get()),
                        counted(move || *memo.read()),
                        counted(move || Signal::from(signal).get()),
                        counted(move || signal.read_only().get()),
                        counted(move || {
                            derived.track();
                            derived.get_untracked()
                        }),
                    ];
                    let not: [(Memo<i32>, Count); 6] = [
                        counted(move || signal.get_untracked()),
                        counted(move || *signal.read_untracked()),
                        counted(move || derived.get_untracked()),
                        counted(move || derived.with_untracked(|value| *value)),
                        counted(move || memo.get_untracked()),
                        counted(move || untrack(|| derived.get() + memo.get() + signal.get()) / 3),
                    ];
                    let work_out = || following.iter().chain(&not).for_each(|(memo, _)| _ = memo.get_untracked());
                    work_out();
                    signal.set(1);
                    work_out();
                    assert!(following.iter().all(|(memo, count)| (memo.get_untracked(), count.get()) == (1, 2)));
                    assert!(not.iter().all(|(memo, count)| (memo.get_untracked(), count.get()) == (0, 1)));
                });
            }

            #[test]
            fn a_signal_is_what_it_comes_from() {
                owned(|| {
                    let signal = RwSignal::new(1);
                    let memo = Memo::new(move |_| signal.get() + 1);
                    let from: [Signal<i32>; 5] = [
                        signal.into(),
                        memo.into(),
                        3.into(),
                        Signal::stored(4),
                        Signal::derive(move || memo.get() + 3),
                    ];
                    assert_eq!(from.map(|signal| signal.get_untracked()), [1, 2, 3, 4, 5]);
                    signal.set(2);
                    assert_eq!(from.map(|signal| signal.get_untracked()), [2, 3, 3, 4, 6]);
                    assert_eq!(Signal::<String>::from("text").get_untracked(), "text");
                    assert!(!Signal::<bool>::default().get_untracked());
                });
            }

            #[test]
            fn a_stored_value_tells_nobody() {
                owned(|| {
                    let stored = StoredValue::new(1);
                    let (memo, count) = counted(move || stored.get_value());
                    assert_eq!(memo.get_untracked(), 1);
                    stored.set_value(2);
                    stored.update_value(|value| *value += 1);
                    assert_eq!(stored.try_update_value(|value| *value += 1), Some(()));
                    assert_eq!(stored.with_value(|value| *value), 4);
                    assert_eq!((memo.get_untracked(), count.get()), (1, 1));
                    assert_eq!(stored.try_get_value(), Some(4));
                });
            }

            #[test]
            fn a_callback_takes_and_gives() {
                owned(|| {
                    let callback = Callback::new(|(one, two): (i32, i32)| (one + two).to_string());
                    assert_eq!(callback.run((1, 2)), "3");
                });
            }

            #[test]
            fn what_has_gone_with_its_owner_is_left_alone() {
                let (signal, memo, stored) = orphaned(|| (RwSignal::new(1), Memo::new(|_| 1), StoredValue::new(1)));
                signal.set(2);
                signal.update(|value| *value += 1);
                stored.set_value(2);
                signal.track();
                memo.track();
                assert_eq!(signal.try_update(|value| *value), None);
                assert_eq!(signal.try_set(3), Some(3));
                assert_eq!((signal.try_get_untracked(), memo.try_get_untracked()), (None, None));
                assert_eq!((stored.try_get_value(), stored.try_set_value(3)), (None, Some(3)));
                assert_eq!(stored.try_update_value(|value| *value), None);
            }

            #[test]
            #[should_panic(expected = "a reactive value")]
            fn a_signal_that_has_gone_cannot_be_read() {
                orphaned(|| RwSignal::new(1)).get_untracked();
            }

            #[test]
            #[should_panic(expected = "a reactive value")]
            fn a_memo_that_has_gone_cannot_be_read() {
                orphaned(|| Memo::new(|_| 1)).get_untracked();
            }

            #[test]
            #[should_panic(expected = "a reactive value")]
            fn a_derived_signal_that_has_gone_cannot_be_read() {
                orphaned(|| Signal::derive(|| 1)).get_untracked();
            }

            #[test]
            #[should_panic(expected = "a reactive value")]
            fn a_stored_value_that_has_gone_cannot_be_read() {
                orphaned(|| StoredValue::new(1)).get_value();
            }

            #[test]
            fn a_signal_is_read_while_it_is_read() {
                owned(|| {
                    let signal = RwSignal::new(1);
                    let memo = Memo::new(move |_| signal.get());
                    let both = signal.with_untracked(|one| one + memo.get_untracked() + signal.get_untracked());
                    assert_eq!(both, 3);
                });
            }
        }
    };
}

same!(ours, use crate::reactive);
same!(theirs, use leptos::prelude);
