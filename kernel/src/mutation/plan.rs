//! What a mutation does, worked out without touching anything.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Line;
use crate::{
    Id, Message,
    account::Account,
    grant::Grant,
    post::{Acting, Holding, HoldingKind, Mandate, NewHolding, Post, acting, check_appointment},
};

/// What stands before: everything a plan depends on.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub posts: HashMap<Id, Post>,
    /// Every holding of each post that anybody of the mutation holds, leaves or takes.
    pub holdings: HashMap<Id, Vec<Holding>>,
    /// Mandates given by those posts.
    pub mandates: Vec<Mandate>,
    /// Accounts of the people, with the roles given to the account itself.
    pub accounts: Vec<(Account, Vec<Grant>)>,
}

/// One change of a dated right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A holding ends at `at`.
    HoldingEnds { holding: Holding, at: Timestamp },
    /// Somebody begins to hold a post.
    HoldingBegins { new: NewHolding },
    /// A mandate lapses at `at`.
    MandateEnds { mandate: Mandate, at: Timestamp },
    /// A role of the account itself ends at `at`.
    GrantEnds { grant: Grant, at: Timestamp },
    /// An account can no longer be used from `at` on.
    AccountEnds { account: Id, username: String, before: Option<Timestamp>, at: Timestamp },
}

/// A post that passes from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub post: Id,
    pub before: Acting,
    pub after: Acting,
    /// Who takes over its open tasks when it is not whoever follows in the post.
    pub tasks_to: Option<Id>,
}

impl Change {
    /// The person who acted until then.
    #[must_use]
    pub fn from(&self) -> Option<Id> {
        self.before.holder.as_ref().map(|holding| holding.person)
    }

    /// The person who acts from then on.
    #[must_use]
    pub fn to(&self) -> Option<Id> {
        self.after.holder.as_ref().map(|holding| holding.person)
    }
}

/// Why a line cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which line; none for the whole.
    pub line: Option<Id>,
    pub message: Message,
}

/// What a mutation does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub effects: Vec<Effect>,
    pub changes: Vec<Change>,
    pub problems: Vec<Problem>,
}

/// Works out what `lines` do at `at`, by `decree`.
///
/// 1. First every post that somebody leaves is left, then every post is taken: two people may exchange theirs.
/// 2. Who leaves a post holds it at that moment.
/// 3. Who leaves the government loses every post, now or to come, every role of the account and the account; nothing else is
///    said of them.
/// 4. Who leaves a unit loses the roles given to the account there.
/// 5. A post is taken by the rules of [`check_appointment`]; a Plh or Plt and whatever it ends are told by it.
/// 6. Who is seconded keeps the own post; when it rests, it is left and taken again when the time is over.
/// 7. With `mandates_end`, mandates given by a post end when the one who keeps it changes; always when nobody follows.
#[must_use]
pub fn plan(facts: &Facts, lines: &[Line], at: Timestamp, decree: &str, mandates_end: bool) -> Plan {
    let mut work = Work { facts, at, decree, posts: facts.holdings.clone(), plan: Plan::default() };
    if lines.is_empty() {
        work.problem(None, "kernel-mutation-empty");
    }
    for line in lines {
        if line.manner.leaves() && lines.iter().any(|other| other.id != line.id && other.person == line.person) {
            work.problem(Some(line), "kernel-mutation-leaves-alone");
        }
        work.leave(line);
    }
    for line in lines {
        work.take(line);
    }
    for line in lines {
        work.come_home(line);
    }
    work.changes(lines);
    work.mandates(mandates_end);
    work.accounts(lines);
    work.plan
}

struct Work<'f> {
    facts: &'f Facts,
    at: Timestamp,
    decree: &'f str,
    /// The holdings as they will be.
    posts: HashMap<Id, Vec<Holding>>,
    plan: Plan,
}

