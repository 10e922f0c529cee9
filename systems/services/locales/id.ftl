services-title = Layanan publik
services-menu-services = Layanan
services-menu-track = Lacak
services-menu-verify = Periksa surat
services-menu-tasks = Tugas Saya
services-menu-counter = Layani di loket
services-menu-cases = Permohonan
services-menu-agenda = Agenda surat
services-menu-dispatch = Ekspedisi
services-menu-residents = Penduduk
services-menu-calendar = Kalender kerja
services-menu-offerings = Layanan kami
services-menu-watch = Pantauan
services-menu-queue = Antrean sistem
services-may-operate = menerima permohonan di loket dan mencetak surat
services-may-register = mengelola nomor, agenda, dan ekspedisi
services-may-oversee = melihat di mana pekerjaan menunggu
## Penolakan aturan
services-action-not-now = Langkah ini tidak dapat dilakukan sekarang: permohonan sudah berpindah. Muat ulang halaman untuk melihat keadaannya.
services-second-person-needed = Permohonan ini Anda terima sendiri. Pemeriksaan dilakukan petugas lain, kecuali { TERM("village") } menetapkan satu orang boleh menerima dan memeriksa (Layanan kami).
services-reason-too-short = Tulis alasan yang jelas bagi pemohon, paling sedikit { $min } huruf.
services-legal-basis-needed = Sebutkan dasar hukumnya, misalnya "Perdes 3 Tahun 2024 Pasal 4".
services-withdrawn = Layanan ini sudah ditarik oleh { $unit }. Isian Anda tidak dikirim; hubungi kantor untuk pilihan lain.
services-not-resident = Layanan ini hanya untuk warga { $unit }. Ajukan di tempat Anda terdaftar.
services-introduction-needed = Pengantar RT atau kepala dusun diperlukan: lampirkan fotonya, atau isi nama dan jabatan yang akan menyetujuinya.
services-file-gone = Berkas yang diunggah sudah tidak ada. Pilih berkasnya sekali lagi.
services-changed-meanwhile = Petugas lain baru saja mengerjakan permohonan ini. Tidak ada yang hilang; muat ulang halaman untuk melihat keadaan terakhir.
services-not-your-desk = Permohonan ini bukan di meja Anda hari ini. Yang berhak adalah pemegang jabatan atau penerima mandatnya.
services-post-ended = Jabatan ini sedang dijalankan orang lain atau masa jabatan Anda sudah berakhir. Hubungi pengelola jabatan bila keliru.
services-scan-needed = Unggah pindaian surat yang sudah ditandatangani dan dicap.
services-no-letter-yet = Surat belum disusun. Permohonan harus diperiksa lebih dahulu.
services-no-desk = Belum ada jabatan yang dapat menerima langkah ini. Minta pengelola jabatan mengisinya, atau hubungi DPMD.
services-unit-without-services = Unit ini tidak memberi layanan sendiri.
services-link-ended = Tautan ini sudah tidak berlaku. Minta yang baru kepada petugas.
## Penolakan isian dan surat
services-date-too-early = Tanggal paling awal { $date }.
services-date-too-late = Tanggal paling akhir { $date }.
services-date-before-start = Tanggal ini tidak boleh sebelum { $date }.
services-amount-too-small = Paling sedikit { $min }.
services-amount-too-large = Paling banyak { $max }.
services-witness-is-heir = Saksi tidak boleh ahli waris. Bila hanya namanya sama, isi NIK keduanya.
services-letter-missing = Surat belum dapat disusun: isian "{ $key }" belum ada. Lengkapi data warga atau isian permohonan.
services-letter-template = Naskah layanan ini tidak dapat dibaca. Hubungi pengelola layanan.
services-letter-undated = Surat bernomor harus bertanggal.
## Pemberitahuan
services-notice-desk = Permohonan { $service } ({ $code }) kini di meja ini.
services-mail-received-subject = Permohonan { $service } diterima
services-mail-received-body = Permohonan Anda untuk { $service } di { $unit } sudah diterima pada { $at }.

    Kode lacak: { $code }
    Lihat keadaannya: { $url }

    Simpan kode ini. Siapa pun yang memilikinya dapat melihat sampai di mana permohonan Anda, tetapi tidak isinya.

    { $unit }, { $government }
services-mail-incomplete-subject = Permohonan { $service } perlu dilengkapi
services-mail-incomplete-body = Permohonan Anda ({ $code }) untuk { $service } di { $unit } belum lengkap. Batas waktu berhenti berjalan sampai Anda melengkapinya.

    Buka alasannya dan lengkapi di sini: { $url }

    Di halaman itu Anda diminta tanggal lahir dan empat angka terakhir NIK, supaya hanya Anda yang dapat mengubahnya. Anda juga dapat datang ke loket.

    { $unit }, { $government }
services-mail-acknowledging-subject = Surat { $service } menunggu kecamatan
services-mail-acknowledging-body = Surat Anda ({ $code }) untuk { $service } sudah ditandatangani di { $unit } dan diteruskan ke kecamatan untuk diketahui Camat.

    Lihat keadaannya: { $url }

    { $unit }, { $government }
services-mail-ready-subject = Surat { $service } sudah siap
services-mail-ready-body = Surat Anda ({ $code }) untuk { $service } sudah siap. Ambil di loket { $unit }, atau unduh di sini: { $url }

    Layanan ini tidak dipungut biaya kecuali yang tertulis pada standarnya. Bila ada yang meminta uang, laporkan.

    { $unit }, { $government }
services-mail-refused-subject = Permohonan { $service } tidak dapat dikabulkan
services-mail-refused-body = Permohonan Anda ({ $code }) untuk { $service } di { $unit } tidak dapat dikabulkan.

    Alasan, dasar hukum, dan cara mengajukan keberatan ada di sini: { $url }

    { $unit }, { $government }
## API dan ekspor
services-api-key-needed = Kirim kepala Idempotency-Key berisi 8 sampai 100 huruf, angka, atau tanda hubung yang Anda buat sendiri; permohonan dengan kunci yang sama dicatat satu kali.
services-api-not-operator = Token ini bukan milik operator { $unit }. Kirim tanpa token, atau pakai token akun yang berperan operator di sana.
services-api-no-relative = Surat ini hanya dapat dimohon untuk diri sendiri. Hapus bagian subject.
services-api-no-proxy = Layanan ini tidak dapat dimohon lewat kuasa. Hapus bagian proxy.
services-api-file-unknown = Berkas ini tidak ada atau sudah dipakai. Unggah lagi, lalu kirim id yang baru.
services-api-unknown-action = Tindakan tidak dikenal. Yang dikenal: { $actions }.
services-api-body = Isi permintaan tidak dapat dibaca: { $what }
services-export-code = Kode
services-export-service = Layanan
services-export-subject = Pemohon (disamarkan)
services-export-unit = Unit
services-export-channel = Jalur
services-export-received = Diterima
services-export-state = Keadaan
services-export-due = Jatuh tempo
services-export-outcome = Hasil
services-export-on-time = Tepat waktu
services-export-desk = Di meja
services-export-sheet = Permohonan
services-export-yes = ya
services-export-no = tidak
