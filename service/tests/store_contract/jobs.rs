//! Work is done by one worker at a time, and by another when that one is gone.

use std::collections::HashSet;
use std::time::Duration;

use futures::future::join_all;
use service::domain::job::Job;

use super::desk::{Desk, at, visitor};

const LEASE: Duration = Duration::from_mins(1);

fn reset(n: i64) -> Job {
    Job::SendPasswordReset { email: format!("{n}@example.com") }
}

async fn enqueue(desk: &Desk, n: i64, seconds: i64) {
    assert!(desk.store.enqueue_limited(reset(n), &format!("k{n}"), 1, at(seconds)).await.unwrap());
}

pub(crate) async fn each_job_is_taken_once_and_again_when_its_lease_ends(desk: Desk) {
    for n in [2, 1, 3] {
        enqueue(&desk, n, n).await;
    }
    let early = desk.store.claim_jobs(10, LEASE, at(0)).await.unwrap();
    assert!(early.is_empty(), "nothing is due yet");
    let mut order = Vec::new();
    for _ in 0..3 {
        order.extend(desk.store.claim_jobs(1, LEASE, at(10)).await.unwrap());
    }
    assert_eq!(order.iter().map(|taken| taken.job.clone()).collect::<Vec<_>>(), [reset(1), reset(2), reset(3)]);
    assert!(desk.store.claim_jobs(10, LEASE, at(69)).await.unwrap().is_empty());

    assert!(desk.store.complete_job(&order[0].lease).await.unwrap());
    let again = desk.store.claim_jobs(10, LEASE, at(70)).await.unwrap();
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|taken| taken.lease.attempt == 2));
    assert!(!desk.store.complete_job(&order[1].lease).await.unwrap(), "the lease was lost");
    assert!(desk.store.complete_job(&again[0].lease).await.unwrap());
}

pub(crate) async fn many_workers_never_share_a_job(desk: Desk) {
    for n in 0..40 {
        enqueue(&desk, n, 0).await;
    }
    let workers = join_all((0..8).map(|_| {
        let store = desk.store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let jobs = store.claim_jobs(3, LEASE, at(1)).await.unwrap();
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.into_iter().map(|job| job.lease.job_id));
            }
        })
    }))
    .await;
    let taken: Vec<_> = workers.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), taken.len());
    assert_eq!(taken.len(), 40);
}

pub(crate) async fn a_postponed_job_waits_and_a_dead_one_stays(desk: Desk) {
    enqueue(&desk, 1, 0).await;
    let first = desk.store.claim_jobs(1, LEASE, at(1)).await.unwrap().remove(0);
    desk.store.postpone_job(&first.lease, Some(at(100)), "busy").await.unwrap();
    assert!(desk.store.claim_jobs(1, LEASE, at(99)).await.unwrap().is_empty());
    let second = desk.store.claim_jobs(1, LEASE, at(100)).await.unwrap().remove(0);
    assert_eq!(second.lease.attempt, 2);
    desk.store.postpone_job(&first.lease, None, "a lost lease changes nothing").await.unwrap();
    assert_eq!(desk.store.job_counts(at(100)).await.unwrap().leased, 1);
    desk.store.postpone_job(&second.lease, None, "hopeless").await.unwrap();
    assert!(desk.store.claim_jobs(1, LEASE, at(100_000)).await.unwrap().is_empty());
    assert_eq!(desk.store.job_counts(at(100)).await.unwrap().dead, 1);
}

pub(crate) async fn a_dead_answer_does_not_stand_in_the_way_of_the_next(desk: Desk) {
    let ada = visitor("ada");
    let id = desk.hears(&ada, "Hello?", at(0)).await.conversation.id;
    let lease = desk.takes_answer_job(at(1)).await;
    desk.store.postpone_job(&lease, None, "hopeless").await.unwrap();
    desk.hears(&ada, "Anybody?", at(2)).await;
    desk.answers(id, &["Yes."], at(3)).await;
    assert_eq!(desk.turn(id).await.unanswered().count(), 0);

    desk.hears(&ada, "Good.", at(4)).await;
    let lease = desk.takes_answer_job(at(5)).await;
    desk.hears(&ada, "Very good.", at(6)).await;
    desk.store.postpone_job(&lease, None, "hopeless").await.unwrap();
    desk.answers(id, &["Yes."], at(7)).await;
}

pub(crate) async fn counts_tell_the_state_of_the_queue(desk: Desk) {
    for n in 0..3 {
        enqueue(&desk, n, n).await;
    }
    desk.store.claim_jobs(1, LEASE, at(10)).await.unwrap();
    let counts = desk.store.job_counts(at(31)).await.unwrap();
    assert_eq!((counts.waiting, counts.leased, counts.dead), (2, 1, 0));
    assert_eq!(counts.oldest_due, Duration::from_secs(30));
}
