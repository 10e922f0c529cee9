# Unit
kernel-unit-name-needed = Isi nama dan kode unit.
kernel-unit-parent = Unit jenis ini tidak dapat berada di bawah unit tersebut. Pilih unit induk yang lain.
kernel-unit-code-taken = Kode { $code } sudah dipakai unit lain yang masih berlaku. Periksa kodenya.
kernel-unit-slug-taken = Alamat halaman “{ $slug }” sudah dipakai atau memuat huruf yang tidak diperbolehkan. Pakai huruf kecil, angka, dan tanda hubung.
kernel-unit-closed = Unit ini sudah ditutup.
kernel-unit-has-children = Masih ada unit yang berlaku di bawahnya. Tutup atau pindahkan dahulu.
kernel-unit-successor = Unit penerus harus unit lain yang masih berlaku.

# Jabatan
kernel-post-title-needed = Isi nama jabatan.
kernel-post-closed = Jabatan ini sudah dihapus.
kernel-post-decree-needed = Isi nomor dan tanggal keputusan atau surat perintahnya.
kernel-post-ends-before-it-begins = Waktu berakhir harus sesudah waktu mulai dan tidak melewati akhir yang sudah dicatat.
kernel-post-held = Jabatan ini masih dipegang pejabat definitif pada waktu itu. Akhiri dahulu masa jabatannya.
kernel-post-later-holding = Sudah dicatat pemegang lain yang mulai pada atau sesudah waktu itu. Akhiri dahulu catatan tersebut.
kernel-post-vacant-needs-plt = Jabatan ini kosong, jadi tidak ada yang dapat diwakili. Tunjuk Plt. atau Pj.
kernel-post-stands-in-for-itself = Plh. harus orang lain, bukan pejabat yang diwakilinya.
kernel-post-not-yours = Anda tidak memegang jabatan itu saat ini.
kernel-mandate-to-itself = Mandat diberikan kepada jabatan lain.
kernel-mandate-ub-needs-an = Untuk beliau (u.b.) hanya dapat diberikan oleh jabatan yang sudah menerima mandat atas nama (a.n.).
kernel-mutation-empty = Tambahkan paling sedikit satu orang.
kernel-mutation-not-holder = Orang ini tidak memegang jabatan asal itu pada waktu mutasi berlaku.
kernel-mutation-leaves-alone = Orang yang keluar (pensiun, pindah, meninggal, diberhentikan) hanya ditulis satu kali dalam mutasi.
kernel-mutation-began-then = Orang ini baru mulai memegang jabatan asal pada waktu yang sama. Periksa waktu berlakunya.
kernel-mutation-set-already = Mutasi ini sudah ditetapkan dan tidak dapat diubah lagi.
kernel-mutation-too-late = Mutasi ini sudah berlaku. Catat mutasi baru untuk mengubahnya.
kernel-mutation-changed-since = Ada yang sudah diubah lagi sejak mutasi ini ditetapkan, jadi tidak dapat dibatalkan sekaligus. Catat mutasi baru.
kernel-mutation-to-needed = Pilih jabatan tujuan.
kernel-mutation-from-needed = Pilih jabatan asal.
kernel-mutation-same-post = Jabatan tujuan sama dengan jabatan asal.
kernel-mutation-until-needed = Isi sampai kapan.
kernel-mutation-act-decided = Tindakan ini sudah diputuskan.
kernel-mutation-act-reason = Tulis alasan pencabutan.
kernel-agreement-not-third-party = Perjanjian hanya untuk akun pihak ketiga.
kernel-agreement-organisation-needed = Isi nama perusahaan, lembaga atau kampusnya.
kernel-agreement-purpose-needed = Isi keperluannya.
kernel-agreement-number-needed = Isi nomor perjanjian kerahasiaan (NDA).
kernel-agreement-not-signed-yet = Tanggal tanda tangan NDA belum tiba. Daftarkan setelah ditandatangani.
kernel-agreement-ended = Perjanjian kerahasiaan (NDA) sudah berakhir. Daftarkan NDA yang baru.
kernel-agreement-missing = Akun pihak ketiga dibuka setelah perjanjian kerahasiaan (NDA) didaftarkan.
kernel-agreement-ends-before = Akun tidak boleh berlaku lebih lama daripada NDA-nya.

