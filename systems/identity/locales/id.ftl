# Nama sistem dan menu
identity-title = Akun dan jabatan
identity-menu-posts = Jabatan & pelaksana
identity-menu-vacant = Jabatan kosong
identity-menu-accounts = Akun pengguna
identity-menu-account = Akun saya
identity-menu-sign-out = Keluar
identity-allows-unit-admin = Mengurus jabatan, mandat, peran, dan akun pada unitnya
identity-accounts-own = Akun orang yang bertugas di unit Anda saja. Yang juga bertugas di tempat lain diurus Diskominfo.
identity-accounts-own-new = Akun baru dibuat dari jabatannya
identity-allows-village-affairs = Mengisi jabatan di semua { TERM("village") }
identity-allows-admin = Mengurus akun, peran, token, dan ketentuan penggunaan

# Masuk dan keluar
identity-sign-in-title = Masuk
identity-sign-in-lead = Untuk perangkat { TERM("village") } dan pegawai pemerintah daerah. Warga tidak perlu akun.
identity-sign-in = Masuk
identity-sign-in-help = Lupa kata sandi? Hubungi admin Diskominfo untuk mendapat kata sandi sementara. Petugas tidak pernah menanyakan kata sandi Anda.
identity-username-needed = Isi nama pengguna Anda.
identity-password-needed = Isi kata sandi Anda.
identity-sign-in-wrong = Nama pengguna atau kata sandi tidak cocok. Periksa huruf besar dan kecilnya, lalu coba lagi.
identity-sign-in-wait-seconds = Terlalu sering mencoba. Tunggu { $n } detik, lalu coba lagi.
identity-sign-in-wait-minutes = Terlalu sering mencoba. Tunggu { $n } menit, lalu coba lagi.
identity-temporary-over = Kata sandi sementara ini sudah lewat masa berlakunya. Minta yang baru kepada yang membuatkan akun Anda.
identity-sign-out-title = Keluar dari akun ini?
identity-sign-out-lead = Sesi pada perangkat ini berakhir. Pekerjaan yang sudah dikirim tetap tersimpan.
identity-sign-out = Keluar
identity-signed-out = Anda sudah keluar.

# Ketentuan penggunaan
identity-terms-title = Ketentuan penggunaan
identity-terms-since = Versi { $label }, berlaku sejak { $day }.
identity-terms-example = Versi { $label }: contoh, sampai pemerintah daerah menerbitkan ketentuannya sendiri.
identity-terms-agree = Saya sudah membaca dan menyetujui ketentuan ini
identity-terms-accept = Setuju dan lanjutkan
identity-terms-decline = Tidak setuju, keluar
identity-terms-tick = Beri tanda bila Anda menyetujui. Tanpa persetujuan, akun belum dapat dipakai.
identity-terms-changed = Ketentuan baru saja diperbarui. Baca versi ini, lalu setujui.
identity-terms-accepted = versi { $label }, disetujui { $day }
identity-terms-not-yet = belum disetujui
identity-terms-new = Terbitkan ketentuan baru
identity-terms-new-lead = Sejak diterbitkan, setiap pengguna membaca dan menyetujui versi ini sebelum melanjutkan pekerjaan.
identity-terms-label = Versi
identity-terms-label-hint = Misalnya 2026-1. Setiap versi memakai nama yang berbeda.
identity-terms-label-needed = Isi nama versinya.
identity-terms-label-taken = Versi { $label } sudah ada. Pakai nama lain.
identity-terms-text = Isi ketentuan
identity-terms-text-hint = Baris yang diawali ## menjadi judul bagian, yang diawali - menjadi butir, baris kosong memisahkan alinea.
identity-terms-text-needed = Isi teks ketentuannya.
identity-terms-text-en = Terjemahan bahasa Inggris
identity-terms-text-en-hint = Bila kosong, teks bahasa Indonesia yang ditampilkan.
identity-terms-publish = Terbitkan untuk semua pengguna
identity-terms-published = Ketentuan baru sudah berlaku. Semua pengguna diminta menyetujuinya, Anda juga.

# Akun saya
identity-own-title = Akun saya
identity-name = Nama
identity-post = Jabatan
identity-roles = Peran
identity-own-choose-post = Bertindak sebagai
identity-own-password = Ganti kata sandi
identity-choose-post-hint = Tugas, wewenang, dan catatan mengikuti jabatan yang dipilih pada perangkat ini.
identity-choose-post-do = Bertindak dengan jabatan ini
identity-post-chosen = Anda sekarang bertindak sebagai { $post }.
identity-password-first = Kata sandi Anda dibuatkan orang lain. Ganti dengan kata sandi yang hanya Anda ketahui sebelum melanjutkan.
identity-password-lead = Sesi lain dengan akun ini berakhir setelah kata sandi diganti.
identity-password-old = Kata sandi sekarang
identity-password-new = Kata sandi baru
identity-password-again = Ulangi kata sandi baru
identity-password-hint = Paling sedikit 10 huruf. Beberapa kata yang mudah Anda ingat lebih kuat daripada satu kata dengan angka.
identity-password-save = Simpan kata sandi baru
identity-password-differs = Kedua kata sandi baru tidak sama. Ketik ulang.
identity-password-same = Kata sandi baru masih sama dengan yang lama.
identity-password-wrong = Kata sandi sekarang tidak cocok.
identity-password-changed = Kata sandi sudah diganti. Sesi lain sudah diakhiri.
identity-sessions = Perangkat yang sedang masuk
identity-sessions-hint = Tidak mengenali salah satunya? Akhiri, lalu ganti kata sandi.
identity-session-since = masuk { $since }, terakhir dipakai { $seen }, alamat { $address }
identity-session-here = perangkat ini
identity-session-end = Akhiri
identity-session-end-others = Akhiri semua sesi lain
identity-session-ended = Sesi sudah diakhiri.
identity-device = { $browser } di { $system }
identity-device-unknown = Perangkat tidak dikenal
identity-language = Bahasa
identity-activity-title = Aktivitas saya
identity-activity-lead = Yang tercatat atas nama akun Anda, yang terbaru lebih dahulu.
identity-activity-none = Belum ada aktivitas.
identity-activity-none-why = Yang Anda lakukan dan data pribadi yang Anda buka tercatat di sini.
identity-activity-older = Yang lebih lama
identity-when = Waktu
identity-what = Yang dilakukan

