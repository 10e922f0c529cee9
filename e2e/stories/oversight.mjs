// The Inspektorat looks at what is unusual, and a list of people leaves with two keys.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accountOf, Person, useBrowser } from '../lib/person.mjs'
import { accounts } from '../lib/server.mjs'

useBrowser({ before, after })

test('a Sunday with many residents opened is asked about', async (t) => {
  const inspector = await Person.arrives(t)
  await inspector.logsInAs('inspector')
  await inspector.visits('/pengawasan/akses')
  await inspector.sees(/orang dibuka pada Minggu/)
  await inspector.looks('akses-1280')
  await inspector.submits(inspector.page.locator('main table a').first())
  await inspector.sees(/Biasanya .* sehari/)
  await inspector.looks('temuan-1280')
  await inspector.follows('Lihat jejak lengkap hari itu')
  await inspector.looks('jejak-1280')
  await inspector.page.goBack()
  await inspector.fills('Pertanyaan kepada atasannya', 'Mohon dijelaskan keperluan membuka data pada hari Minggu.')
  await inspector.presses('Kirim pertanyaan')
  await inspector.sees('Menunggu klarifikasi')
  await inspector.looks()
})

test('the residents of a village leave with a purpose and two keys', async (t) => {
  // The head of the first village is away in the demo.
  const away = accountOf('signer').unit
  const signer = accounts().find((account) => account.role === 'signer' && account.username.startsWith('kepala.') && account.unit !== away)
  const operator = accounts().find((account) => account.username.startsWith('operator.') && account.unit === signer.unit)
  const clerk = await Person.arrives(t)
  await clerk.logsIn(operator)
  await clerk.visits('/penduduk')
  await clerk.submits(clerk.page.locator('form.export button[value=xlsx]'))
  await clerk.sees('Perlu kunci kedua')
  await clerk.looks('unduhan-tanya-1280')
  await clerk.page.getByLabel('Laporan kepada atasan atau instansi lain').check()
  await clerk.fills('Jelaskan keperluannya', 'Laporan jumlah penduduk per dusun, diminta Camat.')
  await clerk.presses('Minta persetujuan')
  await clerk.sees('Menunggu kunci kedua')
  await clerk.looks('unduhan-menunggu-1280')
  const path = clerk.path()

  const head = await Person.arrives(t)
  await head.logsIn(signer)
  await head.visits('/unduhan')
  await head.sees('Menunggu kunci Anda')
  await head.looks()
  await head.visits(path)
  await head.looks()
  await head.presses('Setujui, berkas disusun')
  await head.sees('Disetujui')

  await clerk.visits(path)
  // Looked at again until it is there, as the page says.
  for (let tries = 0; tries < 200 && !(await clerk.page.getByRole('link', { name: 'Unduh berkas' }).count()); tries++) {
    await clerk.visits(path)
  }
  const answer = await clerk.page.request.get(`${path}/berkas`)
  assert.equal(answer.status(), 200)
  assert.match(answer.headers()['content-type'] ?? '', /spreadsheet/)
})
