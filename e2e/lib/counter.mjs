// What the operator does at the counter, from the list of services to the application's page.

import assert from 'node:assert/strict'

/** The name of somebody on the first page of the operator's list of residents. */
export async function aResident(operator) {
  await operator.visits('/penduduk')
  const link = operator.page.locator('main table tbody a[href^="/penduduk/"]').first()
  return (await link.innerText()).trim()
}

/** Opens the form of a service for a resident found by name, prefilled with what the office knows. */
export async function opensForm(operator, service, name) {
  await operator.visits('/loket')
  await operator.follows(service)
  await operator.page.locator('#cari').fill(name)
  await operator.presses(/^Cari nama$/)
  await operator.follows(name)
}

/** Fills what the business statement asks beyond what is known. */
export async function fillsBusiness(operator) {
  const { page } = operator
  await page.locator('[name=jenis_usaha]').fill('penggilingan kopi')
  const place = page.locator('[name=alamat_usaha]')
  assert.notEqual(await place.inputValue(), '', 'the address is known already')
  await page.locator('[name=mulai_usaha-day]').fill('1')
  await page.locator('[name=mulai_usaha-month]').selectOption('1')
  await page.locator('[name=mulai_usaha-year]').fill('2019')
  await page.locator('[name=keperluan][value=kur]').check()
}

/** Saves the form; answers with the application's id and code. */
export async function saves(operator) {
  await operator.presses(/^Simpan dan cetak bukti/)
  const id = operator.path().split('/').at(-1)
  assert.match(id, /^[0-9a-f]{32}$/, `the application stands, at ${operator.path()}`)
  const code = (await operator.page.locator('main code.code').first().innerText()).trim()
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/)
  return { id, code }
}
