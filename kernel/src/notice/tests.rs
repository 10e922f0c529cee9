use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;

use super::*;
use crate::{
    Actor, Ctx, Db,
    db::Meta,
    gov::Mail,
    runner::{Host, Runner},
    testing::Home,
};

/// A mail server that keeps what it is given; it answers `busy` times with 451 and refuses `nobody@…`.
#[derive(Clone)]
struct Sink {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
    busy: Arc<AtomicUsize>,
}

impl Sink {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let sink = Self { url, mails: Arc::default(), busy: Arc::default() };
        let server = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                server.serve(BufReader::new(stream.try_clone().unwrap()), stream);
            }
        });
        sink
    }

    fn serve(&self, mut reader: impl BufRead, mut out: impl Write) {
        let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        say("220 sink");
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap_or(0) > 0 {
            let verb = line.to_ascii_uppercase();
            match verb.split([' ', ':', '\r']).next().unwrap() {
                "EHLO" => say("250 sink"),
                "MAIL" if self.busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() => say("451 busy"),
                "RCPT" if verb.contains("NOBODY") => say("550 no such user"),
                "DATA" => {
                    say("354 go on");
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") {
                        reader.read_line(&mut mail).unwrap();
                    }
                    self.mails.lock().unwrap().push(mail);
                    say("250 kept");
                }
                "QUIT" => return say("221 bye"),
                _ => say("250 ok"),
            }
            line.clear();
        }
    }
}

#[derive(Clone)]
struct Office {
    home: Home,
    mail: Mail,
}

impl Host for Office {
    fn db(&self) -> &Db {
        &self.home.db
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        self.home.ctx(actor)
    }
}

impl Mailer for Office {
    fn keys(&self) -> &Keys {
        &self.home.keys
    }

    fn mail(&self) -> &Mail {
        &self.mail
    }

    fn letter(&self, template: &str, args: &Json) -> Option<Letter> {
        (template == "case-ready").then(|| Letter { subject: "Surat siap — é\r\nBcc: x".into(), text: format!("Kode {}", args["code"]) })
    }
}

impl Office {
    fn new(mail: Mail) -> Self {
        Self { home: Home::new(Meta::default()), mail }
    }

    fn smtp(sink: &Sink) -> Self {
        Self::new(Mail::Smtp { url: sink.url.clone(), from: "Desa <desa@empatlawang.example>".into() })
    }