# Yang tercatat
identity-did-something = Melakukan tindakan pada sistem
identity-did-in-system = Melakukan tindakan pada { $system }
identity-did-access-asked = Melihat siapa yang dapat membuka data
identity-did-access-reported = Membuka laporan hak akses
identity-did-account-created = Membuat akun
identity-did-account-dated = Mengubah masa berlaku akun
identity-did-account-disabled = Menonaktifkan akun
identity-did-account-enabled = Mengaktifkan kembali akun
identity-did-account-password-changed = Mengganti kata sandi akun
identity-did-account-terms-accepted = Menyetujui ketentuan penggunaan
identity-did-case-deadline-moved = Tenggat permohonan berubah
identity-did-delivery-discarded = Menghentikan pengiriman dalam antrean
identity-did-delivery-retried = Mengulang pengiriman dalam antrean
identity-did-grant-given = Memberikan peran
identity-did-grant-revoked = Mencabut peran
identity-did-holiday-added = Mencatat hari libur
identity-did-holiday-cancelled = Membatalkan hari libur
identity-did-holiday-imported = Memasukkan daftar hari libur
identity-did-import-brought = Membandingkan daftar pejabat
identity-did-import-chosen = Memilih baris impor pejabat
identity-did-import-ran = Menjalankan impor pejabat
identity-did-import-thrown-away = Membuang impor pejabat
identity-did-import-undone = Membatalkan impor pejabat
identity-did-job-cancelled = Membatalkan pekerjaan latar
identity-did-job-discarded = Menghentikan pekerjaan latar
identity-did-job-retried = Mengulang pekerjaan latar
identity-did-mandate-ended = Mengakhiri mandat
identity-did-mandate-given = Memberikan mandat
identity-did-acts-laid-before = Meminta konfirmasi tindakan pejabat lama
identity-did-agreement-proposed = Mencatat pihak ketiga
identity-did-agreement-registered = Mendaftarkan NDA pihak ketiga
identity-did-mutation-act-decided = Memutuskan tindakan pejabat lama
identity-did-mutation-cancelled = Membatalkan mutasi
identity-did-mutation-drafted = Membuat konsep mutasi
identity-did-mutation-line-added = Menambah orang pada konsep mutasi
identity-did-mutation-line-removed = Mengeluarkan orang dari konsep mutasi
identity-did-mutation-revised = Mengubah konsep mutasi
identity-did-mutation-set = Menetapkan mutasi
identity-did-mutation-thrown-away = Membuang konsep mutasi
identity-did-mutation-took-effect = Mutasi berlaku
identity-did-notice-again = Mengirim ulang pemberitahuan
identity-did-notice-manual = Mencatat pemberitahuan lewat WhatsApp
identity-did-notice-read = Membaca pemberitahuan
identity-did-notice-settled = Menyelesaikan pemberitahuan
identity-did-offering-adopted = Membuka layanan pada unit
identity-did-offering-overrides = Mengubah ketentuan layanan pada unit
identity-did-offering-state = Mengubah keadaan layanan
identity-did-password-temporary = Membuat kata sandi sementara
identity-did-password-owned = Mengganti kata sandi sementara dengan yang sendiri
identity-did-person-created = Mencatat orang baru
identity-did-person-found = Mencari penduduk berdasarkan nama
identity-did-person-found-by-nik = Mencari penduduk berdasarkan NIK
identity-did-person-revealed = Membuka data pribadi
identity-did-post-appointed = Mencatat pengangkatan pada jabatan
identity-did-post-closed = Menghapus jabatan
identity-did-post-created = Membuat jabatan
identity-did-post-ended = Mengakhiri masa jabatan
identity-did-post-retitled = Mengubah nama jabatan
identity-did-review-decided = Memutuskan hak dalam tinjauan
identity-did-review-escalated = Menaikkan tinjauan hak akses yang lewat tenggat
identity-did-review-looked = Melihat hak seseorang dalam tinjauan
identity-did-review-opened = Membuka tinjauan hak akses
identity-did-service-hours-set = Mengubah jam layanan
identity-did-session-closed = Keluar
identity-did-session-opened = Masuk
identity-did-session-revoked = Mengakhiri sesi pada perangkat lain
identity-did-sign-in-refused = Percobaan masuk yang gagal
identity-did-terms-published = Menerbitkan ketentuan penggunaan
identity-did-token-created = Membuat token
identity-did-token-revoked = Mencabut token
identity-did-unit-closed = Menutup unit
identity-did-unit-created = Membuat unit
identity-did-unit-relocated = Mengubah alamat unit
identity-did-unit-renamed = Mengubah nama unit

# Jabatan
identity-units-lead = Siapa yang bertindak hari ini, dan sebagai apa.
identity-unit-own = unit Anda
identity-units-other = Unit lain
identity-unit-search = Nama unit
identity-unit = Unit
identity-unit-parts = Unit di bawahnya
identity-board = Jabatan
identity-board-of = Jabatan di { $unit }
identity-board-today = keadaan { $day }
identity-acts-today = Bertindak hari ini
identity-since-until = Masa
identity-since = sejak { $from }
identity-from-until = { $from } sampai { $until }
identity-decree = Keputusan
identity-vacant = kosong
identity-vacant-here = { $n ->
    [1] Satu jabatan kosong.
   *[other] { $n } jabatan kosong.
  }
