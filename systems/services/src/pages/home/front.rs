//! The first page of the government, and what this is.

use std::sync::Arc;

use axum::http::HeaderMap;
use kernel::draft;
use web::{FormState, Page};

use super::{known_device, words::group_key};
use crate::{model::Group, store::catalogue};

/// A life event with the services that belong to it.
pub(super) struct GroupLine {
    pub(super) slug: &'static str,
    pub(super) title: String,
    /// Titles, joined: "Surat Keterangan Usaha".
    pub(super) services: String,
}

/// Something begun on this device and not sent yet.
pub(super) struct Begun {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) saved: String,
}

#[derive(askama::Template)]
#[template(path = "home/front.html")]
struct Home {
    page: Page,
    form: FormState,
    groups: Vec<GroupLine>,
    begun: Vec<Begun>,
}

pub(super) async fn home(page: Page, headers: HeaderMap) -> web::Result {
    let (gov, device, now) = (Arc::clone(&page.state().gov), known_device(&headers), page.now());
    let (kinds, drafts) = page
        .gov()
        .read(move |rx| {
            let drafts = device.map(|device| draft::list(rx, device, now)).transpose()?.unwrap_or_default();
            Ok::<_, kernel::Error>((catalogue::kinds(rx, &gov)?, drafts))
        })
        .await?;
    let groups = groups(&page, &kinds);
    let begun = drafts.iter().filter_map(|line| begun(&page, line)).collect();
    let form = FormState::empty(&page);
    page.clone().html(&Home { page, form, groups, begun })
}

/// The life events that have a service, in their order.
pub(super) fn groups(page: &Page, kinds: &[Arc<crate::model::Definition>]) -> Vec<GroupLine> {
    let line = |group: Group| {
        let titles: Vec<&str> = kinds.iter().filter(|kind| kind.group == group).map(|kind| kind.title.in_language(page.lang())).collect();
        (!titles.is_empty()).then(|| GroupLine { slug: group.as_str(), title: page.t(group_key(group)), services: titles.join(", ") })
    };
    Group::ALL.into_iter().filter_map(line).collect()
}

fn begun(page: &Page, line: &draft::DraftLine) -> Option<Begun> {
    let href = format!("{}?h={}", line.kind.strip_prefix("apply:")?, super::flow::LAST);
    Some(Begun { href, title: line.title.clone(), saved: page.moment_short(line.updated_at, page.now()) })
}

#[derive(askama::Template)]
#[template(path = "home/about.html")]
struct About {
    page: Page,
}

pub(super) async fn about(page: Page) -> web::Result {
    page.clone().html(&About { page })
}
