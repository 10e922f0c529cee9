//! Faults of a child, played by small shell scripts.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::{Letter, Slip};

/// Answers every request with a PDF named `%PDF-fake`; requests are read by their length.
const GOOD: &str = r#"
n=0
while :; do
  len=$(head -c 4 | od -An -tu1 | awk '{print (($1*256+$2)*256+$3)*256+$4}')
  [ -n "$len" ] && [ "$len" -gt 0 ] || exit 0
  id=$(head -c "$len" | sed 's/^{"id":\([0-9]*\).*/\1/')
  n=$((n+1))
  AFTER_READ
  json="{\"id\":$id,\"resident_bytes\":RESIDENT,\"outcome\":{\"done\":{\"pages\":$n,\"unprintable\":\"\"}}}"
  printf "\\0\\0\\0\\$(printf %o ${#json})%s" "$json"
  printf '\0\0\0\011%%PDF-fake'
done
"#;

fn renderer(script: &str) -> Renderer {
    let path = "PATH=/usr/bin:/bin; export PATH\n";
    let mut config = RendererConfig::new(Path::new("/bin/sh"), ["-c".to_owned(), format!("{path}{script}")]);
    config.time_limit = Duration::from_secs(5);
    config.workers = 1;
    Renderer::new(config)
}

fn good(after_read: &str) -> String {
    GOOD.replace("AFTER_READ", after_read).replace("RESIDENT", "1000")
}

fn paper() -> Paper {
    Letter::default().into()
}

#[test]
fn one_child_serves_many_papers() {
    let renderer = renderer(&good(""));
    renderer.warm().unwrap();
    for turn in 1..=3 {
        let rendered = renderer.render_as(&paper(), Standard::Archive).unwrap();
        assert_eq!((rendered.pages, rendered.pdf.as_slice()), (turn, b"%PDF-fake".as_slice()));
    }
}

#[test]
fn a_crash_is_one_error_and_the_next_paper_has_a_fresh_child() {
    let renderer = renderer(&good("[ $n = 2 ] && kill -9 $$"));
    assert!(renderer.render(&paper()).is_ok());
    let error = renderer.render(&paper()).unwrap_err();
    assert!(matches!(&error, RenderError::Crashed(_)) && error.is_transient(), "{error}");
    assert_eq!(renderer.render_as(&paper(), Standard::Archive).unwrap().pages, 1);
}

#[test]
fn a_child_that_died_while_idle_is_replaced_unseen() {
    let renderer = renderer(&good(""));
    renderer.warm().unwrap();
    {
        let mut pool = renderer.lock();
        pool.idle[0].child.kill().unwrap();
        pool.idle[0].child.wait().unwrap();
    }
    assert!(renderer.render(&paper()).is_ok());
}

#[test]
fn a_hanging_child_is_ended_in_time() {
    let mut renderer = renderer(&good("[ $n = 1 ] && exec sleep 60"));
    renderer.config.time_limit = Duration::from_millis(300);
    let started = Instant::now();
    assert!(matches!(renderer.render(&paper()), Err(RenderError::TimeLimit { .. })));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_child_that_never_reads_is_ended_in_time() {
    let mut renderer = renderer("exec sleep 60");
    renderer.config.time_limit = Duration::from_millis(300);
    let notes = vec!["x".repeat(1 << 20)];
    let large = Paper::from(Slip { notes, ..Slip::default() });
    assert!(matches!(renderer.render(&large), Err(RenderError::TimeLimit { .. })));
}

#[test]
fn garbage_is_one_clear_error() {
    for script in ["echo hello, I am no renderer", "printf '\\0\\0\\0\\005{\"id\"'; cat >/dev/null", "exit 3"] {
        let error = renderer(script).render(&paper()).unwrap_err();
        assert!(matches!(error, RenderError::Crashed(_)), "{script}: {error}");
    }
    let missing = Renderer::new(RendererConfig::new("/no/such/program", ["x"]));
    assert!(matches!(missing.render(&paper()), Err(RenderError::Start(_))));
}

#[test]
fn a_child_is_replaced_after_its_share_or_when_it_has_grown() {
    let mut counted = renderer(&good(""));
    counted.config.recycle_after = 2;
    let mut grown = renderer(&good("").replace("1000", "5000"));
    grown.config.resident_bytes_max = 4_000;
    let pages = |renderer: &Renderer| renderer.render_as(&paper(), Standard::Archive).unwrap().pages;
    assert_eq!([pages(&counted), pages(&counted), pages(&counted)], [1, 2, 1]);
    assert_eq!([pages(&grown), pages(&grown)], [1, 1]);
}

#[test]
fn callers_share_the_children_and_wait_their_turn() {
    let mut renderer = renderer(&good(""));
    renderer.config.workers = 2;
    let renderer = Arc::new(renderer);
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let renderer = Arc::clone(&renderer);
            thread::spawn(move || renderer.render(&paper()).is_ok())
        })
        .collect();
    assert!(callers.into_iter().all(|caller| caller.join().unwrap()));
    let pool = renderer.lock();
    assert_eq!((pool.busy, pool.idle.len() <= 2), (0, true));
}

#[test]
fn a_full_queue_says_so() {
    let mut renderer = renderer(&good("sleep 2"));
    renderer.config.queue_limit = Duration::from_millis(50);
    let (slot, _) = renderer.take_slot().unwrap();
    assert!(matches!(renderer.render(&paper()), Err(RenderError::Busy)));
    drop(slot);
    assert!(renderer.render(&paper()).is_ok());
}