identity-stands-in = { $kind }; { $name } sedang berhalangan dan tetap memegang jabatan
identity-kind = Sebagai
identity-kind-definitive = Definitif
identity-kind-definitive-when = Diangkat atau dipilih; mengakhiri Pj. dan Plt. sebelumnya.
identity-kind-pj = Penjabat (Pj.)
identity-kind-pj-when = Mengisi jabatan yang kosong dengan wewenang penuh.
identity-kind-plt = Pelaksana tugas (Plt.)
identity-kind-plt-when = Menjalankan jabatan yang kosong di samping jabatannya sendiri.
identity-kind-plh = Pelaksana harian (Plh.)
identity-kind-plh-when = Menggantikan sementara pejabat yang berhalangan; pejabatnya tetap memegang jabatan.
identity-today-nobody = Hari ini tidak ada yang bertindak untuk jabatan ini.
identity-today-nobody-why = Tugas yang menuju jabatan ini menunggu sampai jabatan diisi.
identity-today-acts = Hari ini { $name } bertindak sebagai { $kind },
identity-today-span = { $span }.
identity-today-keeps = { $span }. { $name } berhalangan dan tetap memegang jabatan.
identity-fill = Isi jabatan
identity-appoint = Tunjuk pejabat
identity-appoint-plh = Tunjuk Plh.
identity-history = Riwayat
identity-never-held = Belum pernah diisi.
identity-in-effect = berlaku
identity-to-come = akan datang
identity-end = Akhiri…
identity-entered-late = Berlaku sejak { $from }, tetapi baru dicatat { $entered }, { $gap } kemudian. { $n ->
    [0] Tidak ada surat yang ditandatangani di antaranya.
   *[other] Surat yang ditandatangani di antaranya: { $n }.
  }
identity-has-account = Nama pengguna: { $username }.
identity-account-open = Lihat akunnya
identity-no-account = Belum punya akun
identity-no-account-why = Tanpa akun, tugas jabatan ini tidak dapat dikerjakan. Kata sandi sementara ditampilkan satu kali setelah akun dibuat.
identity-account-give = Buatkan akun
identity-account-exists = Orang ini sudah punya akun. Muat ulang halaman jabatannya.
identity-nobody-acts = Belum ada yang bertindak untuk jabatan ini. Isi jabatannya dahulu.
identity-post-roles = Peran jabatan ini
identity-post-roles-hint = Siapa pun yang bertindak untuk jabatan ini mendapat peran berikut, dan kehilangannya ketika masa jabatannya berakhir.
identity-roles-none = Belum ada peran.

# Mengisi jabatan
identity-find-title = Siapa yang mengisi { $post }?
identity-find-name = Nama atau NIP
identity-find-hint = Pejabat dan pegawai di seluruh kabupaten/kota; di { TERM("village") } juga penduduknya.
identity-find = Cari
identity-find-none = Tidak ada yang bernama { $typed }.
identity-find-none-why = Periksa ejaannya, ketik sebagian nama saja, atau catat orang baru.
identity-found-officials = Pejabat dan pegawai
identity-found-residents = Penduduk
identity-find-new = Catat orang yang belum terdaftar
identity-choose-other = Pilih orang lain
identity-appoint-title = Mengisi { $post }
identity-person-name = Nama lengkap
identity-person-name-hint = Dengan gelar, seperti pada surat keputusan. NIK tidak diperlukan.
identity-name-needed = Isi nama lengkapnya.
identity-nip = NIP, NIPD, atau NIAP
identity-nip-hint = Tercetak di bawah tanda tangan.
identity-nip-wrong = NIP 18 angka ini tidak terbaca: delapan angka pertamanya harus tanggal lahir. Periksa lagi.
identity-nip-is-nik = Ini tampaknya NIK. Isi NIP, NIPD, atau NIAP, atau kosongkan.
identity-kind-needed = Pilih sebagai apa.
identity-decree-number = Nomor dan tanggal keputusan
identity-decree-hint = Misalnya 141/212/2026, 20 November 2026. Untuk Plh.: nomor surat perintah.
identity-from-day = Berlaku sejak tanggal
identity-from-hint = Sejak awal hari itu.
identity-from-hour = Pukul
identity-from-hour-hint = Kosong: sejak awal hari. Plh. dapat mulai di tengah hari.
identity-effect-hint = Tanggal pada keputusan, boleh sebelum hari ini. Dicatat sekarang, { $now }; kedua waktu itu disimpan terpisah.
identity-until-day = Sampai dengan tanggal
identity-until-hint = Kosong: sampai diakhiri.
identity-until-hour = Sampai pukul
identity-until-hour-hint = Kosong: sampai akhir hari itu.
identity-plh-until-needed = Plh. sementara sifatnya: isi sampai kapan.
identity-from-needed = Isi sejak kapan berlaku.
identity-day-needed = Isi tanggalnya.
identity-date-wrong = Tanggal ini tidak terbaca. Tulis seperti 22-11-2026.
identity-hour-wrong = Jam ini tidak terbaca. Tulis seperti 13.30.
identity-appoint-do = Catat dan berlakukan
identity-appointed = Tercatat. Berlaku sejak { $from }; tugas dan wewenang jabatan ini sudah berpindah.
identity-appointed-ahead = Tercatat { $entered }. Mulai berlaku { $from }; sampai saat itu tidak ada yang berubah.
identity-appointed-behind = Tercatat { $entered }, berlaku sejak { $from }. Tugas dan wewenang sudah berpindah; surat yang ditandatangani di antaranya disebut pada riwayat.
identity-end-title = Mengakhiri masa jabatan { $post }
identity-end-day = Berakhir pada tanggal
identity-end-hour = Pukul
identity-end-hint = Boleh sebelum atau sesudah hari ini. Pada saat awal masanya berarti tidak pernah berlaku.
identity-end-do = Akhiri masa jabatan
identity-ended = Masa jabatan { $name } berakhir { $at }.

