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