impl Work<'_> {
    fn problem(&mut self, line: Option<&Line>, key: &'static str) {
        self.plan.problems.push(Problem { line: line.map(|line| line.id), message: Message::new(key) });
    }

    fn leave(&mut self, line: &Line) {
        if line.manner.leaves() {
            let mine = |held: &&Holding| held.person == line.person && held.until.is_none_or(|until| self.at < until);
            let mut held: Vec<Holding> = self.posts.values().flatten().filter(mine).cloned().collect();
            held.sort_by_key(|holding| (holding.from, holding.id));
            for holding in held {
                self.end(&holding);
            }
            return;
        }
        let Some(post) = line.from_post else { return };
        if line.manner == super::Manner::Second && !line.home_rests {
            if self.held(post, line.person).is_none() {
                self.problem(Some(line), "kernel-mutation-not-holder");
            }
            return;
        }
        match self.held(post, line.person) {
            Some(holding) if holding.from < self.at => self.end(&holding),
            Some(_) => self.problem(Some(line), "kernel-mutation-began-then"),
            None => self.problem(Some(line), "kernel-mutation-not-holder"),
        }
    }

    /// What the person holds of the post at the moment, whatever Plh acts.
    fn held(&self, post: Id, person: Id) -> Option<Holding> {
        self.posts.get(&post)?.iter().find(|holding| holding.person == person && holding.is_active(self.at)).cloned()
    }

    fn end(&mut self, holding: &Holding) {
        let at = self.at.max(holding.from);
        self.plan.effects.push(Effect::HoldingEnds { holding: holding.clone(), at });
        self.end_in_sight(holding.post, holding.id, at);
    }

    fn end_in_sight(&mut self, post: Id, holding: Id, at: Timestamp) {
        if let Some(known) = self.posts.get_mut(&post).and_then(|all| all.iter_mut().find(|known| known.id == holding)) {
            known.until = Some(at);
        }
    }

    fn take(&mut self, line: &Line) {
        let Some(post) = line.to_post else { return };
        let new =
            NewHolding { post, person: line.person, kind: line.kind, decree: self.decree.to_owned(), from: self.at, until: line.until };
        self.begin(line, new);
    }

    /// The own post again after a secondment during which it rested.
    fn come_home(&mut self, line: &Line) {
        let (Some(post), Some(until), true) = (line.from_post, line.until, line.home_rests) else { return };
        if line.manner != super::Manner::Second {
            return;
        }
        let Some(held) = self.facts.holdings.get(&post).into_iter().flatten().find(|h| h.person == line.person && h.is_active(self.at))
        else {
            return;
        };
        if held.until.is_none_or(|end| until < end) {
            let new =
                NewHolding { post, person: line.person, kind: held.kind, decree: held.decree.clone(), from: until, until: held.until };
            self.begin(line, new);
        }
    }

    fn begin(&mut self, line: &Line, new: NewHolding) {
        if self.facts.posts.get(&new.post).is_none_or(|post| post.valid_until.is_some()) {
            return self.problem(Some(line), "kernel-post-closed");
        }
        let existing = self.posts.entry(new.post).or_default();
        match check_appointment(existing, &new) {
            Ok(ended) => {
                for holding in existing.clone().iter().filter(|known| ended.contains(&known.id)) {
                    self.plan.effects.push(Effect::HoldingEnds { holding: holding.clone(), at: new.from });
                    self.end_in_sight(new.post, holding.id, new.from);
                }
                // The row's own id comes when it is written; the line's stands in.
                let begun = Holding {
                    id: line.id,
                    post: new.post,
                    person: new.person,
                    kind: new.kind,
                    decree: new.decree.clone(),
                    from: new.from,
                    until: new.until,
                    entered_at: Timestamp::MAX,
                    version: 1,
                };
                self.posts.entry(new.post).or_default().push(begun);
                self.plan.effects.push(Effect::HoldingBegins { new });
            }
            Err(message) => self.plan.problems.push(Problem { line: Some(line.id), message }),
        }
    }

    fn changes(&mut self, lines: &[Line]) {
        let mut posts: Vec<&Post> = self.facts.posts.values().collect();
        posts.sort_by_key(|post| (post.unit, post.place, post.id));
        for post in posts {
            let empty = Vec::new();
            let before = acting(self.facts.holdings.get(&post.id).unwrap_or(&empty), self.at);
            let after = acting(self.posts.get(&post.id).unwrap_or(&empty), self.at);
            let who = |acting: &Acting| {
                let of = |holding: &Option<Holding>| holding.as_ref().map(|holding| (holding.person, holding.kind));
                (of(&acting.holder), of(&acting.keeps))
            };
            if who(&before) != who(&after) {
                let leaves = |line: &&Line| {
                    line.from_post == Some(post.id)
                        || (line.manner.leaves() && before.holder.as_ref().is_some_and(|h| h.person == line.person))
                };
                let tasks_to = lines.iter().filter(leaves).find_map(|line| line.tasks_to).filter(|to| *to != post.id);
                self.plan.changes.push(Change { post: post.id, before, after, tasks_to });
            }
        }
    }

    fn mandates(&mut self, mandates_end: bool) {
        for change in &self.plan.changes {
            let keeper =
                |acting: &Acting| acting.keeps.as_ref().or(acting.holder.as_ref()).filter(|h| h.kind != HoldingKind::Plh).map(|h| h.person);
            let (before, after) = (keeper(&change.before), keeper(&change.after));
            if before == after || before.is_none() || (after.is_some() && !mandates_end) {
                continue;
            }
            let given = self.facts.mandates.iter().filter(|mandate| mandate.from_post == change.post);
            for mandate in given.filter(|mandate| mandate.until.is_none_or(|until| self.at < until) && mandate.from < self.at) {
                self.plan.effects.push(Effect::MandateEnds { mandate: mandate.clone(), at: self.at });
            }
        }
    }

    fn accounts(&mut self, lines: &[Line]) {
        for line in lines {
            let unit_left = line.from_post.filter(|_| line.manner != super::Manner::Second).and_then(|post| self.facts.posts.get(&post));
            let gone = |unit: Id| {
                let there = |holding: &Holding| {
                    holding.person == line.person
                        && holding.is_active(self.at)
                        && self.facts.posts.get(&holding.post).is_some_and(|post| post.unit == unit)
                };
                unit_left.is_some_and(|post| post.unit == unit) && !self.posts.values().flatten().any(there)
            };
            for (account, grants) in self.facts.accounts.iter().filter(|(account, _)| account.person == Some(line.person)) {
                let open = |grant: &&Grant| grant.until.is_none_or(|until| self.at < until);
                for grant in grants.iter().filter(open).filter(|grant| line.manner.leaves() || gone(grant.unit)) {
                    let ends = Effect::GrantEnds { grant: grant.clone(), at: self.at.max(grant.from) };
                    if !self.plan.effects.contains(&ends) {
                        self.plan.effects.push(ends);
                    }
                }
                if line.manner.leaves() && account.expires_at.is_none_or(|expires| self.at < expires) {
                    self.plan.effects.push(Effect::AccountEnds {
                        account: account.id,
                        username: account.username.clone(),
                        before: account.expires_at,
                        at: self.at,
                    });
                }
            }
        }
    }
}
