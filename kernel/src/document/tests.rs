use jiff::{SignedDuration, civil::date};
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    NewEntry,
    blobs::{self, StagedBlob},
    db::Meta,
    numbering::{self, agenda, classification},
    post::{self, HoldingKind, MandateForm, NewHolding, NewMandate, NewPost},
    testing::Home,
    unit::{self, NewUnit, UnitKind},
};

static PEOPLE: Table = Table::audited("kernel_person", &["name", "name_folded", "nik_state", "source"]);

/// A village with its head and secretary, and the kecamatan above it with its Camat.
struct Village {
    home: Home,
    village: Id,
    kecamatan: Id,
    head: (Id, Id),
    secretary: (Id, Id),
    camat: (Id, Id),
}

fn write<T: Send + 'static>(home: &Home, run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
    home.db.write_now(&home.machine(), move |tx| {
        tx.entry(NewEntry::new("test"));
        run(tx)
    })
}

fn officer(tx: &mut Tx<'_>, unit: Id, office: &str, title: &str, name: &str) -> Result<(Id, Id)> {
    let person = tx.ctx().new_id();
    tx.insert(&PEOPLE, person, &cols! { "name" => name, "name_folded" => name, "nik_state" => "none", "source" => "test" })?;
    let new = NewPost { unit, office: office.into(), title: title.into(), place: 1, valid_from: date(2020, 1, 1) };
    let post = post::create(tx, &new)?;
    let from = "2025-01-01T00:00:00Z".parse().unwrap();
    post::appoint(tx, &NewHolding { post, person, kind: HoldingKind::Definitive, decree: "SK 1".into(), from, until: None })?;
    Ok((post, person))
}

fn stage() -> Village {
    let home = Home::new(Meta::default());
    let made = write(&home, |tx| {
        let regency = unit::create(tx, &NewUnit::new(UnitKind::Regency, None, "16.11", "Kabupaten Empat Lawang"))?;
        let kecamatan = unit::create(tx, &NewUnit::new(UnitKind::Kecamatan, Some(regency), "16.11.01", "Kecamatan Muara Pinang"))?;
        let village = unit::create(tx, &NewUnit::new(UnitKind::Desa, Some(kecamatan), "16.11.01.2001", "Desa Batu Jungul"))?;
        for code in ["470", "500"] {
            let (code, source) = (code.to_owned(), "test".to_owned());
            let new =
                classification::NewClassification { name: code.clone(), code, valid_from: date(2020, 1, 1), valid_until: None, source };
            classification::add(tx, &new)?;
        }
        let head = officer(tx, village, "kepala", "Kepala Desa", "Budi Santoso")?;
        let secretary = officer(tx, village, "sekretaris", "Sekretaris Desa", "Rina Wati")?;
        let camat = officer(tx, kecamatan, "kepala", "Camat", "Dedi Kurnia")?;
        Ok((village, kecamatan, head, secretary, camat))
    });
    let (village, kecamatan, head, secretary, camat) = made.unwrap();
    Village { home, village, kecamatan, head, secretary, camat }
}

impl Village {
    fn letter(&self) -> NewDocument {
        let signatures = vec![
            NewSignature::of_post(Role::Initial, self.village, self.secretary.0),
            NewSignature::of_post(Role::Signer, self.village, self.head.0),
        ];
        NewDocument {
            case_id: None,
            kind: "usaha".into(),
            title: "Surat Keterangan Usaha".into(),
            unit: self.village,
            signing_mode: SigningMode::Wet,
            holder_name: "Siti Aminah".into(),
            secrecy: "limited".into(),
            signatures,
        }
    }

    fn draft(&self, new: NewDocument) -> Result<Id> {
        let keys = self.home.keys.clone();
        write(&self.home, move |tx| create_draft(tx, &keys, &new, &json!({ "text": "usaha warung" })))
    }

    fn signature(&self, document: Id, role: Role) -> Signature {
        let all = self.home.db.read_now(|rx| signatures(rx, document)).unwrap();
        all.into_iter().find(|signature| signature.role == role).unwrap()
    }

    fn initials(&self, document: Id, person: Id) -> Result<post::Right> {
        let signature = self.signature(document, Role::Initial).id;
        write(&self.home, move |tx| initial(tx, document, signature, person))
    }

    fn signs(&self, document: Id, person: Id) -> Result<Signed> {
        let signing = Signing {
            person,
            classification: "470".into(),
            addressee: "Siti Aminah".into(),
            on_date: date(2026, 11, 20),
            valid_until: Some(date(2027, 5, 20)),
        };
        write(&self.home, move |tx| sign(tx, document, Expect::Any, &signing))
    }

