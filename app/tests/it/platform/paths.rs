//! Real values for the parameters of every path.

use web::RouteInfo;

use crate::town::{BY_LINK, SERVICE, Town, VILLAGE};

/// Values that are nobody's: nonsense, other alphabets, NUL, bytes that are no UTF-8, ways out of a folder, far too much.
pub const NONSENSE: [&str; 9] = [
    "tidak-ada",
    "00000000000000000000000000000000",
    "-1",
    "a%00b",
    "%F0%9F%8C%BE%E2%80%AE",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "%27%22%3E%3Cscript%3E",
    "LONG",
];

/// Somebody who applied in the village for herself.
const RESIDENT: &str = "select a.subject_person from services_application a join kernel_case c on c.id = a.id join kernel_unit u on u.id = a.unit \
                        where u.slug = 'tanjung-raman' and c.kind = 'keterangan-domisili' and c.applicant = a.subject_person order by a.id limit 1";

/// The names of the parameters of a path.
pub fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// A path with this value for every parameter.
pub fn with_nonsense(path: &str, value: &str) -> String {
    let value = if value == "LONG" { "x".repeat(3000) } else { value.to_owned() };
    parameters(path).iter().fold(path.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), &value))
}

/// What stands in the town, looked up once.
pub struct Values {
    list: Vec<(&'static str, &'static str, Vec<String>)>,
    unknown: std::sync::Mutex<Vec<String>>,
}

