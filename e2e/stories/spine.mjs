// The spine: a decree entered once, seen before it is set; who can see what; reviews; third parties; a list of officials.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accountOf, Person, PHONE, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'
import { accounts } from '../lib/server.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'a decree is entered, its consequences are read, it is set and taken back', async (t, javascript) => {
  const keeper = await Person.arrives(t, { javascript })
  const { unit } = await keeper.logsInAs('village_affairs')
  await keeper.visits('/mutasi')
  await keeper.looks()
  await keeper.follows('Catat mutasi')
  await keeper.page.locator('[name=keputusan]').fill('141/77/2026')
  await keeper.page.locator('[name=mulai]').fill('2030-01-02')
  await keeper.page.locator('[name=mulai-jam]').fill('13:00')
  await keeper.looks('mutasi-baru-1280')
  await keeper.presses('Lanjut ke daftar orang')
  await keeper.follows('Tambah orang')
  // Somebody who holds a post in a village: the first name that is found.
  await keeper.page.locator('[name=cari]').fill('an')
  await keeper.presses('Cari')
  const found = keeper.page.locator('main ul.links a', { hasText: /Kepala Desa|Sekretaris Desa/ }).first()
  assert.ok(await found.count(), `somebody of ${unit} is found`)
  await keeper.submits(found)
  // Only what the manner asks for is shown: in place where scripts run, by a button where they do not.
  const field = (name) => keeper.page.locator(`[name=${name}]`)
  assert.ok(await field('ke').isHidden())
  await keeper.page.locator('[name=cara][value=appoint]').check()
  if (!javascript) await keeper.presses('Tampilkan isiannya')
  assert.ok(await field('ke').isVisible() && await field('istirahat').isHidden())
  await keeper.looks('mutasi-orang-angkat-1280')
  await keeper.page.locator('[name=cara][value=retired]').check()
  if (!javascript) await keeper.presses('Tampilkan isiannya')
  assert.ok(await field('ke').isHidden())
  await keeper.looks('mutasi-orang-1280')
  await keeper.presses('Tambahkan')
  await keeper.sees('Akibatnya')
  await keeper.sees('tidak dapat masuk lagi')
  await keeper.looks('mutasi-akibat-1280')
  await keeper.page.setViewportSize(PHONE)
  await keeper.looks('mutasi-akibat-360')
  await keeper.presses('Tetapkan mutasi')
  await keeper.sees('sampai saat itu tidak ada yang berubah')
  await keeper.presses('Batalkan mutasi')
  await keeper.sees('Mutasi dibatalkan')
  await keeper.looks()
})

test('the administrator reads who can see what, the reviews and the third parties', async (t) => {
  const admin = await Person.arrives(t)
  await admin.logsInAs('admin')
  await admin.visits('/akses')
  await admin.sees('Semua akun')
  await admin.looks('akses-1280')
  await admin.submits(admin.page.locator('main table a').first())
  await admin.sees('Permohonan dan suratnya')
  await admin.looks('akses-akun-1280')
  await admin.visits('/pihak-ketiga')
  await admin.sees('menunggu NDA')
  await admin.looks('pihak-ketiga-1280')
  await admin.visits('/tinjauan')
  await admin.looks('tinjauan-1280')
  await admin.visits('/pejabat/impor')
  await admin.page.locator('[name=berkas]').setInputFiles({
    name: 'perangkat.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('nama,nip,jabatan,unit,mulai,keputusan\nBudi Utomo,,Kepala Dusun Percobaan,16.11.03.2001,01-11-2026,SK 1\nSalah,,Camat,16.99,01-11-2026,SK 2\n'),
  })
  await admin.presses('Bandingkan')
  await admin.sees('Unit tidak ditemukan')
  await admin.looks('impor-1280')
  await admin.page.setViewportSize(PHONE)
  await admin.looks('impor-360')
  await admin.presses('Buang impor ini')
  await admin.sees('Impor dibuang')
})

test('the head of a village reviews the rights of its people on a phone', async (t) => {
  const admin = await Person.arrives(t)
  await admin.logsInAs('admin')
  await admin.visits('/tinjauan')
  await admin.presses('Mulai tinjauan triwulan ini')
  await admin.sees('Tinjauan dibuka')
  const head = await Person.arrives(t, { screen: PHONE })
  // In the busiest village somebody stands in for the head today.
  const away = accountOf('signer').unit
  await head.logsIn(accounts().find((account) => account.role === 'signer' && account.unit !== away))
  await head.visits('/tugas')
  await head.follows(/Tinjau hak akses/)
  await head.looks('tinjauan-hak-360')
  await head.page.setViewportSize(PHONE)
  await head.submits(head.page.locator('main table a').first())
  await head.looks('tinjauan-orang-360')
  await head.page.setViewportSize(PHONE)
  await head.presses('Pertahankan')
  await head.sees('Hak dipertahankan')
})