# Siapa dapat melihat apa
identity-menu-sights = Siapa melihat apa
identity-sights-title = Siapa dapat melihat apa
identity-sights-lead = Dihitung dari peran, jabatan, dan mandat yang berlaku saat ini, dengan ukuran yang sama yang menyaring setiap daftar.
identity-sights-find = Kode permohonan, kode verifikasi surat, atau nama pengguna
identity-sights-find-hint = Kode permohonan atau surat: semua akun yang dapat membukanya. Nama pengguna: semua yang dapat dibukanya.
identity-sights-not-found = Tidak ditemukan: { $typed }.
identity-sights-not-found-why = Periksa kodenya. Yang di luar unit Anda tidak ditampilkan.
identity-sights-accounts = Semua akun
identity-sights-count = { $n ->
    [0] Tidak ada akun.
    [1] Satu akun dalam jangkauan Anda.
   *[other] { $n } akun dalam jangkauan Anda; 100 yang pertama di bawah ini, semuanya dalam berkas.
  }
identity-sights-file = Unduh Excel
identity-sight-case = Yang dapat membuka { $code }
identity-sight-resident = Yang dapat membuka data penduduk { $unit }
identity-sight-lead = { $n ->
    [0] Tidak ada akun yang dapat membukanya di { $unit }.
    [1] Satu akun dapat membukanya di { $unit }.
   *[other] { $n } akun dapat membukanya di { $unit }.
  }
identity-sight-why = Mengapa
identity-sight-nobody = Tidak ada akun yang dapat membukanya.
identity-sight-nobody-why = Belum ada peran, jabatan, atau mandat yang menjangkaunya.
identity-sight-link-hint = Selain itu: pemohon sendiri dengan kode dan bukti dirinya, dan siapa pun yang ia beri tautannya. Yang sudah membukanya ada pada catatan akses.
identity-sight-account = Yang dapat dilihat { $name }
identity-sight-nothing = Tidak dapat membuka apa pun.
identity-sight-everything = Semuanya.
identity-sight-count = { $n ->
    [0] Saat ini tidak ada.
    [1] Saat ini satu.
   *[other] Saat ini { $n }.
  }
identity-sight-does = Yang dapat dilakukan
identity-sight-does-nothing = Tidak ada peran yang memberi wewenang.
identity-why-post-role = Peran { $role } di { $unit }, melalui jabatan { $post }
identity-why-own-role = Peran { $role } di { $unit }, diberikan pada akunnya
identity-why-desk = Berada di meja { $post }
identity-why-mandate = Mandat { $form } { $from } kepada { $own }

# Pihak ketiga
identity-menu-third-parties = Pihak ketiga
identity-third-lead = Vendor, auditor, dan mahasiswa bekerja dengan akun berjangka di bawah perjanjian kerahasiaan (NDA).
identity-third-soon-count = { $n } berakhir dalam { $days } hari.
identity-third-new = Catat pihak ketiga
identity-third-new-lead = Akunnya dibuat sekarang dan baru dapat dipakai setelah NDA yang ditandatangani didaftarkan.
identity-third-none = Belum ada pihak ketiga.
identity-third-none-why = Catat vendor, auditor, atau mahasiswa yang perlu masuk ke sistem.
identity-third-organisation = Perusahaan, lembaga, atau kampus
identity-third-organisation-hint = Misalnya PT Sinar Data, BPK Perwakilan, Universitas Sriwijaya.
identity-third-kind = Sebagai
identity-third-kind-needed = Pilih sebagai apa.
identity-third-kind-vendor = Vendor
identity-third-kind-auditor = Auditor
identity-third-kind-student = Mahasiswa atau peneliti
identity-third-kind-other = Lainnya
identity-third-purpose = Keperluan
identity-third-purpose-hint = Untuk apa ia perlu masuk, misalnya pemeliharaan jaringan.
identity-third-sponsor = Jabatan penjamin
identity-third-sponsor-hint = Yang meminta akun ini dan bertanggung jawab atasnya.
identity-third-sponsor-needed = Pilih jabatan penjaminnya.
identity-third-unit = Tempat bekerja
identity-third-unit-hint = Perannya diberikan pada unit ini atau di bawahnya.
identity-third-unit-needed = Pilih unitnya.
identity-third-until-hint = Akun berakhir pada hari ini, dan paling lambat bersama NDA-nya.
identity-third-no-nda = menunggu NDA
identity-third-no-nda-yet = NDA belum didaftarkan; belum dapat masuk
identity-third-in-force = berlaku
identity-third-soon = segera berakhir
identity-third-ended = sudah berakhir
identity-third-nda = { $number }, sampai { $day }
identity-third-nda-head = NDA
identity-third-nda-number = Nomor NDA
identity-third-nda-signed = Tanggal tanda tangan
identity-third-nda-until = Berlaku sampai
identity-third-nda-register = Daftarkan NDA
identity-third-nda-renew = Daftarkan NDA baru
identity-third-nda-hint = Setelah didaftarkan akun dapat dipakai, sampai NDA berakhir. Sesudah itu tidak dapat masuk lagi.
identity-third-nda-do = Daftarkan
identity-third-registered = NDA terdaftar. Akun dapat dipakai, paling lama sampai { $day }.

# Tinjauan hak akses
identity-menu-reviews = Tinjauan hak akses
identity-reviews-lead = Setiap triwulan kepala unit meninjau hak setiap orang. Yang lewat tenggat naik ke sekretaris daerah.
identity-reviews-none = Belum ada tinjauan.
identity-reviews-none-why = Tinjauan dibuka sendiri pada awal triwulan, mulai triwulan sesudah akun pertama dibuat.
identity-review-title = Tinjauan hak akses { $unit }
identity-review-lead = Buka satu per satu, lihat apa yang dapat dilakukan orangnya, lalu pertahankan atau cabut. Yang dicabut berhenti saat itu juga.
identity-review-rights = Hak
identity-review-right = Orang dan haknya
identity-review-figures = { $n } hak; menunggu { $waiting }, dicabut { $removed }
identity-review-open = berjalan
identity-review-escalated = lewat tenggat, di sekretaris daerah
identity-review-closed = selesai
identity-review-waits = belum dibuka
identity-review-looked = sudah dibuka
identity-review-kept = dipertahankan
identity-review-removed = dicabut
identity-review-never-in = Belum pernah masuk.
identity-review-last-in = Terakhir masuk { $day }.
identity-review-looked-count = { $n ->
    [0] Belum ada yang dibuka.
   *[other] Sudah dibuka dan belum diputuskan: { $n }.
  }
