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
