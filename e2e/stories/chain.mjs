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
  const { id, code } = await saves(operator)

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

  const paper = await printed(operator, id)
  const letter = codeOf(paper)
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
  await typesWhatIsPrinted(stranger, letter, holderOf(paper))
  await downloads(t, javascript, code, holderOf(paper))

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

/** The words of the paper as it is printed. */
async function printed(officer, id) {
  const answer = await officer.page.request.get(`/tugas/${id}/surat`)
  return spawnSync('pdftotext', ['-layout', '-', '-'], { input: await answer.body(), encoding: 'utf8' }).stdout
}

/** The code to check a letter by. */
function codeOf(paper) {
  const code = paper.match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/)
  assert.ok(code, `the paper says how to check it:\n${paper}`)
  return code[0]
}

/** Whom the letter is about, as it is printed. */
function holderOf(paper) {
  const name = paper.match(/^\s*Nama\s*:?\s+(.+)$/m)?.[1].replace(/^:\s*/, '').trim()
  const born = paper.match(/lahir\s*:?\s+.*?(\d{1,2}) (\p{L}+) (\d{4})/u)
  assert.ok(name && born, `the paper names its holder:\n${paper}`)
  const months = ['Januari', 'Februari', 'Maret', 'April', 'Mei', 'Juni', 'Juli', 'Agustus', 'September', 'Oktober', 'November', 'Desember']
  return { name, day: born[1], month: String(months.indexOf(born[2]) + 1), year: born[3] }
}

async function fillsBirth({ page }, { day, month, year }) {
  await page.locator('[name=lahir-day]').fill(day)
  await page.locator('[name=lahir-month]').selectOption(month)
  await page.locator('[name=lahir-year]').fill(year)
}

/** Whoever holds the paper types two things printed on it: wrong ones tell nothing, right ones show what is registered. */
async function typesWhatIsPrinted(stranger, letter, holder) {
  const { page } = stranger
  const button = page.locator('#cocokkan button')
  await stranger.visits(`/verifikasi/${letter}`)
  await stranger.doesNotSee('penggilingan kopi')
  await page.locator('[name=nama]').fill('Orang Lain')
  await fillsBirth(stranger, holder)
  await stranger.submits(button)
  await stranger.sees(/tidak sama dengan surat yang terdaftar/)
  await stranger.doesNotSee('penggilingan kopi')
  await stranger.looks()
  await page.locator('[name=nama]').fill(holder.name.toLowerCase())
  await stranger.submits(button)
  await stranger.sees('Isi surat yang terdaftar')
  await stranger.sees(/penggilingan kopi/)
  await stranger.looks('verifikasi-isi-360')
}

/** The applicant gets the registered scan after the second proof. */
async function downloads(t, javascript, code, holder) {
  const applicant = await Person.arrives(t, { javascript, screen: PHONE })
  const { page } = applicant
  await applicant.visits(`/lacak/${code}`)
  await applicant.sees('Unduh surat Anda')
  await applicant.follows(/^Buktikan, lalu unduh/)
  await fillsBirth(applicant, holder)
  await page.locator('[name=nik]').fill('0000')
  await applicant.presses(/^Lanjutkan/)
  await applicant.sees('Surat Anda sudah jadi')
  await applicant.sees(/Berkas PDF, [0-9,.]+ k?B/)
  await applicant.looks('unduh-360')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Unduh surat/ }).click()])
  assert.match(file.suggestedFilename(), /^keterangan-usaha-.*\.pdf$/)
  await applicant.getsPdf(`/lacak/${code.replaceAll('-', '')}/unduh`)
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
  await stranger.submits(stranger.page.locator('main form:has([name=berkas]) button'))
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
