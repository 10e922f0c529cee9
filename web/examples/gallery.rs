//! Serves the sample system, in which every component stands: `cargo run -p web --example gallery -- 127.0.0.1:9000`.
//! Sign in by the cookie `sesi=siti`.

#[path = "sample/mod.rs"]
mod sample;

use std::net::SocketAddr;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9000".into()).parse()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let state = sample::state(folder.path(), &[&sample::SYSTEM])?;
        let router = web::assemble(&state)?;
        let listener = tokio::net::TcpListener::bind(address).await?;
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
        Ok(())
    })
}
