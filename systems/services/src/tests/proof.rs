//! The second proof of an applicant tells nothing, by text or by work.

use std::collections::BTreeSet;

use kernel::{Date, proof::Proof};
use testkit::World;

use super::home::{adopted, code_of, up_to_review};
use crate::store::tracking;

const SYSTEMS: [&web::System; 1] = [&crate::SYSTEM];

testkit::both!(SYSTEMS;
    async fn a_wrong_proof_costs_the_same_whatever_was_wrong(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let code = code_of(&up_to_review(&app.anonymous()).await.form("#isian").submit().await.good());
        let mut work = BTreeSet::new();
        for (born, tail) in [((1981, 3, 17), "9999"), ((1980, 1, 1), "0012"), ((1980, 1, 1), "9999")] {
            let (code, born) = (code.clone(), Date::constant(born.0, born.1, born.2));
            work.insert(
                app.write(move |tx| {
                    let before = tx.statements();
                    assert_eq!(tracking::prove(tx, &code, Some(born), tail)?, Proof::Wrong);
                    Ok(tx.statements() - before)
                })
                .await,
            );
            app.clock().advance_hours(25);
        }
        // The first try writes its row anew, the later ones too: a day has passed.
        assert_eq!(work.len(), 1, "{work:?}");
        app.leave_work();
    }

    async fn asking_for_a_link_does_the_same_with_and_without_an_address(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        app.settle().await;
        let before = app.count("select count(*) from kernel_notice where channel = 'email'").await;
        let page = siti.get(&format!("/lacak/{code}/bukti")).await.good();
        let _ = page.form("form[action$='/surel']").submit().await.good().saying("Bila alamat surel tercatat");
        // The request only queued a job: whether there is an address is looked up later.
        assert_eq!(app.count("select count(*) from kernel_job where kind = 'services.proof-mail' and state = 'due'").await, 1);
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'email'").await, before);
        app.settle().await;
        let sent = app.count("select count(*) from kernel_notice where template = 'services-mail-proof'").await;
        let known = app.count("select count(*) from services_application where email_sealed is not null").await;
        assert_eq!(sent, known);
        app.leave_work();
    }
);
