// Those above the counter: the head on a phone, the regent, and the office that fills vacant posts.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accountOf, Person, PHONE, useBrowser } from '../lib/person.mjs'
import { accounts } from '../lib/server.mjs'

useBrowser({ before, after })

const NEWCOMER = 'Marwan Hadikusumo'

test('the head of a village reads the tasks and a case on a phone', async (t) => {
  const head = await Person.arrives(t, { screen: PHONE })
  await head.logsIn(theAccount('kepala', headNotAway))
  await head.visits('/tugas')
  await head.sees('Perlu tindakan')
  await head.looks('tugas-360')
  await head.page.setViewportSize(PHONE)
  await head.submits(head.page.locator('[data-keys] a.row[href^="/tugas/"]').first())
  assert.match(head.path(), /^\/tugas\/[0-9a-f]{32}$/)
  await head.sees('Perjalanan')
  await head.looks('tugas-buka-360')
  await head.page.setViewportSize(PHONE)
  await head.follows(/Kembali/)
  assert.equal(head.path(), '/tugas')
})

test('keys move through the tasks and open one', async (t) => {
  const officer = await Person.arrives(t)
  await officer.logsInAs('initialer')
  await officer.visits('/tugas')
  const rows = officer.page.locator('[data-keys] a.row')
  assert.ok(await rows.count() >= 2, 'there are two tasks or more')
  const second = await rows.nth(1).getAttribute('href')
  for (const key of ['j', 'j', 'k', 'j']) await officer.page.keyboard.press(key)
  await Promise.all([officer.page.waitForEvent('load'), officer.page.keyboard.press('Enter')])
  assert.equal(officer.path(), new URL(second, process.env.SMARTGOVT_URL).pathname)
})

test('the regent sees where work waits, and why', async (t) => {
  const regent = await Person.arrives(t)
  await regent.logsIn(theAccount('bupati'))
  await regent.visits('/pantau')
  await regent.sees('Tepat waktu')
  await regent.looks('pantau-1280')
})

test('the office of village affairs fills a vacant post within the hour', async (t) => {
  const affairs = await Person.arrives(t)
  await affairs.logsInAs('village_affairs')
  await affairs.visits('/jabatan/kosong')
  await affairs.looks()
  const vacant = affairs.page.locator('main table a[href$="/isi"]')
  assert.ok(await vacant.count(), 'a fresh demo has a vacant post')
  await affairs.submits(vacant.first())
  const { page } = affairs
  await page.locator('main [name=cari]').fill(NEWCOMER)
  await affairs.submits(page.locator('main form button').first())
  await affairs.looks()
  await affairs.follows(/^Catat orang yang belum terdaftar/)
  await page.locator('[name=jenis][value=pj]').check()
  await affairs.presses(/^Catat dan berlakukan/)
  assert.ok(await page.locator('main form a[href^="#"]').count(), 'the decree is asked for')
  await affairs.looks('jabatan-isi-1280')
  await page.locator('[name=keputusan]').fill('141/27/KEP/2026')
  await affairs.presses(/^Catat dan berlakukan/)
  await affairs.sees(NEWCOMER)
  await affairs.sees(/Pj\./)
  await affairs.looks()
})

/** In the busiest village somebody acts for the head today. */
function headNotAway(account) {
  return account.role === 'signer' && account.unit !== accountOf('signer').unit
}

/** The demo's first account whose name begins so and which suits. */
function theAccount(beginning, suits = () => true) {
  const found = accounts().find((account) => account.username.startsWith(`${beginning}.`) && suits(account))
  assert.ok(found, `the demo has an account for ${beginning}`)
  return found
}
