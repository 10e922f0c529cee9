//! Filling a post, standing in, ending: `/jabatan/{unit}/{post}/isi` and `…/akhiri/{holding}`.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Error as KernelError, Expect, Id, Message,
    account::{self, AccountKind, NewAccount},
    party,
    post::{self, Holding, HoldingKind, Post},
    schema::FieldErrors,
};
use web::{
    Access, Error, FormData, FormState, Page, Routes,
    ui::{Choice, Notice, Tone},
};

use super::{Place, accounts::Made, acting, board::period, officer, refused, temporary};
use crate::{
    model::{Appointment, Found},
    rules, store, words,
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/jabatan/{unit}/{post}/isi", Access::Signed, ask)
        .post("/jabatan/{unit}/{post}/isi", Access::Signed, appoint)
        .token()
        .get("/jabatan/{unit}/{post}/akhiri/{holding}", Access::Signed, ask_end)
        .post("/jabatan/{unit}/{post}/akhiri/{holding}", Access::Signed, end)
        .token()
        .post("/jabatan/{unit}/{post}/akun", Access::Signed, give_account)
        .token()
}

/// Names a search shows.
const FOUND_MAX: usize = 20;

#[derive(Template)]
#[template(path = "identity/find_person.html")]
struct Find {
    page: Page,
    place: Place,
    post: Post,
    form: FormState,
    typed: String,
    officials: Vec<Found>,
    residents: Vec<Found>,
    /// `jenis=plh` and the like, carried on.
    kind: String,
}

#[derive(Template)]
#[template(path = "identity/appoint.html")]
struct Ask {
    page: Page,
    place: Place,
    post: Post,
    form: FormState,
    /// Who was chosen; none for somebody new.
    person: Option<party::Person>,
    now_acts: Option<Notice>,
    kinds: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "identity/end.html")]
struct End {
    page: Page,
    place: Place,
    post: Post,
    form: FormState,
    holding: Holding,
    holder: String,
}

type PostPath = Path<(String, Id)>;

async fn ask(page: Page, Path((slug, post)): PostPath) -> web::Result {
    let query = page.query();
    let kind = query.get("jenis").to_owned();
    let person: Option<Id> = query.get("orang").parse().ok();
    if person.is_none() && query.get("baru").is_empty() {
        return find(page, slug, post, kind).await;
    }
    let today = page.today().to_string();
    let form = FormData::of([
        ("orang", person.map(|id| id.to_string()).unwrap_or_default()),
        ("nama", query.get("nama").to_owned()),
        ("jenis", kind),
        ("mulai", today),
    ]);
    let form = FormState::filled(&page, form);
    show(page, slug, post, form, person, false).await
}

async fn find(page: Page, slug: String, post: Id, kind: String) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let typed = page.query().get("cari").trim().to_owned();
    let wanted = typed.clone();
    let read = move |rx: &mut kernel::Rx<'_>| {
        let (place, post) = Place::kept_post(rx, &officer, &slug, post)?;
        let officials = if wanted.is_empty() { Vec::new() } else { store::find_officials(rx, &wanted, now, FOUND_MAX)? };
        Ok::<_, KernelError>((place, post, officials))
    };
    let (place, post, officials) = page.gov().read(read).await?;
    let mut residents = Vec::new();
    if !typed.is_empty() && place.unit.kind.is_village() {
        let (unit, wanted) = (place.unit.clone(), typed.clone());
        let limit = i64::try_from(FOUND_MAX).unwrap_or(20);
        residents = page.gov().write(&page.ctx(), move |tx| store::find_residents(tx, &unit, &wanted, limit)).await?;
        residents.retain(|resident| !officials.iter().any(|official| official.person == resident.person));
    }
    let page = place.page(&page);
    let form = FormState::filled(&page, FormData::of([("cari", typed.as_str())]));
    page.clone().html(&Find { page, place, post, form, typed, officials, residents, kind })
}

