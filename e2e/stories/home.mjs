// From home, on a phone: from a need to an application that can be followed.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { photoBy } from '../lib/files.mjs'
import { Person, PHONE, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

// A village that asks for a neighbour's word by a link.
const VILLAGE = 'Air Kandis'
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

withAndWithoutJavaScript(test, 'a resident applies from a phone and follows the application', async (t, javascript) => {
  const resident = await Person.arrives(t, { javascript, screen: PHONE })
  await findsService(resident)
  await resident.looks('layanan-360')
  await resident.follows(/^Ajukan dari rumah/)
  await saysWho(resident)
  await saysWhat(resident)
  await saysWhatFor(resident)
  await namesNeighbour(resident)
  await resident.sees('Wulan Kusuma')
  await resident.looks()
  await resident.presses(/^Kirim permohonan/)
  await resident.sees('Permohonan terkirim')
  const code = (await resident.page.locator('main .figures .code').innerText()).trim()
  await resident.looks('lacak-360')
  const link = (await resident.page.locator('main code').filter({ hasText: '/pengantar/' }).first().innerText()).trim()

  await neighbourApproves(t, javascript, new URL(link).pathname)
  await typesOneLetterWrong(resident, code)
  await provesTwice(resident, code)
})

test('the masthead has its menu on one line on a phone, in both languages', async (t) => {
  for (const language of ['id-ID', 'en-GB']) {
    const visitor = await Person.arrives(t, { screen: PHONE, language })
    for (const path of ['/', '/lacak', '/verifikasi', '/data-saya']) {
      await visitor.visits(path)
      const tops = await visitor.page.locator('.mast nav a').evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top))
      assert.ok(tops.length >= 4 && new Set(tops).size === 1, `${path} in ${language}: ${tops}`)
    }
  }
})

/** Types the need with a slip of the finger, then the place. */
async function findsService(resident) {
  await resident.visits('/')
  await resident.page.locator('[name=cari]').first().fill(`surat usha ${VILLAGE}`)
  await resident.submits(resident.page.locator('form[action="/layanan"] button').first())
  await resident.submits(resident.page.locator('main a[href$="/keterangan-usaha"]').first())
  await resident.sees('Surat Keterangan Usaha')
  await resident.sees(/GRATIS/)
}

async function saysWho(resident) {
  const { page } = resident
  await resident.presses(/^Lanjutkan/)
  assert.ok(await page.locator('main form a[href^="#"]').count() >= 3, 'what is missing is listed, with a way to it')
  await resident.looks()
  await page.locator('[name="diri.nama"]').fill('Wulan Kusuma')
  await page.locator('[name="diri.ada_nik"][value=ya]').check()
  await page.locator('[name="diri.nik"]').fill('1611055703900000')
  await page.locator('[name="diri.lahir-day"]').fill('17')
  await page.locator('[name="diri.lahir-month"]').selectOption('3')
  await page.locator('[name="diri.lahir-year"]').fill('1990')
  await page.locator('[name="diri.kelamin"][value=p]').check()
  await page.locator('[name="diri.alamat"]').fill('Dusun II, RT 003')
  await resident.looks()
  await resident.presses(/^Lanjutkan/)
}

async function saysWhat(resident) {
  const { page } = resident
  await page.locator('[name=jenis_usaha]').fill('warung sembako')
  await page.locator('[name=alamat_usaha]').fill('Dusun II, RT 003')
  await page.locator('[name=mulai_usaha-day]').fill('1')
  await page.locator('[name=mulai_usaha-month]').selectOption('1')
  await page.locator('[name=mulai_usaha-year]').fill('2021')
  await page.locator('input[type=file]').setInputFiles(await photoBy(resident))
  if (resident.javascript) await page.locator('input[name$="-kept"]').first().waitFor({ state: 'attached' })
  await resident.looks()
  await resident.presses(/^Lanjutkan/)
}

async function saysWhatFor(resident) {
  await resident.page.locator('[name=keperluan][value=kur]').check()
  await resident.presses(/^Lanjutkan/)
}

async function namesNeighbour(resident) {
  const { page } = resident
  await page.locator('[name=rt][value=tautan]').check()
  await page.locator('[name="rt.nama"]').fill('Harun Efendi')
  await page.locator('[name="rt.jabatan"]').fill('Ketua RT 003')
  await resident.looks()
  await resident.presses(/^Lanjutkan/)
}

/** The head of the neighbourhood confirms by the link, without an account. */
async function neighbourApproves(t, javascript, path) {
  const neighbour = await Person.arrives(t, { javascript, screen: PHONE })
  await neighbour.visits(path)
  await neighbour.sees('Surat Keterangan Usaha')
  await neighbour.looks()
  await neighbour.submits(neighbour.page.locator('main form button.btn:not(.danger)').first())
  await neighbour.looks()
}

async function typesOneLetterWrong(resident, code) {
  await resident.visits('/lacak')
  await resident.page.locator('[name=kode]').fill(withOneWrong(code))
  await resident.submits(resident.page.locator('main form button'))
  await resident.sees(/salah ketik/)
  await resident.looks()
  await resident.page.locator('[name=kode]').fill(code.toLowerCase().replaceAll('-', ' '))
  await resident.submits(resident.page.locator('main form button'))
  await resident.sees('Diperiksa')
}

/** Status is for whoever has the code; the rest asks who asks, and refuses a wrong answer. */
async function provesTwice(resident, code) {
  const { page } = resident
  const stranger = page.context()
  await stranger.clearCookies()
  await resident.visits(`/lacak/${code}`)
  await resident.doesNotSee('Wulan Kusuma')
  await resident.follows(/^Buktikan/)
  for (const tail of ['1234', '0000']) {
    await page.locator('[name=lahir-day]').fill('17')
    await page.locator('[name=lahir-month]').selectOption('3')
    await page.locator('[name=lahir-year]').fill('1990')
    await page.locator('[name=nik]').fill(tail)
    await resident.presses(/^Lanjutkan/)
    if (tail === '1234') {
      await resident.sees(/tidak cocok/)
      await resident.looks()
    }
  }
  assert.match(resident.path(), /^\/lacak\/[0-9A-Z-]+$/)
  assert.equal(await page.locator('main a[href$="/bukti"]').count(), 0, 'the proof is not asked again')
}

function withOneWrong(code) {
  const other = SYMBOLS[(SYMBOLS.indexOf(code[5]) + 1) % SYMBOLS.length]
  return code.slice(0, 5) + other + code.slice(6)
}
