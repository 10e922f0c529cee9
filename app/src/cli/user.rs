//! `user`: accounts from the command line: the first administrator, and the day nobody can sign in.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use kernel::{
    Error, Expect, Gov, Id, Tx,
    account::{self, AccountKind, NewAccount, PasswordCost},
    grant::{self, Grantee, NewGrant},
    party::{self, Checks, PersonForm},
    unit,
};
use serde_json::json;

use super::{Answer, WrongUsage, migrate::ensure_root};
use crate::{government::Where, systems::SYSTEMS};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account with a temporary password
    Add(Add),
    /// List the accounts
    List(List),
    /// Shut an account: its sessions end, its tokens stop
    Disable(One),
    /// Open a shut account again
    Enable(One),
    /// Give an account another temporary password; its sessions end
    ResetPassword(One),
}

/// A new account.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    place: Where,
    /// The name to sign in with
    username: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// A role to give: operator, examiner, initialer, signer, registrar, unit_admin, village_affairs, admin, overseer
    #[arg(long, requires = "decree")]
    role: Option<String>,
    /// Code of the unit where the role holds [default: the government itself]
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// The decree or letter behind the role
    #[arg(long)]
    decree: Option<String>,
}

/// Which government.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    place: Where,
}

/// Which account.
#[derive(Debug, Args)]
pub struct One {
    #[command(flatten)]
    place: Where,
    /// The name to sign in with
    username: String,
}

/// Does it.
pub fn run(command: &Command) -> Result<Answer> {
    match command {
        Command::Add(add) => make(add),
        Command::List(list) => all(&*list.place.choose()?.open_now()?),
        Command::Disable(one) => change(one, "disabled", |tx, id| account::disable(tx, id, Expect::Any).map(drop)),
        Command::Enable(one) => change(one, "enabled", |tx, id| account::enable(tx, id, Expect::Any).map(drop)),
        Command::ResetPassword(one) => reset(one),
    }
}

fn make(add: &Add) -> Result<Answer> {
    let role = match &add.role {
        Some(key) => Some(grant::role(key).ok_or_else(|| WrongUsage(format!("there is no role {key}; see --help")))?),
        None => None,
    };
    let gov = add.place.choose()?.open_now()?;
    ensure_root(&gov).context("making the government's own unit")?;
    let ctx = gov.system_ctx("command");
    let password = temporary_password(&ctx);
    let hash = account::hash_password(&ctx, &password, PasswordCost::default())?;
    let form = PersonForm { name: add.name.clone(), source: "office".to_owned(), ..PersonForm::default() };
    let person = form
        .check(Checks::on(today(&gov)))
        .map_err(|problems| anyhow::anyhow!(problems.iter().map(|problem| words(&problem.message)).collect::<Vec<_>>().join("; ")))?;
    let (username, name, code, decree) = (add.username.clone(), add.name.clone(), add.unit.clone(), add.decree.clone().unwrap_or_default());
    let keys = std::sync::Arc::clone(gov.keys());
    let made = gov.db().write_now(&ctx, move |tx| {
        let person = party::create(tx, &keys, &person)?;
        let new = NewAccount {
            username: username.clone(),
            person: Some(person),
            kind: AccountKind::Person,
            display_name: name.clone(),
            password: Some(hash.clone()),
            expires_at: None,
        };
        let id = account::create(tx, &new)?;
        identity::require_new_password(tx, id)?;
        if let Some(role) = role {
            let unit = unit_of(tx, code.as_deref())?;
            let from = tx.now();
            grant::grant(tx, &NewGrant { to: Grantee::Account(id), role: role.key, unit, from, until: None, decree: decree.clone() })?;
        }
        Ok::<_, Error>(id)
    });
    let id = made.map_err(said)?;
    let text = format!(
        "{} can sign in with the password {password} for {} days, and chooses an own one then. It is shown only now.",
        add.username,
        identity::TEMPORARY_DAYS
    );
    Ok(Answer::new(text, json!({ "ok": true, "id": id, "username": add.username, "password": password })))
}

