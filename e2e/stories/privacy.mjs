// What a resident may know of her data, and the officer who answers for it.

import { after, before, test } from 'node:test'
import { Person, PHONE, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'a resident asks who read her data, and a wrong proof shows nothing', async (t, javascript) => {
  const resident = await Person.arrives(t, { javascript, screen: PHONE })
  await resident.visits('/')
  await resident.follows(/^Data saya/)
  await resident.sees('Siapa membuka data saya')
  await resident.looks('data-saya-360')
  await resident.page.locator('[name=kode]').fill('0000-0000-0000')
  await resident.presses(/^Lihat daftar/)
  await resident.sees('Isi tanggal lahir Anda.')
  await resident.looks()
})

test('the data protection officer answers a request from Tugas Saya and reads the registers', async (t) => {
  const officer = await Person.arrives(t)
  await officer.logsInAs('privacy_officer')
  await officer.visits('/tugas')
  await officer.submits(officer.page.locator(`main a[href^="/data-pribadi/permintaan/"], a.row[href^="/data-pribadi/permintaan/"]`).first())
  await officer.sees('Jawab permintaan')
  await officer.looks('permintaan-data-1280')
  // A correction is granted by correcting.
  await officer.follows(/^Perbaiki data/)
  await officer.page.locator('[name=birth_place]').fill('Tebing Tinggi')
  await officer.looks()
  await officer.presses(/^Simpan perbaikan/)
  await officer.sees('Tempat lahir')
  await officer.page.locator('[name=putusan][value=kabul]').check()
  await officer.page.locator('[name=jawaban]').fill('Data sudah diperbaiki sesuai KK yang ditunjukkan.')
  await officer.presses(/^Kirim jawaban/)
  await officer.sees('Dikabulkan')
  for (const [path, words] of [
    ['/data-pribadi/rahasia', 'SK 463/7/2026'],
    ['/data-pribadi/pelanggaran', 'Laptop kecamatan hilang'],
    ['/data-pribadi/pemrosesan', 'Permohonan layanan'],
    ['/data-pribadi/pembatasan', 'Keputusan PDP 3/2026'],
    ['/data-pribadi/penahanan', 'Surat Polres B/44/2026'],
    ['/data-pribadi/penahanan/baru', 'NIK orangnya'],
    ['/data-pribadi/penyimpanan', 'Penahanan penghapusan'],
    ['/data-pribadi/samaran', 'Tujuan'],
  ]) {
    await officer.visits(path)
    await officer.sees(words)
    await officer.looks()
  }
  await officer.getsPdf('/data-pribadi/pemrosesan/cetak')
  // A hold is lifted by a decision, as it was set by one.
  await officer.visits('/data-pribadi/penahanan')
  await officer.submits(officer.page.locator('main table tbody a').first())
  await officer.presses(/^Cabut penahanan/)
  await officer.sees('Isi nomor dan tanggal keputusan yang mencabutnya')
  await officer.looks()
  await officer.page.locator('[name=keputusan]').fill('Surat Polres B/61/2026 tanggal 20 November 2026')
  await officer.presses(/^Cabut penahanan/)
  await officer.sees('Surat Polres B/61/2026')
  await officer.looks()
})
