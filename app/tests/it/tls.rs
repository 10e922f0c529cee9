//! PostgreSQL over TLS: a server elsewhere proves who it is, or nothing is sent to it.

use testkit::OwnPostgres;

use crate::house::House;

fn at(server: &OwnPostgres, words: &str) -> House {
    House::at(&format!("{}{words}", server.url()))
}

fn said(house: &House) -> String {
    house.fails(1, &["migrate", "--data", house.data().to_str().unwrap()])
}

#[test]
fn a_server_that_proves_who_it_is_is_used_encrypted() {
    let server = OwnPostgres::start_secured(&["127.0.0.1"]);
    let authority = server.authority().display().to_string();
    for mode in ["require", "verify-full"] {
        let house = at(&server, &format!("?sslmode={mode}&sslrootcert={authority}"));
        house.ok(&["migrate", "--data", house.data().to_str().unwrap()]);
    }
    let house = at(&server, &format!("?sslmode=verify-full&sslrootcert={authority}"));
    let running = house.serve();
    assert_eq!(running.get("/readyz").status, 200, "{}", running.log());
    // The server lets nobody in who does not speak TLS.
    let text = said(&at(&server, ""));
    assert!(text.contains("no pg_hba.conf entry") || text.contains("no encryption"), "{text}");
}

#[test]
fn a_server_nobody_vouches_for_is_refused() {
    let server = OwnPostgres::start_secured(&["127.0.0.1"]);
    let other = OwnPostgres::start_secured(&["127.0.0.1"]);
    // Known to no authority of the web, and not to another one of our own.
    let foreign = format!("&sslrootcert={}", other.authority().display());
    for roots in ["", foreign.as_str()] {
        for mode in ["require", "verify-full"] {
            let text = said(&at(&server, &format!("?sslmode={mode}{roots}")));
            assert!(text.contains("UnknownIssuer") || text.contains("invalid peer certificate"), "{mode}: {text}");
        }
    }
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let server = OwnPostgres::start_secured(&["basisdata.example"]);
    let text = said(&at(&server, &format!("?sslmode=verify-full&sslrootcert={}", server.authority().display())));
    assert!(text.contains("not valid for name") || text.contains("NotValidForName"), "{text}");
}