    fn acknowledges(&self, document: Id, person: Id) -> Result<numbering::Number> {
        let signature = self.signature(document, Role::Acknowledger).id;
        let acknowledging = Acknowledging { signature, person, classification: "500".into(), on_date: date(2026, 11, 20) };
        write(&self.home, move |tx| acknowledge(tx, document, &acknowledging))
    }

    /// A file as the blob store would have staged it.
    fn file(&self, mark: u8, media_type: &str) -> StagedBlob {
        StagedBlob { id: self.home.machine().new_id(), hash: [mark; 32], size: 9, stored_size: 9, media_type: media_type.into() }
    }

    fn scans(&self, document: Id, mark: u8) -> Result<i64> {
        let file = self.file(mark, "application/pdf");
        write(&self.home, move |tx| {
            let scan = blobs::adopt(tx, &file)?;
            register_scan(tx, document, Expect::Any, scan)
        })
    }

    /// A letter signed and registered.
    fn registered(&self, mark: u8) -> (Id, Signed) {
        let document = self.draft(self.letter()).unwrap();
        self.initials(document, self.secretary.1).unwrap();
        let signed = self.signs(document, self.head.1).unwrap();
        self.scans(document, mark).unwrap();
        (document, signed)
    }

    fn find(&self, document: Id) -> Document {
        self.home.db.read_now(|rx| find(rx, document)).unwrap().unwrap()
    }

    fn verdict(&self, code: indonesian::Code, on: Date) -> Verdict {
        self.home.db.read_now(|rx| verification(rx, &code, on)).unwrap()
    }
}

fn key<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Refused(message)) => message.key.into_owned(),
        other => panic!("not refused: {other:?}"),
    }
}

const TODAY: Date = date(2026, 11, 22);

#[test]
fn a_letter_goes_from_draft_to_registered() {
    let v = stage();
    let document = v.draft(v.letter()).unwrap();
    assert_eq!((v.find(document).number, v.find(document).verify_code), (None, None), "a draft has neither number nor code");
    assert_eq!(key(v.signs(document, v.head.1)), "document-initials-missing");
    assert_eq!(key(v.scans(document, 1)), "document-not-signed");
    assert_eq!(key(v.initials(document, v.head.1)), "document-not-your-signature");
    v.initials(document, v.secretary.1).unwrap();
    assert_eq!(key(v.initials(document, v.secretary.1)), "document-signature-given");

    let signed = v.signs(document, v.head.1).unwrap();
    assert_eq!(signed.number.text, "470/001/BJ/XI/2026");
    assert_eq!(signed.label, ["KEPALA DESA BATU JUNGUL,"]);
    assert_eq!(key(v.signs(document, v.head.1)), "document-awaits-scan");
    let verdict = v.verdict(signed.verify_code, TODAY);
    assert_eq!(verdict, Verdict { status: Status::NotRegistered, registered: None }, "not yet registered is never called registered");

    v.scans(document, 1).unwrap();
    assert_eq!(key(v.scans(document, 2)), "document-registered");
    let verdict = v.verdict(signed.verify_code, TODAY);
    assert_eq!(verdict.status, Status::InForce);
    let registered = verdict.registered.unwrap();
    assert_eq!((registered.number.as_str(), registered.unit_name.as_str()), ("470/001/BJ/XI/2026", "Desa Batu Jungul"));
    assert_eq!(registered.signer_label, ["KEPALA DESA BATU JUNGUL,"]);
    assert!(registered.holder_masked.starts_with('S') && !registered.holder_masked.contains("iti"), "{}", registered.holder_masked);
    assert_eq!(v.verdict(signed.verify_code, date(2027, 5, 20)).status, Status::InForce, "the last day counts");
    assert_eq!(v.verdict(signed.verify_code, date(2027, 5, 21)).status, Status::Expired { until: date(2027, 5, 20) });
    assert_eq!(v.verdict(indonesian::Code::encode([9; 7]), TODAY).status, Status::Unknown);
}

