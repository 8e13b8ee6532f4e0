//! The store by itself, in memory: its limits and what expires.

use jiff::Timestamp;

use super::{Limits, Store};
use crate::greeting::{Condition, Error, Id, Name};

async fn store(limits: Limits) -> Store {
    Store::open_at("sqlite::memory:".to_owned(), limits).await.unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

#[tokio::test]
async fn a_full_store_refuses_what_is_new_and_still_changes_what_it_holds() {
    let store = store(Limits { greetings: 2, ..Limits::default() }).await;
    let first = store.create(&name("Ada"), None).await.unwrap().kept;
    store.create(&name("Grace"), None).await.unwrap();
    assert!(matches!(store.create(&name("Edsger"), None).await, Err(Error::Full { limit: 2, .. })));
    let new = Id::new("new").unwrap();
    assert!(matches!(store.put(&new, &name("Edsger"), &Condition::default()).await, Err(Error::Full { limit: 2, .. })));
    let (changed, made) = store.put(&first.id, &name("Edsger"), &Condition::default()).await.unwrap();
    assert!(!made);
    assert_eq!(changed.revision.version, 2);
    store.delete(&first.id, &Condition::default()).await.unwrap();
    assert!(store.create(&name("Edsger"), None).await.is_ok());
}

#[tokio::test]
async fn a_key_whose_greeting_found_no_room_can_be_used_again() {
    let store = store(Limits { greetings: 1, ..Limits::default() }).await;
    let first = store.create(&name("Ada"), None).await.unwrap().kept;
    assert!(matches!(store.create(&name("Grace"), Some("k")).await, Err(Error::Full { .. })));
    store.delete(&first.id, &Condition::default()).await.unwrap();
    assert!(!store.create(&name("Grace"), Some("k")).await.unwrap().repeated);
}

#[tokio::test]
async fn keys_are_bounded_and_the_known_ones_go_on_to_work() {
    let store = store(Limits { keys: 1, ..Limits::default() }).await;
    let first = store.create(&name("Ada"), Some("one")).await.unwrap();
    assert!(matches!(store.create(&name("Ada"), Some("two")).await, Err(Error::Full { limit: 1, .. })));
    let again = store.create(&name("Ada"), Some("one")).await.unwrap();
    assert!(again.repeated);
    assert_eq!(again.kept, first.kept);
    assert!(store.create(&name("Ada"), None).await.is_ok());
}

#[tokio::test]
async fn the_first_answer_is_repeated_although_the_greeting_has_changed() {
    let store = store(Limits::default()).await;
    let first = store.create(&name("Ada"), Some("k")).await.unwrap().kept;
    store.put(&first.id, &name("Grace"), &Condition::default()).await.unwrap();
    assert_eq!(store.create(&name("Ada"), Some("k")).await.unwrap().kept, first);
    store.delete(&first.id, &Condition::default()).await.unwrap();
    assert_eq!(store.create(&name("Ada"), Some("k")).await.unwrap().kept, first);
}

#[tokio::test]
async fn greetings_and_keys_expire() {
    let limits = Limits::default();
    let store = store(limits).await;
    let kept = store.create(&name("Ada"), Some("k")).await.unwrap().kept;
    let soon = Timestamp::now() + limits.key_life - jiff::SignedDuration::from_secs(1);
    assert_eq!(store.sweep(soon).await.unwrap(), 0);
    assert_eq!(store.sweep(soon + jiff::SignedDuration::from_secs(2)).await.unwrap(), 1, "the key");
    assert!(store.find(&kept.id).await.unwrap().is_some());
    let late = Timestamp::now() + limits.greeting_life + jiff::SignedDuration::from_secs(1);
    assert_eq!(store.sweep(late).await.unwrap(), 1, "the greeting");
    assert!(store.find(&kept.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_ends_where_the_next_begins() {
    let store = store(Limits::default()).await;
    for number in 0..5 {
        store.put(&Id::new(format!("g{number}")).unwrap(), &name("Ada"), &Condition::default()).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(2, after.as_ref().map(|(since, id)| (*since, id))).await.unwrap();
        after = page.items.last().map(|last| (last.created, last.id.clone()));
        seen.extend(page.items.into_iter().map(|kept| kept.id.to_string()));
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, ["g0", "g1", "g2", "g3", "g4"]);
}

#[tokio::test]
async fn a_greeting_made_again_under_its_id_is_another_one() {
    let store = store(Limits::default()).await;
    let id = Id::new("a").unwrap();
    let (before, _) = store.put(&id, &name("Ada"), &Condition::default()).await.unwrap();
    store.delete(&id, &Condition::default()).await.unwrap();
    let (after, _) = store.put(&id, &name("Ada"), &Condition::default()).await.unwrap();
    assert_eq!(before.revision.version, after.revision.version);
    assert_ne!(before.revision, after.revision);
}
