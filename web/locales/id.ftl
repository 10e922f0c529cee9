# Kerangka halaman
web-skip = Langsung ke isi
web-demo = CONTOH: data dan surat di sini rekaan, bukan layanan resmi.
web-demo-label = Peringatan contoh
web-nav = Menu utama
web-foot-nav = Tentang dan bahasa
web-about = Tentang
web-login = Masuk
web-to-work = Tugas Saya
web-to-home = Ke halaman depan
web-menu = Menu
web-menu-close = Tutup menu
web-menu-books = Buku
web-menu-unit = { TERM("Village") } dan unit
web-menu-government = Pemerintahan
web-menu-self = Saya
web-print = Cetak
web-back = Kembali
web-continue = Lanjutkan
web-cancel = Batal
web-reveal = Tampilkan
web-recorded = dicatat

# Formulir
web-optional = (boleh kosong)
web-choose = Pilih…
web-all = Semua
web-day = Hari
web-month = Bulan
web-year = Tahun
web-file-hint = Paling besar { $size }. Foto diperkecil di HP sebelum dikirim.
web-file-here = sudah diterima
web-errors-title = { $n ->
    [one] Ada 1 isian yang perlu diperbaiki
   *[other] Ada { $n } isian yang perlu diperbaiki
  }
web-username = Nama pengguna
web-password = Kata sandi

# Daftar
web-filter = Tampilkan
web-filter-clear = Hapus saringan
web-none-found = Tidak ada yang cocok.
web-none-found-next = Periksa ejaan, kurangi kata, atau hapus saringan.
web-pages = Halaman daftar
web-back-to-list = Kembali ke daftar
web-previous = ← Sebelumnya
web-next = Berikutnya →
web-export = Unduh daftar ini:
web-chart-table = Lihat angkanya sebagai tabel
web-keys-move = pindah
web-keys-open = buka
web-keys-search = cari
web-keys-off = tanpa tombol pintas

# Kata-kata untuk skrip di perangkat
web-script-saved-here = Sinyal lemah: isian tersimpan di perangkat ini dan dikirim ke server begitu sinyal kembali.
web-script-restored = Isian terakhir di perangkat ini dikembalikan.
web-script-offline = Sinyal hilang. Lanjutkan mengisi: semua tersimpan di perangkat ini.
web-script-not-sent = Belum terkirim karena tidak ada sinyal. Isian tersimpan di perangkat ini; tekan lagi setelah sinyal kembali.
web-script-saved-there = tersimpan di server
web-script-saving = menyimpan…
web-script-save-failed = belum tersimpan
web-script-sending = mengirim
web-script-sent = terkirim
web-script-send-failed = belum terkirim; akan dicoba lagi
web-script-shrunk = foto diperkecil menjadi
web-script-too-large = Berkas ini terlalu besar. Pilih yang lebih kecil.

# Sesi berakhir
web-expired-title = Sesi Anda berakhir
web-expired-kept = Anda lama tidak aktif, jadi perlu masuk lagi. Yang sudah Anda ketik tersimpan dan ikut dibawa.
web-expired-lost = Anda lama tidak aktif, jadi perlu masuk lagi. Isian ini tidak dapat dibawa; setelah masuk, gunakan tombol kembali pada peramban untuk mengirimnya lagi.
web-expired-secret = Anda lama tidak aktif, jadi perlu masuk lagi. Sandi tidak pernah disimpan: setelah masuk, ketik lagi.
web-expired-files = Berkas yang dipilih tidak ikut terbawa. Pilih lagi setelah masuk.
web-expired-login = Masuk dan lanjutkan
web-resume-title = Isian Anda tersimpan
web-resume-why = Sesi tadi berakhir sebelum terkirim. Periksa, lalu kirim.
web-resume-send = Kirim sekarang
web-resume-drop = Jangan kirim