identity-review-keep-all = Pertahankan semua yang sudah dibuka
identity-review-keep = Pertahankan
identity-review-remove = Cabut
identity-review-grant-hint = Peran ini diberikan pada akunnya sendiri. Bila dicabut, berhenti saat ini juga.
identity-review-holding-hint = Hak ini datang dari jabatannya. Cabut hanya bila orangnya tidak lagi menjabat: masa jabatannya berakhir saat ini juga.
identity-review-decided = Hak ini sudah diputuskan.
identity-review-reason = Tulis alasan pencabutan.
identity-review-open-first = Buka dahulu hak yang akan dipertahankan.
identity-review-kept-now = Hak dipertahankan.
identity-review-removed-now = Hak dicabut dan sudah berhenti.
identity-review-kept-some = Dipertahankan: { $n }.
identity-review-start = Mulai tinjauan triwulan ini
identity-review-start-hint = Untuk unit yang belum punya; biasanya terbuka sendiri pada awal triwulan.
identity-review-started = Tinjauan dibuka: { $n }.
identity-work-access-review = Tinjau hak akses

# Impor pejabat
identity-menu-imports = Impor pejabat
identity-imports-title = Impor pejabat dan perangkat
identity-imports-lead = Daftar ASN dan perangkat { TERM("village") } dari CSV atau Excel. Dibandingkan dahulu dengan yang tercatat; tidak ada yang berubah sebelum Anda memilih.
identity-imports-example = Unduh contoh
identity-imports-before = Impor sebelumnya
identity-imports-none = Belum ada impor.
identity-imports-none-why = Pilih berkas di atas untuk memulai.
identity-import-file = Berkas
identity-import-file-hint = Kolom: nama, nip (NIP, NIPD, atau kosong), jabatan, unit (kode Kemendagri atau nama), pangkat, jenis, mulai, sampai, keputusan.
identity-import-look = Bandingkan
identity-import-choose = Pilih berkasnya.
identity-import-large = Berkas terlalu besar. Paling besar { $max } MB.
identity-import-kind = Berkas ini bukan CSV atau Excel yang dapat dibaca. Simpan ulang sebagai .xlsx atau .csv (UTF-8).
identity-import-no-head = Baris judul tidak ditemukan. Pakai judul kolom seperti pada contoh.
identity-import-columns = Kolom yang belum ada: { $columns }.
identity-import-too-many = Terlalu banyak baris. Paling banyak { $max }; bagi menjadi beberapa berkas.
identity-import-empty = Tidak ada baris di bawah judul.
identity-import-name = Nama kosong.
identity-import-title = Jabatan kosong.
identity-import-unit = Unit kosong.
identity-import-decree = Nomor keputusan kosong.
identity-import-nip = NIP 18 angka tidak terbaca.
identity-import-nik = Ini tampaknya NIK. Isi NIP atau NIPD, atau kosongkan.
identity-import-from = Tanggal mulai tidak terbaca.
identity-import-until = Tanggal akhir tidak terbaca.
identity-import-ends-before = Berakhir sebelum mulai.
identity-import-holding-kind = Jenis tidak dikenal. Pakai definitif, Pj, Plt, atau Plh.
identity-import-not-kept = Unit ini bukan yang Anda urus.
identity-import-plh-vacant = Jabatan ini kosong, jadi tidak ada yang diwakili Plh.
identity-import-twice = Jabatan ini sudah disebut pada baris lain.
identity-import-unit-several = Ada beberapa unit bernama sama. Pakai kodenya.
identity-import-unit-unknown = Unit tidak ditemukan. Pakai kode Kemendagri atau nama lengkapnya.
identity-import-draft = menunggu pilihan
identity-import-done = sudah dijalankan
identity-import-undone = dibatalkan
identity-import-lead = Yang baru sudah ditandai. Untuk yang berbeda dan yang tidak ada dalam berkas, pilih per baris.
identity-import-verdicts = Hasil perbandingan
identity-import-verdict-wrong = Tidak dapat dibawa
identity-import-verdict-different = Berbeda
identity-import-verdict-missing = Tercatat, tidak ada dalam berkas
identity-import-verdict-new = Baru
identity-import-verdict-same = Sama
identity-import-line = baris { $n }
identity-import-since = sejak { $day }, { $decree }
identity-import-makes-post = jabatan baru dibuat
identity-import-here = tercatat: { $name }, sejak { $day }, { $decree }
identity-import-take = Pakai dari berkas
identity-import-take-end = Akhiri hari ini
identity-import-choose-do = Simpan pilihan
identity-import-chosen = Pilihan disimpan.
identity-import-taken = Dipilih: { $n } baris. Yang lain tetap seperti adanya.
identity-import-run = Jalankan impor
identity-import-throw-away = Buang impor ini
identity-import-thrown-away = Impor dibuang. Tidak ada yang berubah.
identity-import-undo = Batalkan seluruh impor
identity-import-undo-hint = Hanya selama belum ada yang memakai hasilnya: belum ada tanda tangan, akun, atau perubahan sesudahnya.
identity-import-undone-now = Impor dibatalkan. Semuanya seperti sebelumnya.
identity-import-told = Impor dijalankan: { $people } orang baru, { $posts } jabatan baru, { $appointed } pengangkatan, { $changed } diperbaiki, { $ended } diakhiri.
identity-import-state = Impor ini sudah dijalankan atau dibatalkan.
identity-import-nothing = Pilih paling sedikit satu baris.
identity-import-built-on = Hasil impor ini sudah dipakai atau diubah, jadi tidak dapat dibatalkan sekaligus.

