// The main door: the operator serves a resident at the counter.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aResident, fillsBusiness, opensForm, saves } from '../lib/counter.mjs'
import { useBrowser, Person, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'the operator serves a resident at the counter and prints the slip', async (t, javascript) => {
  const operator = await Person.arrives(t, { javascript })
  await operator.logsInAs('operator')
  const resident = await aResident(operator)
  await operator.visits('/loket')
  await operator.looks()
  await opensForm(operator, 'Surat Keterangan Usaha', resident)
  await fillsBusiness(operator)
  await operator.looks('loket-isian-1280')
  await operator.sees(resident)
  const { id } = await saves(operator)
  await operator.looks('loket-selesai-1280')
  for (const address of [`/loket/${id}/bukti`, `/loket/${id}/bukti?ukuran=roll80`]) await operator.getsPdf(address)
})

test('a form with mistakes says where they are', async (t) => {
  const operator = await Person.arrives(t)
  await operator.logsInAs('operator')
  await opensForm(operator, 'Surat Keterangan Usaha', await aResident(operator))
  await operator.presses(/^Simpan dan cetak bukti/)
  const summary = operator.page.locator('main form [role=alert], main form .summary').first()
  await summary.waitFor()
  assert.ok(await summary.locator('a[href^="#"]').count() >= 2, 'the summary leads to each field')
  await operator.looks()
})

test('a resident without NIK is served and marked', async (t) => {
  const operator = await Person.arrives(t)
  await operator.logsInAs('operator')
  await operator.visits('/loket')
  await operator.follows('Surat Keterangan Usaha')
  await operator.follows('Catat orang baru')
  await operator.page.locator('[name=name]').fill('Rusmala Dewi')
  await operator.page.locator('[name=sex][value=p]').check()
  await operator.page.locator('[name=birth_date-day]').fill('9')
  await operator.page.locator('[name=birth_date-month]').selectOption('8')
  await operator.page.locator('[name=birth_date-year]').fill('1971')
  await operator.page.locator('[name=address]').fill('Dusun II')
  const add = operator.page.locator('#orang button.btn')
  await operator.submits(add)
  assert.ok(operator.path().endsWith('/orang-baru'), 'why there is no NIK is asked')
  await operator.looks()
  await operator.page.locator('[name=nik_reason]').fill('belum merekam KTP')
  await operator.submits(add)
  assert.match(operator.path(), /^\/loket\/layanan\/[0-9a-f]{32}\/[0-9a-f]{32}$/, 'the form is open for her')
  await operator.sees('Tanpa NIK.')
  await operator.sees(/belum merekam KTP/)
  await operator.looks()
})
