// Every page a role can reach from its menu, looked at by that role, with JavaScript and without.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bytesToLoad } from '../lib/bytes.mjs'
import { Person, PHONE, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

const FIRST_VIEW_BYTES_MAX = 60 * 1024
const PUBLIC = ['/', '/layanan', '/lacak', '/verifikasi', '/tentang', '/masuk']

for (const path of PUBLIC) {
  withAndWithoutJavaScript(test, `anyone looks at ${path}`, async (t, javascript) => {
    const visitor = await Person.arrives(t, { javascript })
    await visitor.visits(path)
    await visitor.looks()
  })
}

withAndWithoutJavaScript(test, 'a page that does not exist says what to do next', async (t, javascript) => {
  const visitor = await Person.arrives(t, { javascript })
  await visitor.visits('/tidak-ada-di-sini', { status: 404 })
  await visitor.looks()
  assert.ok(await visitor.page.locator('main a[href]').count(), 'there is a way on')
})

test('the first view of a public page is light', async (t) => {
  for (const path of ['/', '/layanan']) {
    const visitor = await Person.arrives(t, { screen: PHONE })
    const { bytes, weights } = await bytesToLoad(visitor, path)
    assert.ok(bytes > 0, 'something was loaded')
    assert.ok(bytes <= FIRST_VIEW_BYTES_MAX, `${path} weighs ${bytes} bytes:\n${weights.join('\n')}`)
  }
})

test('every page of an officer\'s menu can be opened, looked at and left', async (t) => {
  for (const role of ['operator', 'examiner', 'initialer', 'signer', 'registrar', 'unit_admin', 'village_affairs', 'admin', 'overseer', 'inspector']) {
    await t.test(role, async (t) => {
      const officer = await Person.arrives(t)
      await officer.logsInAs(role)
      await officer.looks()
      for (const path of await menuOf(officer)) {
        await officer.visits(path)
        await officer.looks()
      }
    })
  }
})

/** Addresses of the menu, those on this site that only show something. */
async function menuOf(officer) {
  const addresses = await officer.page.locator('nav a[href^="/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  return [...new Set(addresses)].filter((address) => !address.startsWith('/keluar'))
}
