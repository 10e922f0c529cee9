// The signal drops in the middle of a form: nothing that was typed is lost, it is told calmly, and what stays on the device
// goes when the form is sent or thrown away.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Person, PHONE, useBrowser } from '../lib/person.mjs'

useBrowser({ before, after })

const FORM = '/layanan/air-kandis/keterangan-usaha/ajukan'

/** What of a form this device keeps. */
const kept = (person) => person.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draf:'))")

async function saysWho({ page }) {
  await page.locator('[name="diri.nama"]').fill('Wulan Kusuma')
  await page.locator('[name="diri.ada_nik"][value=ya]').check()
  await page.locator('[name="diri.nik"]').fill('1611055703900000')
  await page.locator('[name="diri.lahir-day"]').fill('17')
  await page.locator('[name="diri.lahir-month"]').selectOption('3')
  await page.locator('[name="diri.lahir-year"]').fill('1990')
  await page.locator('[name="diri.kelamin"][value=p]').check()
  await page.locator('[name="diri.alamat"]').fill('Dusun II, RT 003')
}

test('what is typed without a signal is there again, and sent when the signal is back', async (t) => {
  const resident = await Person.arrives(t, { screen: PHONE })
  const { page } = resident
  const signal = (on) => page.context().setOffline(!on)
  const hasWhatWasTyped = async (why) => {
    assert.equal(await page.locator('[name=jenis_usaha]').inputValue(), 'warung kopi dan sembako', why)
    assert.equal(await page.locator('[name=alamat_usaha]').inputValue(), 'Dusun II, dekat jembatan', why)
  }
  await resident.visits(FORM)
  await saysWho(resident)
  await resident.presses(/^Lanjutkan/)

  await page.locator('[name=jenis_usaha]').fill('warung')
  await page.getByText('tersimpan di server').waitFor()
  assert.deepEqual(await kept(resident), [], 'with a signal nothing stays on the device')

  await signal(false)
  await page.getByText('Sinyal hilang').waitFor()
  await page.locator('[name=jenis_usaha]').fill('warung kopi dan sembako')
  await page.locator('[name=alamat_usaha]').fill('Dusun II, dekat jembatan')
  await page.getByText('tersimpan di perangkat ini').first().waitFor()
  await resident.looks('tanpa-sinyal-360')
  const before = page.url()
  await page.getByRole('button', { name: /^Lanjutkan/ }).click()
  await page.getByText('Belum terkirim').waitFor()
  assert.equal(page.url(), before, 'the page does not go away without a signal')

  // The telephone closes the page; it is opened again where there is a signal. The server has only "warung", unless the page that
  // closes hears of the signal and sends what it kept with its last breath: then nothing is left to be told.
  await page.goto('about:blank')
  await signal(true)
  await resident.visits(`${FORM}?h=1`)
  await hasWhatWasTyped()
  await page.waitForFunction("!Object.keys(localStorage).some((key) => key.startsWith('draf:'))")
  await resident.visits(`${FORM}?h=1`)
  await hasWhatWasTyped('the server has it now')

  // The signal comes back by itself while the page is open.
  await signal(false)
  await page.locator('[name=mulai_usaha-day]').fill('1')
  await page.locator('[name=mulai_usaha-month]').selectOption('1')
  await page.locator('[name=mulai_usaha-year]').fill('2021')
  await page.getByText('Belum terkirim').or(page.getByText('perangkat ini')).first().waitFor()
  assert.equal((await kept(resident)).length, 1)
  await signal(true)
  await page.getByText('tersimpan di server').waitFor()
  await resident.presses(/^Lanjutkan/)
  await page.locator('[name=keperluan][value=kur]').check()
  await resident.presses(/^Lanjutkan/)
  await page.locator('[name=rt][value=tautan]').check()
  await page.locator('[name="rt.nama"]').fill('Harun Efendi')
  await page.locator('[name="rt.jabatan"]').fill('Ketua RT 003')
  await resident.presses(/^Lanjutkan/)
  await resident.sees('warung kopi dan sembako')
  await resident.presses(/^Kirim permohonan/)
  await resident.sees('Permohonan terkirim')
  assert.deepEqual(await kept(resident), [], 'sent: nothing stays on the device')
})

test('a form that never arrived stays, even when another page is opened first', async (t) => {
  const resident = await Person.arrives(t, { screen: PHONE })
  const { page } = resident
  await resident.visits(FORM)
  await saysWho(resident)
  // The telephone believes it has a signal, and the form gets lost on the way.
  await page.route((address) => address.search === '?h=0', (route) => route.abort())
  await page.getByRole('button', { name: /^Lanjutkan/ }).click()
  await page.waitForURL(/chrome-error|h=0/).catch(() => undefined)
  await page.unroute((address) => address.search === '?h=0').catch(() => undefined)
  await page.unrouteAll()
  await resident.visits('/layanan')
  assert.equal((await kept(resident)).length, 1, 'it did not arrive, so it stays')
  await resident.visits(FORM)
  assert.equal(await page.locator('[name="diri.alamat"]').inputValue(), 'Dusun II, RT 003')
})

test('on a shared telephone what was typed is thrown away', async (t) => {
  const resident = await Person.arrives(t, { screen: PHONE })
  const { page } = resident
  await resident.visits(FORM)
  assert.equal(await page.getByRole('button', { name: /^Hapus isian/ }).isVisible(), false, 'nothing is kept yet')
  await page.context().setOffline(true)
  await saysWho(resident)
  await page.getByText('perangkat ini').first().waitFor()
  assert.equal((await kept(resident)).length, 1)
  await page.context().setOffline(false)
  await page.getByText('tersimpan di server').waitFor()
  await resident.presses(/^Hapus isian/)
  assert.deepEqual(await kept(resident), [])
  await resident.visits(FORM)
  assert.equal(await page.locator('[name="diri.nama"]').inputValue(), '', 'neither here nor on the server')
})