#[test]
fn the_letter_is_sealed_and_a_change_asks_for_initials_again() {
    let v = stage();
    let document = v.draft(v.letter()).unwrap();
    let keys = v.home.keys.clone();
    let text = || v.home.db.read_now(|rx| body::<Json>(rx, &keys, document)).unwrap()["text"].clone();
    assert_eq!(text(), "usaha warung");
    let stored =
        v.home.db.read_now(|rx| rx.one("select body_sealed from kernel_document", &[])).unwrap().unwrap().get::<Vec<u8>>(0).unwrap();
    assert!(!stored.windows(5).any(|window| window == b"usaha"));

    v.initials(document, v.secretary.1).unwrap();
    let change = |text: &'static str, expect| {
        let keys = keys.clone();
        write(&v.home, move |tx| set_body(tx, &keys, document, expect, &json!({ "text": text })))
    };
    assert!(matches!(change("x", Expect::Version(7)), Err(Error::Stale)));
    change("usaha bengkel", Expect::Version(1)).unwrap();
    assert_eq!(key(v.signs(document, v.head.1)), "document-initials-missing");
    v.initials(document, v.secretary.1).unwrap();
    v.signs(document, v.head.1).unwrap();
    change("usaha bengkel, nomor 470/001", Expect::Any).unwrap();
    v.scans(document, 1).unwrap();
    assert_eq!(key(change("lain", Expect::Any)), "document-registered");
    assert_eq!(text(), "usaha bengkel, nomor 470/001");
}

#[test]
fn whoever_lost_the_post_yesterday_cannot_sign_today() {
    let v = stage();
    let document = v.draft(v.letter()).unwrap();
    v.initials(document, v.secretary.1).unwrap();
    let (head, today) = (v.head, v.home.now());
    write(&v.home, move |tx| {
        let holding = post::holder(tx, head.0, today)?.holder.unwrap();
        post::end(tx, holding.id, Expect::Any, today - SignedDuration::from_hours(24))?;
        Ok(())
    })
    .unwrap();
    assert_eq!(key(v.signs(document, head.1)), "document-not-your-signature");
    let secretary = v.secretary.1;
    write(&v.home, move |tx| {
        let kind = HoldingKind::Plt;
        post::appoint(tx, &NewHolding { post: head.0, person: secretary, kind, decree: "SK 2".into(), from: today, until: None }).map(drop)
    })
    .unwrap();
    let signed = v.signs(document, secretary).unwrap();
    assert_eq!(signed.label, ["Plt. KEPALA DESA BATU JUNGUL,"]);
    assert_eq!(signed.number.seq, 1, "the refused signature took no number");
}

#[test]
fn a_mandate_signs_for_the_post() {
    let v = stage();
    let document = v.draft(v.letter()).unwrap();
    v.initials(document, v.secretary.1).unwrap();
    assert_eq!(key(v.signs(document, v.secretary.1)), "document-not-your-signature");
    let (head, secretary, from) = (v.head.0, v.secretary.0, v.home.now());
    write(&v.home, move |tx| {
        let new = NewMandate {
            from_post: head,
            to_post: secretary,
            kinds: vec!["usaha".into()],
            form: MandateForm::An,
            decree: "SK 3".into(),
            from,
            until: None,
        };
        post::mandate(tx, &new).map(drop)
    })
    .unwrap();
    let signed = v.signs(document, v.secretary.1).unwrap();
    assert_eq!(signed.label, ["a.n. KEPALA DESA BATU JUNGUL", "SEKRETARIS DESA,"]);
    let given = v.signature(document, Role::Signer);
    assert_eq!((given.post, given.mandate), (Some(v.head.0), signed.right.mandate()));
    assert_eq!(v.find(document).signer_post, Some(v.secretary.0));
}

#[test]
fn the_camat_takes_note_under_a_number_of_his_own_book() {
    let v = stage();
    let mut new = v.letter();
    new.signatures.push(NewSignature::of_post(Role::Acknowledger, v.kecamatan, v.camat.0));
    new.signatures.push(NewSignature::of_witness("Herman".into(), None));
    let document = v.draft(new).unwrap();
    v.initials(document, v.secretary.1).unwrap();
    assert_eq!(key(v.acknowledges(document, v.camat.1)), "document-not-signed");
    let signed = v.signs(document, v.head.1).unwrap();
    assert_eq!(key(v.scans(document, 1)), "document-acknowledgement-missing");
    assert_eq!(key(v.acknowledges(document, v.head.1)), "document-not-your-signature");
    let own = v.acknowledges(document, v.camat.1).unwrap();
    assert_eq!(own.text, "500/001/MP/XI/2026");
    v.scans(document, 1).unwrap();
    assert!(v.signature(document, Role::Witness).given_at.is_some(), "witnesses signed on the paper");
    let registered = v.verdict(signed.verify_code, TODAY).registered.unwrap();
    assert_eq!(registered.acknowledgements, [(vec!["CAMAT MUARA PINANG,".to_owned()], own.text)]);
}

