//! Measuring one filled government, figure after figure. What writes comes after what reads.

use super::asks::{self, application, from_somewhere, hidden, service_page, sign_in, tracking_page, verification_page};
use super::figures::Results;
use super::http::{Ask, encoded};
use super::load::{Checked, Run, closed_loop, one_by_one, open_loop, side_by_side};
use super::sample::{Account, Dice, Sample, accounts, shown};
use super::server::Server;
use super::workbook;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How much is asked.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub pages: usize,
    pub searches: usize,
    pub seconds: u64,
    pub import_rows: u32,
}

impl Size {
    pub const FULL: Size = Size { pages: 10_000, searches: 600, seconds: 20, import_rows: 10_000 };
    pub const QUICK: Size = Size { pages: 1_000, searches: 60, seconds: 3, import_rows: 500 };
}

/// Officers who open applications at once.
const OFFICERS: usize = 16;

/// A server with what it is asked for.
pub struct Bench<'a> {
    pub server: &'a Server,
    pub database: Option<u32>,
    pub sample: Sample,
    pub accounts: Vec<Account>,
    pub size: Size,
    pub dice: Dice,
    pub results: &'a mut Results,
}

fn note(run: &Run) -> String {
    run.fault.as_ref().map(|fault| format!("{} wrong answers, the first: {fault}", run.wrong)).unwrap_or_default()
}

impl<'a> Bench<'a> {
    pub fn new(server: &'a Server, database: Option<u32>, data: &Path, size: Size, results: &'a mut Results) -> Result<Self> {
        Ok(Self { server, database, sample: Sample::read(data)?, accounts: accounts(data)?, size, dice: Dice(7), results })
    }

