// In English everything of the menu is English; and back.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Person, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'somebody who switches to English reads no Indonesian in the menu', async (t, javascript) => {
  const visitor = await Person.arrives(t, { javascript })
  await visitor.visits('/')
  await switches(visitor)
  await visitor.looks()
})

test('an officer who switches to English reads no Indonesian in the menu', async (t) => {
  const officer = await Person.arrives(t)
  await officer.logsInAs('unit_admin')
  await officer.visits('/kalender')
  await switches(officer)
  await officer.looks()
  await officer.visits('/akun?bahasa=id')
  assert.equal(await officer.page.locator('html').getAttribute('lang'), 'id')
})

async function switches(person) {
  const before = await menu(person)
  await person.visits(`${person.path()}?bahasa=en`)
  assert.equal(await person.page.locator('html').getAttribute('lang'), 'en')
  const same = (await menu(person)).filter((words) => before.includes(words))
  assert.ok(before.length > 0, 'there is a menu')
  assert.deepEqual(same, [], 'words of the menu that stayed as they were')
}

async function menu(person) {
  const words = await person.page.locator('nav a[href^="/"]:not([hreflang])').allInnerTexts()
  return words.map((text) => text.replaceAll(/[\d\s]+/g, ' ').trim()).filter(Boolean)
}