# Penduduk
kernel-person-name-needed = Isi nama seperti pada KTP atau KK.
kernel-person-birth-date = Periksa tanggal lahir: tidak boleh sesudah hari ini atau sebelum tahun 1900.
kernel-nik-empty = Isi NIK.
kernel-nik-length = NIK terdiri dari 16 angka; yang diketik { $digits } angka. Periksa lagi pada KTP atau KK.
kernel-nik-symbol = NIK hanya berisi angka; “{ $symbol }” pada urutan ke-{ $position } bukan angka.
kernel-nik-date = Tanggal di dalam NIK ini tidak ada di kalender. Bila pada KTP memang demikian, tuliskan alasannya.
kernel-nik-serial = NIK tidak pernah berakhir 0000. Bila pada KTP memang demikian, tuliskan alasannya.
kernel-nik-sex-differs = NIK dan jenis kelamin tidak cocok: tertulis { $written }, seharusnya { $expected }. Periksa, atau tuliskan alasannya.
kernel-nik-date-differs = NIK dan tanggal lahir tidak cocok: tertulis { $written }, seharusnya { $expected }. Periksa, atau tuliskan alasannya.
kernel-nik-differs = NIK tidak cocok dengan tanggal lahir dan jenis kelamin: tertulis { $written }, seharusnya { $expected }. Periksa, atau tuliskan alasannya.
kernel-kk-length = Nomor KK terdiri dari 16 angka; yang diketik { $digits } angka.
kernel-kk-symbol = Nomor KK hanya berisi angka.
kernel-phone = Tulis nomor telepon seperti 0812-3456-7890.
kernel-phone-foreign = Hanya nomor Indonesia (+62) yang dapat dihubungi dari sini.
kernel-phone-length = Jumlah angka nomor telepon tidak sesuai. Periksa lagi.
kernel-email = Tulis alamat e-mail seperti nama@contoh.id.
kernel-text-long = Terlalu panjang: paling banyak { $most } huruf.
kernel-text-control = Ada tanda yang tidak dapat dibaca. Ketik ulang isian ini.

# Akun
kernel-username-length = Nama pengguna terdiri dari 3 sampai 64 huruf.
kernel-username-characters = Nama pengguna berisi huruf a–z, angka, dan titik, tanda hubung, garis bawah, atau @ di antaranya.
kernel-username-number = Nama pengguna tidak boleh hanya angka; NIK atau NIP bukan nama pengguna.
kernel-username-taken = Nama pengguna { $username } sudah dipakai. Pilih yang lain.
kernel-password-short = Kata sandi paling sedikit { $least } huruf. Beberapa kata yang Anda ingat lebih baik daripada satu kata yang sulit.
kernel-password-long = Kata sandi terlalu panjang.
kernel-password-guessable = Kata sandi ini mudah ditebak. Pakai beberapa kata yang hanya Anda ingat.
kernel-account-name-needed = Isi nama yang ditampilkan.
kernel-account-third-party-dated = Akun pihak ketiga harus memiliki tanggal berakhir.
kernel-account-disabled = Akun ini dinonaktifkan. Hubungi admin unit Anda.
kernel-account-expired = Masa berlaku akun ini sudah habis. Hubungi admin unit Anda.
kernel-restriction-decree-needed = Isi nomor dan tanggal keputusannya.
kernel-restriction-ends-before-it-begins = Pembatasan berakhir setelah mulai berlaku, dan belum lewat.
kernel-restriction-last-admin = Ini satu-satunya admin yang masih dapat mengurus akun. Angkat admin lain dahulu.
kernel-restriction-over = Pembatasan ini sudah berakhir.
kernel-restriction-yourself = Akun sendiri tidak dapat dibatasi sendiri. Minta admin lain.
kernel-token-label-needed = Tulis untuk apa token ini dipakai.
kernel-grant-role = Peran { $role } tidak dikenal.
kernel-grant-top-only = Peran ini hanya dapat diberikan pada tingkat kabupaten/kota.
kernel-grant-held = Peran ini sudah dipegang pada unit tersebut.
kernel-grant-ended = Peran ini sudah berakhir.