# Galat: apa yang terjadi, mengapa, apa yang dapat dilakukan
web-post-ended = Anda tidak lagi memegang jabatan yang dipakai saat formulir ini dibuka, jadi tindakannya tidak dilakukan.
web-error-id = Kode kejadian: { $id }. Sebutkan bila meminta bantuan.
web-error-not-found-title = Halaman tidak ditemukan
web-error-not-found-why = Alamatnya mungkin salah ketik, sudah dipindahkan, atau bukan untuk Anda.
web-error-not-found-next = Periksa alamatnya, atau mulai dari halaman depan.
web-error-gone-title = Sudah tidak tersedia
web-error-gone-why = Yang Anda buka pernah ada, tetapi sudah berakhir.
web-error-gone-next = Mulai dari halaman depan untuk mencari penggantinya.
web-error-forbidden-title = Bukan wewenang Anda saat ini
web-error-forbidden-why = Tindakan ini menjadi wewenang jabatan lain.
web-error-forbidden-next = Bila Anda seharusnya berwenang, mintalah admin unit memeriksa jabatan Anda.
web-error-sign-in-title = Perlu masuk
web-error-sign-in-why = Halaman ini hanya untuk yang sudah masuk.
web-error-sign-in-next = Masuk dengan nama pengguna dan kata sandi Anda, atau sertakan token API yang berlaku.
web-error-refused-title = Tidak dapat dilakukan
web-error-refused-why = Ada aturan yang belum terpenuhi.
web-error-refused-next = Kembali ke halaman sebelumnya dan periksa keadaannya sekarang.
web-error-stale-title = Sudah diubah orang lain
web-error-stale-why = Sejak halaman ini Anda buka, orang lain telah mengubah hal yang sama. Perubahan Anda tidak disimpan agar tidak menimpa perubahan itu.
web-error-stale-next = Kembali, muat ulang halamannya, lihat perubahannya, lalu ulangi bila masih perlu.
web-error-bad-request-title = Permintaan tidak dapat dibaca
web-error-bad-request-why = Alamat atau isian yang dikirim tidak lengkap atau rusak.
web-error-bad-request-next = Kembali, muat ulang halamannya, lalu coba lagi.
web-error-cross-site-title = Formulir tidak dapat diterima
web-error-cross-site-why = Formulir ini dikirim dari situs lain, atau halamannya terbuka terlalu lama.
web-error-cross-site-next = Kembali dengan tombol pada peramban; isian Anda masih ada. Muat ulang halamannya, lalu kirim lagi.
web-error-too-large-title = Berkas terlalu besar
web-error-too-large-why = Yang Anda kirim lebih besar daripada { $number } yang dapat diterima formulir ini.
web-error-too-large-next = Kembali, lalu pilih foto yang lebih kecil atau pindai dengan mutu lebih rendah. Isian lain masih ada di halaman sebelumnya.
web-error-wrong-file-title = Jenis berkas tidak diterima
web-error-wrong-file-why = Isi berkas bukan jenis yang diminta.
web-error-wrong-file-next = Kembali, lalu pilih berkas lain.
web-error-too-many-title = Terlalu sering mencoba
web-error-too-many-why = Untuk melindungi data, percobaan dibatasi.
web-error-too-many-next = Tunggu { $number } detik, lalu coba lagi.
web-error-wrong-host-title = Alamat situs salah
web-error-wrong-host-why = Permintaan ini datang dengan nama situs yang bukan milik kami.
web-error-wrong-host-next = Buka alamat resmi yang tertera pada surat atau pengumuman.
web-error-method-title = Cara membuka halaman ini salah
web-error-method-why = Alamat ini hanya menerima isian dari formulirnya.
web-error-method-next = Kembali, lalu gunakan tombol pada halamannya.
web-error-unavailable-title = Layanan sedang tidak dapat dijangkau
web-error-unavailable-why = Penyimpanan data sedang sibuk atau terputus. Tidak ada yang hilang, dan layanan pulih sendiri.
web-error-unavailable-next = Tunggu { $number } detik, lalu muat ulang halaman ini. Bila tadi mengirim formulir, kirim lagi; kiriman ganda tidak dihitung dua kali.
web-error-timed-out-title = Terlalu lama dikerjakan
web-error-timed-out-why = Server belum selesai pada waktunya, jadi permintaan ini dihentikan.
web-error-timed-out-next = Tunggu sebentar, lalu coba lagi. Bila tadi mengirim formulir, periksa dulu apakah sudah tercatat.
web-error-full-title = Penyimpanan penuh
web-error-full-why = Ruang simpan di server habis, jadi kiriman Anda tidak disimpan.
web-error-full-next = Beri tahu pengelola sistem. Isian Anda masih ada di halaman sebelumnya; kirim lagi setelah diperbaiki.
web-error-internal-title = Terjadi kesalahan pada sistem
web-error-internal-why = Kesalahan ini ada pada sistem, bukan pada Anda, dan sudah tercatat.
web-error-internal-next = Coba lagi sebentar lagi. Bila terulang, sampaikan kode di bawah ini kepada pengelola.

# Isian yang dirancang
web-nik-reason = Mengapa NIK ini berbeda dari biasanya?
web-nik-reason-hint = Misalnya: sesuai KTP lama, salah cetak di KTP, atau sedang diperbaiki di Dukcapil.
web-person-number = Orang ke-{ $n }
web-person-more = Paling banyak { $max } orang. Baris kosong berikutnya muncul setelah disimpan.
web-person-name = Nama lengkap
web-person-nik = NIK
web-person-birth-place = Tempat lahir
web-person-birth-date = Tanggal lahir
web-person-relation = Hubungan
web-person-occupation = Pekerjaan
web-person-address = Alamat
web-did-something = Melakukan tindakan pada sistem
web-did-in-system = Melakukan tindakan pada { $system }
web-basis-consent = Persetujuan yang sah secara eksplisit
web-basis-contract = Pemenuhan perjanjian
web-basis-legal-duty = Kewajiban hukum
web-basis-vital = Pelindungan kepentingan vital
web-basis-public-task = Tugas demi kepentingan umum dan pelayanan publik
web-basis-legitimate = Kepentingan sah lainnya