# Mutasi
identity-menu-mutations = Mutasi
identity-mutations-lead = Satu surat keputusan dicatat satu kali. Hak, tugas, mandat, dan sesi berpindah sendiri pada menitnya.
identity-mutations-none = Belum ada mutasi.
identity-mutations-none-why = Catat surat keputusan pengangkatan, perpindahan, Plt., Plh., penugasan, atau pemberhentian di sini.
identity-mutation-new = Catat mutasi
identity-mutation-change = Ubah surat dan waktunya
identity-mutation-new-lead = Isi suratnya dahulu. Setelah itu tambahkan orangnya, lihat akibatnya, lalu tetapkan.
identity-mutation-decree = Nomor surat keputusan
identity-mutation-decree-hint = Misalnya 800/125/BKPSDM/2026. Untuk Plh.: nomor surat perintah.
identity-mutation-decree-needed = Isi nomor surat keputusannya.
identity-mutation-decreed-on = Tanggal surat
identity-mutation-effective = Mulai berlaku
identity-mutation-effective-hint = Boleh sudah lewat: suratnya yang terlambat tetap dicatat seperti apa adanya.
identity-mutation-hour-hint = Waktu setempat. Kosong: sejak awal hari.
identity-mutation-mandates-end = Mandat dari pejabat lama ikut berakhir
identity-mutation-mandates-end-hint = Pejabat baru memberi mandat baru. Mandat dari jabatan yang menjadi kosong selalu berakhir.
identity-mutation-next = Lanjut ke daftar orang
identity-mutation-people = { $n ->
    [0] belum ada orang
    [1] satu orang
   *[other] { $n } orang
  }
identity-mutation-draft = konsep
identity-mutation-set = ditetapkan, belum berlaku
identity-mutation-done = berlaku
identity-mutation-cancelled = dibatalkan
identity-mutation-lead = Surat tanggal { $day }. Berlaku { $at }.
identity-mutation-late = Surat ini terlambat: sudah berlaku sejak { $at }, { $gap } yang lalu.
identity-mutation-late-acts = { $n ->
    [0] Tidak ada tindakan pejabat lama di antaranya.
    [1] Satu tindakan pejabat lama di antaranya akan diminta konfirmasi.
   *[other] { $n } tindakan pejabat lama di antaranya akan diminta konfirmasi satu per satu.
  }
identity-mutation-lines = Orang
identity-mutation-lines-none = Belum ada orang pada mutasi ini.
identity-mutation-add = Tambah orang
identity-mutation-add-do = Tambahkan
identity-mutation-line-remove = Keluarkan
identity-mutation-line-removed = Orang itu dikeluarkan dari konsep mutasi.
identity-mutation-who = Siapa yang dimutasi?
identity-mutation-find-hint = Pejabat dan pegawai di seluruh kabupaten/kota.
identity-mutation-where = Dari mana ke mana?
identity-mutation-narrow = Cari jabatan atau unit tujuan
identity-mutation-manner = Yang terjadi
identity-mutation-manner-needed = Pilih yang terjadi pada orang ini.
identity-mutation-from-post = Jabatan asal
identity-mutation-from-post-hint = Untuk mutasi dan pemberhentian: jabatan yang dilepas. Untuk penugasan: jabatan yang tetap dipegang.
identity-mutation-to-post = Jabatan tujuan
identity-mutation-to-post-hint = Di dalam kurung: yang bertindak pada waktu mutasi berlaku.
identity-mutation-no-post = Tidak ada
identity-mutation-until-hint = Wajib untuk Plh. dan penugasan. Kosong untuk yang lain: sampai diakhiri.
identity-mutation-rests = Jabatan asal beristirahat selama penugasan
identity-mutation-rests-hint = Hak di jabatan asal berhenti dan kembali sendiri setelah penugasan selesai.
identity-mutation-hand-tasks = Tugas terbuka jabatan asal diserahkan kepada
identity-mutation-hand-tasks-hint = Biasanya tidak perlu: tugas mengikuti jabatan dan menunggu penggantinya.
identity-mutation-tasks-stay = Tetap pada jabatannya
identity-mutation-not-kept = Jabatan itu bukan pada unit yang Anda urus. Minta Diskominfo atau admin unitnya.
identity-manner-appoint = Pengangkatan atau mutasi
identity-manner-appoint-when = Menduduki jabatan tujuan; melepas jabatan asal bila dipilih. Juga untuk Pj., Plt., dan Plh.
identity-manner-second = Perbantuan atau penugasan
identity-manner-second-when = Bekerja di jabatan lain untuk sementara; jabatan asal tetap dipegang.
identity-manner-release = Pemberhentian dari jabatan
identity-manner-release-when = Melepas jabatan asal, tetap pegawai.
identity-manner-retired = Pensiun
identity-manner-retired-when = Semua jabatan, peran, dan akunnya berakhir.
identity-manner-moved-out = Pindah ke luar instansi
identity-manner-moved-out-when = Semua jabatan, peran, dan akunnya berakhir.
identity-manner-died = Meninggal dunia
identity-manner-died-when = Semua jabatan, peran, dan akunnya berakhir.
identity-manner-dismissed = Diberhentikan
identity-manner-dismissed-when = Diberhentikan dari ASN atau perangkat { TERM("village") }: semuanya berakhir.
identity-mutation-from-to = dari { $from } ke { $to }
identity-mutation-to = ke { $to }
identity-mutation-from = dari { $from }
identity-mutation-until = sampai { $at }
identity-mutation-home-rests = jabatan asal beristirahat
identity-mutation-tasks-to = tugas terbuka diserahkan kepada { $post }
identity-mutation-preview = Akibatnya
identity-mutation-preview-hint = Belum ada yang berubah. Periksa dahulu sebelum ditetapkan.
identity-mutation-roles-pass = Hak yang berpindah: { $roles }
identity-mutation-no-tasks = Tidak ada tugas terbuka.
identity-mutation-tasks-pass = { $n ->
    [1] Satu tugas terbuka berpindah ke { $who }.
   *[other] { $n } tugas terbuka berpindah ke { $who }.
  }
