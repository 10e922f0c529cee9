//! An example of every body, made of the types themselves, so that it cannot differ from them.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;

fn words(id: &str, en: &str) -> Words {
    Words { id: id.into(), en: en.into() }
}

fn village() -> UnitRef {
    UnitRef { slug: "tanjung-raman".into(), name: "Desa Tanjung Raman".into(), kind: "desa".into() }
}

fn running() -> Due {
    Due { state: "running".into(), at: Some("2026-11-20T10:15:00+07:00".into()), provisional: false }
}

fn submitted() -> Event {
    Event { at: "2026-11-20T10:00:00+07:00".into(), action: "submit".into(), state: "checking".into(), by: String::new() }
}

impl Units {
    pub(super) fn example() -> Self {
        Self { items: vec![village()] }
    }
}

impl Catalogue {
    pub(super) fn example() -> Self {
        let item = CatalogueItem {
            service: "keterangan-usaha".into(),
            unit: village(),
            title: words("Surat Keterangan Usaha", "Business statement"),
            summary: words("Keterangan bahwa Anda menjalankan usaha.", "A letter saying that you run a business."),
            group: "usaha".into(),
            href: "/api/v1/services/tanjung-raman/keterangan-usaha".into(),
        };
        Self { items: vec![item], next: None }
    }
}

impl Service {
    pub(super) fn example() -> Self {
        let requirement =
            Requirement { text: words("Foto tempat usaha, bila ada", "A photo of the place, if any"), field: Some("foto_usaha".into()) };
        let standard = Standard {
            typical: true,
            decree: String::new(),
            requirements: vec![requirement],
            steps: vec![words("Anda mengisi lima pertanyaan.", "You answer five questions.")],
            time: words("15 menit jam layanan sejak berkas lengkap", "15 minutes of service hours once the file is complete"),
            cost_rupiah: 0,
            cost: words("GRATIS", "FREE"),
            product: words("Surat Keterangan Usaha", "A business statement"),
            complaints: words("Sampaikan kepada kepala kantor.", "Tell the head of the office."),
            legal_basis: vec!["Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik".into()],
        };
        Self {
            service: "keterangan-usaha".into(),
            unit: village(),
            title: words("Surat Keterangan Usaha", "Business statement"),
            summary: words("Keterangan bahwa Anda menjalankan usaha.", "A letter saying that you run a business."),
            group: "usaha".into(),
            state: "open".into(),
            edition: "9f2c".repeat(16),
            standard,
            clock: Clock { kind: "service_minutes".into(), amount: Some(15), starts: "complete".into() },
            introduction: Introduction { mode: "link".into(), from: words("Ketua RT atau kepala dusun", "The head of the RT or hamlet") },
            proxy: true,
            subject: "applicant".into(),
            form: json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": { "nama_usaha": { "type": "string", "maxLength": 80 } } }),
            figures: Figures { closed: 148, on_time: 138, refused: 5, on_time_percent: Some(93), minutes_average: Some(34) },
        }
    }
}

impl NewApplication {
    pub(super) fn example() -> Self {
        let applicant = Person {
            name: "Siti Aminah".into(),
            nik: "1611034403810000".into(),
            nik_reason: "Contoh".into(),
            birth_place: "Pendopo".into(),
            birth_date: "1981-03-04".into(),
            sex: "female".into(),
            address: "Dusun II RT 03".into(),
            ..Person::default()
        };
        let introduction = Introduced { name: "Hasan Basri".into(), office: "Ketua RT 03".into(), ..Introduced::default() };
        let answers = BTreeMap::from([("nama_usaha".to_owned(), json!("Warung Bu Siti"))]);
        Self { applicant, introduction, email: "siti@contoh.id".into(), answers: answers.into_iter().collect(), ..Self::default() }
    }
}

impl Submitted {
    pub(super) fn example() -> Self {
        Self {
            code: "7K3M-9QXA-2VBD".into(),
            href: "https://layanan.contoh.id/api/v1/services/applications/7K3M9QXA2VBD".into(),
            page: "https://layanan.contoh.id/lacak/7K3M9QXA2VBD".into(),
            introduction_link: Some("https://layanan.contoh.id/pengantar/k3J9pQ…".into()),
            repeated: false,
        }
    }
}

impl Upload {
    pub(super) fn example() -> Self {
        Self { id: "019aa1f07c3e7b21a5d20f6f3a8c9e11".into(), media_type: "image/jpeg".into(), size_bytes: 212_480 }
    }
}

impl Track {
    pub(super) fn example() -> Self {
        Self {
            code: "7K3M-9QXA-2VBD".into(),
            service: "keterangan-usaha".into(),
            title: words("Surat Keterangan Usaha", "Business statement"),
            unit: village(),
            state: "checking".into(),
            received_at: "2026-11-20T10:00:00+07:00".into(),
            due: running(),
            desk: Some("Kepala Seksi Pelayanan".into()),
            events: vec![submitted()],
            letter: false,
        }
    }
}

impl Application {
    pub(super) fn example() -> Self {
        Self {
            id: "019aa1f07c3e7b21a5d20f6f3a8c9e12".into(),
            version: 1,
            code: "7K3M-9QXA-2VBD".into(),
            service: "keterangan-usaha".into(),
            subject: "S*** A*****".into(),
            unit: "Desa Tanjung Raman".into(),
            state: "checking".into(),
            channel: "api".into(),
            received_at: "2026-11-20T10:00:00+07:00".into(),
            due: running(),
            desk: Some("Kepala Seksi Pelayanan".into()),
            outcome: String::new(),
            on_time: None,
        }
    }
}

impl Applications {
    pub(super) fn example() -> Self {
        Self { items: vec![Application::example()], next: None }
    }
}

impl Record {
    pub(super) fn example() -> Self {
        Self {
            application: Application::example(),
            name: "Siti Aminah".into(),
            nik: Some("************0000".into()),
            answers: NewApplication::example().answers,
            parties: vec![Party { role: "applicant".into(), name: "Siti Aminah".into() }],
            files: vec![File {
                field: "foto_usaha".into(),
                name: "warung.jpg".into(),
                media_type: "image/jpeg".into(),
                size_bytes: 212_480,
            }],
            events: vec![submitted()],
            letter: None,
            actions: vec!["check".into(), "return".into(), "refuse".into(), "cancel".into()],
        }
    }
}

impl NewAction {
    pub(super) fn example() -> Self {
        Self { action: "check".into(), version: 1, ..Self::default() }
    }
}

impl Verification {
    pub(super) fn example() -> Self {
        let letter = VerifiedLetter {
            number: "500/012/16.11.03.2001/2026".into(),
            title: "Surat Keterangan Usaha".into(),
            unit: "Desa Tanjung Raman".into(),
            signed_on: "2026-11-20".into(),
            signer: vec!["KEPALA DESA TANJUNG RAMAN,".into()],
            signing_mode: "wet".into(),
            holder: "S*** A*****".into(),
            valid_until: Some("2027-02-20".into()),
        };
        Self { status: "in_force".into(), letter: Some(letter), replaced_by: None }
    }
}

impl Problem {
    pub(super) fn example() -> Self {
        let wrong = WrongField {
            field: "applicant.nik".into(),
            key: "kernel-nik-length".into(),
            message: "NIK terdiri dari 16 angka; yang diketik 15 angka.".into(),
        };
        Self {
            kind: "about:blank".into(),
            status: 422,
            title: "Ada 1 isian yang perlu diperbaiki".into(),
            detail: None,
            code: None,
            request: None,
            errors: vec![wrong],
        }
    }
}