    /// Everything that is asked of a running server.
    ///
    /// A step that fails leaves its figures unmeasured; the others are measured all the same.
    pub fn run(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
        let units = asks::applicable(&self.sample, &mut self.server.client())?;
        type Step<'b> = (&'static str, fn(&mut Bench<'b>, &[String]) -> Result<()>);
        let steps: [Step<'a>; 9] = [
            ("letters", |bench, _| bench.letters()),
            ("pages", |bench, _| bench.pages()),
            ("tasks", |bench, _| bench.tasks()),
            ("searches", |bench, _| bench.searches()),
            ("access", |bench, _| bench.access()),
            ("mixed", |bench, units| bench.mixed(units)),
            ("submit", |bench, units| bench.submissions(units)),
            ("photos", |bench, units| bench.photos(units)),
            ("import", |bench, _| bench.import()),
        ];
        let mut after = Vec::new();
        for (name, step) in steps.iter().filter(|(name, _)| wanted(name)) {
            if let Err(error) = step(self, &units) {
                let text: String = format!("{error:#}").chars().take(400).collect();
                eprintln!("bench: {name}: {text}");
                self.results.faults.push(format!("{name}: {text}"));
            }
            after.push(format!("{name} {:.0}", self.server.memory_mib().0));
        }
        let (now, most, renderers) = self.server.memory_mib();
        self.results.put_with("memory", now, format!("after each step, in MiB: {}", after.join(", ")));
        self.results.put("memory-most", most);
        self.results.put_with("memory-renderers", renderers.iter().sum(), format!("{} processes", renderers.len()));
        Ok(())
    }

    /// Processor time of the server and of the database for one request, in ms.
    fn cost(&mut self, requests: &[Checked]) -> (f64, f64, Run) {
        let before = self.server.spent(self.database);
        let run = one_by_one(&self.server.address, requests);
        let after = self.server.spent(self.database);
        let each = |seconds: f64| seconds * 1000.0 / requests.len().max(1) as f64;
        (each(after.server - before.server), each(after.database - before.database), run)
    }

    fn pages(&mut self) -> Result<()> {
        let services = &self.sample.services;
        let pages: Vec<Checked> = (0..self.size.pages).map(|place| service_page(&services[place % services.len()])).collect();
        let distinct = services.len().min(pages.len());
        one_by_one(&self.server.address, &pages[..distinct]);
        let (server, database, run) = self.cost(&pages);
        self.results.put_with(
            "page",
            server,
            format!("{distinct} distinct pages, each read once before; p95 {:.2} ms. {}", run.quantile_ms(0.95), note(&run)),
        );
        self.results.put("page-database", database);
        let packed: Vec<Checked> = pages
            .iter()
            .map(|page| Checked { ask: page.ask.clone().with("Accept-Encoding: gzip"), marker: String::new(), ..page.clone() })
            .collect();
        let (server, _, run) = self.cost(&packed);
        self.results.put_with("page-gzip", server, note(&run));
        let mut dice = self.dice.clone();
        let half = self.size.pages / 2;
        let tracked: Vec<Checked> = (0..half).map(|_| tracking_page(dice.one_of(&self.sample.cases))).collect();
        let (server, _, run) = self.cost(&tracked);
        self.results.put_with("track", server, note(&run));
        let letters: Vec<Checked> =
            std::iter::repeat_with(|| verification_page(dice.one_of(&self.sample.cases))).flatten().take(half).collect();
        let (server, _, run) = self.cost(&letters);
        self.results.put_with("verify", server, note(&run));
        Ok(())
    }

    /// A session of the first account of this role whose user name begins so.
    fn session(&mut self, role: &str, begins: &str) -> Result<(String, Account)> {
        let mut of_role = self.accounts.iter().filter(|account| account.role == role && account.username.starts_with(begins));
        // Villages of one name differ by what follows it.
        let whole = of_role.clone().find(|account| account.username == begins);
        let found = whole.or_else(|| of_role.next());
        let account = found.with_context(|| format!("no account of a {role} {begins}"))?.clone();
        Ok((sign_in(&mut self.server.client(), &account, &mut self.dice)?, account))
    }

    fn tasks(&mut self) -> Result<()> {
        let heads: Vec<Account> = self
            .accounts
            .iter()
            .filter(|account| account.role == "signer" && account.username.starts_with("kepala."))
            .step_by(13)
            .cloned()
            .collect();
        let mut sessions = Vec::new();
        for account in &heads {
            let session = sign_in(&mut self.server.client(), account, &mut self.dice)?;
            // Whoever has nothing to do has a faster page.
            if sessions.len() < 10 && self.server.client().send(&Ask::get("/tugas").with(session.as_str()))?.holds("\"/tugas/") {
                sessions.push(session);
            }
        }
        if sessions.is_empty() {
            bail!("no village officer has work");
        }
        let asks: Vec<Checked> = (0..self.size.searches)
            .map(|place| Checked::new(Ask::get("/tugas").with(sessions[place % sessions.len()].as_str()), 200, "/tugas/"))
            .collect();
        let run = one_by_one(&self.server.address, &asks);
        let about = format!("{} officers, p50 {:.1} ms. {}", sessions.len(), run.quantile_ms(0.5), note(&run));
        self.results.put_with("tasks-village", run.quantile_ms(0.95), about);
        let (session, _) = self.session("overseer", "")?;
        let asks: Vec<Checked> =
            (0..self.size.searches).map(|_| Checked::new(Ask::get("/tugas?tab=menunggu").with(session.as_str()), 200, "/tugas")).collect();
        let run = one_by_one(&self.server.address, &asks);
        let plain: Vec<Checked> =
            (0..self.size.searches).map(|_| Checked::new(Ask::get("/tugas").with(session.as_str()), 200, "/tugas")).collect();
        let own = one_by_one(&self.server.address, &plain);
        let worst = run.quantile_ms(0.95).max(own.quantile_ms(0.95));
        let about = format!(
            "the worse of the tabs Perlu tindakan {:.1} and Menunggu {:.1} ms. {}",
            own.quantile_ms(0.95),
            run.quantile_ms(0.95),
            note(&run)
        );
        self.results.put_with("tasks-regency", worst, about);
        Ok(())
    }

    fn searches(&mut self) -> Result<()> {
        let (overseer, _) = self.session("overseer", "")?;
        let mut dice = self.dice.clone();
        let count = self.size.searches;
        let cases: Vec<&super::sample::Case> = (0..count).map(|_| dice.one_of(&self.sample.cases)).collect();
        let register = |text: &str, session: &str, marker: String| {
            Checked::new(Ask::get(format!("/permohonan?cari={}", encoded(text))).with(session), 200, marker)
        };
        let by_code: Vec<Checked> = cases.iter().map(|case| register(&case.code, &overseer, format!("/tugas/{}", case.id))).collect();
        let by_name: Vec<Checked> = cases.iter().map(|case| register(&case.name, &overseer, "/tugas/".to_owned())).collect();
        let by_prefix: Vec<Checked> = cases.iter().map(|case| register(&beginning(&case.name), &overseer, "/tugas/".to_owned())).collect();
        let whole: Vec<Checked> =
            (0..count).map(|_| Checked::new(Ask::get("/permohonan").with(overseer.as_str()), 200, "/tugas/")).collect();
        for (key, asks) in [("register", whole), ("case-code", by_code), ("case-name", by_name), ("case-prefix", by_prefix)] {
            let run = one_by_one(&self.server.address, &asks);
            let about = format!("regency-wide, p50 {:.1} ms. {}", run.quantile_ms(0.5), note(&run));
            self.results.put_with(key, run.quantile_ms(0.95), about);
        }
        // Residents are searched where they live: by operators of eight villages.
        let operators: Vec<Account> = self
            .accounts
            .iter()
            .filter(|account| account.role == "operator" && account.username.starts_with("operator."))
            .step_by(19)
            .take(8)
            .cloned()
            .collect();
        let mut sessions = Vec::new();
        for account in &operators {
            sessions.push((
                sign_in(&mut self.server.client(), account, &mut self.dice)?,
                account.username.trim_start_matches("operator.").to_owned(),
            ));
        }
        let mut of_unit = |short: &str| {
            let near: Vec<&super::sample::Resident> =
                self.sample.residents.iter().filter(|resident| resident.unit.ends_with(short)).collect();
            if near.is_empty() { None } else { Some(*dice.one_of(&near)) }
        };
        let (mut names, mut prefixes) = (Vec::new(), Vec::new());
        for place in 0..count {
            let (session, short) = &sessions[place % sessions.len()];
            let Some(resident) = of_unit(short) else { continue };
            let ask = |text: &str, marker: &str| {
                Checked::new(Ask::get(format!("/penduduk?cari={}", encoded(text))).with(session.as_str()), 200, marker)
            };
            names.push(ask(&resident.name, "/penduduk/"));
            prefixes.push(ask(&beginning(&resident.name), "/penduduk/"));
        }
        for (key, asks) in [("person-name", names), ("person-prefix", prefixes)] {
            let run = one_by_one(&self.server.address, &asks);
            self.results.put_with(key, run.quantile_ms(0.95), format!("p50 {:.1} ms. {}", run.quantile_ms(0.5), note(&run)));
        }
        // What is typed, and what the answer must name.
        const WORDS: [(&str, &str); 10] = [
            ("surat usaha", "Usaha"),
            ("keterangan domisili", "Domisili"),
            ("tidak mampu", "Tidak Mampu"),
            ("skck", "SKCK"),
            ("nikah", "Nikah"),
            ("kehilngan", "Kehilangan"),
            ("usha tebing", "Usaha"),
            ("ahli waris", "Ahli Waris"),
            ("izin keramaian", "Keramaian"),
            ("belum menikah pendopo", "Belum Menikah"),
        ];
        let ask = |(typed, marker): (&str, &str)| Checked::new(Ask::get(format!("/layanan?cari={}", encoded(typed))), 200, marker);
        let asks: Vec<Checked> = (0..count).map(|place| ask(WORDS[place % WORDS.len()])).collect();
        let run = one_by_one(&self.server.address, &asks);
        self.results.put_with("service-search", run.quantile_ms(0.95), note(&run));
        Ok(())
    }

    /// What writing down who looked costs: the same applications opened by officers for the first time, each with its entry, and
    /// again within ten minutes, when a repeat is no new entry. Somebody else opened them before, so that both find them in memory.
    /// The server is let come to rest first: its background work is not what an opening costs.
    /// Sixteen officers look at once, as in the morning of a regency; then one alone, whose every entry is a commit of its own.
    fn access(&mut self) -> Result<()> {
        let heads = self.accounts.iter().filter(|account| account.role == "signer" && account.username.starts_with("kepala."));
        let heads: Vec<String> = heads.map(|account| account.username.trim_start_matches("kepala.").to_owned()).collect();
        let page = |cookie: &str, case: &super::sample::Case| {
            Checked::new(Ask::get(format!("/tugas/{}", case.id)).with(cookie), 200, shown(&case.code))
        };
        let mut officers: Vec<(Vec<Checked>, Vec<Checked>)> = Vec::new();
        for short in heads {
            let near: Vec<super::sample::Case> =
                self.sample.cases.iter().filter(|case| case.unit == short).take(self.size.searches * 2).cloned().collect();
            if near.len() < 20 || officers.len() > OFFICERS {
                continue;
            }
            let (own, _) = self.session("signer", &format!("kepala.{short}"))?;
            let (before, _) = self.session("operator", &format!("operator.{short}"))?;
            // A head whose post somebody else acts for may open nothing.
            if self.server.client().send(&page(&own, &near[0]).ask)?.status != 200 {
                continue;
            }
            officers.push(near.iter().map(|case| (page(&before, case), page(&own, case))).unzip());
        }
        let alone = officers.pop().context("no village has twenty applications")?;
        let (warming, own): (Vec<Vec<Checked>>, Vec<Vec<Checked>>) = officers.into_iter().unzip();
        let warm = side_by_side(&self.server.address, &warming);
        self.server.rest(self.database);
        let (first, run) = self.cost_together(&own);
        let (again, _) = self.cost_together(&own);
        let count: usize = own.iter().map(Vec::len).sum();
        let about =
            format!("{count} applications by {} officers, {first:.2} and {again:.2} ms each. {}{}", own.len(), note(&warm), note(&run));
        self.results.put_with("access", first / again, about);
        one_by_one(&self.server.address, &alone.0);
        self.server.rest(self.database);
        let (first, _, run) = self.cost(&alone.1);
        let (again, _, _) = self.cost(&alone.1);
        let about = format!("{} applications, {first:.2} and {again:.2} ms. {}", alone.1.len(), note(&run));
        self.results.put_with("access-alone", first / again, about);
        Ok(())
    }

    /// As [`Bench::cost`], of officers who look at once, each after the answer before.
    fn cost_together(&mut self, lists: &[Vec<Checked>]) -> (f64, Run) {
        let before = self.server.spent(self.database);
        let run = side_by_side(&self.server.address, lists);
        let after = self.server.spent(self.database);
        let count: usize = lists.iter().map(Vec::len).sum();
        ((after.server - before.server) * 1000.0 / count.max(1) as f64, run)
    }

    fn letters(&mut self) -> Result<()> {
        let (session, account) = self.session("signer", "kepala.")?;
        let short = account.username.trim_start_matches("kepala.").to_owned();
        let mine: Vec<Checked> = self
            .sample
            .cases
            .iter()
            .filter(|case| case.unit.ends_with(&short) && case.letter.is_some())
            .map(|case| Checked::new(Ask::get(format!("/tugas/{}/surat", case.id)).with(session.as_str()), 200, "%PDF-"))
            .collect();
        let Some((first, others)) = mine.split_first() else { bail!("no letters of {}", account.unit) };
        let run = one_by_one(&self.server.address, std::slice::from_ref(first));
        self.results.put_with("letter-first", run.quantile_ms(0.5), note(&run));
        let run = one_by_one(&self.server.address, &others[..others.len().min(100)]);
        self.results.put_with(
            "letter",
            run.quantile_ms(0.5),
            format!("{} different letters, p95 {:.1} ms. {}", run.times.len(), run.quantile_ms(0.95), note(&run)),
        );
        Ok(())
    }

    fn mixed(&mut self, units: &[String]) -> Result<()> {
        let seconds = self.size.seconds as usize;
        let mut dice = self.dice.clone();
        let reads = asks::reads(&self.sample, &mut dice, seconds * 1000);
        let writes: Vec<Checked> = (0..seconds * 50)
            .map(|_| {
                let unit = dice.one_of(units).clone();
                Checked::new(application(&unit, &mut dice, None, "mixed"), 201, "\"code\"")
            })
            .collect();
        let address = self.server.address.as_str();
        let (read, written) = std::thread::scope(|scope| {
            let writing = scope.spawn(|| open_loop(address, &writes, 50.0, 16));
            (open_loop(address, &reads, 1000.0, 64), writing.join().unwrap_or_default())
        });
        let about = format!(
            "{} reads at {:.0}/s beside {} submissions at {:.1}/s. {}",
            read.times.len(),
            read.per_second(),
            written.times.len(),
            written.per_second(),
            note(&read)
        );
        self.results.put_with("mixed-p99", read.quantile_ms(0.99), about);
        self.results.put("mixed-p50", read.quantile_ms(0.5));
        self.results.put_with("mixed-write-p99", written.quantile_ms(0.99), note(&written));
        Ok(())
    }

    fn submissions(&mut self, units: &[String]) -> Result<()> {
        let seed = self.dice.throw();
        let make = |place: usize| {
            let mut dice = Dice(seed ^ (place as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
            let unit = dice.one_of(units).clone();
            Checked::new(application(&unit, &mut dice, None, "load"), 201, "\"code\"")
        };
        let before = self.server.spent(self.database);
        let run = closed_loop(&self.server.address, 64, Duration::from_secs(self.size.seconds), &make);
        let after = self.server.spent(self.database);
        std::thread::park_timeout(Duration::from_secs(5));
        let waiting = self.server.metric("outbox_waiting");
        let each = |seconds: f64| seconds * 1000.0 / run.times.len().max(1) as f64;
        let about = format!(
            "{} in {:.1} s; database CPU of one {:.2} ms. {}",
            run.times.len(),
            run.seconds,
            each(after.database - before.database),
            note(&run)
        );
        self.results.put_with("submit", run.per_second(), about);
        self.results.put("submit-p99", run.quantile_ms(0.99));
        self.results.put("submit-cpu", each(after.server - before.server));
        self.results.put_with("outbox", waiting, format!("{} dead", self.server.metric("outbox_dead")));
        Ok(())
    }

    fn photos(&mut self, units: &[String]) -> Result<()> {
        let photo = super::photo::jpeg()?;
        let (address, seed) = (self.server.address.clone(), self.dice.throw());
        let (done, times, fault) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(None));
        let (begin, limit) = (Instant::now(), Duration::from_secs(self.size.seconds));
        std::thread::scope(|scope| {
            for worker in 0..16_u64 {
                let (photo, address, done, times, fault) = (&photo, &address, &done, &times, &fault);
                scope.spawn(move || {
                    let mut client = super::http::Client::new(address);
                    let mut dice = Dice(seed ^ worker.wrapping_mul(0x9e37_79b9));
                    while begin.elapsed() < limit {
                        let sent = Instant::now();
                        match with_photo(&mut client, &mut dice, photo, units) {
                            Ok(()) => {
                                done.fetch_add(1, Ordering::Relaxed);
                                if let Ok(mut times) = times.lock() {
                                    times.push(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
                                }
                            }
                            Err(error) => {
                                if let Ok(mut fault) = fault.lock() {
                                    fault.get_or_insert(format!("{error:#}"));
                                }
                            }
                        }
                    }
                });
            }
        });
        let mut times = times.into_inner().unwrap_or_default();
        times.sort_unstable();
        let fault = fault.into_inner().ok().flatten().map(|fault| format!(" wrong: {fault}")).unwrap_or_default();
        let about = format!(
            "upload of {} kB and submission, p95 {:.0} ms.{fault}",
            photo.len() / 1000,
            super::quantile(&times, 0.95) as f64 / 1000.0
        );
        self.results.put_with("photo", done.into_inner() as f64 / begin.elapsed().as_secs_f64(), about);
        Ok(())
    }

    fn import(&mut self) -> Result<()> {
        let (session, account) = self.session("operator", "operator.")?;
        let mut client = self.server.client();
        let page = client.send(&Ask::get("/penduduk/impor").with(session.as_str()))?;
        let html = page.text();
        let mut body = Vec::new();
        let field = |body: &mut Vec<u8>, name: &str, value: &str| {
            body.extend_from_slice(format!("--batas\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        };
        for name in ["_token", "_key", "_post", "unit"] {
            if let Some(value) = hidden(&html, name) {
                field(&mut body, name, &value);
            }
        }
        let file = workbook::population(self.size.import_rows, "99")?;
        let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        body.extend_from_slice(
            format!(
                "--batas\r\nContent-Disposition: form-data; name=\"berkas\"; filename=\"penduduk.xlsx\"\r\nContent-Type: {media}\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(&file);
        body.extend_from_slice(b"\r\n--batas--\r\n");
        let begin = Instant::now();
        let kept = client.send(&Ask::post("/penduduk/impor", "multipart/form-data; boundary=batas", body).with(session.as_str()))?;
        let uploaded = begin.elapsed();
        let Some(place) = kept.header("location").next().map(str::to_owned) else {
            bail!("the workbook of {} was not kept: {} {}", account.unit, kept.status, kept.text())
        };
        let preview = client.send(&Ask::get(place.as_str()).with(session.as_str()))?.text();
        let fields: Vec<String> =
            ["_token", "_key", "_post"].iter().filter_map(|name| Some(format!("{name}={}", encoded(&hidden(&preview, name)?)))).collect();
        let begin = Instant::now();
        let done = client.send(&Ask::post(place.as_str(), "application/x-www-form-urlencoded", fields.join("&")).with(session.as_str()))?;
        let ran = begin.elapsed();
        if done.status != 303 {
            bail!("the import of {} failed: {} {}", account.unit, done.status, done.text());
        }
        let after = client.send(&Ask::get(place.as_str()).with(session.as_str()))?.text();
        let wanted = format!("{}.{:03}", self.size.import_rows / 1000, self.size.import_rows % 1000);
        let missing = if after.contains(&wanted) || after.contains(&self.size.import_rows.to_string()) {
            ""
        } else {
            " The page does not say that all came in."
        };
        let about =
            format!("upload and check {:.2} s, run {:.2} s; {} kB.{missing}", uploaded.as_secs_f64(), ran.as_secs_f64(), file.len() / 1000);
        self.results.put_with("import", (uploaded + ran).as_secs_f64(), about);
        Ok(())
    }
}

/// The first name and three letters of the next.
fn beginning(name: &str) -> String {
    let mut words = name.split(' ');
    let first = words.next().unwrap_or_default();
    let next: String = words.next().unwrap_or_default().chars().take(3).collect();
    format!("{first} {next}").trim().to_owned()
}

fn with_photo(client: &mut super::http::Client, dice: &mut Dice, photo: &[u8], units: &[String]) -> Result<()> {
    let own = super::photo::varied(photo, dice.throw());
    let ask = Ask::post("/api/v1/services/uploads?name=usaha.jpg", "application/octet-stream", own);
    let kept = client.send(&from_somewhere(ask, dice))?;
    if kept.status != 201 {
        bail!("upload: {} {}", kept.status, kept.text());
    }
    let told: serde_json::Value = serde_json::from_slice(&kept.body)?;
    let id = told["id"].as_str().context("an upload without id")?;
    let unit = dice.one_of(units).clone();
    let answer = client.send(&application(&unit, dice, Some(id), "photo"))?;
    if answer.status != 201 {
        bail!("application: {} {}", answer.status, answer.text());
    }
    Ok(())
}