# Isian formulir
field-required = Wajib diisi.
field-too-long = Terlalu panjang: paling banyak { $max } huruf.
field-bad-character = Ada karakter yang tidak dapat disimpan. Hapus lalu ketik ulang bagian ini.
field-not-a-number = Tulis dengan angka, misalnya 12 atau 1.500.
field-too-small = Paling sedikit { $min }.
field-too-large = Paling banyak { $max }.
field-not-money = Tulis jumlah rupiah dengan angka, misalnya 1.500.000.
field-not-a-date = Tulis tanggal, bulan, dan tahun, misalnya 12/03/1990 atau 12 Maret 1990.
field-date-year = Tulis tahun dengan empat angka, misalnya 1990.
field-no-such-date = Tanggal ini tidak ada di kalender. Periksa tanggal dan bulannya.
field-date-in-future = Tanggal ini belum terjadi. Isi tanggal hari ini atau sebelumnya.
field-date-in-past = Tanggal ini sudah lewat. Isi tanggal hari ini atau sesudahnya.
field-choose-one = Pilih salah satu.
field-choose-one-or-more = Pilih paling sedikit satu.
field-not-a-choice = Pilih dari daftar.
field-only-digits = Isi dengan angka saja.
field-not-a-nik = NIK terdiri dari 16 angka; yang diketik { $digits } angka. Periksa lagi pada KTP atau KK.
field-nik-odd = Tanggal { $date } di dalam NIK ini tidak ada di kalender. Bila pada KTP memang demikian, tuliskan alasannya.
field-not-a-kk = Nomor KK terdiri dari 16 angka; yang diketik { $digits } angka. Periksa lagi pada KK.
field-not-a-phone = Tulis nomor telepon lengkap, misalnya 0812-3456-7890.
field-not-an-email = Tulis alamat surel lengkap, misalnya nama@contoh.id.
field-photo-required = Tambahkan foto.
field-file-required = Tambahkan berkas.
field-not-a-file = Berkas ini tidak terunggah dengan utuh. Unggah lagi.
field-too-many-files = Paling banyak { $max } berkas. Hapus yang tidak perlu.
field-name-required = Isi nama orang ini, atau kosongkan seluruh barisnya.
field-too-few-people = Isi paling sedikit { $min } orang.
field-too-many-people = Paling banyak { $max } orang.

# Kalender dan jam layanan
holiday-name-required = Isi nama hari libur atau alasan penutupan.
holiday-decree-required = Isi nomor keputusannya.
holiday-date-required = Pilih paling sedikit satu tanggal.
holiday-too-many-dates = Paling banyak { $max } tanggal sekaligus. Bagi menjadi beberapa kali.
holiday-exists = Tanggal { $date } sudah tercatat sebagai hari libur jenis ini.
holiday-cancelled-already = Hari libur ini sudah dibatalkan.
hours-never-open = Layanan harus buka paling sedikit satu hari antara Senin dan Jumat.
hours-season-ends-first = Tanggal akhir harus sesudah tanggal mulai.
hours-season-overlaps = Masa ini bertumpang tindih dengan masa lain yang sudah dicatat.

# Draf, pekerjaan, pemberitahuan
draft-too-large = Isian terlalu besar untuk disimpan sebagai draf. Kirim atau ringkas dahulu.
job-already-begun = Pekerjaan ini sudah berjalan atau selesai, jadi tidak dapat dibatalkan.
notice-not-failed = Surel ini tidak gagal terkirim, jadi tidak perlu dikirim ulang.
mail-url-invalid = Alamat server surel tidak dapat dibaca. Contoh: smtps://pengguna:sandi@mail.contoh.id:465.
mail-from-invalid = Alamat pengirim surel tidak dapat dibaca. Contoh: Desa Batu Jungul <surat@contoh.id>.

# Permintaan dan permohonan
request-key-reused = Formulir ini sudah pernah dikirim dengan isi lain. Muat ulang halamannya, lalu kirim lagi.
case-closed = Permohonan ini sudah ditutup.

# Berkas
blob-empty = Berkas ini kosong. Pilih berkas lain.
blob-kind-not-allowed = Jenis berkas ini tidak diterima di sini. Yang diterima: { $kinds }.
blob-is-a-program = Berkas ini sebuah program, jadi tidak diterima walaupun namanya lain. Pilih foto atau PDF.
blob-is-a-web-page = Isi berkas ini halaman web atau gambar yang memuat skrip, jadi tidak diterima. Kirim sebagai foto (JPEG, PNG) atau PDF.
blob-not-a-picture = Berkas ini tidak dapat dibuka sebagai foto. Ambil ulang fotonya, atau simpan sebagai JPEG.
blob-picture-heic = Foto ini berformat HEIC. Atur kamera HP ke format “paling kompatibel” (JPEG), atau kirim tangkapan layarnya.
blob-picture-pixels = Ukuran foto ini terlalu besar: paling banyak { $max } megapiksel. Perkecil dahulu.
blob-old-or-protected = Berkas ini berformat lama atau terkunci kata sandi. Buka, hapus kata sandinya, lalu simpan sebagai XLSX.
blob-pdf-active = PDF ini memuat skrip atau berkas lain, jadi tidak diterima. Cetak ulang ke PDF, lalu kirim hasilnya.
blob-pdf-damaged = PDF ini rusak. Buka dan simpan ulang, atau kirim fotonya.
blob-pdf-protected = PDF ini terkunci kata sandi. Hapus kata sandinya, lalu kirim lagi.
blob-too-large = Berkas ini terlalu besar: paling besar { $max } MB.
blob-workbook-bomb = Isi berkas XLSX ini membengkak melebihi { $max } MB setelah dibuka. Bagi menjadi beberapa berkas.
blob-workbook-damaged = Berkas XLSX ini rusak. Buka di aplikasi lembar kerja, simpan ulang, lalu kirim lagi.
blob-workbook-macros = Berkas ini memuat makro. Simpan sebagai XLSX tanpa makro, lalu kirim lagi.
upload-too-many = Masih ada { $max } kiriman yang belum selesai. Selesaikan dahulu, atau tunggu sampai kedaluwarsa.
upload-wrong-place = Bagian ini tidak tersambung dengan yang sudah diterima. Kiriman dilanjutkan dari bita ke-{ $at }.
upload-part-size = Satu bagian kiriman paling besar { $max } bita.
upload-unfinished = Kiriman berkas belum selesai: baru { $at } bita yang diterima. Tunggu sampai selesai, lalu kirim formulirnya.

