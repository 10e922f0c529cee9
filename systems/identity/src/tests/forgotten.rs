//! A forgotten password: the link, and what nobody learns from asking for it.

use std::{collections::BTreeSet, sync::Arc};

use jiff::SignedDuration;
use kernel::{
    Id,
    retention::{self, NewHold, Rule, Run},
};
use testkit::{PASSWORD, Page, SentMail, TestApp};

use super::{SYSTEMS, account_of, machine, signs_in, world};
use crate::store::{alerts, links};

const NEW: &str = "kopi-semendo-di-pagi-hari";

fn mails(app: &TestApp, to: &str, subject: &str) -> Vec<SentMail> {
    let wanted = |mail: &SentMail| mail.header("to").contains(to) && mail.subject() == subject;
    app.mailbox().letters().into_iter().filter(wanted).collect()
}

/// The path of the link in a message.
fn link(mail: &SentMail, prefix: &str) -> String {
    let text = mail.text();
    let at = text.find(prefix).unwrap_or_else(|| panic!("no {prefix} in {text}"));
    text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-')).collect()
}

/// Gives an account an address.
async fn writes_to(app: &TestApp, username: &'static str, email: &'static str) -> Id {
    let (account, sender) = (account_of(app, username).await, alerts::Sender::of(app.gov()));
    app.write(move |tx| alerts::set_contact(tx, &sender, account, Some(email))).await;
    app.settle().await;
    account
}

/// The same, and opens the link in the message that comes.
async fn confirms(app: &TestApp, username: &'static str, email: &'static str) -> Id {
    let account = writes_to(app, username, email).await;
    let sent = mails(app, email, "Konfirmasi alamat surel keamanan");
    let page = app.anonymous().get(&link(sent.last().unwrap(), "/konfirmasi-surel/")).await.good();
    page.assert_accessible_basics();
    let _ = page.form("main form").submit().await.redirected("/masuk").saying("sudah dikonfirmasi");
    account
}

async fn forgets(app: &TestApp, username: &str, from: &str) -> Page {
    let page = app.anonymous().from(from).get("/lupa-sandi").await.good();
    page.form("/lupa-sandi").fill("username", username).submit().await
}