    fn post_mail(&self, to: &'static str, template: &'static str) -> Id {
        let keys = Arc::clone(&self.home.keys);
        let write = move |tx: &mut Tx<'_>| {
            tx.entry(NewEntry::new("test"));
            let args = json!({ "code": "7K3M" });
            by_mail(tx, &keys, &NewMail { case_id: None, person: None, address: to, template, args: &args })
        };
        self.home.write_now(&self.home.machine(), write).unwrap()
    }

    async fn work(&self) {
        Runner::new(self.clone(), [], [mail_job()]).drain().await.unwrap();
    }

    fn notice(&self, id: Id) -> Notice {
        self.home.read_now(move |rx| find(rx, id)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_waits_for_a_busy_server_and_arrives_once() {
    let sink = Sink::start();
    let office = Office::smtp(&sink);
    sink.busy.store(1, Ordering::SeqCst);
    let id = office.post_mail("siti@example.id", "case-ready");
    office.work().await;
    assert_eq!(office.notice(id).state, NoticeState::Queued);
    office.home.pass(jiff::SignedDuration::from_secs(10));
    office.work().await;
    office.work().await;
    let (notice, mails) = (office.notice(id), sink.mails.lock().unwrap());
    assert_eq!((notice.state, notice.sent_at), (NoticeState::Sent, Some(office.home.now())));
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains(&format!("Message-ID: <{id}@empatlawang.example>")), "{}", mails[0]);
    assert!(mails[0].contains("Kode \"7K3M\"") && !mails[0].contains("\r\nBcc"), "{}", mails[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_address_fails_at_once_and_can_be_sent_again() {
    let sink = Sink::start();
    let office = Office::smtp(&sink);
    let id = office.post_mail("nobody@example.id", "case-ready");
    office.work().await;
    let notice = office.notice(id);
    assert_eq!(notice.state, NoticeState::Failed);
    assert!(notice.note.contains("550") && !notice.note.contains("nobody"), "{}", notice.note);
    assert_eq!(office.home.count("select count(*) from kernel_job where state = 'dead'"), 1);
    office.home.write_now(&office.home.machine(), move |tx| again(tx, id)).unwrap();
    assert_eq!(office.notice(id).state, NoticeState::Queued);
    let error = office.home.write_now(&office.home.machine(), move |tx| again(tx, id)).unwrap_err();
    assert!(matches!(error, Error::Refused(message) if message.key == "notice-not-failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_tried_again() {
    let office = Office::new(Mail::Smtp { url: "smtp://127.0.0.1:1".into(), from: "desa@empatlawang.example".into() });
    let id = office.post_mail("siti@example.id", "case-ready");
    office.work().await;
    assert_eq!(office.notice(id).state, NoticeState::Queued);
    assert_eq!(office.home.count("select count(*) from kernel_job where state = 'due' and attempts = 1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_never_sent() {
    let office = Office::new(Mail::Preview);
    let id = office.post_mail("siti@example.id", "case-ready");
    office.work().await;
    assert_eq!(office.notice(id).state, NoticeState::Previewed);
    let keys = Arc::clone(&office.home.keys);
    assert_eq!(office.home.read_now(move |rx| address(rx, &keys, id)).unwrap().as_deref(), Some("siti@example.id"));
    assert_eq!(office.home.read_now(|rx| mails(rx, NoticeState::Previewed, 9)).unwrap().len(), 1);
}

#[test]
fn a_post_reads_its_own_notices() {
    let home = Home::new(Meta::default());
    let (mine, other) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
    let tell = |post: Id, n: i64| {
        home.pass(jiff::SignedDuration::from_secs(1));
        let write = move |tx: &mut Tx<'_>| {
            tx.entry(NewEntry::new("test"));
            to_post(tx, post, None, "task-new", &json!({ "n": n }))
        };
        home.write_now(&home.machine(), write).unwrap()
    };
    let ids = [tell(mine, 1), tell(other, 2), tell(mine, 3)];
    let count = |post| home.read_now(move |rx| unread(rx, post)).unwrap();
    assert_eq!((count(mine), count(other)), (2, 1));
    let stranger = home.write_now(&home.machine(), move |tx| mark_read(tx, mine, ids[1]));
    assert!(matches!(stranger, Err(Error::Missing)));
    home.write_now(&home.machine(), move |tx| mark_read(tx, mine, ids[0])).unwrap();
    assert_eq!(count(mine), 1);
    let page = home.read_now(move |rx| of_post(rx, mine, None, 1)).unwrap();
    assert_eq!((page[0].id, page[0].state), (ids[2], NoticeState::Unread));
    let before = Some((page[0].created_at, page[0].id));
    let next = home.read_now(move |rx| of_post(rx, mine, before, 9)).unwrap();
    assert_eq!(next.iter().map(|notice| notice.id).collect::<Vec<_>>(), [ids[0]]);
    assert_eq!(home.write_now(&home.machine(), move |tx| mark_all_read(tx, mine)).unwrap(), 1);
    assert_eq!(count(mine), 0);
}

#[test]
fn a_text_sent_by_hand_is_written_down() {
    let home = Home::new(Meta::default());
    let case = Id::from_bytes([9; 16]);
    home.write_now(&home.machine(), move |tx| by_whatsapp(tx, case, None, "case-ready", &json!({ "code": "7K3M" }))).unwrap();
    let told = home.read_now(move |rx| of_case(rx, case)).unwrap();
    assert_eq!((told[0].channel, told[0].state), (Channel::WhatsappManual, NoticeState::Manual));
    assert_eq!(home.count("select count(*) from kernel_entry where action = 'kernel.notice.manual'"), 1);
}

#[test]
fn settings_of_mail_are_checked() {
    let smtp = |url: &str, from: &str| check_mail(&Mail::Smtp { url: url.into(), from: from.into() });
    assert!(smtp("smtps://user:secret@mail.example.id:465", "desa@example.id").is_ok());
    assert!(smtp("smtp://mail.example.id:587?tls=required", "Desa <desa@example.id>").is_ok());
    assert!(matches!(smtp("http://mail", "desa@example.id"), Err(Error::Refused(message)) if message.key == "mail-url-invalid"));
    assert!(matches!(smtp("smtp://mail", "desa"), Err(Error::Refused(message)) if message.key == "mail-from-invalid"));
}