# Nomor surat
number-start-range = Nomor terakhir di buku kertas harus antara 1 dan { $max }.
number-series-started = Penomoran ini sudah berjalan sampai nomor { $last }, jadi awalnya tidak dapat diubah lagi.
number-skips = Nomor ini melompati urutan. Nomor berikutnya: { $next }.
number-issued = Nomor { $number } sudah dipakai.
number-on-paper = Nomor sampai { $start } tercatat di buku kertas, jadi tidak dikelola di sini.
number-pack-size = Satu paket darurat memuat 1 sampai { $max } nomor.
number-not-reserved = Nomor { $number } bukan nomor cadangan.
number-other-year = Nomor ini milik tahun { $year }. Tanggal suratnya harus pada tahun itu.
number-other-book = Klasifikasi ini dicatat di buku lain. Pilih klasifikasi yang sebuku dengan nomor cadangannya.
number-reason-missing = Tuliskan alasan pembatalan nomor.
number-void-already = Nomor { $number } sudah dibatalkan.
number-document-stands = Surat dengan nomor { $number } masih berlaku. Cabut dahulu suratnya.
number-classification-unknown = Kode klasifikasi { $code } tidak dikenal pada tanggal itu.
number-classification-dates = Klasifikasi { $code } sudah ada dengan tanggal mulai yang sama atau lebih baru.
number-series-full = Nomor pada buku ini sudah habis untuk tahun ini.
number-template-too-long = Pola nomor terlalu panjang: paling banyak { $max } huruf.
number-template-placeholder = Pola nomor memuat “{ $name }” yang tidak dikenal.
number-template-without-number = Pola nomor harus memuat nomor urut.
number-template-without-year = Pola nomor harus memuat tahun, karena nomor mulai lagi dari 1 setiap tahun.
number-template-without-classification = Pola nomor harus memuat kode klasifikasi, karena setiap klasifikasi punya urutan sendiri.
number-scope-in-use = Tahun ini sudah ada surat bernomor, jadi cara penomoran baru dapat diganti tahun depan.
number-abbreviation = Singkatan terdiri dari 1 sampai { $max } huruf atau angka, tanda titik, atau tanda hubung.
dispatch-receiver-missing = Tuliskan siapa yang menerima surat itu.

# Surat
document-tte-not-yet = Tanda tangan elektronik belum tersambung, jadi belum dapat dipilih. Pakai tanda tangan basah.
document-signers = Surat harus mempunyai tepat satu penanda tangan, dan setiap paraf serta “mengetahui” harus menyebut jabatannya.
document-not-signed = Surat ini belum ditandatangani.
document-awaits-scan = Surat ini sudah ditandatangani dan menunggu pindaiannya.
document-registered = Surat ini sudah terdaftar dan berlaku.
document-closed = Surat ini sudah dicabut atau diganti.
document-initials-order = Belum giliran paraf ini. Paraf sebelumnya belum diberikan.
document-initials-missing = Masih ada paraf yang belum diberikan. Surat ditandatangani setelah semua paraf lengkap.
document-signature-given = Tanda tangan atau paraf ini sudah diberikan.
document-not-your-signature = Saat ini Anda tidak memegang jabatan atau mandat untuk menandatangani surat ini.
document-validity = Masa berlaku berakhir sebelum tanggal surat. Periksa tanggalnya.
document-code = Kode periksa belum dapat dibuat. Coba lagi.
document-acknowledgement-missing = Surat ini masih menunggu “mengetahui” dari kantor lain.
document-scan-kind = Pindaian surat harus berupa PDF, JPEG, atau PNG.
document-reason-missing = Tuliskan alasannya; alasan ini tercatat.
document-replacement = Surat pengganti harus surat lain dari unit dan jenis yang sama, dan masih berlaku.