async fn show(page: Page, slug: String, post: Id, form: FormState, person: Option<Id>, wrong: bool) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let (place, post, holder, person) = page
        .gov()
        .read(move |rx| {
            let (place, post) = Place::kept_post(rx, &officer, &slug, post)?;
            let holder = post::holder(rx, post.id, now)?.holder;
            let holder = match holder {
                Some(holding) => party::find(rx, holding.person)?.map(|person| (holding, person.name)),
                None => None,
            };
            let person = match person {
                Some(person) => Some(party::find(rx, person)?.ok_or(KernelError::Missing)?),
                None => None,
            };
            Ok::<_, KernelError>((place, post, holder, person))
        })
        .await?;
    let page = place.page(&page);
    let now_acts = holder.as_ref().map(|(holding, name)| {
        let title = page.t2("identity-today-acts", "name", name.as_str(), "kind", words::kind(&page, holding.kind));
        Notice::new(Tone::Plain, title).text(page.t1("identity-today-span", "span", period(&page, holding.from, holding.until)))
    });
    let kinds = HoldingKind::ALL.map(|kind| {
        let hint = page.t(&format!("identity-kind-{}-when", kind.key()));
        Choice::new(kind.key(), words::kind(&page, kind)).hint(hint)
    });
    let shown = Ask { page: page.clone(), place, post, form, person, now_acts, kinds: kinds.to_vec() };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

async fn appoint(page: Page, Path((slug, post_id)): PostPath, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let (reader, unit_slug) = (officer.clone(), slug.clone());
    let (place, post) = page.gov().read(move |rx| Place::kept_post(rx, &reader, &unit_slug, post_id)).await?;
    let new = match rules::appointment(&|name| form.raw(name), place.unit.zone) {
        Ok(new) => new,
        Err(errors) => return again(page, slug, post_id, form, errors).await,
    };
    let (keys, unit, saved, key) = (page.gov().keys().clone(), place.unit.clone(), new.clone(), form.key().map(str::to_owned));
    let written = page
        .gov()
        .write(&ctx, move |tx| {
            const ROUTE: &str = "/jabatan/isi";
            if let Some(key) = &key
                && kernel::request::seen(tx, key, ROUTE, post_id.to_string().as_bytes())? != kernel::request::Seen::New
            {
                return Ok(());
            }
            let holding = store::appoint(tx, &keys, &post, &unit, &saved)?;
            if let Some(key) = &key {
                kernel::request::done(tx, key, ROUTE, post_id.to_string().as_bytes(), &holding.to_string())?;
            }
            Ok(())
        })
        .await;
    match written {
        Ok(()) => {
            page.flash_ok(told(&place.page(&page), &new));
            page.redirect(&place.post_href(post_id))
        }
        Err(error) => {
            let errors = refused(error)?;
            again(page, slug, post_id, form, errors).await
        }
    }
}

async fn again(page: Page, slug: String, post: Id, form: FormData, errors: FieldErrors) -> web::Result {
    let person = form.get("orang").parse().ok();
    let form = FormState::wrong(&page, form, errors);
    show(page, slug, post, form, person, true).await
}

/// When it takes effect and when it was entered, apart.
fn told(page: &Page, new: &Appointment) -> Message {
    let (from, now) = (page.moment(new.from), page.moment(page.now()));
    let key = if new.from > page.now() {
        "identity-appointed-ahead"
    } else if page.now().duration_since(new.from) > jiff::SignedDuration::from_hours(24) {
        "identity-appointed-behind"
    } else {
        "identity-appointed"
    };
    Message::new(key).arg("from", from).arg("entered", now)
}

type EndPath = Path<(String, Id, Id)>;

async fn read_end(page: &Page, slug: String, post: Id, holding: Id) -> web::Result<(Place, Post, Holding, String)> {
    let officer = officer(page)?;
    let read = move |rx: &mut kernel::Rx<'_>| {
        let (place, post) = Place::kept_post(rx, &officer, &slug, post)?;
        let found = post::holdings(rx, post.id)?.into_iter().find(|known| known.id == holding).ok_or(KernelError::Missing)?;
        let name = party::find(rx, found.person)?.map_or_else(String::new, |person| person.name);
        Ok::<_, KernelError>((place, post, found, name))
    };
    Ok(page.gov().read(read).await?)
}

