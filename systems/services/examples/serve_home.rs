//! Serves the residents' pages over a small government: `cargo run -p services --example serve_home -- 127.0.0.1:9100`.
//! Prints addresses worth looking at.

use std::{io::Write as _, net::SocketAddr, sync::Arc};

use kernel::{Date, Error, offering, params};
use services::{
    model::{chain::UnitKind, packages},
    store::{self, catalogue, figures},
};
use testkit::{TestApp, World};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9100".into()).parse()?;
    let public = format!("http://{address}");
    let app = TestApp::setup(&[&services::SYSTEM]).settings(move |settings| settings.public_url = public.clone()).start().await;
    let world = World::small(&app).await;
    let (units, gov) = (
        [
            (world.village, UnitKind::Desa, ""),
            (world.kelurahan, UnitKind::Kelurahan, ""),
            (world.kecamatan, UnitKind::Kecamatan, ""),
            (world.opd, UnitKind::Opd, "19"),
        ],
        Arc::clone(app.gov()),
    );
    app.write(move |tx| {
        for (unit, kind, code) in units {
            for definition in packages::all().map_err(|error| Error::Failed(error.to_string()))? {
                if definition.adoptable_by(kind, code) {
                    let offering =
                        offering::adopt(tx, store::SYSTEM, &definition.slug, unit, &definition.canonical(), &definition.title.id, "{}")?;
                    catalogue::index(tx, &gov, &offering)?;
                    for closing in 0..148_i16 {
                        let on = Date::new(2026, 1 + i8::try_from(closing % 11).unwrap_or(0), 3)
                            .map_err(|error| Error::Failed(error.to_string()))?;
                        figures::count(
                            tx,
                            figures::Closing {
                                offering: offering.id,
                                on,
                                on_time: closing % 14 != 0,
                                refused: closing % 30 == 0,
                                minutes: i64::from(closing) * 3,
                            },
                        )?;
                    }
                }
            }
        }
        Ok(())
    })
    .await;
    let village = world.village;
    let slug: String = app
        .read(move |rx| Ok(rx.one("select slug from kernel_unit where id = $1", &params![village])?.ok_or(Error::Missing)?.get(0)?))
        .await;
    writeln!(std::io::stdout(), "http://{address}/ http://{address}/layanan/{slug}/keterangan-usaha")?;
    let router = web::assemble(app.state())?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
    app.leave_work();
    Ok(())
}
