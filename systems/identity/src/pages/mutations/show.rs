//! One mutation: who goes where, and what follows from it before anybody sets it.

use askama::Template;
use axum::extract::Path;
use kernel::{
    Id, Message,
    mutation::{Change, Effect, Line, Manner, State},
    post::{Acting, HoldingKind},
};
use web::{
    FormState, Page,
    ui::{Notice, Tag, Tone},
};

use super::{super::officer, state_tag};
use crate::{
    pages::board::period,
    store::mutations::{self, ActLine, Whole},
    words,
};

#[derive(Template)]
#[template(path = "identity/mutation.html")]
struct Show {
    page: Page,
    whole: Whole,
    state: Tag,
    /// Why it cannot be set or taken back.
    refused: Option<Notice>,
    /// The moment has passed.
    late: Option<Notice>,
    acts: Vec<ActLine>,
    draft: bool,
    /// Can still be taken back.
    open: bool,
    form: FormState,
}

pub(super) async fn show(page: Page, Path(id): Path<Id>) -> web::Result {
    view(page, id, None).await
}

/// The page again, with why nothing was done.
pub(super) async fn refused(page: Page, id: Id, message: Message) -> web::Result {
    view(page, id, Some(message)).await
}

async fn view(page: Page, id: Id, refused: Option<Message>) -> web::Result {
    let (officer, now) = (officer(&page)?, page.now());
    let (whole, acts) = page
        .gov()
        .read(move |rx| {
            let whole = mutations::whole(rx, &officer, id, now)?;
            let acts = mutations::act_lines(rx, whole.acts.clone())?;
            Ok::<_, kernel::Error>((whole, acts))
        })
        .await?;
    let draft = whole.mutation.state == State::Draft;
    let behind = whole.mutation.effective_at < now;
    let late = (draft && behind).then(|| {
        let gap = page.duration(now.duration_since(whole.mutation.effective_at));
        let title = page.t2("identity-mutation-late", "at", page.moment(whole.mutation.effective_at), "gap", gap);
        Notice::new(Tone::Soon, title).text(page.tn("identity-mutation-late-acts", &[("n", acts.len().into())]))
    });
    let wrong = refused.is_some();
    let refused = refused.map(|message| Notice::new(Tone::Late, page.m(&message)));
    let shown = Show {
        state: state_tag(&page, whole.mutation.state),
        open: whole.mutation.state == State::Set && !behind,
        form: FormState::empty(&page),
        page: page.clone(),
        whole,
        refused,
        late,
        acts,
        draft,
    };
    if wrong { page.wrong(&shown) } else { page.html(&shown) }
}

impl Show {
    fn lead(&self) -> String {
        let mutation = &self.whole.mutation;
        self.page.t2(
            "identity-mutation-lead",
            "day",
            self.page.date_long(mutation.decreed_on),
            "at",
            self.page.moment(mutation.effective_at),
        )
    }

    fn person(&self, id: &Id) -> String {
        self.whole.names.person(*id)
    }

    fn post(&self, id: &Id) -> String {
        self.whole.names.post(*id)
    }

    fn manner(&self, line: &Line) -> String {
        manner(&self.page, line.manner)
    }

    /// "dari Sekretaris Desa ke Plt. Kepala Desa, sampai 3 Januari".
    fn way(&self, line: &Line) -> String {
        let kind = line.kind.prefix();
        let mut parts = Vec::new();
        match (line.from_post, line.to_post) {
            (Some(from), Some(to)) => {
                let to = format!("{kind}{}", self.post(&to));
                parts.push(self.page.t2("identity-mutation-from-to", "from", self.post(&from), "to", to));
            }
            (None, Some(to)) => parts.push(self.page.t1("identity-mutation-to", "to", format!("{kind}{}", self.post(&to)))),
            (Some(from), None) => parts.push(self.page.t1("identity-mutation-from", "from", self.post(&from))),
            (None, None) => {}
        }
        if let Some(until) = line.until {
            parts.push(self.page.t1("identity-mutation-until", "at", self.page.moment(words::before(until))));
        }
        if line.home_rests {
            parts.push(self.page.t("identity-mutation-home-rests"));
        }
        if let Some(to) = line.tasks_to {
            parts.push(self.page.t1("identity-mutation-tasks-to", "post", self.post(&to)));
        }
        parts.join("; ")
    }

    fn problem(&self, line: &Line) -> String {
        let found = self.whole.plan.problems.iter().find(|problem| problem.line == Some(line.id));
        found.map(|problem| self.page.m(&problem.message)).unwrap_or_default()
    }