#[test]
fn a_letter_revoked_before_its_scan_voids_its_numbers() {
    let v = stage();
    let mut new = v.letter();
    new.signatures.push(NewSignature::of_post(Role::Acknowledger, v.kecamatan, v.camat.0));
    let document = v.draft(new).unwrap();
    v.initials(document, v.secretary.1).unwrap();
    let revoke_for = |reason: &'static str| write(&v.home, move |tx| revoke(tx, document, Expect::Any, reason));
    assert_eq!(key(revoke_for("salah")), "document-not-signed");
    let signed = v.signs(document, v.head.1).unwrap();
    v.acknowledges(document, v.camat.1).unwrap();
    let number = signed.number.id;
    assert_eq!(key(write(&v.home, move |tx| numbering::void(tx, number, Expect::Any, "salah"))), "number-document-stands");
    assert_eq!(key(revoke_for(" ")), "document-reason-missing");
    revoke_for("salah nama").unwrap();
    for (unit, count) in [(v.village, 1), (v.kecamatan, 1)] {
        let voided = agenda::Filter { state: Some(numbering::State::Void), ..agenda::Filter::year(unit, 2026) };
        let page = v.home.db.read_now(move |rx| agenda::page(rx, &voided, numbering::Order::Ascending, None, 9)).unwrap();
        assert_eq!(page.len(), count);
    }
    assert_eq!(v.verdict(signed.verify_code, TODAY), Verdict { status: Status::Revoked, registered: None });
    assert_eq!(key(revoke_for("lagi")), "document-closed");
    assert_eq!(v.home.db.read_now(numbering::all_flaws).unwrap(), []);
}

#[test]
fn revoked_and_replaced_letters_say_so() {
    let v = stage();
    let ((old, first), (new, second), (third, signed)) = (v.registered(1), v.registered(2), v.registered(3));
    let swap = |old, new| write(&v.home, move |tx| replace(tx, old, Expect::Any, new, "alamat diperbaiki"));
    assert_eq!(key(swap(old, old)), "document-replacement");
    swap(old, new).unwrap();
    assert_eq!(v.verdict(first.verify_code, TODAY).status, Status::Replaced { by: Some(second.number.text) });
    assert_eq!(key(swap(old, third)), "document-closed");
    write(&v.home, move |tx| revoke(tx, third, Expect::Any, "data palsu")).unwrap();
    let verdict = v.verdict(signed.verify_code, TODAY);
    assert_eq!(verdict.status, Status::Revoked);
    assert!(verdict.registered.is_some(), "it was registered once: which letter it was is said");
    let number = v.home.db.read_now(|rx| numbering::find(rx, signed.number.id)).unwrap().unwrap();
    assert_eq!(number.state, numbering::State::Used, "a number that was in force stays used");
}

#[test]
fn a_file_is_told_apart_from_the_registered_scan() {
    let v = stage();
    let document = v.draft(v.letter()).unwrap();
    v.initials(document, v.secretary.1).unwrap();
    let signed = v.signs(document, v.head.1).unwrap();
    let compare = |mark: u8| v.home.db.read_now(|rx| compare_scan(rx, &signed.verify_code, &[mark; 32])).unwrap();
    assert_eq!(compare(1), Comparison::NotRegistered);
    let (first, second) = (v.file(6, "application/pdf"), v.file(7, "application/pdf"));
    let stale = v.find(document).version - 1;
    let attach = |file: StagedBlob, expect| {
        write(&v.home, move |tx| {
            let pdf = blobs::adopt(tx, &file)?;
            attach_pdf(tx, document, expect, pdf)
        })
    };
    assert!(matches!(attach(first.clone(), Expect::Version(stale)), Err(Error::Stale)), "the letter changed since it was rendered");
    attach(first.clone(), Expect::Version(stale + 1)).unwrap();
    attach(second, Expect::Any).unwrap();
    assert!(!v.home.db.read_now(|rx| blobs::find(rx, first.id)).unwrap().unwrap().used, "the older print is let go");
    let sheet = v.file(9, "text/csv");
    let wrong = write(&v.home, move |tx| {
        let scan = blobs::park(tx, &sheet)?;
        register_scan(tx, document, Expect::Any, scan)
    });
    assert_eq!(key(wrong), "document-scan-kind");
    v.scans(document, 1).unwrap();
    assert_eq!([compare(1), compare(7), compare(2)], [Comparison::Scan, Comparison::Print, Comparison::Different]);
}

#[test]
fn electronic_signatures_are_refused_until_there_is_a_provider() {
    let v = stage();
    assert_eq!(key(v.draft(NewDocument { signing_mode: SigningMode::Tte, ..v.letter() })), "document-tte-not-yet");
    assert_eq!(key(v.draft(NewDocument { signatures: Vec::new(), ..v.letter() })), "document-signers");
}
