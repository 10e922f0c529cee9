//! The requests of the bench, each with what its answer must hold.

use super::http::{Ask, Client, encoded};
use super::load::Checked;
use super::sample::{Account, Case, Dice, Sample, Service, shown};
use anyhow::{Context, Result, bail};
use serde_json::json;

pub fn service_page(service: &Service) -> Checked {
    Checked::new(Ask::get(format!("/layanan/{}/{}", service.unit, service.slug)), 200, service.title.as_str())
}

pub fn tracking_page(case: &Case) -> Checked {
    Checked::new(Ask::get(format!("/lacak/{}", case.code)), 200, shown(&case.code))
}

/// Of a case with a letter.
pub fn verification_page(case: &Case) -> Option<Checked> {
    let (code, number) = case.letter.as_ref()?;
    // A slash may be written as an entity.
    let marker = number.split('/').next_back().unwrap_or_default();
    Some(Checked::new(Ask::get(format!("/verifikasi/{code}")), 200, marker))
}

/// What people read: six in ten a service, the others track and verify.
pub fn reads(sample: &Sample, dice: &mut Dice, count: usize) -> Vec<Checked> {
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        match dice.below(10) {
            0..6 => all.push(service_page(dice.one_of(&sample.services))),
            6..9 => all.push(tracking_page(dice.one_of(&sample.cases))),
            _ => all.extend(verification_page(dice.one_of(&sample.cases))),
        }
    }
    all
}

/// Services from home that ask for no neighbour's word.
pub fn applicable(sample: &Sample, client: &mut Client) -> Result<Vec<String>> {
    let mut units = Vec::new();
    for service in sample.services.iter().filter(|service| service.slug == "keterangan-usaha") {
        let ask = application(&service.unit, &mut Dice(units.len() as u64 ^ 0xfeed), None, "probe");
        let answer = client.send(&ask)?;
        if answer.status == 201 {
            units.push(service.unit.clone());
        }
    }
    if units.is_empty() {
        let ask = application(&sample.services[0].unit, &mut Dice(1), None, "probe");
        let answer = client.send(&ask)?;
        bail!("nobody can apply: {} {}", answer.status, answer.text());
    }
    Ok(units)
}

/// An application by the API: one request, from an address of its own, as behind the proxy of a government.
pub fn application(unit: &str, dice: &mut Dice, photo: Option<&str>, key: &str) -> Ask {
    const FIRST: [&str; 8] = ["Siti", "Ahmad", "Ratna", "Budi", "Dewi", "Hasan", "Rosmawati", "Slamet"];
    const LAST: [&str; 8] = ["Hidayat", "Lubis", "Wijaya", "Rahman", "Saputra", "Permata", "Kusuma", "Handayani"];
    let (day, month, year) = (1 + dice.below(28), 1 + dice.below(12), 1950 + dice.below(50));
    let female = dice.below(2) == 1;
    let nik = format!("161103{:02}{month:02}{:02}{:04}", if female { day + 40 } else { day }, year % 100, 1 + dice.below(9998));
    let mut answers = json!({
        "jenis_usaha": "penggilingan kopi", "alamat_usaha": "Dusun II, RT 03", "mulai_usaha": "2015-01-01", "keperluan": "kur",
    });
    if let Some(photo) = photo {
        answers["foto_usaha"] = json!([photo]);
    }
    // One in ten gives an address, and is written to.
    let email = if dice.below(10) == 0 { "pemohon@contoh.id" } else { "" };
    let body = json!({
        "email": email,
        "applicant": {
            "name": format!("{} {}", dice.one_of(&FIRST), dice.one_of(&LAST)), "nik": nik, "birth_place": "Pendopo",
            "birth_date": format!("{year:04}-{month:02}-{day:02}"), "sex": if female { "female" } else { "male" }, "address": "Dusun II",
            "rt": "003", "occupation": "Pedagang", "religion": "Islam", "marital": "Kawin", "nationality": "Indonesia",
        },
        "answers": answers,
    });
    let path = format!("/api/v1/services/{unit}/keterangan-usaha/applications");
    let ask = Ask::post(path, "application/json", body.to_string()).with(format!(
        "Idempotency-Key: {key}-{}-{:016x}",
        std::process::id(),
        dice.throw()
    ));
    from_somewhere(ask, dice)
}

/// With a client address of its own.
pub fn from_somewhere(ask: Ask, dice: &mut Dice) -> Ask {
    let bits = dice.throw();
    ask.with(format!("X-Forwarded-For: 10.{}.{}.{}", bits & 255, bits >> 8 & 255, bits >> 16 & 255))
}

/// Signs in and gives the cookie line of the session.
pub fn sign_in(client: &mut Client, account: &Account, dice: &mut Dice) -> Result<String> {
    let page = client.send(&Ask::get("/masuk"))?;
    let token = hidden(&page.text(), "_token").context("the sign-in page has no token")?;
    let mut cookies = cookies_of(&page);
    let body = format!("_token={}&username={}&password={}", encoded(&token), encoded(&account.username), encoded(&account.password));
    let ask = Ask::post("/masuk", "application/x-www-form-urlencoded", body).with(format!("Cookie: {}", cookies.join("; ")));
    let answer = client.send(&from_somewhere(ask, dice))?;
    if answer.status != 303 {
        bail!("{} cannot sign in: {} {}", account.username, answer.status, answer.text());
    }
    keep(&mut cookies, &answer);
    // The first page after it brings the form token's cookie of the account.
    let first = client.send(&Ask::get("/akun").with(format!("Cookie: {}", cookies.join("; "))))?;
    keep(&mut cookies, &first);
    Ok(format!("Cookie: {}", cookies.join("; ")))
}

/// Takes an answer's cookies over those of the same name.
fn keep(cookies: &mut Vec<String>, answer: &super::http::Answer) {
    for new in cookies_of(answer) {
        let name = |cookie: &str| cookie.split('=').next().unwrap_or_default().to_owned();
        cookies.retain(|old| name(old) != name(&new));
        cookies.push(new);
    }
}

fn cookies_of(answer: &super::http::Answer) -> Vec<String> {
    answer.header("set-cookie").filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect()
}

/// The value of a hidden field.
pub fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\""))?;
    let (_, rest) = rest.split_once("value=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_fields_are_read() {
        assert_eq!(hidden("<input type=hidden name=\"_token\" value=\"ab1\">", "_token").as_deref(), Some("ab1"));
        assert_eq!(hidden("<p>", "_token"), None);
    }
}