    fn can_be_set(&self) -> bool {
        self.draft && !self.whole.lines.is_empty() && self.whole.plan.problems.is_empty()
    }

    fn who(&self, acting: &Acting) -> String {
        match &acting.holder {
            Some(holding) => {
                let name = self.person(&holding.person);
                if holding.kind == HoldingKind::Definitive { name } else { format!("{}{name}", holding.kind.prefix()) }
            }
            None => self.page.t("identity-vacant"),
        }
    }

    /// The roles that pass with a post.
    fn roles(&self, change: &Change) -> String {
        let held = self.whole.roles.get(&change.post).map(Vec::as_slice).unwrap_or_default();
        held.iter().map(|grant| words::role(&self.page, &grant.role)).collect::<Vec<_>>().join(", ")
    }

    /// What becomes of the open tasks.
    fn tasks(&self, change: &Change) -> String {
        let n = self.whole.tasks.get(&change.post).copied().unwrap_or(0);
        if n == 0 {
            return self.page.t("identity-mutation-no-tasks");
        }
        match (change.tasks_to, &change.after.holder) {
            (Some(to), _) => self.page.tn("identity-mutation-tasks-pass", &[("n", n.into()), ("who", self.post(&to).into())]),
            (None, Some(holding)) => {
                self.page.tn("identity-mutation-tasks-pass", &[("n", n.into()), ("who", self.person(&holding.person).into())])
            }
            (None, None) => self.page.tn("identity-mutation-tasks-wait", &[("n", n.into())]),
        }
    }

    /// Whoever is told on their screens.
    fn sessions(&self, change: &Change) -> String {
        let n = change.from().and_then(|person| self.whole.sessions.get(&person)).copied().unwrap_or(0);
        if n == 0 { String::new() } else { self.page.tn("identity-mutation-sessions", &[("n", n.into())]) }
    }

    /// What ends besides the posts: mandates, roles of accounts, accounts.
    fn endings(&self) -> Vec<String> {
        let say = |effect: &Effect| match effect {
            Effect::MandateEnds { mandate, .. } => Some(self.page.t2(
                "identity-mutation-mandate-ends",
                "from",
                self.post(&mandate.from_post),
                "to",
                self.post(&mandate.to_post),
            )),
            Effect::GrantEnds { grant, .. } => {
                Some(self.page.t1("identity-mutation-grant-ends", "role", words::role(&self.page, &grant.role)))
            }
            Effect::AccountEnds { username, .. } => Some(self.page.t1("identity-mutation-account-ends", "username", username.as_str())),
            Effect::HoldingEnds { .. } | Effect::HoldingBegins { .. } => None,
        };
        self.whole.plan.effects.iter().filter_map(say).collect()
    }

    /// What comes back later: the own post after a secondment.
    fn comes_back(&self) -> Vec<String> {
        let at = self.whole.mutation.effective_at;
        let say = |effect: &Effect| match effect {
            Effect::HoldingBegins { new } if new.from > at => {
                let span = period(&self.page, new.from, new.until);
                Some(self.page.t2("identity-mutation-comes-back", "who", self.person(&new.person), "span", span))
            }
            _ => None,
        };
        self.whole.plan.effects.iter().filter_map(say).collect()
    }

    fn act(&self, line: &ActLine) -> String {
        act_words(&self.page, line)
    }

    fn case_state(&self, case: &kernel::case::Case) -> String {
        self.page.t(if case.closed_at.is_some() { "identity-confirm-closed" } else { "identity-confirm-waits" })
    }
}

/// What happens to somebody, in a word.
pub(super) fn manner(page: &Page, manner: Manner) -> String {
    page.t(&format!("identity-manner-{}", manner.as_str().replace('_', "-")))
}

/// "Surat Keterangan Usaha, 470/12/2026, Rusdi Hartono, 20 November 2026 09.12".
pub(crate) fn act_words(page: &Page, line: &ActLine) -> String {
    let what = if line.act.what == "task" {
        let code: Vec<String> = line.code.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        page.t1("identity-act-task", "code", code.join("-"))
    } else if line.number.is_empty() {
        page.t1("identity-act-initial", "letter", line.title.as_str())
    } else {
        page.t2("identity-act-letter", "letter", line.title.as_str(), "number", line.number.as_str())
    };
    format!("{what}, {}, {}", line.by, page.moment(line.act.at))
}