identity-mutation-tasks-wait = { $n ->
    [1] Satu tugas terbuka menunggu sampai jabatan diisi.
   *[other] { $n } tugas terbuka menunggu sampai jabatan diisi.
  }
identity-mutation-sessions = { $n ->
    [1] Satu perangkat yang sedang masuk keluar dari jabatan ini.
   *[other] { $n } perangkat yang sedang masuk keluar dari jabatan ini.
  }
identity-mutation-endings = Yang ikut berakhir
identity-mutation-mandate-ends = Mandat { $from } kepada { $to }
identity-mutation-grant-ends = Peran { $role } pada akunnya sendiri
identity-mutation-account-ends = Akun { $username }: tidak dapat masuk lagi, sesinya berakhir
identity-mutation-later = Sesudahnya
identity-mutation-comes-back = { $who } kembali ke jabatan asal { $span }
identity-mutation-acts = Tindakan di antaranya
identity-mutation-acts-hint = Dilakukan pejabat lama sesudah mutasi berlaku. Pejabat sekarang akan mengesahkan atau mencabutnya satu per satu.
identity-mutation-set-hint = Sampai waktunya tiba mutasi masih dapat dibatalkan sekaligus.
identity-mutation-set-do = Tetapkan mutasi
identity-mutation-throw-away = Buang konsep
identity-mutation-take-back = Batalkan mutasi
identity-mutation-take-back-hint = Semua yang sudah dijadwalkan kembali seperti semula.
identity-mutation-told = Mutasi berlaku sejak { $at }. Hak dan tugas sudah berpindah.
identity-mutation-told-ahead = Mutasi ditetapkan. Mulai berlaku { $at }; sampai saat itu tidak ada yang berubah.
identity-mutation-told-acts = Mutasi berlaku sejak { $at }. { $n ->
    [1] Satu tindakan di antaranya menunggu konfirmasi pejabat sekarang.
   *[other] { $n } tindakan di antaranya menunggu konfirmasi pejabat sekarang.
  }
identity-mutation-taken-back = Mutasi dibatalkan. Semuanya seperti sebelum ditetapkan.
identity-mutation-thrown-away = Konsep mutasi dibuang.
identity-notice-mutation = Jabatan ini beralih menurut surat { $decree }. Tugas terbuka: { $tasks }.

# Tindakan di antara surat yang terlambat
identity-act-letter = { $letter } nomor { $number }
identity-act-initial = Paraf pada { $letter }
identity-act-task = Langkah pada permohonan { $code }
identity-act-waits = menunggu putusan
identity-act-confirmed = disahkan
identity-act-revoked = dicabut
identity-confirm-title = Tindakan pejabat lama: { $post }
identity-confirm-back = Tugas Saya
identity-confirm-lead = Surat keputusan datang terlambat. Tindakan berikut dilakukan oleh orang yang pada waktu itu tidak lagi memegang jabatan. Sahkan atau cabut satu per satu; surat yang dicabut tidak berlaku lagi.
identity-confirm-due = Selesaikan sebelum { $at }.
identity-confirm-reason = Alasan
identity-confirm-reason-hint = Wajib bila dicabut.
identity-confirm-do = Sahkan
identity-confirm-revoke = Cabut
identity-confirm-one-done = Putusan dicatat.
identity-confirm-all-done = Semua tindakan sudah diputuskan.
identity-confirm-closed = sudah diputuskan
identity-confirm-waits = menunggu putusan pejabat sekarang
identity-work-mutation-acts = Sahkan atau cabut tindakan pejabat lama

# Jabatan kosong
identity-vacant-title = Jabatan kosong
identity-vacant-lead = { $n ->
    [0] Tidak ada jabatan kosong yang cocok.
    [1] Satu jabatan menunggu diisi. Tugasnya tertahan sampai ada yang bertindak.
   *[other] { $n } jabatan menunggu diisi. Tugasnya tertahan sampai ada yang bertindak.
  }
identity-vacant-heads = Kepala { TERM("village") } atau unit
identity-vacant-secretaries = Sekretaris
identity-vacant-all = Semua jabatan
identity-vacant-since = kosong sejak { $day } ({ $length })
identity-vacant-none = Semua jabatan terisi.
identity-vacant-none-why = Jabatan muncul di sini begitu tidak ada lagi yang bertindak untuknya.
identity-action = Tindakan

# Mandat
identity-mandates = Mandat penandatanganan
identity-mandates-hint = Jabatan yang boleh menandatangani atas nama jabatan lain. Mandat berhenti sendiri ketika jabatan pemberinya kosong.
identity-mandates-none = Belum ada mandat.
identity-every-letter = semua surat
identity-form-an = menandatangani a.n.
identity-form-ub = menandatangani u.b.
identity-form-an-name = Atas nama (a.n.)
identity-form-an-when = Untuk jabatan tepat di atasnya.
identity-form-ub-name = Untuk beliau (u.b.)
identity-form-ub-when = Diteruskan oleh jabatan yang sudah menerima mandat a.n.
identity-form-needed = Pilih bentuknya.
identity-post-needed = Pilih jabatannya.
identity-mandate-give = Beri mandat
identity-mandate-from = Jabatan yang memberi
identity-mandate-from-hint = Surat dibuat untuk jabatan ini.
identity-mandate-to = Jabatan yang menandatangani
identity-mandate-to-hint = Siapa pun yang sedang bertindak untuk jabatan ini.
identity-mandate-form = Bentuk
identity-mandate-kinds = Jenis surat
identity-mandate-kinds-hint = Tanpa tanda: semua jenis surat.
identity-mandate-decree-hint = Dasar tertulis pelimpahan, misalnya surat perintah kepala.
identity-mandate-do = Catat mandat
identity-mandate-given = Mandat tercatat.
identity-mandate-end-title = Mengakhiri mandat
identity-mandate-end-do = Akhiri mandat
identity-mandate-ended = Mandat berakhir { $at }.