fn unit_of(tx: &mut Tx<'_>, code: Option<&str>) -> kernel::Result<Id> {
    let found = match code {
        Some(code) => unit::by_code(tx, code)?,
        None => unit::root(tx)?,
    };
    found.map(|unit| unit.id).ok_or_else(|| Error::Failed(format!("there is no unit {}", code.unwrap_or_default())))
}

fn reset(one: &One) -> Result<Answer> {
    let gov = one.place.choose()?.open_now()?;
    let ctx = gov.system_ctx("command");
    let password = temporary_password(&ctx);
    let hash = account::hash_password(&ctx, &password, PasswordCost::default())?;
    write(&gov, &one.username, move |tx, id| {
        account::change_password(tx, id, Expect::Any, &hash, None)?;
        identity::require_new_password(tx, id)
    })?;
    let text = format!("The new password of {} is {password}, for {} days. It is shown only now.", one.username, identity::TEMPORARY_DAYS);
    Ok(Answer::new(text, json!({ "ok": true, "username": one.username, "password": password })))
}

fn change(one: &One, done: &str, what: impl Fn(&mut Tx<'_>, Id) -> kernel::Result<()> + Send + 'static) -> Result<Answer> {
    let gov = one.place.choose()?.open_now()?;
    write(&gov, &one.username, what)?;
    Ok(Answer::new(format!("{} is {done}.", one.username), json!({ "ok": true, "username": one.username, "state": done })))
}

fn write(gov: &Gov, username: &str, what: impl Fn(&mut Tx<'_>, Id) -> kernel::Result<()> + Send + 'static) -> Result<()> {
    let typed = username.to_owned();
    let written = gov.db().write_now(&gov.system_ctx("command"), move |tx| {
        let found = account::by_username(tx, &typed)?.ok_or(Error::Missing)?;
        what(tx, found.id)
    });
    match written {
        Err(Error::Missing) => bail!("there is no account {username}"),
        other => other.map_err(said),
    }
}

fn all(gov: &Gov) -> Result<Answer> {
    let mut accounts = Vec::new();
    loop {
        let after = accounts.last().map(|account: &account::Account| account.username.clone());
        let page = gov.db().read_now(|rx| account::list(rx, after.as_deref(), 500))?;
        if page.is_empty() {
            break;
        }
        accounts.extend(page);
    }
    let now = gov.now();
    let state = |account: &account::Account| match (account.disabled, account.is_usable(now)) {
        (true, _) => "disabled",
        (false, true) => "active",
        (false, false) => "expired",
    };
    let lines: Vec<String> =
        accounts.iter().map(|account| format!("{:<32} {:<9} {}", account.username, state(account), account.display_name)).collect();
    let json: Vec<_> = accounts
        .iter()
        .map(|account| json!({ "id": account.id, "username": account.username, "name": account.display_name, "state": state(account) }))
        .collect();
    Ok(Answer::new(lines.join("\n"), json.into()))
}

/// Four groups of four symbols: 80 random bits, easy to read to somebody.
fn temporary_password(ctx: &kernel::Ctx) -> String {
    const SYMBOLS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random: [u8; 16] = ctx.random();
    let symbols: Vec<char> = random.iter().map(|byte| char::from(SYMBOLS[usize::from(byte % 32)])).collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn today(gov: &Gov) -> kernel::Date {
    gov.settings().time_zone().to_datetime(gov.now()).date()
}

/// A refusal in words.
pub fn said(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(message) => anyhow::anyhow!(words(&message)),
        other => other.into(),
    }
}

/// A message in the words of the locale files.
pub fn words(message: &kernel::Message) -> String {
    let files = SYSTEMS.iter().map(|system| (system.slug, system.locales));
    match web::Texts::load(files, web::MissingKey::Show) {
        Ok(texts) => texts.message(web::Locale::En, &web::Terms::of("desa"), message),
        Err(_) => message.key.to_string(),
    }
}
