//! What every store must do, told as stories and run against each of them: SQLite always, PostgreSQL when asked for,
//! on the server that `FRONTDESK_TEST_POSTGRES_URL` names. Each story has a database of its own.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod store_contract {
    //! The stories, one file a subject.
    pub(crate) mod accepting;
    pub(crate) mod codes;
    pub(crate) mod delivering;
    pub(crate) mod desk;
    pub(crate) mod events;
    pub(crate) mod feedback;
    pub(crate) mod files;
    pub(crate) mod gaps;
    pub(crate) mod identities;
    pub(crate) mod invariants;
    pub(crate) mod jobs;
    pub(crate) mod lists;
    pub(crate) mod owning;
    pub(crate) mod small_things;
    pub(crate) mod turns;
}

macro_rules! contract {
    ($($subject:ident: $($story:ident),+;)+) => {
        mod on_sqlite {$(
            mod $subject {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    crate::store_contract::desk::on_sqlite(crate::store_contract::$subject::$story).await;
                }
            )+}
        )+}

        mod on_postgres {$(
            mod $subject {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "needs a PostgreSQL server; name it in FRONTDESK_TEST_POSTGRES_URL and add `-- --ignored`"]
                async fn $story() {
                    crate::store_contract::desk::on_postgres(crate::store_contract::$subject::$story).await;
                }
            )+}
        )+}
    };
}

contract! {
    accepting:
        a_message_is_stored_with_its_job,
        the_same_external_id_is_the_same_message,
        another_senders_external_id_is_another_message,
        fifty_arrivals_at_once_are_one_message,
        the_same_key_is_the_same_request,
        a_hundred_messages_at_once_make_one_thread_without_gaps,
        a_resolved_conversation_is_not_joined_unless_named,
        somebody_elses_conversation_cannot_be_named;
    turns:
        a_turn_is_answered_and_remembered,
        a_newer_message_supersedes_the_answer,
        a_lost_lease_says_nothing,
        a_handoff_waits_in_line_with_its_replies,
        a_handoff_is_refreshed_until_somebody_takes_it,
        a_message_during_the_answer_is_never_forgotten,
        a_message_after_the_return_to_the_assistant_is_never_forgotten;
    owning:
        claiming_and_finishing_at_once_lets_one_of_them_speak,
        speaking_and_finishing_at_once_never_mixes_up_the_order,
        an_agent_takes_over_by_writing,
        the_same_key_says_it_once,
        the_same_key_changes_hands_once,
        release_resolve_and_reopen_move_the_handoff,
        returning_makes_a_fresh_start;
    jobs:
        each_job_is_taken_once_and_again_when_its_lease_ends,
        many_workers_never_share_a_job,
        a_postponed_job_waits_and_a_dead_one_stays,
        a_dead_answer_does_not_stand_in_the_way_of_the_next,
        counts_tell_the_state_of_the_queue;
    delivering:
        a_reply_by_text_message_is_sent_once,
        nothing_of_the_assistant_leaves_after_a_human_took_over,
        not_even_after_the_human_gave_it_back,
        the_goodbye_of_a_handoff_still_leaves,
        reports_only_ever_advance;
    codes:
        a_right_code_counts_once,
        three_tries_and_it_is_void,
        a_code_counts_in_its_conversation_and_in_time,
        too_many_codes_are_refused;
    identities:
        a_better_proof_and_a_name_are_kept,
        a_proven_new_address_is_bound,
        proving_a_known_address_makes_two_contacts_one;
    lists:
        conversations_page_without_gaps_or_doubles,
        conversations_are_filtered_and_summed_up,
        handoffs_wait_by_priority_and_age,
        a_made_up_cursor_is_refused;
    events:
        events_come_in_order_and_can_be_resumed,
        a_reader_misses_nothing_of_many_writers;
    feedback:
        feedback_is_kept_as_it_was_given,
        the_same_key_gives_it_once,
        feedback_is_listed_by_state_and_learned_in_order_of_review,
        messages_that_no_intent_fits_are_found;
    gaps:
        turns_without_an_answer_are_found_with_what_agents_replied,
        the_use_of_articles_is_counted;
    small_things:
        articles_keep_their_versions,
        versions_of_an_article_page_from_the_newest,
        storage_is_probed,
        limited_jobs_are_limited_by_the_hour,
        what_does_not_exist_is_named;
}