async fn ask_end(page: Page, Path((slug, post, holding)): EndPath) -> web::Result {
    let (place, post, holding, name) = read_end(&page, slug, post, holding).await?;
    let page = place.page(&page);
    let hour = page.clock(page.now()).replace('.', ":");
    let form = FormData::of([("saat", page.today().to_string()), ("saat-jam", hour), ("versi", holding.version.to_string())]);
    let form = FormState::filled(&page, form);
    page.clone().html(&End { page, place, post, form, holding, holder: name })
}

async fn end(page: Page, Path((slug, post, holding)): EndPath, form: FormData) -> web::Result {
    let (ctx, _) = acting(&page, &form)?;
    let (place, post, holding, name) = read_end(&page, slug, post, holding).await?;
    let page = place.page(&page);
    let mut errors = FieldErrors::default();
    let at = rules::moment(&|name| form.raw(name), "saat", place.unit.zone, rules::Edge::End, &mut errors);
    if at.is_none() {
        errors.add("saat", Message::new("identity-day-needed"));
    }
    if let (Some(at), true) = (at, errors.is_empty()) {
        let (id, version) = (holding.id, form.number("versi").unwrap_or(0));
        let ended = page.gov().write(&ctx, move |tx| post::end(tx, id, Expect::Version(version), at)).await;
        match ended {
            Ok(_) => {
                page.flash_ok(Message::new("identity-ended").arg("name", name).arg("at", page.moment(at)));
                return page.redirect(&place.post_href(post.id));
            }
            Err(KernelError::Refused(message)) => errors.add("saat", message),
            Err(other) => return Err(other.into()),
        }
    }
    let form = FormState::wrong(&page, form, errors);
    page.clone().wrong(&End { page, place, post, form, holding, holder: name })
}

/// Makes an account for whoever acts for the post and has none, so that work goes on within the hour.
async fn give_account(page: Page, Path((slug, post_id)): PostPath, form: FormData) -> web::Result {
    let (ctx, officer) = acting(&page, &form)?;
    let now = page.now();
    let (place, person) = page
        .gov()
        .read(move |rx| {
            let (place, post) = Place::kept_post(rx, &officer, &slug, post_id)?;
            let holder = post::holder(rx, post.id, now)?.holder.ok_or(KernelError::refused("identity-nobody-acts"))?;
            let person = party::find(rx, holder.person)?.ok_or(KernelError::Missing)?;
            Ok::<_, KernelError>((place, person))
        })
        .await?;
    let username = account::check_username(form.get("username")).map_err(Error::Refused)?;
    let (password, hash) = temporary(&page).await?;
    let (person_id, name) = (person.id, person.name.clone());
    let new = NewAccount {
        username: username.clone(),
        person: Some(person_id),
        kind: AccountKind::Person,
        display_name: name.clone(),
        password: Some(hash),
        expires_at: None,
    };
    page.gov()
        .write(&ctx, move |tx| {
            if !account::of_person(tx, person_id)?.is_empty() {
                return Err(KernelError::refused("identity-account-exists"));
            }
            let account = account::create(tx, &new)?;
            store::require_new_password(tx, account)
        })
        .await?;
    let back = place.post_href(post_id);
    page.clone().html(&Made { page, whose: name, username, password, back })
}

impl Find {
    fn href(&self, found: &Found) -> String {
        format!("{}/isi?jenis={}&orang={}", self.place.post_href(self.post.id), self.kind, found.person)
    }

    fn new_href(&self) -> String {
        format!("{}/isi?jenis={}&baru=1&nama={}", self.place.post_href(self.post.id), self.kind, super::sign_in::encoded(&self.typed))
    }

    fn small(found: &Found) -> String {
        let mut parts: Vec<&str> = found.posts.iter().map(String::as_str).collect();
        parts.extend(found.employee_number.as_deref());
        parts.extend(found.area.as_deref());
        parts.join(" · ")
    }
}

impl Ask {
    fn is_new(&self) -> bool {
        self.person.is_none()
    }

    fn entered(&self) -> String {
        self.page.t1("identity-effect-hint", "now", self.page.moment(self.page.now()))
    }
}

impl End {
    fn span(&self) -> String {
        period(&self.page, self.holding.from, self.holding.until)
    }

    fn kind(&self) -> String {
        words::kind(&self.page, self.holding.kind)
    }
}