# Peran
identity-role = Peran
identity-role-give = Beri peran
identity-role-give-do = Berikan peran ini
identity-role-given = Peran { $role } diberikan.
identity-role-revoke = Cabut
identity-role-revoked = Peran { $role } dicabut.
identity-role-needed = Pilih peran yang boleh Anda berikan.
identity-role-unit = Pada unit
identity-role-unit-hint = Nama atau kode unit; berlaku juga untuk unit di bawahnya. Kosong: seluruh kabupaten/kota.
identity-role-decree-hint = Dasar penunjukan, bila ada.
identity-unit-unknown = Unit ini tidak ditemukan. Tulis nama lengkapnya, misalnya Desa Tanjung Raman, atau kodenya.
identity-unit-several = Ada beberapa unit bernama sama. Tulis kodenya: { $units }.
identity-role-operator = Operator
identity-role-operator-does = Melayani di loket dan memasukkan permohonan.
identity-role-examiner = Pemeriksa
identity-role-examiner-does = Memeriksa permohonan.
identity-role-initialer = Pemaraf
identity-role-initialer-does = Memaraf sebelum ditandatangani.
identity-role-signer = Penanda tangan
identity-role-signer-does = Menandatangani surat.
identity-role-registrar = Pencatat
identity-role-registrar-does = Mengurus nomor surat, agenda, dan ekspedisi.
identity-role-unit-admin = Admin unit
identity-role-unit-admin-does = Mengurus orang, jabatan, dan peran pada unitnya.
identity-role-village-affairs = Pembina pemerintahan desa (DPMD)
identity-role-village-affairs-does = Mengisi jabatan di semua { TERM("villages") }.
identity-role-admin = Administrator (Diskominfo)
identity-role-admin-does = Mengurus akun dan pengaturan, tanpa melihat isi permohonan.
identity-role-overseer = Pengawas
identity-role-overseer-does = Membaca angka dan permohonan, tanpa mengubah apa pun.

# Akun pengguna
identity-account-search = Nama atau nama pengguna
identity-state = Keadaan
identity-state-any = Semua
identity-state-active = aktif
identity-state-disabled = dinonaktifkan
identity-state-expired = lewat masa berlaku
identity-state-until = sampai { $day }
identity-accounts-none = Belum ada akun.
identity-accounts-none-why = Setiap orang yang bekerja di sini memakai akunnya sendiri.
identity-account-new = Buat akun
identity-account-whose = Untuk siapa?
identity-account-whose-hint = Cari nama atau NIP pejabat yang sudah tercatat, supaya akun mengikuti jabatannya.
identity-account-for = Akun untuk { $name }.
identity-account-without-person = Atau tanpa jabatan
identity-account-name = Nama yang ditampilkan
identity-account-name-hint = Untuk mesin: nama aplikasinya.
identity-username-hint = Huruf kecil, angka, dan titik di antaranya; bukan NIK atau NIP.
identity-account-kind = Jenis akun
identity-account-person = Perorangan
identity-account-machine = Mesin (lewat API)
identity-account-third-party = Pihak ketiga
identity-account-until = Hari terakhir akun dapat dipakai
identity-account-until-hint = Wajib untuk pihak ketiga. Kosong: tidak dibatasi.
identity-account-make = Buat akun
identity-expiry-past = Tanggal ini sudah lewat.
identity-machine-made = Akun mesin dibuat. Buat tokennya di bawah.
identity-account-roles = Peran akun ini sendiri
identity-account-roles-hint = Peran dari jabatan mengikuti jabatannya dan tidak tercantum di sini.
identity-account-acts = Tindakan
identity-account-reset = Buat kata sandi sementara
identity-account-reset-hint = Semua sesi akun ini berakhir; kata sandi harus diganti saat masuk.
identity-account-date = Simpan tanggal
identity-account-dated = Masa berlaku akun disimpan.
identity-account-enable = Aktifkan kembali
identity-account-enabled = Akun aktif kembali.
identity-account-disable = Nonaktifkan akun
identity-account-disable-hint = Semua sesi dan token akun ini langsung berhenti.
identity-account-disabled = Akun dinonaktifkan; sesi dan tokennya berhenti.
identity-not-yourself = Ini akan mengunci Anda sendiri di luar. Minta administrator lain melakukannya.
identity-temporary-since = sementara, dibuat { $at }
identity-made-title = Akun siap dipakai
identity-made-lead = Sampaikan langsung kepada orangnya. Kata sandi ini hanya ditampilkan sekali, di halaman ini.
identity-made-days = Kata sandi ini berlaku { $n } hari dan harus diganti saat pertama kali masuk.
identity-made-back = Sudah dicatat
identity-tokens = Token API
identity-tokens-hint = Token dipakai mesin sebagai pengganti kata sandi. Beri satu token untuk satu aplikasi.
identity-tokens-none = Belum ada token.
identity-token-new = Token baru
identity-token-label = Untuk apa
identity-token-label-hint = Misalnya: OpenSID Desa Tanjung Raman.
identity-token-until = Hari terakhir berlaku
identity-token-until-hint = Token yang berakhir sendiri lebih aman.
identity-token-make = Buat token
identity-token-made = Token dibuat
identity-token-made-lead = Salin sekarang. Token ini hanya ditampilkan sekali.
identity-token-use = Kirim sebagai kepala permintaan HTTP “Authorization: Bearer …”.
identity-token-revoke = Cabut
identity-token-revoked = Token dicabut dan langsung berhenti berlaku.
identity-token-forever = tanpa batas waktu