# Unduhan dengan dua kunci
kernel-export-purpose = Pilih tujuannya.
kernel-export-reason = Jelaskan keperluannya dengan { $min } sampai { $max } huruf.
kernel-export-why-not = Tuliskan alasan penolakan, paling sedikit 5 huruf.
kernel-export-decided = Permintaan ini sudah diputuskan.
kernel-export-late = Permintaan ini sudah lewat waktu. Minta peminta mengajukannya lagi.
kernel-export-policy = Batas orang 1 sampai 10.000 dan waktu tunggu 1 sampai 168 jam.
kernel-notice-deadline-moved = Tenggat { $code } bergeser dari { $from } ke { $to } karena { $because }.
kernel-notice-export = Ada permintaan unduhan yang menunggu kunci Anda.
kernel-notice-export-approved = Permintaan unduhan Anda disetujui.
kernel-notice-export-refused = Permintaan unduhan Anda ditolak.
kernel-did-export-asked = Meminta unduhan daftar berisi data orang
kernel-did-export-approved = Menyetujui unduhan dengan kunci kedua
kernel-did-export-refused = Menolak permintaan unduhan
kernel-did-export-withdrawn = Membatalkan permintaan unduhan
kernel-did-export-expired = Permintaan unduhan lewat waktu
kernel-did-export-made = Berkas unduhan disusun
kernel-did-export-failed = Berkas unduhan gagal disusun
kernel-did-export-fetched = Mengunduh berkas daftar
kernel-did-export-policy-set = Mengubah aturan unduhan

# Masa Pemilihan
kernel-election-name = Isi nama pemilihannya, misalnya Pilkada 2029.
kernel-election-decree = Isi nomor dan tanggal keputusannya.
kernel-election-order = Hari terakhir tidak boleh sebelum hari pertama.
kernel-election-past = Masa ini sudah lewat. Periksa tanggalnya.
kernel-election-long = Masa Pemilihan paling lama { $max } hari. Periksa tahunnya.
kernel-election-overlap = Pada hari-hari itu sudah berlaku { $name }.
kernel-election-over = Masa Pemilihan ini sudah berakhir.
kernel-election-reason = Tuliskan alasan penghentiannya.
kernel-election-blast = Pengiriman massal dimatikan selama Masa Pemilihan { $name } sampai { $until }.
kernel-election-poll = Jajak pendapat dimatikan selama Masa Pemilihan { $name } sampai { $until }.
kernel-election-print = Selama Masa Pemilihan { $name } sampai { $until } daftar berisi nama orang tidak dicetak langsung. Tekan XLSX di bawah daftarnya: berkas keluar setelah disetujui orang kedua.
kernel-did-election-declared = Menetapkan Masa Pemilihan
kernel-did-election-called-off = Menghentikan Masa Pemilihan
# Penyimpanan dan penghapusan
kernel-retention-days = Lama penyimpanan paling sedikit 1 hari dan paling lama 36.500 hari.
kernel-retention-basis = Tuliskan dasar hukumnya: peraturan dan pasal, atau keputusan jadwal retensi.
kernel-limit-over = Batas ini sudah berakhir. Tetapkan yang baru bila masih perlu.
kernel-limit-runs = Untuk orang ini batas yang sama sudah berlaku. Cabut dahulu bila hendak diganti.
kernel-limit-decree = Tuliskan keputusan yang mencabutnya.
kernel-limit-restricted = Pemrosesan data orang ini dibatasi atas permintaannya ({ $decree }). Datanya hanya dipakai untuk permohonan yang sedang berjalan. Untuk keperluan lain, minta petugas pelindungan data pribadi mencabut pembatasannya lebih dahulu.
kernel-hold-decree = Isi nomor dan tanggal keputusan yang mencabutnya.
kernel-hold-over = Penahanan ini sudah berakhir. Tetapkan yang baru bila masih perlu.
kernel-retention-drafts-title = Konsep yang tidak dikirim
kernel-retention-drafts-erases = Seluruh konsep dihapus.
kernel-retention-notices-title = Alamat pada surel yang sudah dikirim
kernel-retention-notices-erases = Alamat dan isi surel dihapus; bahwa surel dikirim tetap tercatat.
kernel-retention-entries-title = Alamat jaringan dan rincian pada log audit
kernel-retention-entries-erases = Alamat jaringan dan rincian dihapus; siapa, kapan, dan apa tetap ada, begitu pula sidik setiap baris log.