testkit::both!(SYSTEMS;
    async fn whoever_forgot_sets_a_new_password_by_a_link_that_works_once(app) {
        let _world = world(&app).await;
        let kasi = app.signed_in("kasi").await;
        let _ = confirms(&app, "kasi", "kasi@contoh.id").await;
        let _ = kasi.get("/akun/surel").await.good().saying("Sudah dikonfirmasi");
        let page = app.anonymous().get("/masuk").await.good().click("Lupa kata sandi?").await.good();
        page.assert_accessible_basics();
        assert!(page.form("/lupa-sandi").submit().await.is(422).error_at("username").is_some());
        let page = page.form("/lupa-sandi").fill("username", "KASI").submit().await.redirected("/lupa-sandi/terkirim").saying("30 menit");
        page.assert_accessible_basics();
        app.settle().await;
        let sent = mails(&app, "kasi@contoh.id", "Tautan untuk kata sandi baru");
        assert_eq!(sent.len(), 1);
        let path = link(&sent[0], "/lupa-sandi/");
        let secret = path["/lupa-sandi/".len()..].to_owned();
        assert!(secret.len() >= 32, "{secret}");
        // The secret stands nowhere in the database, and the queue does not show it.
        let held = app.read(move |rx| Ok(rx.count("select count(*) from kernel_notice where args like $1", &[format!("%{secret}%").into()])?)).await;
        assert_eq!(held, 0);
        // A mail reader that opens the link uses nothing up.
        let owner = app.anonymous();
        let _ = owner.get(&path).await.good();
        let page = owner.get(&path).await.good();
        page.assert_accessible_basics();
        let elsewhere = app.anonymous().get(&path).await.good().form("main form");
        let form = page.form("main form");
        assert!(form.clone().fill("baru", "pendek").fill("ulang", "pendek").submit().await.is(422).error_at("baru").is_some());
        assert!(form.clone().fill("baru", NEW).fill("ulang", "lain-sekali-lagi").submit().await.is(422).error_at("ulang").is_some());
        let _ = form.fill("baru", NEW).fill("ulang", NEW).submit().await.redirected("/masuk").saying("Kata sandi baru sudah berlaku");
        // Every session has ended, the former password is over, and so is the link.
        let _ = kasi.get("/akun").await.redirected("/masuk");
        let _ = signs_in(&app.anonymous(), "kasi", PASSWORD).await.is(422);
        let again = owner.get(&path).await.is(410).saying("tidak berlaku lagi");
        again.assert_accessible_basics();
        let _ = elsewhere.fill("baru", PASSWORD).fill("ulang", PASSWORD).submit().await.is(410);
        let kasi = app.anonymous();
        assert_eq!(signs_in(&kasi, "kasi", NEW).await.path, "/tugas");
        app.settle().await;
        let _ = kasi.get("/akun").await.good().saying("Kata sandi Anda diganti dengan tautan");
        assert_eq!(mails(&app, "kasi@contoh.id", "Kata sandi Anda diganti").len(), 1);
        for action in ["identity.reset.asked", "identity.reset.mailed", "identity.reset.used", "identity.contact.confirmed"] {
            let n = app.read(move |rx| Ok(rx.count("select count(*) from kernel_entry where action = $1 and object is not null", &[action.into()])?)).await;
            assert_eq!(n, 1, "{action}");
        }
    }

    async fn a_link_ends_with_its_half_hour_with_a_newer_one_and_with_its_address(app) {
        let _world = world(&app).await;
        let account = confirms(&app, "kasi", "kasi@contoh.id").await;
        let asked = |n: usize| {
            let sent = mails(&app, "kasi@contoh.id", "Tautan untuk kata sandi baru");
            assert_eq!(sent.len(), n);
            link(&sent[n - 1], "/lupa-sandi/")
        };
        let _ = forgets(&app, "kasi", "10.1.1.1").await;
        app.settle().await;
        let first = asked(1);
        let _ = forgets(&app, "kasi", "10.1.1.1").await;
        app.settle().await;
        let second = asked(2);
        let _ = app.anonymous().get(&first).await.is(410);
        let page = app.anonymous().get(&second).await.good();
        app.clock().advance(SignedDuration::from_mins(31));
        let _ = app.anonymous().get(&second).await.is(410);
        let _ = page.form("main form").fill("baru", NEW).fill("ulang", NEW).submit().await.is(410);
        let _ = forgets(&app, "kasi", "10.1.1.1").await;
        app.settle().await;
        let third = asked(3);
        let _ = app.anonymous().get(&third).await.good();
        // Somebody who gives another address ends what was sent to the former one.
        let sender = alerts::Sender::of(app.gov());
        app.write(move |tx| alerts::set_contact(tx, &sender, account, Some("lain@contoh.id"))).await;
        let _ = app.anonymous().get(&third).await.is(410);
        app.settle().await;
    }

    async fn nobody_else_gets_a_link_and_nobody_is_told_so(app) {
        let _world = world(&app).await;
        let _ = confirms(&app, "kasi", "kasi@contoh.id").await;
        // Not confirmed; confirmed and shut; confirmed and changed since; none at all; a machine; nobody.
        let _ = writes_to(&app, "operator", "operator@contoh.id").await;
        let shut = confirms(&app, "kaur", "kaur@contoh.id").await;
        app.write(move |tx| kernel::account::disable(tx, shut, kernel::Expect::Any)).await;
        let _ = confirms(&app, "kades", "kades@contoh.id").await;
        let _ = writes_to(&app, "kades", "kades.baru@contoh.id").await;
        let _ = app.write(|tx| kernel::account::create(tx, &machine())).await;
        let (mut texts, mut work) = (BTreeSet::new(), BTreeSet::new());
        for (n, name) in ["kasi", "operator", "kaur", "kades", "sekdes", "opensid", "siapa-ini", "nama.lain"].into_iter().enumerate() {
            let page = forgets(&app, name, &format!("10.4.{n}.1")).await.redirected("/lupa-sandi/terkirim");
            texts.insert(page.text().replace(name, "NAMA"));
            // Asked for the second time: whatever the name, as many statements.
            let count = app.write(move |tx| {
                let before = tx.statements();
                assert_eq!(links::ask(tx, name)?, None);
                Ok(tx.statements() - before)
            });
            work.insert(count.await);
        }
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert_eq!(work.len(), 1, "{work:?}");
        app.settle().await;
        let told: Vec<String> = app.mailbox().letters().iter().filter(|mail| mail.subject() == "Tautan untuk kata sandi baru").map(|mail| mail.header("to").to_owned()).collect();
        assert!(!told.is_empty() && told.iter().all(|to| to.contains("kasi@contoh.id")), "{told:?}");
        // An address that is not confirmed is asked for again by saving it again; one that is, is not.
        let before = mails(&app, "operator@contoh.id", "Konfirmasi alamat surel keamanan").len();
        let _ = writes_to(&app, "operator", "operator@contoh.id").await;
        assert_eq!(mails(&app, "operator@contoh.id", "Konfirmasi alamat surel keamanan").len(), before + 1);
        let _ = writes_to(&app, "kasi", "kasi@contoh.id").await;
        assert_eq!(mails(&app, "kasi@contoh.id", "Konfirmasi alamat surel keamanan").len(), 1);
        // Unknown secrets answer alike, opened and sent.
        let wrong = format!("/lupa-sandi/{}", "0".repeat(40));
        let _ = app.anonymous().get(&wrong).await.is(410);
        let _ = app.anonymous().get("/konfirmasi-surel/lain").await.is(410);
    }

    async fn asking_too_often_waits_by_name_and_by_address_and_keeps_nobody_from_signing_in(app) {
        let _world = world(&app).await;
        for n in 0..3 {
            let _ = forgets(&app, "kasi", &format!("203.0.{n}.1")).await.redirected("/lupa-sandi/terkirim");
        }
        let page = forgets(&app, "kasi", "203.0.99.1").await.is(429);
        assert!(page.error_at("username").is_some_and(|error| error.contains("detik")) && !page.header("retry-after").is_empty());
        // Names nobody has wait as well.
        for n in 0..3 {
            let _ = forgets(&app, "siapa.ini", &format!("203.0.{n}.2")).await.redirected("/lupa-sandi/terkirim");
        }
        let _ = forgets(&app, "siapa.ini", "203.0.99.2").await.is(429);
        // One address with many names.
        for n in 0..30 {
            let _ = forgets(&app, &format!("nama.{n}"), "198.51.100.7").await.redirected("/lupa-sandi/terkirim");
        }
        let _ = forgets(&app, "sekdes", "198.51.100.7").await.is(429);
        // One network with many addresses.
        for n in 0..91 {
            let _ = forgets(&app, &format!("lain.{n}"), &format!("198.51.100.{}", 8 + n)).await;
        }
        let _ = forgets(&app, "sekdes", "198.51.100.250").await.is(429);
        assert_eq!(signs_in(&app.anonymous().from("198.51.100.7"), "kasi", PASSWORD).await.path, "/tugas");
        app.leave_work();
    }

    // UU 27/2022 Pasal 16(2)g: what is over is not kept for ever; what proves the present address is no such thing.
    async fn links_that_are_over_go_when_their_time_is_over_and_the_proof_of_an_address_stays(app) {
        let _world = world(&app).await;
        let account = confirms(&app, "kasi", "kasi@contoh.id").await;
        let held = confirms(&app, "kades", "kades@contoh.id").await;
        for name in ["kasi", "kades"] {
            let _ = forgets(&app, name, "203.0.113.9").await;
        }
        app.settle().await;
        let links = async |app: &TestApp, of: Id| {
            app.read(move |rx| Ok(rx.count("select count(*) from identity_link where account = $1", &kernel::params![of])?)).await
        };
        assert_eq!((links(&app, account).await, links(&app, held).await), (2, 2), "confirmed, and asked for a new password");
        let person = app.read(move |rx| Ok(kernel::account::find(rx, held)?.and_then(|account| account.person))).await.unwrap();
        let rule = &links::RULES[0];
        // Nobody verified or decided the term: nothing goes.
        app.clock().advance(SignedDuration::from_hours(24 * 200));
        assert!(runs(&app, rule).await.is_none());
        app.write(move |tx| {
            retention::decide(tx, rule, 90, "Perbup 12/2026", true)?;
            let (reason, decree) = ("Penyidikan akun.".to_owned(), "Surat Polres 44/2026".to_owned());
            retention::hold(tx, &NewHold { object_kind: "person", object: person, reason, decree, until: None }).map(drop)
        })
        .await;
        let run = runs(&app, rule).await.unwrap();
        assert_eq!((run.erased, run.held), (1, 1));
        assert_eq!((links(&app, account).await, links(&app, held).await), (1, 2));
        assert!(app.read(move |rx| links::confirmed(rx, account)).await.is_some(), "the address is confirmed still");
        let _ = app.signed_in("kasi").await.get("/akun/surel").await.good().saying("Sudah dikonfirmasi");
        // A younger one stays.
        let _ = forgets(&app, "kasi", "203.0.113.9").await;
        app.settle().await;
        assert!(runs(&app, rule).await.is_some_and(|run| run.erased == 0));
        assert_eq!(links(&app, account).await, 2);
        app.leave_work();
    }
);

/// Lets a rule run to its end, as the job of every day does.
async fn runs(app: &TestApp, rule: &'static Rule) -> Option<Run> {
    let gov = Arc::clone(app.gov());
    app.write(move |tx| {
        let Some(mut run) = Run::begin(tx, rule)? else { return Ok(None) };
        loop {
            let (next, ended) = run.step(tx, &gov, rule)?;
            run = next;
            if ended {
                run.end(tx, rule)?;
                return Ok(Some(run));
            }
        }
    })
    .await
}