impl Values {
    /// Looks everything up. Of the values of one parameter the first is what walks use that need only one.
    pub async fn of(town: &Town<'_>) -> Self {
        let id = async |sql| vec![town.find(sql).await];
        let code = |standing: &crate::town::Standing| indonesian::Code::parse(&standing.code).unwrap().as_str().to_owned();
        let mut cases: Vec<_> = town.cases.clone();
        cases.sort_by_key(|standing| standing.state != "signing");
        let ids: Vec<String> = cases.iter().map(|standing| standing.id.to_string()).collect();
        let mut codes: Vec<String> = cases.iter().map(code).collect();
        // An application waiting for correction can be corrected.
        codes.sort_by_key(|held| *held != code(town.case("incomplete")));
        let steps = [
            "pengantar",
            "periksa",
            "paraf",
            "tanda-tangan",
            "mengetahui",
            "pindaian",
            "serahkan",
            "lengkap",
            "kembalikan",
            "meja-sebelumnya",
            "tolak",
            "batal",
            "nomor-batal",
            "cabut",
            "ganti",
        ];
        let mut steps: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
        steps.sort_by_key(|step| step != "tolak");
        let one = |text: &str| vec![text.to_owned()];
        let list = vec![
            // identity
            ("/jabatan/", "unit", one(VILLAGE)),
            ("/jabatan/", "post", id("select p.id from kernel_post p join kernel_unit u on u.id = p.unit where u.slug = 'tanjung-raman' and p.office = 'sekretaris'").await),
            ("/jabatan/", "holding", id("select h.id from kernel_holding h join kernel_post p on p.id = h.post join kernel_unit u on u.id = p.unit where u.slug = 'tanjung-raman' and p.office = 'sekretaris'").await),
            ("/jabatan/", "mandate", id("select id from kernel_mandate order by id limit 1").await),
            ("/jabatan/", "grant", id("select g.id from kernel_grant g join kernel_post p on p.id = g.post join kernel_unit u on u.id = p.unit where u.slug = 'tanjung-raman' and p.office = 'sekretaris' order by g.id limit 1").await),
            ("/pengguna/", "account", id("select id from kernel_account where username = 'sasaran'").await),
            ("/pengguna/", "grant", id("select g.id from kernel_grant g join kernel_account a on a.id = g.account where a.username = 'sasaran'").await),
            ("/pengguna/", "token", id("select id from kernel_token order by id limit 1").await),
            ("/ketentuan/versi/", "label", one(identity::TERMS_VERSION)),
            ("/keamanan/ambang/", "kind", one("sign-in-refused")),
            // discipline: one about an account of the village, and one about the operator, who reads it as the person concerned
            ("/sanksi/kasus/", "case", id("select id from discipline_case order by id limit 1").await),
            ("/sanksi/kasus/", "step", ["laporkan", "selidiki", "hasil", "putuskan", "banding", "pulihkan"].map(str::to_owned).to_vec()),
            ("/sanksi/saya/", "case", id("select id from discipline_case order by id limit 1").await),
            ("/mutasi/", "mutation", id("select id from kernel_mutation where state = 'draft'").await.into_iter().chain(id("select id from kernel_mutation where state = 'done'").await).collect()),
            ("/mutasi/", "line", id("select l.id from kernel_mutation_line l join kernel_mutation m on m.id = l.mutation where m.state = 'draft'").await),
            ("/tinjauan/tindakan/", "case", id("select id from kernel_case where kind = 'mutation-acts'").await),
            ("/tinjauan/tindakan/", "act", id("select id from kernel_mutation_act order by id limit 1").await),
            ("/tinjauan/hak/", "case", id("select r.id from identity_review r join kernel_unit u on u.id = r.unit where u.slug = 'tanjung-raman'").await),
            ("/tinjauan/hak/", "right", id("select l.id from identity_review_line l join identity_review r on r.id = l.case_id join kernel_unit u on u.id = r.unit where u.slug = 'tanjung-raman' order by l.title limit 1").await),
            ("/lupa-sandi/", "secret", vec![town.secret("select id from identity_link where purpose = 'reset' and state = 'waiting'").await]),
            ("/konfirmasi-surel/", "secret", vec![town.secret("select id from identity_link where purpose = 'confirm' and state = 'waiting'").await]),
            ("/akses/perkara/", "case", ids.clone()),
            ("/akses/warga/", "person", id(RESIDENT).await),
            ("/akses/akun/", "account", id("select id from kernel_account where username = 'sasaran'").await),
            ("/pihak-ketiga/", "account", id("select id from kernel_agreement order by id limit 1").await),
            ("/pejabat/impor/", "import", id("select id from identity_import order by id limit 1").await),
            // services, residents
            ("/layanan/", "unit", one(VILLAGE)),
            ("/layanan/", "service", vec![SERVICE.to_owned(), BY_LINK.to_owned()]),
            ("/unggah/", "id", one("00000000000000000000000000000001")),
            ("/lacak/", "code", codes.clone()),
            ("/lacak/", "token", one("tidak-dikirim")),
            ("/verifikasi/", "code", id("select verify_code from kernel_document where verify_code is not null order by id limit 1").await),
            ("/pengantar/", "token", one(&town.introduction)),
            // services, officers
            ("/tugas/", "case", ids.clone()),
            ("/tugas/", "step", steps),
            ("/tugas/", "file", id("select id from kernel_attachment order by id limit 1").await),
            ("/loket/layanan/", "offering", id("select o.id from kernel_offering o join kernel_unit u on u.id = o.unit where u.slug = 'tanjung-raman' and o.kind = 'keterangan-domisili'").await),
            ("/loket/layanan/", "person", id(RESIDENT).await),
            ("/loket/", "case", ids.clone()),
            (
                "/unduhan/",
                "export",
                vec![
                    town.find("select id from kernel_export where state = 'waiting' order by id limit 1").await,
                    town.find("select id from kernel_export where state = 'made' order by id limit 1").await,
                ],
            ),
            ("/penduduk/impor/", "id", id("select id from kernel_draft where kind = 'residents-import' order by id limit 1").await),
            ("/penduduk/", "id", id(RESIDENT).await),
            ("/kalender/", "id", id("select h.id from kernel_holiday h join kernel_unit u on u.id = h.unit where u.slug = 'tanjung-raman'").await),
            ("/layanan-kami/", "id", id("select o.id from kernel_offering o join kernel_unit u on u.id = o.unit where u.slug = 'tanjung-raman' order by o.id limit 1").await),
            ("/kabar/", "news", id("select id from services_news order by id limit 1").await),
            ("/antrean/", "id", id("select id from kernel_notice where channel = 'email' order by id limit 1").await),
            ("/akses/nomor/", "number", id("select id from kernel_number where state = 'outside' order by id limit 1").await),
            ("/buku/agenda/nomor/", "id", id("select id from kernel_number order by id limit 1").await),
            ("/buku/agenda/cadangan/", "pack", id("select pack from kernel_number where pack is not null order by id limit 1").await),
            // privacy
            ("/data-saya/permintaan/", "code", id("select code from kernel_case where system = 'privacy' order by id limit 1").await),
            ("/data-pribadi/permintaan/", "case", id("select id from kernel_case where system = 'privacy' order by id limit 1").await),
            ("/data-pribadi/loket/", "person", id(RESIDENT).await),
            ("/data-pribadi/rahasia/", "hiding", id("select id from privacy_hiding order by id limit 1").await),
            ("/data-pribadi/pelanggaran/", "breach", id("select id from privacy_breach order by id limit 1").await),
            ("/data-pribadi/pelanggaran/", "whom", vec!["lembaga".to_owned(), "subjek".to_owned()]),
            ("/data-pribadi/penyimpanan/aturan/", "rule", one("kernel.drafts")),
            ("/data-pribadi/pembatasan/", "limit", id("select id from kernel_limit order by id limit 1").await),
            ("/data-pribadi/penahanan/", "hold", id("select id from kernel_hold order by id limit 1").await),
            ("/data-pribadi/penyimpanan/laporan/", "run", id("select id from kernel_retention_run order by id limit 1").await),
            // oversight
            ("/pengawasan/akses/", "finding", id("select id from oversight_finding order by case when state = 'open' then 0 else 1 end, id limit 1").await),
            ("/pengawasan/perkara/", "case", id("select id from kernel_case where system = 'oversight' order by id limit 1").await),
            ("/pengawasan/keutuhan/", "audit", id("select id from oversight_audit order by id limit 1").await),
            ("/pengawasan/pemilihan/", "election", id("select id from kernel_election order by id limit 1").await),
            // API
            ("/api/v1/services/applications/{application}/", "application", ids),
            ("/api/v1/services/applications/", "application", codes),
            ("/api/v1/services/verifications/", "code", id("select verify_code from kernel_document where verify_code is not null order by id limit 1").await),
            ("/api/v1/services/", "unit", one(VILLAGE)),
            ("/api/v1/services/", "service", one(SERVICE)),
        ];
        Self { list, unknown: std::sync::Mutex::default() }
    }

    fn of_parameter(&self, path: &str, name: &str) -> &[String] {
        let found = self.list.iter().find(|(prefix, known, _)| path.starts_with(prefix) && *known == name);
        found.map_or(&[], |(_, _, values)| values.as_slice())
    }

    /// The path with real values, the first of each.
    pub fn one(&self, info: &RouteInfo) -> String {
        let mut path = info.path.to_owned();
        for name in parameters(info.path) {
            match self.of_parameter(info.path, name).first() {
                Some(value) => path = path.replace(&format!("{{{name}}}"), value),
                None => self.unknown.lock().unwrap().push(format!("{} {}: no value for {name}", info.method, info.path)),
            }
        }
        path
    }

    /// The path with every real value.
    pub fn all(&self, info: &RouteInfo) -> Vec<String> {
        let mut paths = vec![info.path.to_owned()];
        for name in parameters(info.path) {
            let values = self.of_parameter(info.path, name);
            paths = paths.iter().flat_map(|path| values.iter().map(move |value| path.replace(&format!("{{{name}}}"), value))).collect();
        }
        paths
    }

    /// Parameters nobody gave a value for: a new route needs a line above.
    pub fn unknown(&self) -> Vec<String> {
        self.unknown.lock().unwrap().clone()
    }
}
