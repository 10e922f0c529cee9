// The whole way of a letter: counter, check, initials, signature, scan, and a stranger who checks it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { aResident, fillsBusiness, opensForm, saves } from '../lib/counter.mjs'
import { scanSaying } from '../lib/files.mjs'
import { accountOf, Person, PHONE, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'
import { accounts } from '../lib/server.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'a letter goes from the counter to a stranger who checks it', async (t, javascript) => {
  const operator = await Person.arrives(t, { javascript })
  await operator.logsInAs('operator')
  await opensForm(operator, 'Surat Keterangan Usaha', await aResident(operator))
  await fillsBusiness(operator)
  const { id } = await saves(operator)

  const examiner = await Person.arrives(t, { javascript })
  await examiner.logsIn(someoneElse('examiner'))
  await passes(examiner, id, /^Periksa dan teruskan/)

  const secretary = await Person.arrives(t, { javascript })
  await secretary.logsInAs('initialer')
  await secretary.visits(`/tugas/${id}`)
  await secretary.looks('perkara-1280')
  await secretary.getsPdf(`/tugas/${id}/surat`)
  await passes(secretary, id, /^Paraf dan teruskan/)
  // In the busiest village the secretary acts for the head today.
  await passes(secretary, id, /^Tanda tangani/)
  await secretary.looks()

  const letter = await letterCode(operator, id)
  const stranger = await Person.arrives(t, { javascript, screen: PHONE })
  await stranger.visits(`/verifikasi/${letter}`)
  await stranger.sees('Belum berlaku')
  await stranger.looks()

  const scan = scanSaying(`Surat ${letter}`)
  await registersScan(operator, id, scan)
  await stranger.visits('/verifikasi')
  await stranger.page.locator('[name=surat]').fill(letter.toLowerCase())
  await stranger.submits(stranger.page.locator('main form button'))
  await stranger.sees(/Terdaftar dan berlaku/)
  await stranger.sees(/tanda tangan basah|ditandatangani basah/i)
  await stranger.looks('verifikasi-360')
  await compares(stranger, scan, 'Berkas sama dengan pindaian yang terdaftar')
  await compares(stranger, scanSaying('Surat yang diubah'), 'Pindaian berbeda dari yang terdaftar')
  await stranger.looks()

  await handsOver(operator, id)
})

/** Another account of the role in the busiest village than the one who served. */
function someoneElse(role) {
  const first = accountOf(role)
  const other = accounts().find((account) => account.role === role && account.unit === first.unit && account.username !== accountOf('operator').username)
  assert.ok(other, `${first.unit} has another ${role}`)
  return other
}

/** Opens the application and presses the button that passes it on. */
async function passes(officer, id, button) {
  await officer.visits(`/tugas/${id}`)
  await officer.submits(officer.page.locator('form.bar').getByRole('button', { name: button }))
  assert.equal(await officer.page.locator('.notice.late').count(), 0, 'nothing refused it')
}

/** The code to check a letter by, read from the paper as it is printed. */
async function letterCode(officer, id) {
  const answer = await officer.page.request.get(`/tugas/${id}/surat`)
  const { stdout } = spawnSync('pdftotext', ['-', '-'], { input: await answer.body(), encoding: 'utf8' })
  const code = stdout.match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/)
  assert.ok(code, `the paper says how to check it:\n${stdout}`)
  return code[0]
}

async function registersScan(officer, id, scan) {
  await officer.visits(`/tugas/${id}/langkah/pindaian`)
  await officer.looks('pindaian-1280')
  await officer.page.locator('[name=pindaian]').setInputFiles(scan)
  await officer.presses(/^Daftarkan, surat berlaku/)
  assert.equal(officer.path(), `/tugas/${id}`, 'the scan is registered')
}

async function compares(stranger, file, answer) {
  await stranger.page.locator('[name=berkas]').setInputFiles(file)
  await stranger.submits(stranger.page.locator('main form button').first())
  await stranger.sees(answer)
}

async function handsOver(officer, id) {
  await officer.visits(`/tugas/${id}/langkah/serahkan`)
  await officer.looks()
  await officer.presses(/^Catat penyerahan/)
  assert.equal(officer.path(), `/tugas/${id}`, 'the letter is handed over')
  await officer.visits('/buku/agenda')
  await officer.looks('agenda-1280')
}
